"""What looks odd in check-ins, counts and photos: one kind of question a function."""
