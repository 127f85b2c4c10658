"""Rounds of inspection: drawn, assigned, taken along, counted, reported."""
