"""People, their phones and what these could not send; signing in."""
