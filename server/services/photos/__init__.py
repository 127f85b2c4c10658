"""Photos of phones: kept by SHA-256, missed, asked for, used again."""
