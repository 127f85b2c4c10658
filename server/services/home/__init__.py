"""What a phone's first page shows: the keeper's day, the keeper's rounds, the inspector's form."""
