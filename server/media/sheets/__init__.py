"""Tables of offices: read as a person sees them, and written so that nothing is cut."""
