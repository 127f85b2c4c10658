"""Letters and digits that people type from a paper: how they are read, shown and kept."""

import hashlib

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LETTERS = 8  # of a bind code
LOOKALIKES = str.maketrans("OIL", "011", " -–—_·\u3000")


def sha256(text: str) -> str:
    """The only form in which tokens and codes are kept."""
    return hashlib.sha256(text.encode()).hexdigest()


def crockford(text: str, length: int) -> str:
    """A code as people write it → so many Crockford characters, or "" when it cannot be one.

    Takes lower case, hyphens, blanks, full-width letters and the look-alikes O, I and L.
    """
    half_width = "".join(
        chr(ord(letter) - 0xFEE0) if "！" <= letter <= "～" else letter for letter in text
    )
    code = half_width.upper().translate(LOOKALIKES).strip()
    return code if len(code) == length and all(letter in CROCKFORD for letter in code) else ""


def grouped(code: str) -> str:
    """A code as it is shown: XXXX-XXXX."""
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))
