"""The office's own pages: what is to be done today, and problems from any source."""
