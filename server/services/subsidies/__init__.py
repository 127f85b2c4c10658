"""Subsidies, from a plan's scheme to a bank's list: every number kept, nobody paid twice."""
