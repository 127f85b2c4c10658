"""The county: its settings, its audit log, and help."""
