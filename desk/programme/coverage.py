"""村庄覆盖: which village is served by which station and how, against the plan's goals."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from flask import Blueprint, request, url_for

from desk.frame.access import county_of_desk, me, whole_county_in_sight
from desk.frame.list_words import narrowed_in_words
from desk.frame.pages import page
from desk.frame.paging import page_of
from desk.frame.papers import anchor_now, table_out
from server.calendar import file_day, moment_text
from server.errors import Invalid
from server.http import clock
from server.http.database import session
from server.http.guards import guard_desk
from server.http.rulebook import programme_here
from server.models.coverage import PopulationBasis
from server.policy.plan.coverage import (
    POPULATION_BASIS,
    Basis,
    Denominator,
    percent_text,
)
from server.policy.plan.nouns import Programme
from server.policy.typed_days import read_day
from server.services.coverage.changed_since import untold
from server.services.coverage.populations import STATED
from server.services.coverage.serving import Served, VillageServed, villages_served
from server.services.coverage.village_sheet import (
    sheet_csv,
    sheet_rows,
    sheet_xlsx,
)
from server.services.people.scope import SEES_ROUNDS
from server.services.programme.coverage_goals import Goal, coverage_goals, large
from server.services.programme.decisions import decided_readings

blueprint = Blueprint("desk_coverage", __name__, url_prefix="/desk")
guard_desk(blueprint, *SEES_ROUNDS)
PAGE_ROWS = 60
FILTERS = ("q", "township", "how", "people", "kind", "measure", "part")
PARTS = {"inside": "算进去的", "of": "一共的", "outside": "没有做到的", "unknown": "说不准的"}


class Asked(NamedTuple):
    """What the address asks: the day, the filters, and the plan it is held against."""

    on: date
    filters: dict[str, str]
    programme: Programme | None
    decided: dict[str, str]

    @property
    def denominator(self) -> Denominator:
        """Whose villages are listed: 建制村, or every 村级 place."""
        kind = self.filters["kind"]
        return Denominator.UNITS if kind == Denominator.UNITS.value else Denominator.COMMITTEES


def _asked() -> Asked:
    """Raises Invalid field-invalid for a day that is none or has not come."""
    typed = request.args.get("on", "").strip()
    county = county_of_desk()
    on = read_day(typed, "按哪一天", latest=clock.today()) if typed else clock.today()
    programme = programme_here(county.code, on)
    return Asked(
        on=on,
        filters={name: request.args.get(name, "").strip() for name in FILTERS},
        programme=programme,
        decided=decided_readings(session(), county=county.code, programme=programme),
    )


def _villages(asked: Asked) -> list[VillageServed]:
    return villages_served(session(), county=me().county, on=asked.on, seen_by=me())


def _untold(asked: Asked) -> list[str]:
    return untold(session(), county=me().county, on=asked.on, today=clock.today(), who=me())


def _bases(asked: Asked) -> Sequence[Basis]:
    """The bases that a number of people may mean: the decided one, or both."""
    choice = asked.decided.get(POPULATION_BASIS)
    return [one for one in Basis if choice in (None, one.label)]


def _is_large(village: VillageServed, asked: Asked) -> bool:
    goal = asked.programme.coverage if asked.programme else None
    return goal is not None and any(
        large(village, basis, goal.resident_population_min) for basis in _bases(asked)
    )


def _narrowed(
    villages: Sequence[VillageServed], asked: Asked, goals: Sequence[Goal]
) -> list[VillageServed]:
    """The villages that the filters leave; a figure's own list is not narrowed by kind."""
    want = asked.filters
    measured = next((one for one in goals if one.key == want["measure"]), None)
    found = list(villages)
    if measured is not None and want["part"] in PARTS:
        codes = getattr(measured.share, want["part"])
        found = [one for one in found if one.code in codes]
    elif asked.denominator is Denominator.COMMITTEES:
        found = [one for one in found if one.committee]
    if want["township"]:
        found = [one for one in found if one.township_code == want["township"]]
    if want["how"]:
        found = [one for one in found if _fits(one, want["how"])]
    if want["people"] == "unknown":
        found = [one for one in found if not any(basis in one.people for basis in STATED)]
    if want["people"] in ("large", "bare"):
        found = [one for one in found if _is_large(one, asked)]
    if want["people"] == "bare":
        found = [one for one in found if one.resident is not True]
    words = want["q"].casefold().split()
    return [one for one in found if all(word in _text(one) for word in words)]


def _fits(one: VillageServed, how: str) -> bool:
    if how == "covered":
        return one.how.covers is True
    return one.how == how if how != "uncovered" else one.how.covers is not True


HOW = {"covered": "已覆盖", "uncovered": "没有覆盖", **{one.value: one.label for one in Served}}


def _which(asked: Asked, goals: Sequence[Goal], villages: Sequence[VillageServed]) -> str:
    """What the filters leave, in words, as a file has to say by itself."""
    want = asked.filters
    measured = next((one for one in goals if one.key == want["measure"]), None)
    own = [one.township for one in villages if one.township_code == want["township"]]
    least = asked.programme.coverage if asked.programme else None
    many = f"{least.resident_population_min}人以上" if least else "人口多"
    people = {
        "large": many,
        "bare": f"{many}，村里没有建成的站",
        "unknown": "人口没有登记",
    }
    said = [
        f"“{measured.label}（{measured.reading}）”里{PARTS[want['part']]}"
        if measured and want["part"] in PARTS
        else asked.denominator.label,
        *([own[0] if own else f"乡镇代码{want['township']}"] if want["township"] else []),
        *([HOW.get(want["how"], want["how"])] if want["how"] else []),
        *([people[want["people"]]] if want["people"] in people else []),
    ]
    return narrowed_in_words(*said, q=want["q"])


def _text(one: VillageServed) -> str:
    stations = " ".join(f"{server.name} {server.code or ''}" for server in one.servers)
    return f"{one.code} {one.name} {one.township} {stations}".casefold()


class TownshipLine(NamedTuple):
    """One township's villages, counted by how they are served."""

    code: str
    name: str
    villages: int
    counts: Counter[Served]
    covered: int
    without_people: int


def _townships(villages: Sequence[VillageServed]) -> list[TownshipLine]:
    found = []
    for code in dict.fromkeys(one.township_code for one in villages):
        own = [one for one in villages if one.township_code == code]
        found.append(
            TownshipLine(
                code=code,
                name=own[0].township,
                villages=len(own),
                counts=Counter(one.how for one in own),
                covered=sum(one.how.covers is True for one in own),
                without_people=sum(not any(b in one.people for b in STATED) for one in own),
            )
        )
    return found


@blueprint.get("/coverage")
def coverage() -> Any:
    """Goals, townships, and the villages as the filters leave them."""
    problem = None
    try:
        asked = _asked()
    except Invalid as wrong:
        problem = wrong
        programme = programme_here(me().county)
        asked = Asked(
            clock.today(),
            {name: request.args.get(name, "").strip() for name in FILTERS},
            programme,
            decided_readings(session(), county=me().county, programme=programme),
        )
    villages = _villages(asked)
    goals = coverage_goals(villages, programme=asked.programme, decided=asked.decided)
    listed = _narrowed(villages, asked, goals)
    of_kind = [one for one in villages if one.committee or asked.denominator is Denominator.UNITS]
    whole = request.args.get("all") == "1"
    leaf = page_of(len(listed), max(len(listed), 1) if whole else PAGE_ROWS)

    def address(**changes: str | None) -> str:
        """This page with some filters changed; empty ones leave the address."""
        kept = {"on": asked.on.isoformat() if asked.on != clock.today() else None}
        wanted: dict[str, Any] = {**asked.filters, **kept, **changes}
        return url_for("desk_coverage.coverage", **{k: v for k, v in wanted.items() if v})

    def export(ending: str) -> str:
        """The list as it stands, as a file."""
        kept: dict[str, Any] = {name: text for name, text in asked.filters.items() if text}
        return url_for("desk_coverage.export", ending=ending, on=asked.on.isoformat(), **kept)

    measured = next((one for one in goals if one.key == asked.filters["measure"]), None)
    return page(
        "coverage.html",
        problem=problem,
        on=asked.on,
        untold=_untold(asked),
        asked=asked.filters,
        filtered=any(text for name, text in asked.filters.items() if name != "kind"),
        kind=asked.denominator,
        kinds=Denominator,
        goals=goals if whole_county_in_sight() else [],
        goal=asked.programme.coverage if asked.programme else None,
        open_readings=any(one.holds is None for one in goals),
        measured=measured,
        listed=PARTS.get(asked.filters["part"], ""),
        counts=Counter(one.how for one in of_kind),
        total=len(of_kind),
        bare=sum(_is_large(one, asked) and one.resident is not True for one in of_kind),
        without_people=sum(not any(b in one.people for b in STATED) for one in of_kind),
        townships=_townships(of_kind),
        served=Served,
        bases=STATED,
        unstated=PopulationBasis.UNSTATED,
        leaf=leaf,
        count=len(listed),
        found=leaf.of(listed),
        address=address,
        export=export,
        percent=percent_text,
    )


@blueprint.get("/coverage.<any(xlsx, csv):ending>")
def export(ending: str) -> Any:
    """The villages as the filters leave them, as a table."""
    asked = _asked()
    villages = _villages(asked)
    goals = coverage_goals(villages, programme=asked.programme, decided=asked.decided)
    rows = sheet_rows(_narrowed(villages, asked, goals))
    which, unsure = _which(asked, goals, villages), _untold(asked)
    name = f"{county_of_desk().name}村庄覆盖{file_day(asked.on)}.{ending}"
    if ending == "xlsx":
        content = sheet_xlsx(rows, on=asked.on, which=which, untold=unsure, anchor=anchor_now())
    else:
        taken = moment_text(clock.now())
        content = sheet_csv(rows, on=asked.on, which=which, untold=unsure, taken=taken)
    return table_out(content, name)
