"""Hold what was read on a sign against the register: matches, differs or unreadable, and why.

A machine's answer is a hint with its evidence: only clear writing that says something else differs,
and a name matches only when each of its characters was read (东庄村 is not 西庄村).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from server.policy.signs.held import advice, as_read, laid_wrong
from server.policy.signs.lines import Line, Quad
from server.policy.signs.number import NumberRead, plain_number
from server.policy.signs.parts import PREFIXES, WORDINGS, SignParts, name_lines, sign_parts
from server.policy.signs.placed import CLEAR, Outcome, Placed, best_fit, clear, core_length
from server.policy.signs.text import plain
from server.policy.standard.facts import Level

_LOST = 0.45  # share of the name that may miss before it counts as not there at all
_UNCLEAR = "招牌上的站点名称看不清。"


@dataclass(frozen=True, slots=True)
class Comparison:
    """One part of a sign: what was read, what was expected, where in the picture, and why so."""

    outcome: Outcome
    read: str
    expected: str
    why: str
    quads: tuple[Quad, ...] = ()
    aside: str = ""
    """Of an hours board, in a sentence: what was passed over, or what the rest of it tells."""


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
    level, better, turned = level_of(names[0]), advice(lines), laid_wrong(lines)
    as_taken, (lines, back) = lines, as_read(lines)
    parts = sign_parts(lines, brands)
    prefix, stands = PREFIXES.get(level) if level else None, [*map(back, parts.name_quads)]
    found = number_read or plain_number(as_taken, prefix, stands)
    name, used = _compare_name(lines, names, parts, register, brands), lines
    bare = name_lines(lines, brands)
    if name.outcome is not Outcome.MATCHES and bare is not lines:
        # A badge beside the name is no part of it; a village written small is.
        name, used = _compare_name(bare, names, parts, register, brands), bare
    if name.outcome is not Outcome.DIFFERS:
        name = _against_register(lines, used, name, names, register)
    if name.outcome is Outcome.UNREADABLE and better:
        name = replace(name, why=f"{_UNCLEAR}{better}")
    name = replace(name, quads=tuple(map(back, name.quads)))
    parts = replace(parts, name_quads=tuple(map(back, parts.name_quads)))
    read = compare_number(found, number) if number else None
    if read and read.outcome is Outcome.UNREADABLE and turned and turned not in name.why:
        read = replace(read, why=f"{read.why}{turned}")
    return SignMatch(parts, name, read)


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
    lines: Sequence[Line],
    names: Sequence[str],
    parts: SignParts,
    register: Sequence[str],
    brands: Sequence[str],
) -> Comparison:
    """Under any of its names a station matches; the registered one is the one shown."""
    placed = [best_fit(lines, plain(name), brands) for name in names]
    results = [
        _compare_one(best, plain(name), names[0], parts, register)
        for name, best in zip(names, placed, strict=True)
    ]
    order = (Outcome.MATCHES, Outcome.DIFFERS, Outcome.UNREADABLE)
    return min(results, key=lambda result: order.index(result.outcome))


def _compare_one(
    best: Placed | None, wanted: str, shown: str, parts: SignParts, register: Sequence[str]
) -> Comparison:
    core, beside = core_length(wanted), ""
    if best is None or best.fit.cost > _LOST * len(wanted):
        outcome = Outcome.UNREADABLE
        own_hand = [glyph for glyph in parts.place_glyphs if not glyph.foreign]
        if parts.name and parts.confidence >= CLEAR and clear(own_hand):
            outcome = Outcome.DIFFERS
        quads = parts.name_quads
    else:
        outcome, beside = best.judged(core, register), best.beside(core)
        quads = tuple(line.quad for line in best.lines)
    if outcome is Outcome.MATCHES:
        return Comparison(outcome, shown, shown, f"招牌名称与登记一致：{shown}。", quads)
    read = parts.name or (best.text if best else "")
    if best is not None and outcome is Outcome.DIFFERS and (end := best.other_end()):
        read = f"{best.text}{end.text}"  # the parts give the kind as it is registered
    if outcome is Outcome.DIFFERS:
        return Comparison(
            outcome, read, shown, f"招牌上读到的是“{read}”，登记的是“{shown}”。", quads
        )
    why = f"{_UNCLEAR}请走近一点，正对招牌，避开遮挡再拍一张。"
    if beside:
        why = f"站点名称紧挨着“{beside}”，看不清是不是名称里的字。请正对招牌，只拍招牌再拍一张。"
    return Comparison(outcome, read, shown, why, quads)


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
        (placed for wanted in names if (placed := best_fit(used, plain(wanted)))),
        key=lambda placed: placed.fit.cost,
        default=None,
    )
    if name.outcome is not Outcome.MATCHES or own is None:
        return name
    mine = {plain(wanted) for wanted in names}
    likelier = _longer_or_like(lines, own, mine, register)
    if likelier or (own.exact and used is lines and not own.beside_foreign):
        return _may_be(likelier, name) if likelier else name
    for other in register:
        wanted = plain(other)
        like = len(set(wanted) & set(own.wanted)) >= len(set(wanted)) - 2
        if wanted in mine or not (like or own.wanted[: core_length(own.wanted)] in wanted):
            continue
        if own.exact and own.wanted.endswith(wanted):
            continue  # 韩家村 where all of 北韩家村 is there
        rival = best_fit(lines, wanted)
        if rival is not None and rival.fit.cost <= own.fit.cost:
            return _may_be(other, name)
    return name


def _longer_or_like(
    lines: Sequence[Line], own: Placed, mine: Collection[str], register: Sequence[str]
) -> str:
    """The name of the register that this one is the end of, and may be, or that is as likely."""
    for other in register:
        wanted = plain(other)
        if _goes_before(wanted, own.wanted, mine):
            badge = own.badge.endswith(wanted.removesuffix(own.wanted))
            if badge or own.begins_in.preceded or own.beside_foreign:
                return other
            longer = best_fit(lines, wanted)
            if longer and longer.judged(core_length(wanted)) is Outcome.MATCHES:
                return other  # 南 张庵村, 南 in a row of its own
        elif wanted not in mine and own.may_be(wanted):
            return other
    return ""


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
