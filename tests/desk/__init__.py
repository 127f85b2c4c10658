"""The county office's desk, page by page, as its users see it."""
