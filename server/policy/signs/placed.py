"""An expected name at its best place among what was read, and what each of its characters says.

What differs is told only of clear writing; a name matches only when each of its characters was
read (东庄村 is not 西庄村).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from server.labelled import Labelled
from server.policy.brands import ends_a_badge, ends_in_a_trade, says_badges_alone
from server.policy.signs.fit import SEAMS, Fit, closest
from server.policy.signs.lines import DOUBTFUL, HIDDEN, Glyph, Line
from server.policy.signs.parts import (
    UNEVEN_GAP,
    WIDE_GAP,
    WORDINGS,
    letter_px,
    piece_round,
    pitch_of,
    runs,
)
from server.policy.signs.text import (
    BREAK,
    GAP,
    READ_AS,
    UNKNOWN,
    is_chinese,
    may_stand_for,
    plain,
    slightly,
)

CLEAR = 0.95
"""Probability from which a character that is not the expected one counts as a different one.

Twigs and drops before a sign make others of 0.90 to 0.93 (店 → 居, 朱 → 未)."""
_MAY_BE = 0.1  # chance from which another reading is taken for the expected character
_OTHER_SIZE = 1.25
_BADGE_GAP = 1.15
"""Pitches from a badge to the name beside it; without a gap it may be the name's (圆通寺村)."""
_BADGE_SMALL, _SLOGAN = 0.8, 4
"""Of the name's pitch: what stands closer together is smaller writing. From so many characters it
is something else's, whatever it says (村口就是收件处 小麻村); fewer may be the name's."""
_HEAD = 3
"""A place has so many characters: 东西庄村 may be written smaller or larger than its kind."""
_SMALL, _WIDER, _TWO_ON = 0.78, 1.12, 2.37
"""The last step in smaller writing against the others, and with the step to the name: to a larger
character they are longer. Set after 60 drawn signs: of 45 with one (太平店镇 东西庄村) none matches
the name without it, of 15 slogans most do. From 0.78 the two look alike."""
_ENDINGS = "村乡镇"
_KINDS_END = "点站处所店部室"
_ABOVE = "省市县区乡镇"


class Outcome(Labelled):
    """What came of holding a reading against the register."""

    MATCHES = "matches", "相符"
    DIFFERS = "differs", "不一致"
    UNREADABLE = "unreadable", "看不清"


@dataclass(frozen=True, slots=True)
class Placed:
    """The best place for an expected name in one of the orders of the lines."""

    wanted: str
    run: tuple[Glyph, ...]
    fit: Fit
    lines: tuple[Line, ...]
    brands: tuple[str, ...] = ()
    """The county's own, beside the ones that everybody knows."""

    @property
    def text(self) -> str:
        """What stands there, without seams."""
        used = self.run[self.fit.start : self.fit.end]
        return "".join(glyph.text for glyph in used if glyph.text not in SEAMS)

    @property
    def begins_in(self) -> Line:
        """The line in which its first character stands: each seam leads to the next one."""
        first = next(taken for taken in self.fit.taken if taken is not None)
        return self.lines[sum(glyph.text in SEAMS for glyph in self.run[:first])]

    def judged(self, core: int, register: Sequence[str] = ()) -> Outcome:
        """Weigh each character: the first `core` name the place, the rest the kind of station."""
        place = [self._state(number) for number in range(core)]
        kind = [self._state(number) for number in range(core, len(self.wanted))]
        ends_as = self.other_end() if kind else None
        if ends_as is not None and clear([ends_as]):
            kind[-1] = "!"
        if kind and (kind.count("?") > 2 or self._misread(place, kind)):
            return Outcome.UNREADABLE
        if "!" in place or "!" in kind or self._words_left_out(core):
            return Outcome.DIFFERS
        beside = [*self._before(), *self._behind(core)]
        if clear(self._strange(core)) or (clear(beside) and not self._may_be_bare(core, register)):
            return Outcome.DIFFERS
        lost = self.doubtful is not None and not (register and self._but_for_one(place, kind))
        lost = (
            lost or ends_as is not None or "?" in place[:-1] or place.count("~") > max(1, core // 3)
        )
        if beside or lost or self._strange(core):
            return Outcome.UNREADABLE
        # The last character says village, township or town, which the kind of station says again.
        if "?" in place[-1:] and (
            core < 3
            or self.wanted[core - 1] not in _ENDINGS
            or "~" in place
            or self._another_level(core - 1)
        ):
            return Outcome.UNREADABLE
        return Outcome.MATCHES

    @property
    def doubtful(self) -> int | None:
        """The place of a rare character of which the network saw no more than a trace."""
        for number, wanted in enumerate(self.wanted):
            glyph = self._glyph(number)
            if (
                glyph is not None
                and self._state(number) == "~"
                and glyph.chance(wanted) < _MAY_BE
                and not may_stand_for(glyph, wanted)
            ):
                return number
        return None

    def may_be(self, other: str) -> bool:
        """Whether another name differs in nothing but one character, and may as well be it.

        That is the doubtful one, or one that the network always reads as the one expected here:
        阳屲村, where the sign is held against 阳山村.
        """
        if len(other) != len(self.wanted):
            return False
        differ = [at for at, wanted in enumerate(self.wanted) if other[at] != wanted]
        glyph = self._glyph(differ[0]) if len(differ) == 1 else None
        if glyph is None:
            return False
        there = other[differ[0]]
        if there in UNKNOWN or glyph.text in READ_AS.get(there, ()):
            return True
        doubtful = self.doubtful == differ[0]
        return doubtful and (glyph.chance(there) > 0 or may_stand_for(glyph, there))

    def _misread(self, place: list[str], kind: list[str]) -> bool:
        """快递使民服务点: nobody hangs that, and what misreads it may misread the place as well."""
        odd = [number for number, state in enumerate(kind) if state != "="]
        slip = len(odd) == 1 and odd[0] < len(kind) - 1 and kind[odd[0]] != "~"
        glyph = self._glyph(len(place) + odd[0]) if slip else None
        told = glyph is not None and glyph.probability > DOUBTFUL
        return told and place.count("=") < len(place)

    def _another_level(self, number: int) -> bool:
        """Whether 乡 was read where 镇 is expected, be it not beyond doubt."""
        glyph = self._glyph(number)
        read = "" if glyph is None or glyph.probability == HIDDEN else glyph.text
        return read in {*_ENDINGS} - {self.wanted[number]}

    def other_end(self) -> Glyph | None:
        """What ends the kind where the expected end is not: 服务站 is no 服务点 with 点 lost."""
        end, before = self.fit.end, self._glyph(len(self.wanted) - 2)
        if self.fit.taken[-1] is not None or before is None or end >= len(self.run):
            return None
        if self.run[end].text == GAP and self.run[end].at <= UNEVEN_GAP and end + 1 < len(self.run):
            end += 1
        glyph = self.run[end]
        told = before.text == self.wanted[-2] and glyph.probability > DOUBTFUL
        return glyph if told and glyph.text in _KINDS_END and not glyph.foreign else None

    @staticmethod
    def _but_for_one(place: list[str], kind: list[str]) -> bool:
        return place.count("=") == len(place) - 1 and "?" not in kind

    def _glyph(self, number: int) -> Glyph | None:
        taken = self.fit.taken[number]
        return None if taken is None else self.run[taken]

    @property
    def exact(self) -> bool:
        """Every single character was read as expected."""
        return all(self._state(number) == "=" for number in range(len(self.wanted)))

    def _state(self, number: int) -> str:
        """`=` as expected, `~` may well be, `!` clearly another one, `?` not to be made out."""
        taken = self.fit.taken[number]
        if taken is None:
            return "?"
        glyph, wanted = self.run[taken], self.wanted[number]
        if glyph.probability == HIDDEN:
            return "?"
        if glyph.text == wanted:
            return "="
        likely = glyph.chance(wanted) >= _MAY_BE or may_stand_for(glyph, wanted)
        if likely or (glyph.probability < CLEAR and slightly(glyph, wanted)):
            return "~"
        if wanted in UNKNOWN or self._may_be_half(number):
            return "?"
        return "!" if glyph.probability >= CLEAR else "?"

    def _may_be_half(self, number: int) -> bool:
        """Whether a piece begins or ends with it where the next character is lost: 仙人 真 镇.

        What glare or a pole took may be a part of this one too.
        """
        taken = self.fit.taken
        at = taken[number] or 0
        return any(
            0 <= beside < len(taken)
            and taken[beside] is None
            and 0 <= at + way < len(self.run)
            and self.run[at + way].text == GAP
            for way in (-1, 1)
            for beside in (number + way,)
        )

    def _words_left_out(self, core: int) -> bool:
        """快递服务点 for 快递便民服务点: two missing characters without a gap where they belong."""
        taken = self.fit.taken
        for number in range(core + 1, len(self.wanted) - 2):
            before, after = taken[number - 1], taken[number + 2]
            if taken[number] is taken[number + 1] is None and None not in (before, after):
                left, right = self.run[before or 0], self.run[after or 0]
                pitch = pitch_of(piece_round(self.run, before or 0))
                return (after or 0) - (before or 0) == 1 and right.at - left.at < 1.7 * pitch
        return False

    def _read_twice(self, number: int, core: int) -> bool:
        """Whether a glyph among the words for the kind is a piece of a neighbour: 占 of 点."""
        beside = {taken for taken in self.fit.taken[core:] if taken in (number - 1, number + 1)}
        return any(self.run[taken].probability < CLEAR for taken in beside if taken is not None)

    def _strange(self, core: int) -> list[Glyph]:
        """What stands within the place or within the words for the kind and is not expected."""
        found = []
        for part in (self.fit.taken[:core], self.fit.taken[core:]):
            used = [taken for taken in part if taken is not None]
            inside = set(range(used[0], used[-1])) - set(used) if used else set()
            found += [self.run[number] for number in inside if not self._read_twice(number, core)]
        return [glyph for glyph in found if is_chinese(glyph.text)]

    def beside(self, core: int) -> str:
        """What stands right before the place, and between it and the kind, as near as its own."""
        return "".join(glyph.text for glyph in (*self._before(), *self._behind(core)))

    def _may_be_bare(self, core: int, register: Sequence[str]) -> bool:
        """Whether what stands beside the place may be of another hand: 快活, 破损, 面.

        Not where it ends the place (张庄村 is not 张庄), where it makes another station's name of
        it, or where the place is not all there: 太平镇 is not 平林镇.
        """
        before, behind = (
            "".join(glyph.text for glyph in part) for part in (self._before(), self._behind(core))
        )
        told = core - (self.wanted[core - 1] in _ENDINGS)  # the kind says village or town again
        lost = [n for n in range(told) if self._state(n) == "?" and self.wanted[n] not in UNKNOWN]
        unread = any(self.fit.taken[n] is not None for n in lost)
        if lost and (before or unread or lost != list(range(len(lost)))):
            return False
        if behind and behind in _ENDINGS:
            return False
        longer = f"{before}{self.wanted[:core]}{behind}{self.wanted[core:]}"
        return not any(plain(other).endswith(longer) for other in register)

    def _behind(self, core: int) -> list[Glyph]:
        """What stands between the place and the words for the kind."""
        place = [taken for taken in self.fit.taken[:core] if taken is not None]
        kind = [taken for taken in self.fit.taken[core:] if taken is not None]
        between = range(place[-1] + 1, kind[0]) if place and kind else ()
        found = [self.run[number] for number in between if not self._read_twice(number, core)]
        return [glyph for glyph in found if is_chinese(glyph.text) and not glyph.foreign]

    @property
    def beside_foreign(self) -> bool:
        """Whether a character is left out that stands beside it in another hand."""
        first = next(taken for taken in self.fit.taken if taken is not None)
        last = next(taken for taken in reversed(self.fit.taken) if taken is not None)
        used = {taken for taken in self.fit.taken if taken is not None}
        near = set(range(max(0, first - 1), last + 1)) - used
        return any(self.run[number].foreign for number in near)

    def _another_hand(self) -> bool:
        """Whether the piece before the name is of another size, with plain ground between them."""
        line = self.begins_in
        at = self.lines.index(line)
        sizes = sorted(letter_px(one) for one in (self.lines[at - 1], line))
        return at > 0 and not line.preceded and sizes[1] > _OTHER_SIZE * sizes[0]

    def _before(self) -> list[Glyph]:
        """The glyph right before the name; a county or township, a wide gap or a line end it."""
        start = next(taken for taken in self.fit.taken if taken is not None)
        for glyph in reversed(self.run[:start]):
            if glyph.text == GAP:
                if glyph.at > (UNEVEN_GAP if self._another_hand() else WIDE_GAP):
                    break
                continue
            if glyph.text == BREAK or not is_chinese(glyph.text) or glyph.text in _ABOVE:
                break
            pitch = max(pitch_of(piece_round(self.run, start)), self._pitch(_HEAD))
            pitches = (self.run[start].at - glyph.at) / pitch if pitch else 0.0
            apart = pitches > UNEVEN_GAP or bool(self.badge and self._set_apart())
            return [] if apart or glyph.foreign else [glyph]
        return []

    @property
    def badge(self) -> str:
        """What stands before the name in its piece and ends in a carrier's word, or is smaller."""
        before = "".join(glyph.text for glyph in self._ahead()[:-1])
        told = ends_a_badge(before, self.brands)
        return before if told or (len(before) >= _SLOGAN and self._is_all_smaller()) else ""

    def _ahead(self) -> Sequence[Glyph]:
        """The name's first character, and all that stands before it in its piece."""
        start = next(taken for taken in self.fit.taken if taken is not None)
        piece = piece_round(self.run, start)
        return piece[: piece.index(self.run[start]) + 1]

    def _set_apart(self) -> bool:
        """Whether what stands before the name is smaller, or a gap is behind it."""
        *_, gap = self._steps()
        return gap > _BADGE_GAP or self._follows_smaller()

    def _follows_smaller(self) -> bool:
        steps = self._steps()[:-1]
        return bool(steps) and sum(steps) <= _BADGE_SMALL * len(steps)

    def _is_all_smaller(self) -> bool:
        """Whether also the last one before the name is: a small 太平店镇, and large 东西庄村."""
        *steps, last, gap = self._steps()
        mean = sum(steps) / max(1, len(steps))
        return 0 < mean <= _SMALL and last <= _WIDER * mean and last + gap <= _TWO_ON * mean

    def _steps(self) -> list[float]:
        """From each glyph ahead to the next, in pitches of the name; the last is to the name."""
        ahead = self._ahead()
        piece = piece_round(self.run, self.run.index(ahead[-1]))
        pitch = self._pitch() or pitch_of(piece) or 1.0  # several at one place have none
        if head := self._pitch(_HEAD):
            pitch = min(pitch, head)
        return [(later.at - earlier.at) / pitch for earlier, later in pairwise(ahead)]

    def _pitch(self, first: int | None = None) -> float:
        """From one of the name's characters (of its first) to the next in its piece; 0 for one."""
        taken = [place for place in self.fit.taken if place is not None]
        of_name = {self.run[place] for place in taken[:first]}
        return pitch_of([one for one in piece_round(self.run, taken[0]) if one in of_name])


def best_fit(lines: Sequence[Line], wanted: str, brands: Sequence[str] = ()) -> Placed | None:
    """Where a name stands with the fewest misses, None where nothing of it does.

    `brands` are the county's own.
    """
    own = tuple(brands)
    bare = [_without_badge(line, own) for line in lines]
    placed = [Placed(wanted, run, closest(wanted, run), used, own) for run, used in runs(bare)]
    placed = [one for one in placed if any(taken is not None for taken in one.fit.taken)]
    return min(placed, key=lambda one: (one.fit.cost, len(one.lines)), default=None)


def _without_badge(line: Line, brands: Sequence[str]) -> Line:
    """A row that is a badge and the words for the kind, nothing else, without the badge.

    德邦快递快递综合服务站 below 白沙镇: the badge is four characters, and a place of three would
    sooner be sought in it than beyond it. 中通快递综合服务站 is a company's own station, no badge.
    """
    for wording in WORDINGS.values():
        badge = line.text.removesuffix(wording).rstrip()
        if badge != line.text and ends_in_a_trade(badge) and says_badges_alone(badge, brands):
            kept = line.glyphs[len(line.glyphs) - len(wording) :]
            if "".join(glyph.text for glyph in kept) == wording:
                return line._replace(glyphs=kept)
    return line


def clear(glyphs: Sequence[Glyph]) -> bool:
    """Whether there is at least one glyph, and one of them beyond doubt."""
    return any(glyph.probability >= CLEAR for glyph in glyphs)


def core_length(wanted: str) -> int:
    """How many characters name the place; all of them when the wording is not the standard's."""
    for wording in WORDINGS.values():
        if wanted.endswith(wording):
            return len(wanted) - len(wording)
    return len(wanted)
