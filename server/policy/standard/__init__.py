"""The standard: its clauses, facts and checks, and what they say of one station."""
