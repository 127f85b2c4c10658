"""The type that plaques, stamps and notices are set in, and which characters it can print."""

import struct
from bisect import bisect_right
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pylopdf_fonts_zh_cn as noto

_SUFFIXES = (".otf", ".ttf", ".ttc", ".otc")
Ranges = tuple[tuple[int, int], ...]


def sans_path() -> Path:
    """Noto Sans SC as shipped with our dependencies (OFL)."""
    return Path(noto.sans_path())


def font_files(font_dir: Path | None = None) -> tuple[Path, ...]:
    """The office's own fonts from `font_dir` first, then the two Noto faces."""
    own = sorted(font_dir.rglob("*")) if font_dir is not None else []
    return (
        *(path for path in own if path.suffix.lower() in _SUFFIXES),
        sans_path(),
        Path(noto.serif_path()),
    )


def unprintable(text: str, fonts: Iterable[Path]) -> str:
    """The characters of `text` that none of the fonts has, once each, in order."""
    wanted = {character for character in text if not character.isspace()}
    for font in fonts:
        if not wanted:
            return ""
        ranges = characters_in(font)
        wanted = {character for character in wanted if not _within(ord(character), ranges)}
    return "".join(sorted(wanted, key=text.index))


@cache
def characters_in(font: Path) -> Ranges:
    """Code points a font file has glyphs for, as ascending inclusive ranges.

    Reads only the `cmap` table (OpenType 1.9, formats 4 and 12); a file that is no font has none.
    """
    try:
        return _ranges(font.read_bytes())
    except (OSError, struct.error, IndexError):
        return ()


def _ranges(data: bytes) -> Ranges:
    start = struct.unpack_from(">I", data, 12)[0] if data[:4] == b"ttcf" else 0
    (tables,) = struct.unpack_from(">H", data, start + 4)
    for number in range(tables):
        tag, _, offset, _ = struct.unpack_from(">4sIII", data, start + 12 + 16 * number)
        if tag == b"cmap":
            break
    else:
        return ()
    (subtables,) = struct.unpack_from(">H", data, offset + 2)
    found: set[tuple[int, int]] = set()
    for number in range(subtables):
        (place,) = struct.unpack_from(">I", data, offset + 4 + 8 * number + 4)
        at = offset + place
        (format_,) = struct.unpack_from(">H", data, at)
        if format_ == 12:
            found.update(_format_12(data, at))
        elif format_ == 4:
            found.update(_format_4(data, at))
    return _merged(found)


def _format_12(data: bytes, at: int) -> Iterable[tuple[int, int]]:
    (groups,) = struct.unpack_from(">I", data, at + 12)
    for number in range(groups):
        first, last, glyph = struct.unpack_from(">III", data, at + 16 + 12 * number)
        yield (first + (glyph == 0), last)  # glyph 0 is .notdef


def _format_4(data: bytes, at: int) -> Iterable[tuple[int, int]]:
    (double,) = struct.unpack_from(">H", data, at + 6)
    count = double // 2
    lasts = struct.unpack_from(f">{count}H", data, at + 14)
    firsts = struct.unpack_from(f">{count}H", data, at + 16 + double)
    yield from (pair for pair in zip(firsts, lasts, strict=True) if pair[1] != 0xFFFF)


def _merged(ranges: Iterable[tuple[int, int]]) -> Ranges:
    merged: list[tuple[int, int]] = []
    for first, last in sorted(ranges):
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(merged[-1][1], last))
        elif first <= last:
            merged.append((first, last))
    return tuple(merged)


def _within(point: int, ranges: Ranges) -> bool:
    index = bisect_right(ranges, (point, 0x7FFFFFFF)) - 1
    return index >= 0 and ranges[index][0] <= point <= ranges[index][1]
