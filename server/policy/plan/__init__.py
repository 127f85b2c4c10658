"""A county's plan: its nouns, its reading from YAML, its targets."""
