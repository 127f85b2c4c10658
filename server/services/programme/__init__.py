"""The plan of a county: set up from it, its stations, its figures."""
