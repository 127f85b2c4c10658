"""Whether what was written still stands: verifying the chain, lawful erasure, restored backups."""
