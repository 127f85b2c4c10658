"""Hold what was read on a sign against the register: matches, differs or unreadable, and why.

A machine's answer is a hint with its evidence: only clear writing that says something else differs,
and a name matches only when each of its characters was read (东庄村 is not 西庄村).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from server.labelled import Labelled
from server.policy.signs.fit import SEAMS, Fit, closest
from server.policy.signs.held import advice, as_read
from server.policy.signs.lines import HIDDEN, Glyph, Line, Quad
from server.policy.signs.number import NumberRead, plain_number
from server.policy.signs.parts import (
    PREFIXES,
    WIDE_GAP,
    WORDINGS,
    SignParts,
    name_lines,
    piece_round,
    pitch_of,
    runs,
    sign_parts,
)
from server.policy.signs.text import BREAK, GAP, UNKNOWN, is_chinese, plain, twins
from server.policy.standard.facts import Level

CLEAR = 0.95
"""Probability from which a character that is not the expected one counts as a different one.

Twigs and drops before a sign make others of 0.90 to 0.93 (店 → 居, 朱 → 未)."""
_MAY_BE = 0.1  # chance from which another reading is taken for the expected character
_LOST = 0.45  # share of the name that may miss before it counts as not there at all
_UNCLEAR = "招牌上的站点名称看不清。"
_ENDINGS = "村乡镇"
_ABOVE = "省市县区乡镇"


class Outcome(Labelled):
    """What came of holding a reading against the register."""

    MATCHES = "matches", "相符"
    DIFFERS = "differs", "不一致"
    UNREADABLE = "unreadable", "看不清"


@dataclass(frozen=True, slots=True)
class Comparison:
    """One part of a sign: what was read, what was expected, where in the picture, and why so."""

    outcome: Outcome
    read: str
    expected: str
    why: str
    quads: tuple[Quad, ...] = ()


@dataclass(frozen=True, slots=True)
class SignMatch:
    """A whole sign against one station; `number` is None when the station has no number yet."""

    parts: SignParts
    name: Comparison
    number: Comparison | None

    @property
    def outcome(self) -> Outcome:
        """Matches only when all parts do; one part that differs makes the sign differ."""
        return worst([part.outcome for part in (self.name, self.number) if part is not None])

    @property
    def why(self) -> str:
        """The sentences of the parts that do not match, or one that all is well."""
        parts = [part for part in (self.name, self.number) if part is not None]
        wrong = [part.why for part in parts if part.outcome is not Outcome.MATCHES]
        return "".join(wrong) or "".join(part.why for part in parts)


def match_sign(
    lines: Sequence[Line],
    *,
    names: Sequence[str],
    number: str | None,
    register: Sequence[str] = (),
    brands: Sequence[str] = (),
    number_read: NumberRead | None = None,
) -> SignMatch:
    """Compare a photo's lines with a station's name (and its aliases) and number.

    `names[0]` is the registered name. `register` holds the names of the county's other stations
    and of its places whose name is longer: when one of them fits the photo better, the sign
    differs. `brands` are the county's own, which may stand beside a name. `number_read` is a code
    found by a closer look than the lines tell.
    """
    level, better = level_of(names[0]), advice(lines)
    as_taken, (lines, back) = lines, as_read(lines)
    parts = sign_parts(lines, brands)
    prefix, stands = PREFIXES.get(level) if level else None, [*map(back, parts.name_quads)]
    found = number_read or plain_number(as_taken, prefix, stands)
    name, used = _compare_name(lines, names, parts, register), lines
    bare = name_lines(lines, brands)
    if name.outcome is not Outcome.MATCHES and bare is not lines:
        # A badge beside the name is no part of it; a village written small is.
        name, used = _compare_name(bare, names, parts, register), bare
    if name.outcome is not Outcome.DIFFERS:
        name = _against_register(lines, used, name, names, register)
    if name.outcome is Outcome.UNREADABLE and better:
        name = replace(name, why=f"{_UNCLEAR}{better}")
    name = replace(name, quads=tuple(map(back, name.quads)))
    parts = replace(parts, name_quads=tuple(map(back, parts.name_quads)))
    return SignMatch(parts, name, compare_number(found, number) if number else None)


def worst(outcomes: Sequence[Outcome]) -> Outcome:
    """One that differs outweighs one that cannot be read; only all together match."""
    for outcome in (Outcome.DIFFERS, Outcome.UNREADABLE):
        if outcome in outcomes:
            return outcome
    return Outcome.MATCHES


def level_of(name: str) -> Level | None:
    """The level that a name's wording stands for, None when it is neither."""
    words = plain(name)
    for level, wording in WORDINGS.items():
        if words.endswith(wording):
            return level
    return None


def _compare_name(
    lines: Sequence[Line], names: Sequence[str], parts: SignParts, register: Sequence[str]
) -> Comparison:
    """Under any of its names a station matches; the registered one is the one shown."""
    results = [_compare_one(lines, plain(name), names[0], parts, register) for name in names]
    order = (Outcome.MATCHES, Outcome.DIFFERS, Outcome.UNREADABLE)
    return min(results, key=lambda result: order.index(result.outcome))


def _compare_one(
    lines: Sequence[Line], wanted: str, shown: str, parts: SignParts, register: Sequence[str]
) -> Comparison:
    best, core, beside = _best_fit(lines, wanted), _core_length(wanted), ""
    if best is None or best.fit.cost > _LOST * len(wanted):
        outcome = Outcome.UNREADABLE
        if parts.name and parts.confidence >= CLEAR and _clear(parts.place_glyphs):
            outcome = Outcome.DIFFERS
        quads = parts.name_quads
    else:
        outcome, beside = best.judged(core, register), best.beside(core)
        quads = tuple(line.quad for line in best.lines)
    if outcome is Outcome.MATCHES:
        return Comparison(outcome, shown, shown, f"招牌名称与登记一致：{shown}。", quads)
    read = parts.name or (best.text if best else "")
    if outcome is Outcome.DIFFERS:
        return Comparison(
            outcome, read, shown, f"招牌上读到的是“{read}”，登记的是“{shown}”。", quads
        )
    why = f"{_UNCLEAR}请走近一点，正对招牌，避开遮挡再拍一张。"
    if beside:
        why = f"站点名称紧挨着“{beside}”，看不清是不是名称里的字。请正对招牌，只拍招牌再拍一张。"
    return Comparison(outcome, read, shown, why, quads)


@dataclass(frozen=True, slots=True)
class _Placed:
    """The best place for an expected name in one of the orders of the lines."""

    wanted: str
    run: tuple[Glyph, ...]
    fit: Fit
    lines: tuple[Line, ...]

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
        if kind and kind.count("?") > 2:
            return Outcome.UNREADABLE
        if "!" in place or "!" in kind or self._words_left_out(core):
            return Outcome.DIFFERS
        beside = [*self._before(), *self._behind(core)]
        if _clear(self._strange(core)) or (
            _clear(beside) and not self._may_be_bare(core, register)
        ):
            return Outcome.DIFFERS
        lost = "?" in place[:-1] or place.count("~") > max(1, core // 3)
        if beside or lost or self._strange(core):
            return Outcome.UNREADABLE
        # The last character says village, township or town, which the kind of station says again.
        if "?" in place[-1:] and (
            core < 3 or self.wanted[core - 1] not in _ENDINGS or "~" in place
        ):
            return Outcome.UNREADABLE
        return Outcome.MATCHES

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
        if glyph.chance(wanted) >= _MAY_BE or twins(wanted, glyph.text):
            return "~"
        if wanted in UNKNOWN:
            return "?"
        return "!" if glyph.probability >= CLEAR else "?"

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
        return [glyph for glyph in found if is_chinese(glyph.text)]

    def _before(self) -> list[Glyph]:
        """The glyph right before the name; a county or township, a wide gap or a line end it."""
        start = next(taken for taken in self.fit.taken if taken is not None)
        for glyph in reversed(self.run[:start]):
            if glyph.text == GAP:
                if glyph.at > WIDE_GAP:
                    break
                continue
            if glyph.text == BREAK or not is_chinese(glyph.text) or glyph.text in _ABOVE:
                break
            pitch = pitch_of(piece_round(self.run, start))
            apart = pitch and self.run[start].at - glyph.at > 1.7 * pitch
            return [] if apart else [glyph]
        return []


def _best_fit(lines: Sequence[Line], wanted: str) -> _Placed | None:
    placed = [_Placed(wanted, run, closest(wanted, run), used) for run, used in runs(lines)]
    placed = [one for one in placed if any(taken is not None for taken in one.fit.taken)]
    return min(placed, key=lambda one: (one.fit.cost, len(one.lines)), default=None)


def _clear(glyphs: Sequence[Glyph]) -> bool:
    """Whether there is at least one glyph, and one of them beyond doubt."""
    return any(glyph.probability >= CLEAR for glyph in glyphs)


def _core_length(wanted: str) -> int:
    """How many characters name the place; all of them when the wording is not the standard's."""
    for wording in WORDINGS.values():
        if wanted.endswith(wording):
            return len(wanted) - len(wording)
    return len(wanted)


def _against_register(
    lines: Sequence[Line],
    used: Sequence[Line],
    name: Comparison,
    names: Sequence[str],
    register: Sequence[str],
) -> Comparison:
    """Take a match back when another station's name fits the photo as well or better.

    `used` are the lines that the name was found in; of a place called 中通村 the badge is its name.
    """
    own = min(
        (placed for wanted in names if (placed := _best_fit(used, plain(wanted)))),
        key=lambda placed: placed.fit.cost,
        default=None,
    )
    if name.outcome is not Outcome.MATCHES or own is None:
        return name
    mine = {plain(wanted) for wanted in names}
    for other in register:
        if _goes_before(plain(other), own.wanted, mine):
            longer = _best_fit(lines, wanted := plain(other))
            whole = longer and longer.judged(_core_length(wanted)) is Outcome.MATCHES
            if own.begins_in.preceded or whole:  # 南 张庵村, 南 in a row of its own
                return _may_be(other, name)
    if own.exact and used is lines:
        return name
    for other in register:
        wanted = plain(other)
        if wanted in mine or len(set(wanted) & set(own.wanted)) < len(set(wanted)) - 2:
            continue
        rival = _best_fit(lines, wanted)
        if rival is not None and rival.fit.cost <= own.fit.cost:
            return _may_be(other, name)
    return name


def _goes_before(other: str, wanted: str, mine: Collection[str]) -> bool:
    """Whether a name is another's end: 张庵村 of 南张庵村, whose first character may be hidden."""
    return other.endswith(wanted) and other not in mine


def _may_be(other: str, name: Comparison) -> Comparison:
    why = f"招牌上的名称有字看不清，也可能是“{other}”。请正对招牌再拍一张。"
    return Comparison(Outcome.UNREADABLE, name.read, name.expected, why, name.quads)


def compare_number(found: NumberRead | None, expected: str) -> Comparison:
    """The code that was read against the registered one."""
    if found is None:
        why = f"招牌上的编号没有读到（应为{expected}）。请走近一点，把编号拍清楚。"
        return Comparison(Outcome.UNREADABLE, "", expected, why)
    if found.text == expected:
        why = f"编号与登记一致：{expected}。"
        return Comparison(Outcome.MATCHES, found.text, expected, why, (found.quad,))
    why = f"招牌上读到的编号是{found.text}，登记的是{expected}。"
    return Comparison(Outcome.DIFFERS, found.text, expected, why, (found.quad,))
