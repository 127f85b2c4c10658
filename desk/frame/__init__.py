"""What every desk page stands in: frame, access, words, files, paging."""
