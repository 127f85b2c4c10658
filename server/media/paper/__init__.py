"""What papers are set with: faces, typesetting, workbooks, codes, signatures, plates."""
