"""Integrity signals: looked for, asked, answered, settled; questions and never verdicts."""
