"""What people type and offices paste, in one spelling: no marks that nobody sees, one width."""

import re
import unicodedata

# Unicode's "default ignorable" signs that are not of category Cf: joiners, fillers, variants.
_UNSEEN = (
    "\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180d\u180f\u2065\u3164\ufe00-\ufe0f\uffa0"
    "\ufff0-\ufff8\U000e0000-\U000e0fff"
)
_UNSEEN_SIGNS = re.compile(f"[{_UNSEEN}]")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_LINE_ENDS = re.compile("\r\n?|[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
# GB18030 gave these characters private places until Unicode had them; old files still use those.
_OLD_PLACES = {
    0xE81E: "龴", 0xE826: "龵", 0xE82B: "龶", 0xE82C: "龷",
    0xE832: "龸", 0xE843: "龹", 0xE854: "龺", 0xE864: "龻",
    0xE816: "\U00020087", 0xE817: "\U00020089", 0xE818: "\U000200cc",
    0xE831: "\U000215d7", 0xE83B: "\U0002298f", 0xE855: "\U000241fe",
}  # fmt: skip
# Digits and Latin letters of full width; punctuation keeps its width, which in Chinese is right.
_HALF_WIDTH = {
    code: code - 0xFEE0
    for code in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))
}


def plain_text(text: str) -> str:
    r"""Text as it is kept: no unseen marks, line ends as \\n, digits and letters of half width.

    A spreadsheet's escapes (`_x000D_`, ECMA-376 part 1, 22.9.2.19) become what they stand for.
    """
    text = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
    text = _LINE_ENDS.sub("\n", text).translate(_OLD_PLACES)
    text = _UNSEEN_SIGNS.sub("", text)
    text = "".join(sign for sign in text if unicodedata.category(sign) not in {"Cf", "Cs"})
    return text.replace("\u2800", " ").translate(_HALF_WIDTH)


def narrow_text(text: str) -> str:
    """Text as it is compared and counted: `plain_text`, all of half width (NFKC), no margins."""
    return unicodedata.normalize("NFKC", plain_text(text)).strip()


def bare_text(text: str) -> str:
    """Text as names are compared: `narrow_text` without any blanks."""
    return re.sub(r"\s+", "", narrow_text(text))
