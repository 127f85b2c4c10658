"""Rounds of inspection and what comes of them."""
