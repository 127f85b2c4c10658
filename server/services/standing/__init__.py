"""How stations stand by the standard, from facts and on whose word."""
