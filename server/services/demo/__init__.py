"""The demonstration county: a cast, a month of days, rounds, questions."""
