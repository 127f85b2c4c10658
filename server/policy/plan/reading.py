"""Reading a county's plan from its YAML file, and finding the plan of a county."""

from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import TypeVar

from server.policy.document import Fields, Part, StandardError, read_document
from server.policy.plan.conflict_reading import read_conflict
from server.policy.plan.duties import Duty, OrganisationType
from server.policy.plan.hub import HubGoal
from server.policy.plan.nouns import (
    MEASURES,
    AllocationRow,
    Condition,
    CoopMode,
    Coverage,
    Inspections,
    Milestone,
    Minimum,
    MonthlyReport,
    Programme,
    Subsidy,
    Target,
    TargetKind,
    Track,
)
from server.policy.plan.responsibilities import (
    PROGRAMME,
    Organisation,
    read_responsibilities,
)
from server.policy.plan.subsidy_reading import read_subsidies
from server.policy.standard.facts import Level
from server.policy.standard.standards import STANDARDS_FOLDER, Standard, standards_in

__all__ = ["Programme", "load_programme", "programme_of", "programmes_in"]

T = TypeVar("T")
HUB = "-hub.yaml"


def programmes_in(folder: Path = STANDARDS_FOLDER) -> tuple[Programme, ...]:
    """Read every `*-programme.yaml` below a folder, oldest first; raises StandardError.

    The standard that a plan names is to be among the folder's, and one for stations: national rules
    bind everybody and judge nobody's station, so no plan makes them the county's standard.
    """
    found = [load_programme(path, folder=folder) for path in folder.rglob("*-programme.yaml")]
    seen: dict[str, Programme] = {}
    for programme in sorted(found, key=lambda one: one.file):
        other = seen.setdefault(programme.id, programme)
        if other is not programme:
            reason = f"方案编号“{programme.id}”与 {other.file} 重复，请换一个编号"
            raise StandardError(programme.file, 1, reason)
    named = [(one, one.standard) for one in found if one.standard is not None]
    held = {one.id: one for one in standards_in(folder)} if named else {}
    for one, standard in named:
        _refuse_unfit(one, standard, held, folder)
    return tuple(sorted(found, key=lambda one: (one.issued_on or date.min, one.id)))


def _refuse_unfit(
    programme: Programme, named: str, held: dict[str, Standard], folder: Path
) -> None:
    """Raise StandardError, at its line, where a plan's standard is no standard for stations."""
    standard = held.get(named)
    if standard is not None and standard.basis != "national":
        return
    root, _ = read_document(folder / programme.file, folder=folder)
    part = root.fields()["standard"]
    if standard is None:
        held_here = "、".join(one.id for one in held.values() if one.basis != "national")
        part.refuse(f"“standard”写的“{named}”没有对应的标准文件，现有：{held_here or '无'}")
    part.refuse(
        f"“standard”写的是《{standard.name}》，这是全国的管理规定，本来就要核查，不是站点建设标准，"
        "不能作本县的标准；方案没有规定站点标准的，请写 null"
    )


def programme_of(programmes: Iterable[Programme], county: str) -> Programme | None:
    """The newest plan of a county (six-digit code), or None."""
    own = [programme for programme in programmes if programme.county == county]
    return max(own, key=lambda one: one.issued_on or date.min, default=None)


def load_programme(path: Path, *, folder: Path | None = None) -> Programme:
    """Read one plan; raises StandardError with file, line and reason."""
    root, digest = read_document(path, folder=folder)
    fields = root.fields(
        needed=("id", "name", "county", "issued_on", "source_text", "standard", "targets"),
        known=(
            "minimums", "allocation", "aliases", "milestones", "inspections",
            "monthly_report", "organisations", "coverage", "modes", "conflicts", "subsidies",
            "subsidy_note",
        ),
    )  # fmt: skip
    county = fields["county"].fields(needed=("code", "name"))
    code = county["code"].text()
    if not (len(code) == 6 and code.isascii() and code.isdigit()):
        county["code"].refuse(f"“code”应为六位县级区划代码（加引号），写的是“{code}”")
    no_table: tuple[str, str, tuple[AllocationRow, ...]] = ("", "", ())
    clause, title, rows = fields.get("allocation", _allocation, no_table)
    organisations = _list(fields, "organisations", _organisation)
    tasks, distinctions = read_responsibilities(path, organisations, folder=folder)
    awards = _list(fields, "subsidies", _subsidy)
    schemes, asked = read_subsidies(path, awards, folder=folder)
    return Programme(
        id=fields["id"].text(),
        name=fields["name"].text(),
        county=code,
        county_name=county["name"].text(),
        issued_on=fields.get("issued_on", Part.day, None),
        source=fields["source_text"].text(),
        standard=fields.get("standard", Part.text, None),
        targets=_each(fields["targets"], _target),
        minimums=_list(fields, "minimums", _minimum),
        allocation=rows,
        allocation_clause=clause,
        allocation_title=title,
        aliases=fields.get("aliases", _aliases, {}),
        milestones=_list(fields, "milestones", _milestone),
        inspections=fields.get("inspections", _inspections, None),
        hub=_hub(path, folder),
        monthly_report=fields.get("monthly_report", _monthly_report, None),
        organisations=organisations,
        tasks=tasks,
        distinctions=distinctions,
        coverage=fields.get("coverage", _coverage, None),
        modes=_list(fields, "modes", _mode),
        declared_conflicts=(*_list(fields, "conflicts", read_conflict), *asked),
        subsidies=awards,
        schemes=schemes,
        subsidy_note=fields.get("subsidy_note", Part.text, ""),
        file=root.file,
        sha256=digest,
    )


def _each(part: Part, read: Callable[[Part], T]) -> tuple[T, ...]:
    return tuple(read(one) for one in part.items())


def _list(fields: Fields, name: str, read: Callable[[Part], T]) -> tuple[T, ...]:
    return fields.get(name, lambda part: _each(part, read), ())


def _level(part: Part) -> Level:
    return Level(part.one_of([level.value for level in Level]))


def _up_to(part: Part, most: int) -> int:
    value = part.whole()
    if value > most:
        part.refuse(f"“{part.name}”最大是{most}，写的是{value}")
    return value


def _target(part: Part) -> Target:
    fields = part.fields(needed=("level", "label", "kind", "total", "due_on", "clause", "text"))
    return Target(
        level=_level(fields["level"]),
        label=fields["label"].text(),
        kind=TargetKind(fields["kind"].one_of(tuple(TargetKind))),
        total=fields["total"].whole(),
        due_on=fields["due_on"].day(),
        clause=fields["clause"].text(),
        text=fields["text"].text(),
    )


def _minimum(part: Part) -> Minimum:
    fields = part.fields(needed=("level", "per_township", "clause", "text"))
    return Minimum(
        level=_level(fields["level"]),
        per_township=fields["per_township"].whole(),
        clause=fields["clause"].text(),
        text=fields["text"].text(),
    )


def _allocation(part: Part) -> tuple[str, str, tuple[AllocationRow, ...]]:
    fields = part.fields(needed=("clause", "text", "rows"))
    rows = _each(fields["rows"], _row)
    seen: set[str] = set()
    for row, row_part in zip(rows, fields["rows"].items(), strict=True):
        if row.township in seen:
            row_part.refuse(f"任务分解表里“{row.township}”写了两次，请核对")
        seen.add(row.township)
    return fields["clause"].text(), fields["text"].text(), rows


def _row(part: Part) -> AllocationRow:
    fields = part.fields(
        needed=("row", "county", "operator", "township", "township_stations", "village_points")
    )
    return AllocationRow(
        row=fields["row"].whole(),
        county=fields["county"].text(),
        operator=fields["operator"].text(),
        township=fields["township"].text(),
        township_stations=fields["township_stations"].whole(),
        village_points=fields["village_points"].whole(),
    )


def _aliases(part: Part) -> dict[str, str]:
    return {name: value.text() for name, value in part.fields()}


def _milestone(part: Part) -> Milestone:
    fields = part.fields(needed=("track", "on", "percent", "levels", "clause", "text"))
    return Milestone(
        track=fields["track"].one_of(tuple(Track)),
        on=fields["on"].day(),
        percent=_up_to(fields["percent"], 100),
        levels=_each(fields["levels"], _level),
        clause=fields["clause"].text(),
        text=fields["text"].text(),
    )


def _inspections(part: Part) -> Inspections:
    fields = part.fields(needed=("months", "clause", "text"))
    return Inspections(
        months=_each(fields["months"], lambda month: _up_to(month, 12)),
        clause=fields["clause"].text(),
        text=fields["text"].text(),
    )


def _hub(programme: Path, folder: Path | None) -> HubGoal | None:
    """What the file beside a plan's asks of the county's centre; None where there is none."""
    path = programme.with_name(programme.name.removesuffix(PROGRAMME) + HUB)
    if not path.exists():
        return None
    root, _ = read_document(path, folder=folder)
    fields = root.fields(needed=("programme", "brands", "clause", "text"))
    return HubGoal(
        brands=_up_to(fields["brands"], 99),
        clause=fields["clause"].text(),
        text=fields["text"].text(),
    )


def _monthly_report(part: Part) -> MonthlyReport:
    fields = part.fields(needed=("day", "from_month", "clause", "text"))
    return MonthlyReport(
        day=_up_to(fields["day"], 28),
        from_month=_up_to(fields["from_month"], 12),
        clause=fields["clause"].text(),
        text=fields["text"].text(),
    )


def _organisation(part: Part) -> Organisation:
    fields = part.fields(needed=("name", "short", "type", "roles"))
    return Organisation(
        name=fields["name"].text(),
        short=fields["short"].text(),
        type=OrganisationType(fields["type"].one_of(tuple(OrganisationType))),
        roles=_each(fields["roles"], lambda role: Duty(role.one_of(tuple(Duty)))),
    )


def _coverage(part: Part) -> Coverage:
    fields = part.fields(
        needed=(
            "due_on", "resident_population_min", "resident_percent", "coverage_percent",
            "clause", "text",
        ),
        known=("note",),
    )  # fmt: skip
    return Coverage(
        due_on=fields["due_on"].day(),
        resident_population_min=fields["resident_population_min"].whole(),
        resident_percent=_up_to(fields["resident_percent"], 100),
        coverage_percent=_up_to(fields["coverage_percent"], 100),
        clause=fields["clause"].text(),
        text=fields["text"].text(),
        note=fields.get("note", Part.text, ""),
    )


def _mode(part: Part) -> CoopMode:
    fields = part.fields(needed=("key", "name", "emphasised", "clause"))
    return CoopMode(
        key=fields["key"].text(),
        name=fields["name"].text(),
        emphasised=fields["emphasised"].flag(),
        clause=fields["clause"].text(),
    )


def _subsidy(part: Part) -> Subsidy:
    fields = part.fields(
        needed=("key", "title", "level", "amount_yuan", "conditions", "clause", "text")
    )
    return Subsidy(
        key=fields["key"].text(),
        title=fields["title"].text(),
        level=_level(fields["level"]),
        amount_yuan=fields["amount_yuan"].amount(),
        conditions=_each(fields["conditions"], _condition),
        clause=fields["clause"].text(),
        text=fields["text"].text(),
    )


def _condition(part: Part) -> Condition:
    fields = part.fields(needed=("measure", "at_least"))
    return Condition(
        measure=fields["measure"].one_of(MEASURES), at_least=fields["at_least"].amount()
    )
