"""What keepers ask of the office: another plate, other hours, another keeper."""
