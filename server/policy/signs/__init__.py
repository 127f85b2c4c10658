"""What a sign or an hours board says, from the lines that were read on it."""
