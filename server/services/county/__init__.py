"""The county: its divisions and place names, its settings and choices."""
