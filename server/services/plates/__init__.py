"""Station numbers, the plates that carry them, and orders for printing."""
