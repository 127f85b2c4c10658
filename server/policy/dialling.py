"""The digits to dial in what a county wrote as its number; the phone's twin is core/dialling.js."""

import re
import unicodedata

WHOLE = 10
"""Digits of the shortest number that may stand before another."""


def dialled(text: str) -> str:
    """Digits of the first number in a text, without an extension and what stands behind it.

    0350-1234567（工作日 9:00—17:00） gives 03501234567; "" for a text without a number.
    """
    found = re.search(r"\+?\(?\d[\d\s()-]*", unicodedata.normalize("NFKC", text), re.ASCII)
    digits = ""
    for part in re.split(r"[\s()-]+", found[0]) if found else []:
        if len(digits) >= WHOLE:
            break
        digits += part
    return digits
