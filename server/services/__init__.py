"""The verbs, in wings; they flush and never commit."""
