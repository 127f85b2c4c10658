"""Photos judged: examined, read, compared, put before a person, decided."""
