"""Whether the house is ready, and what its keeper should know."""
