"""The county office's door: HTML for the desk."""
