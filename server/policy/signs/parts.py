"""Pick out of the lines of a photo what a sign says: the place, the kind of station, the number."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, pairwise

from server.policy.brands import nearly_a_carrier, says_badges_alone
from server.policy.signs.fit import SEAMS, Fit, closest
from server.policy.signs.held import as_read
from server.policy.signs.lines import Glyph, Line, Point, Quad, columns, hull, rows, slope
from server.policy.signs.number import NumberRead, best_number
from server.policy.signs.text import BREAK, GAP, is_chinese, plain_glyphs
from server.policy.standard.facts import Level

PREFIXES: dict[Level, str] = {Level.TOWNSHIP_STATION: "XZ", Level.VILLAGE_POINT: "C"}
WORDINGS: dict[Level, str] = {level: level.ending for level in PREFIXES}
LONGEST_PLACE = 12
_MISSES_BORNE = 2  # of the seven characters of the wording
_SMALLER, _CARRIERS = 0.62, 0.9
"""Writing lower than so much of the height of 快递便民服务点 is not the name beside it, nor is what
may be a carrier's badge, lower than that."""
_LEANS, _TELLS_LEAN = 0.12, 3
"""Radians: rows of one board, seen aslant, differ by less; so many characters tell."""
_HIGHER = 1.4
"""Pieces beside each other of which one is so many times as high are no one line."""
UNEVEN_GAP = 1.7
"""Characters so many pitches apart may be of two pieces of writing beside each other."""
_ASIDE = 0.7  # of a character's size to the side
WIDE_GAP = 2.6
"""Characters so many pitches apart are no one name, even if one between them was lost."""
_ABOVE = ("县", "省", "市")  # 静乐县西会村…: the county before a village's name is not part of it


@dataclass(frozen=True, slots=True)
class Wording:
    """Where the words for the kind of station stand in a run of glyphs."""

    level: Level
    run: tuple[Glyph, ...]
    start: int
    end: int
    misses: float
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class SignParts:
    """What a sign says; parts that were not found are empty or None."""

    place_glyphs: tuple[Glyph, ...] = ()
    level: Level | None = None
    number: NumberRead | None = None
    name_quads: tuple[Quad, ...] = ()
    confidence: float = 0.0

    @property
    def place(self) -> str:
        """The place's name as read."""
        return "".join(glyph.text for glyph in self.place_glyphs)

    @property
    def name(self) -> str:
        """The whole name, "" when the place or the kind was not found."""
        return f"{self.place}{WORDINGS[self.level]}" if self.place and self.level else ""

    @property
    def name_sure(self) -> float | None:
        """The network's probability of the place's weakest character; None without a name."""
        return min(glyph.probability for glyph in self.place_glyphs) if self.name else None


def sign_parts(lines: Sequence[Line], brands: Sequence[str] = ()) -> SignParts:
    """The place, kind and number on the sign; several signs: the one read best.

    `brands` are those of the county, beside the ones that everybody knows.
    """
    return _sign_parts(tuple(lines), tuple(brands))


@lru_cache(maxsize=8)  # a look asks up to five times of the same lines
def _sign_parts(lines: tuple[Line, ...], brands: tuple[str, ...]) -> SignParts:
    placed, back = as_read(lines)
    best = _best_wording(name_lines(placed, brands))
    if best is None:
        return SignParts(number=best_number(lines))
    sure = sum(glyph.probability for glyph in best.run[best.start : best.end])
    quads = tuple(back(line.quad) for line in best.lines)
    return SignParts(
        place_glyphs=place_before(best),
        level=best.level,
        number=best_number(lines, PREFIXES[best.level], quads),
        name_quads=quads,
        confidence=round(sure / max(1, best.end - best.start), 4),
    )


def name_lines(lines: Sequence[Line], brands: Sequence[str] = ()) -> Sequence[Line]:
    """The lines that may hold the name: no badges, no slogans, nothing smaller or by another hand.

    Nor what leans otherwise, as writing on another board does.
    All of them where no name is left without these: some write the village small.
    """
    found = _best_wording(lines)
    if found is None:
        return lines
    words = set(WORDINGS[found.level])
    main = max(found.lines, key=lambda line: sum(glyph.text in words for glyph in line.glyphs))
    kept = [
        line
        for line in lines
        if line is main
        or (
            not line.beside
            and letter_px(line) >= _SMALLER * main.glyph_px
            and not says_badges_alone(line.text, brands)
            and not _is_a_carriers(line, main, WORDINGS[found.level])
            and not _leans_otherwise(line, main)
        )
    ]
    if len(kept) == len(lines):
        return lines
    bare = _best_wording(kept)
    return kept if bare is not None and place_before(bare) else lines


def _is_a_carriers(line: Line, main: Line, wording: str) -> bool:
    """Whether a short, smaller line ends in what carriers do, be its name misread: 丹快递.

    Only where the words for the kind are whole without it.
    """
    smaller = letter_px(line) < _CARRIERS * main.glyph_px
    return smaller and wording in main.text and nearly_a_carrier(line.text)


def _leans_otherwise(line: Line, main: Line) -> bool:
    """Whether it is long enough to tell, and leans so much more or less than the main line."""
    if line.vertical or main.vertical or len(line.glyphs) < _TELLS_LEAN:
        return False
    return abs(slope([line]) - slope([main])) > _LEANS


def letter_px(line: Line) -> float:
    """How large its characters are: a lone 一 is low, and as wide as any other."""
    (x0, y0), (x1, y1), _, (x3, y3) = line.quad
    across, down = math.hypot(x1 - x0, y1 - y0), math.hypot(x3 - x0, y3 - y0)
    along = (down if line.vertical else across) / max(1, len(line.glyphs))
    return max(line.glyph_px, along)


def _best_wording(lines: Sequence[Line]) -> Wording | None:
    return max(wordings_in(lines), key=lambda one: (-one.misses, one.start > 0), default=None)


def wordings_in(lines: Sequence[Line]) -> Iterator[Wording]:
    """Everywhere the words for a kind of station stand, each with at most two misses."""
    for run, used in runs(lines):
        for level, words in WORDINGS.items():
            fit = _fitted(words, run)
            if fit.cost <= _MISSES_BORNE:
                yield Wording(level, run, fit.start, fit.end, fit.cost, used)


@lru_cache(maxsize=256)  # a photo's looks find most rows again, and each asks twice of a row
def _fitted(words: str, run: tuple[Glyph, ...]) -> Fit:
    return closest(words, run)


def runs(lines: Sequence[Line]) -> list[tuple[tuple[Glyph, ...], tuple[Line, ...]]]:
    """All orders in which the lines may have to be read, as plain glyphs with breaks between lines.

    Each row by itself, each two rows below each other (XX村 / 快递便民服务点), and all columns from
    right to left and from left to right, then pieces that stand one below the other.
    """
    level = rows(lines)
    upright = columns(lines)
    orders: list[list[Line]] = [*level]
    orders += [upper + lower for upper, lower in pairwise(level)]
    orders += [each for upper, lower in pairwise(level) for each in _blocks(upper, lower)]
    skipped = zip(level, level[1:], level[2:], strict=False)
    orders += [each for upper, row, lower in skipped for each in _blocks(upper, lower, row)]
    orders += [[line] for line in upright]
    if len(upright) > 1:
        orders += [upright, upright[::-1]]
    towers = [*_towers(lines), *_paired_columns(lines)]
    made = []
    for order in orders + towers:
        glyphs = _joined(order, one_line=order in towers)
        if any(glyph.text not in SEAMS for glyph in glyphs):
            made.append((tuple(glyphs), tuple(order)))
    return made


def place_before(found: Wording) -> tuple[Glyph, ...]:
    """The glyphs of the place's name: those before the wording, on its line or the line above.

    What stands further left than a wide gap, and the county's name in front, do not belong to it.
    The line above counts only when it holds nothing but Chinese characters.
    """
    before = list(found.run[: found.start])
    rows_up = 0
    while before and before[-1].text in SEAMS:
        rows_up += before.pop().text == BREAK
    piece = before[
        max((n + 1 for n, glyph in enumerate(before) if glyph.text == BREAK), default=0) :
    ]
    if rows_up and not all(is_chinese(glyph.text) or glyph.text == GAP for glyph in piece):
        return ()
    place: list[Glyph] = []
    pitch = pitch_of(piece if rows_up else [*piece, *found.run[found.start : found.end]])
    for glyph in reversed(piece[-LONGEST_PLACE:]):
        if glyph.text == GAP:
            if place and glyph.at > WIDE_GAP:
                break
            continue
        if not is_chinese(glyph.text):
            break
        if place and pitch and place[-1].at - glyph.at > WIDE_GAP * pitch:
            break
        place.append(glyph)
    place.reverse()
    for cut in range(len(place) - 2, 2, -1):
        if place[cut - 1].text in _ABOVE:
            return tuple(place[cut:])
    return tuple(place)


def pitch_of(glyphs: Sequence[Glyph]) -> float:
    """The usual distance from one character to the next along one line; 0 when there is none."""
    steps = sorted(
        later.at - earlier.at
        for earlier, later in pairwise(glyphs)
        if not {earlier.text, later.text} & SEAMS and later.at > earlier.at
    )
    return steps[len(steps) // 3] if steps else 0.0


def piece_round(run: Sequence[Glyph], index: int) -> Sequence[Glyph]:
    """The glyphs of the one line that the glyph at `index` belongs to."""
    start = max((n + 1 for n in range(index) if run[n].text in SEAMS), default=0)
    end = min((n for n in range(index, len(run)) if run[n].text in SEAMS), default=len(run))
    return run[start:end]


def _blocks(
    upper: list[Line], lower: list[Line], between: Sequence[Line] = ()
) -> Iterator[list[Line]]:
    """What stands below each other in two rows, where other writing stands further beside it.

    Or `between` them by its height, and beside them all the same.
    """
    above, below = _pieces(upper), _pieces(lower)
    if len(above) == len(below) == 1 and not between:
        return
    for one in above:
        for other in below:
            if _stand_above(one, other) and not any(
                _stand_above([line], piece) for line in between for piece in (one, other)
            ):
                yield one + other


def _stand_above(one: Sequence[Line], other: Sequence[Line]) -> bool:
    """Whether at least half of the narrower stands where the other does, from left to right."""
    left, _, right, _ = hull(line.quad for line in one)
    start, _, end, _ = hull(line.quad for line in other)
    return min(right, end) - max(left, start) > 0.5 * min(right - left, end - start)


def _pieces(row: list[Line]) -> list[list[Line]]:
    """A row cut where a wide gap or another height says that something else begins."""
    cut: list[list[Line]] = [row[:1]]
    for before, line in pairwise(row):
        if _neighbours(before, line) and _pitches_apart(before, line) <= UNEVEN_GAP:
            cut[-1].append(line)
        else:
            cut.append([line])
    return cut


def _joined(order: Sequence[Line], *, one_line: bool) -> list[Glyph]:
    """The plain glyphs of lines one after the other, with a seam between each two."""
    glyphs: list[Glyph] = []
    for number, line in enumerate(order):
        if number:
            before = order[number - 1]
            near = not one_line and _neighbours(before, line)
            seam = GAP if near or (one_line and _stacked(before, line)) else BREAK
            glyphs.append(Glyph(seam, 1.0, _pitches_apart(before, line) if near else 0.0))
            if near:
                glyphs.extend(_behind(before, line))
                continue
        glyphs.extend(plain_glyphs(line.glyphs))
    return glyphs


def _stacked(upper: Line, lower: Line) -> bool:
    """Whether two pieces stand in one column."""
    size = max(upper.glyph_px, lower.glyph_px)
    return abs(upper.middle[0] - lower.middle[0]) < _ASIDE * size


def _behind(left: Line, right: Line) -> list[Glyph]:
    """The glyphs of the right piece without those that the left one has too.

    A wire across a row parts it into pieces that overlap: 永乐村快递便, 快递便民服务点.
    """
    glyphs, before = plain_glyphs(right.glyphs), "".join(g.text for g in plain_glyphs(left.glyphs))
    if right.quad[0][0] > left.quad[1][0] - left.glyph_px:
        return glyphs
    text = "".join(glyph.text for glyph in glyphs)
    most = min(len(text), len(before))
    return glyphs[next((n for n in range(most, 0, -1) if before.endswith(text[:n])), 0) :]


def _pitches_apart(left: Line, right: Line) -> float:
    """From the last character of one piece to the first of the next, in the wider's pitches."""

    def stands(line: Line, at: float) -> Point:
        (x0, y0), (x1, y1) = line.quad[:2]
        return x0 + (x1 - x0) * at, y0 + (y1 - y0) * at

    pitch = max(
        pitch_of(plain_glyphs(line.glyphs)) * math.dist(*line.quad[:2]) or line.glyph_px
        for line in (left, right)
    )
    return math.dist(stands(left, left.glyphs[-1].at), stands(right, right.glyphs[0].at)) / max(
        1.0, pitch
    )


def _neighbours(left: Line, right: Line) -> bool:
    """Two pieces of one line of writing, at most three characters apart and about as high."""
    lower, higher = sorted((letter_px(left), letter_px(right)))
    if left.vertical or right.vertical or higher > _HIGHER * lower:
        return False
    size = (left.glyph_px + right.glyph_px) / 2
    gap = math.dist(left.quad[1], right.quad[0])
    overlap = right.quad[0][0] < left.quad[1][0]
    return (overlap or gap < 3 * size) and right.quad[0][0] > left.quad[0][0] + size


def _paired_columns(lines: Sequence[Line]) -> list[list[Line]]:
    """Two columns so near each other that they were found as rows of two: 快红, 递丰, 便村, 民.

    Or one found whole, and one character by character.
    """
    pairs = [line for line in lines if not line.vertical and len(line.glyphs) in {1, 2}]
    upright = columns(lines)
    if len(pairs) < 2 or (not upright and sum(len(line.glyphs) == 2 for line in pairs) < 2):
        return []
    towers = _towers([piece for line in pairs for piece in _characters(line)], fewest=2)
    towers += [[line] for line in upright]
    if len(towers) < 2:
        return []
    towers.sort(key=lambda tower: -tower[0].middle[0])
    return [list(chain(*towers)), list(chain(*reversed(towers)))]


def _characters(line: Line) -> Iterator[Line]:
    """A level line cut into its characters."""
    (left, top), (right, top_right), (_, low_right), (_, low) = line.quad
    count = len(line.glyphs)
    for place, glyph in enumerate(line.glyphs):
        start, end = place / count, (place + 1) / count
        x0, x1 = left + (right - left) * start, left + (right - left) * end
        y0, y1 = top + (top_right - top) * start, top + (top_right - top) * end
        y2, y3 = low + (low_right - low) * end, low + (low_right - low) * start
        yield Line((glyph._replace(at=0.5),), ((x0, y0), (x1, y1), (x1, y2), (x0, y3)))


def _towers(lines: Sequence[Line], fewest: int = 3) -> list[list[Line]]:
    """Single characters found one by one that stand below each other: a column in pieces."""
    single = [line for line in lines if len(line.glyphs) <= 3]
    towers: list[list[Line]] = []
    for line in sorted(single, key=lambda line: line.middle[1]):
        y = line.middle[1]
        for tower in towers:
            last_y = tower[-1].middle[1]
            size = max(line.glyph_px, tower[-1].glyph_px)
            if _stacked(tower[-1], line) and 0 < y - last_y < 4 * size:
                tower.append(line)
                break
        else:
            towers.append([line])
    return [tower for tower in towers if len(tower) >= fewest]
