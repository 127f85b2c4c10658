"""The register of stations: their fields, their changes, and the tables they travel in."""
