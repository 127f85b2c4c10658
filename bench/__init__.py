"""Measures what the house costs and how right it is, each figure beside its ceiling."""
