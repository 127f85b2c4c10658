"""How a photo is looked at: once whole, and again where a sign or board was not made out.

Only the reading process imports this; it needs the text models.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np

from server.media.pictures.header import read_header
from server.media.pictures.images import pixels
from server.media.reading.again import looked_again
from server.media.reading.believed import as_believed
from server.media.reading.crossed import THIN, crossing, is_same_without
from server.media.reading.cut_outs import (
    CLOSER_SIDE,
    as_picture,
    board_round,
    ends_at_side,
    full_light,
    in_ink,
    ink_of,
    moved,
    strips_beside,
    writing_round,
)
from server.media.reading.dark import board_in_the_dark
from server.media.reading.grounds import marked
from server.media.reading.lengthened import lengthened
from server.media.reading.merging import first_named, is_torn, merged, still_doubted, untorn
from server.media.reading.more_light import in_other_light
from server.media.reading.number_again import number_again
from server.media.reading.overlooked import overlooked
from server.media.reading.reading import Subject
from server.media.reading.smear import (
    DOUBTS,
    Smear,
    cleared,
    is_slight,
    likely_smears,
    longer,
    specks,
)
from server.media.reading.stacked import columns_whole
from server.media.reading.steady import is_plain, is_steady, is_steady_cleared, unsteady
from server.media.reading.text_models import DETECT_SIDE, Pixels, TextModels, is_upright
from server.media.reading.ways_held import (
    MIRRORED,
    ON_ITS_HEAD,
    WayHeld,
    put_back,
    reads_upright,
)
from server.policy.signs.fit import closest
from server.policy.signs.hours_board import board_hours, hours_anchor, looks_like_hours
from server.policy.signs.lines import Line, Point, Quad, in_order
from server.policy.signs.number import (
    CLEAR_CUT,
    NumberRead,
    agreed,
    best_number,
    beyond_doubt,
    borne_out,
    is_vain,
    may_hold_code,
    numbers_in,
    of_level,
    prefix_share,
    voted,
)
from server.policy.signs.parts import PREFIXES, WORDINGS, SignParts, sign_parts
from server.policy.signs.text import plain_glyphs

READ_SIDE = 3200
"""Photos are read at up to this long side, for the sake of small numbers."""
LARGE_PHOTO = 2_500_000  # pixels; unpacking more takes as much as the networks do
LARGE_LETTERS_SIDE = 640
"""Shrunken so far, letters that filled the picture are found after all (ocr report, 1.1)."""
STRIP_SIDE = 1600

LINES_ASKED = 5
"""So many of the largest lines tell how a photo was held in which the first look read nothing."""

EDGE_OF_THE_LAST = 0.25
"""Of a number's pitch, before its end: what begins there takes no stroke of the last digit."""
MANY_SPECKS = 0.01
EMPTY = 3
"""After so many unsmeared pictures without a code the rest told none on any of 186 signs."""
SMALL_WRITING = (0.1, 0.8)  # of the name's height


Clearings = list[tuple[Pixels, NumberRead | None, Callable[[Point], Point]]]
"""Pictures in which a smear is undone, the number read in each, and the way back."""


@dataclass(slots=True)
class Seen:
    """What the looks at one photo gave."""

    width: int
    height: int
    lines: tuple[Line, ...]
    number: NumberRead | None
    looks: int
    model_s: float


@dataclass(slots=True)
class PictureReader:
    """Reads photos one after the other with models loaded once."""

    models: TextModels = field(default_factory=TextModels.load)

    def __post_init__(self) -> None:
        cv2.setNumThreads(1)

    def read(self, content: bytes, subject: Subject) -> Seen:
        """Look at a photo as often as its subject needs; raises `Invalid` as `admit` does.

        What the networks needed is kept for the next photo (`give_back`) unless that is large.
        """
        header = read_header(content)
        if header is None or header.width * header.height > LARGE_PHOTO:
            self.models.give_back()
        before = self.models.busy_s
        picture: Pixels = np.asarray(
            cv2.cvtColor(pixels(content, READ_SIDE), cv2.COLOR_RGB2BGR), np.uint8
        )
        lines, number, looks = self._turned(picture, subject)
        wanting = subject == "signboard" and not sign_parts(lines).place
        for lit in in_other_light(picture) if wanting else ():  # 村 alone is no name
            again, code, more = self._turned(lit, subject)
            looks += more
            if len({one.text for one in (number, code) if one}) < 2 <= len(sign_parts(again).place):
                lines, number = again, code or number
                break
        height, width = picture.shape[:2]
        return Seen(width, height, tuple(lines), number, looks, self.models.busy_s - before)

    def give_back(self) -> None:
        """Hand back what is needed while photo follows photo; the next takes a tenth longer."""
        self.models.give_back()

    def _turned(
        self, picture: Pixels, subject: Subject
    ) -> tuple[list[Line], NumberRead | None, int]:
        """What a picture says in whichever way it was held, and in how many looks."""
        quads = self.models.find(picture, DETECT_SIDE)
        lines = self.models.read(picture, quads)
        way = None if reads_upright(lines) else self._held(picture, quads)
        laid = picture if way is None else way.laid(picture)
        if way is not None:
            found = self._look(laid, DETECT_SIDE)
            way, laid, lines = (
                (way, laid, found) if reads_upright(found) else (None, picture, lines)
            )
        lines, number, more = self._made_out(laid, lines, subject)
        lines = in_order(lines)
        if way is not None:
            lines, more = put_back(lines, way, laid), more + 1
            number = number and number._replace(quad=way.moved(number.quad, laid))
        return lines, number, 1 + more

    def _made_out(
        self, picture: Pixels, lines: list[Line], subject: Subject
    ) -> tuple[list[Line], NumberRead | None, int]:
        """What a picture held upright says, looked at as often as it takes, and how often."""
        if subject != "hours_board" and _wants(subject, lines):
            first = lines
            lines, number, looks, clear = self._sign(picture, first)
            lines, number = self._kept_steady(picture, first, lines, number, clear)
            lines = lengthened(picture, lines, self.models.read)
            if number is None:
                number = number_again(picture, lines, self.models.find, self.models.read)
            return as_believed(picture, lines), self._uncrossed(picture, number), looks
        if subject == "signboard":
            return lines, None, 0
        lines = self._nothing_overlooked(picture, marked(picture, lines))
        if board_hours(lines):
            return lines, None, 0
        asked = subject == "hours_board"
        if asked and (lit := board_in_the_dark(picture, lines, self._look, self._closer)):
            return self._nothing_overlooked(picture, lit), None, 2
        lines, looks = self._hours(picture, lines, asked=asked)
        self.models.give_back()  # undoing a smear takes as much as a network
        seen = marked(picture, columns_whole(picture, lines, self.models.read))
        seen = self._nothing_overlooked(picture, seen)
        if not board_hours(seen):
            again = looked_again(picture, seen, self.models.find, self.models.read)
            if again:
                return self._nothing_overlooked(picture, again), None, looks + 1
        return seen, None, looks

    def _nothing_overlooked(self, picture: Pixels, lines: list[Line]) -> list[Line]:
        return overlooked(picture, lines, self.models.faint, self.models.read)

    def _held(self, picture: Pixels, quads: Sequence[Quad]) -> WayHeld | None:
        """How a photo was held in which nothing can be read: the largest lines, read both ways."""
        for way in (ON_ITS_HEAD, MIRRORED):
            laid = way.laid(picture)
            largest = [way.found(quad, picture) for quad in quads[:LINES_ASKED]]
            if reads_upright(self.models.read(laid, largest)):
                return way
        return None

    def _look(self, picture: Pixels, side: int = DETECT_SIDE) -> list[Line]:
        return self.models.read(picture, self.models.find(picture, side))

    def _sign(
        self, picture: Pixels, lines: list[Line]
    ) -> tuple[list[Line], NumberRead | None, int, Clearings | None]:
        """Find the name with large letters, and the number close by, if they are still missing.

        Gives the pictures too in which a smear was undone, None where none was looked for. Where no
        look shows a piece of a code none is: of 74 such signs none told its number once cleared.
        """
        looks = 0
        parts = sign_parts(lines)
        number = parts.number
        if not parts.place:
            looks += 1
            larger = self._look(picture, LARGE_LETTERS_SIDE)
            lines = first_named(larger, merged(larger, lines), lines)
            parts = sign_parts(lines)
            found = best_number(larger, beside=parts.name_quads)
            number = agreed(number, found)  # not of both: one line is no two looks
        if beyond_doubt(number):
            return lines, number, looks, None
        anchor = _anchor(lines, parts)
        if anchor is None:  # where no name stands, digits in doubt are none
            return lines, None, looks, None
        closer = self._closer(picture, anchor)
        level = PREFIXES.get(parts.level) if parts.level else None
        number = agreed(number, best_number(closer, level, [anchor.quad]))
        looks += 1
        seen = [*lines, *closer]
        if not beyond_doubt(number):
            beside = self._beside(picture, anchor, seen)
            number = borne_out(number, beside, level, anchor.quad)
            looks += 1
        lines = first_named(lines, closer, merged(lines, closer))
        clear = None
        if not beyond_doubt(number, CLEAR_CUT) and (number or may_hold_code(seen)):
            empty = EMPTY if number is None else None
            clear = self._clearings(picture, anchor, lines, level, number, empty=empty)
            reads = [read and read._replace(quad=moved(read.quad, back)) for _, read, back in clear]
            looks += bool(reads)
            if any(reads):  # else it speaks neither for nor against
                number = voted([number, *reads])
        return lines, number if beyond_doubt(number) else None, looks, clear

    def _kept_steady(
        self,
        picture: Pixels,
        first: list[Line],
        lines: list[Line],
        number: NumberRead | None,
        clear: Clearings | None,
    ) -> tuple[list[Line], NumberRead | None]:
        """The number found or plainly told if it is steady; else what tells it is doubted."""
        told = number or sign_parts(lines).number
        if told is None or not beyond_doubt(told):
            return lines, number
        plain = next((one for one in numbers_in(first) if one.quad == told.quad), None)
        if is_plain(plain, told) or is_steady(self.models.read, picture, told):
            return lines, number
        if clear is None:
            parts = sign_parts(lines)
            anchor = _anchor(lines, parts)
            level = PREFIXES.get(parts.level) if parts.level else None
            clear = self._clearings(picture, anchor, lines, level) if anchor else []
        if self._steady_once_cleared(clear, told):
            return lines, told
        return unsteady(lines, told), None

    def _steady_once_cleared(self, clear: Clearings, told: NumberRead) -> bool:
        """Whether a number is steady where the smear of the whole photo has been undone."""
        reads = [(seen, number) for seen, number, _ in clear]
        best = voted([number for _, number in reads])
        same = best is not None and best.text == told.text
        return same and is_steady_cleared(self.models.read, reads, told)

    def _uncrossed(self, picture: Pixels, number: NumberRead | None) -> NumberRead | None:
        """A number whose digits nothing crosses, or that is the same once what is thin is gone."""
        if number is None:
            return None
        turned, letters = is_upright(number.quad), prefix_share(number.text)
        ends = 1 - EDGE_OF_THE_LAST / len(number.text)
        found = crossing(picture, number.quad, vertical=turned, behind=letters, until=ends)
        if found is None:
            return number
        if found.width > THIN:
            return None
        same = is_same_without(self.models.read, picture, number, found)
        return number if same else None

    def _hours(self, picture: Pixels, lines: list[Line], *, asked: bool) -> tuple[list[Line], int]:
        """Look closer where times stand, or at the whole with large letters when none were seen."""
        anchor = hours_anchor(lines)
        if anchor is not None:
            closer = marked(picture, self._closer(picture, anchor, lines))
            both = marked(picture, merged(still_doubted(closer, lines), lines))
            return (lines if is_torn(closer, both) else both), 1
        if asked:
            return merged(self._look(picture, LARGE_LETTERS_SIDE), lines), 1
        return lines, 0

    def _beside(self, picture: Pixels, anchor: Line, seen: list[Line]) -> Iterator[list[Line]]:
        """Read what stands below the name, then above it, in its own two colours, much enlarged.

        All that is read is added to `seen`.

        Small writing in the dark is lost among specks of all colours; seen along the line that
        leads from the colour of the ground to that of the ink, it stands out.
        """
        ink = ink_of(picture, anchor)
        for cut, back in strips_beside(picture, anchor):
            written = in_ink(cut, ink)
            read = self.models.read(written, self.models.find(written, STRIP_SIDE))
            found = [line._replace(quad=moved(line.quad, back)) for line in read]
            seen += found
            yield found

    def _clearings(
        self,
        picture: Pixels,
        anchor: Line,
        lines: Sequence[Line],
        level: str | None,
        number: NumberRead | None = None,
        *,
        empty: int | None = None,
    ) -> Clearings:
        """Undo the smear that the name shows, in several strengths, and read the number in each.

        Gives each picture, the number in it, and the way back; none for what was not smeared, and
        no more of them once they cannot bear a number out, with that of the looks before, or once
        the first `empty` show none.
        """
        writing = writing_round(picture, anchor)
        found = likely_smears(writing.name)[0].smear
        if is_slight(found) and specks(writing.name) < MANY_SPECKS:
            return []
        smears: list[Smear] = [found, longer(found)]
        pictures = [as_picture(shades) for shades in cleared(writing.shades, smears, DOUBTS)]
        least, most = (share * anchor.glyph_px for share in SMALL_WRITING)
        quads = [
            moved(line.quad, writing.into)
            for line in lines
            if line.quad != anchor.quad and least < line.glyph_px < most
        ]
        placed = anchor._replace(quad=moved(anchor.quad, writing.into))
        for cut, back in strips_beside(pictures[1], placed):
            quads += [moved(quad, back) for quad in self.models.find(cut, STRIP_SIDE)]
        reads: list[NumberRead | None] = []
        for nth, clear in enumerate(pictures):
            if is_vain(number, reads, len(pictures) - nth) or (nth == empty and not any(reads)):
                break
            reads.append(of_level(numbers_in(self.models.read(clear, quads)), level))
        return [(clear, read, writing.back) for clear, read in zip(pictures, reads, strict=False)]

    def _closer(self, picture: Pixels, anchor: Line, before: Sequence[Line] = ()) -> list[Line]:
        """Cut out the board round a line, lay it level, enlarge it, and read it with full light.

        Without rows that go on beyond what was cut out and that an earlier look has whole.
        """
        self.models.give_back()  # this look takes more than any other
        cut, back = board_round(picture, anchor)
        cut = full_light(cut)
        seen = self._look(cut, CLOSER_SIDE)
        found = [line._replace(quad=moved(line.quad, back)) for line in seen]
        torn = [one for one, line in zip(found, seen, strict=True) if ends_at_side(cut, line)]
        return untorn(found, before, torn)


def _wants(subject: Subject, lines: Sequence[Line]) -> bool:
    """Whether to look for a sign: asked for, or its words are there, or nothing like hours is."""
    if subject == "signboard":
        return True
    return sign_parts(lines).place != "" or not any(looks_like_hours(line.text) for line in lines)


def _anchor(lines: Sequence[Line], parts: SignParts) -> Line | None:
    """The line that places the sign: the one with its wording, else the nearest to it."""

    def misses(line: Line) -> float:
        run = plain_glyphs(line.glyphs)
        return min(closest(words, run).cost for words in WORDINGS.values())

    named = [line for line in lines if line.quad in parts.name_quads]
    if named:  # not the longest: a road sign behind may be taken for the row above
        return min(named, key=misses)
    best = min(lines, key=misses, default=None)
    return best if best is not None and misses(best) <= 4 else None
