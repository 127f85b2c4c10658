"""The verbs, one group a file; they flush and never commit."""
