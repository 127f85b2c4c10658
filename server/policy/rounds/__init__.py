"""Rounds of inspection as rules: which visit is late, which stations are drawn."""
