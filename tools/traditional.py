"""Writes the phone's table of traditional characters from the dictionaries of the pinned OpenCC.

`python -m tools.traditional` writes it anew; a test holds the table against the converter.
"""

import subprocess
import tempfile
import unicodedata
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import opencc
from opencc import OpenCC

from server.settings import ROOT

TARGET = ROOT / "miniapp" / "core" / "standard" / "traditional.js"
_PACKAGE = Path(opencc.__file__).parent / "clib"
_WIDTH = 90
_FIRST, _SMALL, _FAR = 0x28, 52, 0x100  # neither a quote nor a backslash
_HEAD = """\
// Traditional characters with their simplified ones, and letters that case folding changes.
// Written by tools/traditional.py from OpenCC (Apache License 2.0); not to be edited.

"""


def every_character() -> Iterator[str]:
    """All of Unicode but the surrogates, as NFKC leaves it."""
    for code in range(0x110000):
        character = chr(code)
        if not 0xD800 <= code < 0xE000 and unicodedata.normalize("NFKC", character) == character:
            yield character


def characters() -> dict[str, str]:
    """What the converter makes of single characters, where that is another one."""
    convert = OpenCC("t2s").convert
    return {one: other for one in every_character() if (other := convert(one)) != one}


def phrases() -> dict[str, str]:
    """Several characters that are converted together (慰藉 stays, 憑藉 becomes 凭借)."""
    with tempfile.TemporaryDirectory() as folder:
        text = Path(folder) / "phrases.txt"
        given = _PACKAGE / "share" / "opencc" / "TSPhrases.ocd2"
        command = ["-i", str(given), "-o", str(text), "-f", "ocd2", "-t", "text"]
        subprocess.run([_PACKAGE / "bin" / "opencc_dict", *command], check=True)
        lines = text.read_text(encoding="utf-8").splitlines()
    pairs = (line.split("\t") for line in lines if "\t" in line)
    return {phrase: others.split()[0] for phrase, others in pairs}


def folded() -> dict[str, str]:
    """Letters that case folding writes otherwise than small letters are (ß, final sigma)."""
    return {one: one.casefold() for one in every_character() if one.casefold() != one.lower()}


def script() -> str:
    """The whole file."""
    single = characters()
    steps = "".join(_step(now - before) for before, now in pairwise([0, *sorted(map(ord, single))]))
    others = "".join(value for _key, value in sorted(single.items()))
    several = " ".join(
        key if key == value else f"{key}>{value}" for key, value in sorted(phrases().items())
    )
    letters = " ".join(key + value for key, value in sorted(folded().items()))
    return _HEAD + "\n".join(
        (
            "/** Steps from one traditional character's code to the next: below 52 from `(` on. */",
            _constant("STEPS", steps),
            "/** What each of them becomes. */",
            _constant("SIMPLIFIED", others),
            "/** A phrase and, unless it stays as it is, what it becomes. */",
            _constant("PHRASES", several),
            "/** A letter and what it is folded to. */",
            _constant("FOLDED", letters),
        )
    )


def _step(size: int) -> str:
    """One sign for a step between codes; most are small, and a phone fetches them all."""
    return chr(_FIRST + size) if size < _SMALL else chr(_FAR + size)


def _constant(name: str, text: str) -> str:
    lines = [text[at : at + _WIDTH] for at in range(0, len(text), _WIDTH)]
    broken = "\n".join(f"  '{line}'," for line in lines)
    return f"export const {name} = [\n{broken}\n].join('');\n"


if __name__ == "__main__":
    TARGET.write_text(script(), encoding="utf-8")
