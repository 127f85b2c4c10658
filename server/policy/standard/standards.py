"""A standard as data: reading, refusing what is broken, and finding the one in force."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Literal

from server.errors import NotFound
from server.labelled import Labelled
from server.policy.document import Fields, Part, StandardError, read_document
from server.policy.standard import checks as _checks  # noqa: F401 - fills the register of checks
from server.policy.standard import deadlines as _deadlines  # noqa: F401 - the same
from server.policy.standard.check_reading import Scope, read_check
from server.policy.standard.facts import Level, Ownership
from server.policy.standard.options import OPTIONS
from server.policy.standard.verdicts import Judge, Verdict
from server.policy.standard.working_days import ENDING as HOLIDAYS
from server.policy.standard.working_days import WorkingDays, working_days_in
from server.settings import ROOT

__all__ = [
    "STANDARDS_FOLDER",
    "Rule",
    "Source",
    "Standard",
    "StandardError",
    "in_force",
    "load_standard",
    "standard_by_id",
    "standards_for",
    "standards_in",
    "station_standard",
]

STANDARDS_FOLDER = ROOT / "standards"
NO_STANDARDS = (
    "-programme.yaml",
    "-responsibilities.yaml",
    "-hub.yaml",
    "-subsidies.yaml",
    HOLIDAYS,
)

SettledBy = Literal["on_site", "register"]


class RuleLevel(Labelled):
    """How much a clause asks: only what `shall` be done decides a station's state."""

    SHALL = "shall", "应当", "应"
    SHOULD = "should", "宜（建议）", "宜"
    MAY = "may", "可以", "可"


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """The document a standard quotes; `file` lies in standards/sources/, None where not held."""

    title: str
    file: str | None
    part: str
    issued_on: date
    note: str


@dataclass(frozen=True, slots=True, eq=False)
class Waiting:
    """A county decision that a rule waits for, and what to say until it is taken."""

    option: str
    reason: str


@dataclass(frozen=True, slots=True, eq=False)
class Widening:
    """A county decision that makes a rule apply to more stations than its text says."""

    option: str
    levels: tuple[Level, ...]
    ownership: tuple[Ownership, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """One clause made examinable. `ownership` empty means both kinds.

    `level`: shall = 应/要 or a plain statement, should = 宜/适宜, may = 可. `mend` tells a keeper
    what to do; `text` is word for word from the source, empty where the source is not held.
    `check` is the file's own mapping of it, `judge` the same made runnable.
    """

    standard_id: str
    code: str
    clause: str
    text: str
    level: RuleLevel
    title: str
    mend: str
    settled_by: SettledBy
    applies_to: tuple[Level, ...]
    ownership: tuple[Ownership, ...]
    waits_for: Waiting | None
    extends_to: Widening | None
    note: str
    line: int
    facts: tuple[str, ...]
    check: Mapping[str, Any] = field(repr=False)
    why: Mapping[Verdict, str] = field(repr=False)
    judge: Judge = field(repr=False)


@dataclass(frozen=True, slots=True, eq=False)
class Standard:
    """One dated document's rules. `jurisdiction` is a division code prefix, empty for 全国."""

    id: str
    name: str
    basis: str
    jurisdiction: str
    jurisdiction_name: str
    in_force_from: date
    in_force_until: date | None
    replaces: tuple[str, ...]
    source: Source
    rules: tuple[Rule, ...] = field(repr=False)
    file: str
    sha256: str

    def rule(self, code: str) -> Rule:
        """The rule of this code; raises NotFound rule-unknown."""
        for rule in self.rules:
            if rule.code == code:
                return rule
        raise NotFound("rule-unknown", f"《{self.name}》里没有编号为“{code}”的条款，请核对")


def load_standard(
    path: Path, *, folder: Path | None = None, calendar: WorkingDays | None = None
) -> Standard:
    """Read one standard; raises StandardError with file (relative to `folder`), line, reason.

    Its deadlines know the working days of `calendar`; without one every day off is unknown.
    """
    root, digest = read_document(path, folder=folder)
    fields = root.fields(
        needed=("id", "name", "basis", "jurisdiction", "in_force_from", "source", "rules"),
        known=("in_force_until", "replaces", "note"),
    )
    standard_id = fields["id"].text()
    place = fields["jurisdiction"].fields(needed=("code", "name"))
    code = _jurisdiction(place["code"])
    source = _source(fields["source"])
    rules: dict[str, Rule] = {}
    for part in fields["rules"].items():
        rule = _rule(part, standard_id, source, calendar or WorkingDays())
        if rule.code in rules:
            part.refuse(f"条款编号“{rule.code}”重复，上一次在第{rules[rule.code].line}行")
        rules[rule.code] = rule
    if not rules:
        fields["rules"].refuse("标准里一条规则也没有")
    begins = fields["in_force_from"].day()
    ends = fields.get("in_force_until", Part.day, None)
    if ends is not None and ends < begins:
        fields["in_force_until"].refuse("停用日期早于生效日期，请核对")
    return Standard(
        id=standard_id,
        name=fields["name"].text(),
        basis=fields["basis"].one_of(("national", "provincial", "municipal", "county")),
        jurisdiction=code,
        jurisdiction_name=place["name"].text(),
        in_force_from=begins,
        in_force_until=ends,
        replaces=fields.get("replaces", _texts, ()),
        source=source,
        rules=tuple(rules.values()),
        file=root.file,
        sha256=digest,
    )


def standards_in(folder: Path = STANDARDS_FOLDER) -> tuple[Standard, ...]:
    """Read every standard below a folder (plans, holidays and sources apart), oldest first.

    Raises StandardError for a broken file, and for a folder without any: examining by nothing
    would look like a county where nothing is wrong.
    """
    paths = sorted(
        path
        for path in folder.rglob("*.yaml")
        if not path.name.endswith(NO_STANDARDS) and "sources" not in path.parts
    )
    if not paths:
        raise StandardError(str(folder), None, "文件夹里没有标准文件，请检查 CZT_STANDARDS")
    calendar = working_days_in(folder)
    standards = [load_standard(path, folder=folder, calendar=calendar) for path in paths]
    seen: dict[str, Standard] = {}
    for standard in standards:
        other = seen.setdefault(standard.id, standard)
        if other is not standard:
            reason = f"标准编号“{standard.id}”与 {other.file} 重复，请换一个编号"
            raise StandardError(standard.file, 1, reason)
    for standard in standards:
        for replaced in standard.replaces:
            if replaced not in seen:
                reason = f"“replaces”里写的“{replaced}”没有对应的标准文件"
                raise StandardError(standard.file, 1, reason)
    return tuple(sorted(standards, key=lambda one: (one.in_force_from, one.id)))


def standard_by_id(standards: Iterable[Standard], id: str) -> Standard:
    """The standard of this id; raises NotFound standard-unknown."""
    known = []
    for standard in standards:
        if standard.id == id:
            return standard
        known.append(standard.id)
    raise NotFound("standard-unknown", f"没有编号为“{id}”的标准，现有：{'、'.join(known)}")


def in_force(standards: Iterable[Standard], on: date, county: str) -> tuple[Standard, ...]:
    """The standards that bind a county (six-digit code) on a day, the nearest authority's first.

    A standard that another one in force replaces is left out.
    """
    dated = [
        standard
        for standard in standards
        if county.startswith(standard.jurisdiction)
        and standard.in_force_from <= on
        and (standard.in_force_until is None or on <= standard.in_force_until)
    ]
    replaced = {older for standard in dated for older in standard.replaces}
    kept = [standard for standard in dated if standard.id not in replaced]
    return tuple(sorted(kept, key=lambda standard: -len(standard.jurisdiction)))


def standards_for(
    standards: Iterable[Standard], on: date, county: str, chosen: str | None
) -> tuple[Standard, ...]:
    """What a county's stations are examined by: the standards in force and its own choice.

    `chosen` (本县选用) is another province's standard that the county has taken over by itself.
    """
    every = tuple(standards)
    binding = in_force(every, on, county)
    if chosen is None or any(standard.id == chosen for standard in binding):
        return binding
    return (standard_by_id(every, chosen), *binding)


def station_standard(
    standards: Iterable[Standard], on: date, county: str, chosen: str | None
) -> Standard | None:
    """The nearest standard for stations that a county has on a day, None where it has none.

    National rules bind every county and judge nobody's station: without another standard nobody
    there is 达标 or not.
    """
    every = standards_for(standards, on, county, chosen)
    return next((one for one in every if one.basis != "national"), None)


def _jurisdiction(part: Part) -> str:
    if part.kind == "str" and (code := part.text()) == "全国":
        return ""
    code = part.text()
    if not (code.isascii() and code.isdigit() and len(code) in {2, 4, 6}):
        part.refuse(f"“code”应为2、4或6位区划代码（加引号），或写“全国”，写的是“{code}”")
    return code


def _source(part: Part) -> Source:
    fields = part.fields(needed=("title", "issued_on", "source_text"), known=("part", "note"))
    held = fields["source_text"].text()
    return Source(
        title=fields["title"].text(),
        file=None if held == "not_held" else held,
        part=fields.get("part", Part.text, ""),
        issued_on=fields["issued_on"].day(),
        note=fields.get("note", Part.text, ""),
    )


def _rule(part: Part, standard_id: str, source: Source, calendar: WorkingDays) -> Rule:
    fields = part.fields(
        needed=(
            "code", "clause", "level", "title", "applies_to", "settled_by", "check", "mend",
        ),
        known=("text", "ownership", "waits_for", "extends_to", "why", "note"),
    )  # fmt: skip
    if source.file is not None and "text" not in fields:
        part.refuse("“规则”缺少“text”：原文在 sources 里，请照原文一字不差地写上")
    levels = _levels(fields["applies_to"])
    widening = fields.get("extends_to", _widening, None)
    every = tuple(dict.fromkeys([*levels, *(widening.levels if widening else ())]))
    scope = Scope(levels=every, calendar=calendar)
    level = fields["level"].one_of(tuple(RuleLevel))
    settled = fields["settled_by"].one_of(("on_site", "register"))
    judge = read_check(fields["check"], scope)
    check = fields["check"].plain()
    return Rule(
        standard_id=standard_id,
        code=fields["code"].text(),
        clause=fields["clause"].text(),
        text=fields.get("text", Part.text, ""),
        level=RuleLevel(level),
        title=fields["title"].text(),
        mend=fields["mend"].text(),
        settled_by="on_site" if settled == "on_site" else "register",
        applies_to=levels,
        ownership=fields.get("ownership", _ownership, ()),
        waits_for=fields.get("waits_for", _waiting, None),
        extends_to=widening,
        note=fields.get("note", Part.text, ""),
        line=part.line,
        facts=tuple(dict.fromkeys(_facts_in(check))),
        check=check,
        why=fields.get("why", _why, {}),
        judge=judge,
    )


def _facts_in(check: object) -> Iterator[str]:
    """The judged facts that a check names, at any depth; an exception's own belong to its rule."""
    if isinstance(check, dict):
        for name, value in check.items():
            if name == "with_exception" and isinstance(value, dict):
                yield from _facts_in(value["check"])
            elif name in {"fact", "family", "claimed", "approved"} and isinstance(value, str):
                yield value
            else:
                yield from _facts_in(value)
    elif isinstance(check, list):
        for one in check:
            yield from _facts_in(one)


_LISTS = ("safety_items", "equipment_items")


def _levels(part: Part) -> tuple[Level, ...]:
    levels = tuple(Level(one.one_of([level.value for level in Level])) for one in part.items())
    if not levels:
        part.refuse("“applies_to”不能是空的，请写上适用的站点级别")
    return levels


def _ownership(part: Part) -> tuple[Ownership, ...]:
    return tuple(Ownership(one.one_of([kind.value for kind in Ownership])) for one in part.items())


def _waiting(part: Part) -> Waiting:
    fields = part.fields(needed=("option", "reason"))
    option = fields["option"].one_of((*OPTIONS, *_LISTS))
    return Waiting(option=option, reason=fields["reason"].text())


def _widening(part: Part) -> Widening:
    fields = part.fields(needed=("option",), known=("applies_to", "ownership"))
    return Widening(
        option=fields["option"].one_of(tuple(OPTIONS)),
        levels=fields.get("applies_to", _levels, ()),
        ownership=fields.get("ownership", _ownership, ()),
    )


def _why(part: Part) -> dict[Verdict, str]:
    fields: Fields = part.fields(known=[verdict.value for verdict in Verdict])
    wording: dict[Verdict, str] = {}
    for verdict, sentence in fields:
        text = sentence.text()
        try:
            text.format(found="")
        except (KeyError, IndexError, ValueError):
            sentence.refuse("“why”里只能用“{found}”这一个占位，花括号要成对")
        wording[Verdict(verdict)] = text
    return wording


def _texts(part: Part) -> tuple[str, ...]:
    return tuple(one.text() for one in part.items())
