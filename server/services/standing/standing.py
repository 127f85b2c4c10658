"""Where each station stands against the standard on a day, and the county summed up from that."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from server.calendar import full_day_text
from server.models.county import County
from server.models.person import Person
from server.models.station import Station
from server.policy.standard.examine import (
    Finding,
    Status,
    examine,
    finding_json,
    standing_why,
    status,
)
from server.policy.standard.open_work import NOTHING_OPEN, OpenWork
from server.policy.standard.standards import Rule, Standard, standards_for
from server.policy.standard.verdicts import Verdict
from server.services.county.counties import policy_options
from server.services.people.scope import EVERYBODY, Everybody
from server.services.standing.facts import facts_of
from server.services.standing.open_work import open_work_of

NO_STANDARD = "本县没有规定站点标准，只记情况，不判达标"


@dataclass(frozen=True, slots=True)
class Standing:
    """One station's findings and state; `why` is the state in one sentence.

    `open_work` is what nobody has settled there yet.
    """

    station: Station
    township_name: str
    operator_name: str
    findings: list[Finding]
    status: Status
    why: str
    open_work: OpenWork = NOTHING_OPEN

    @property
    def assessed(self) -> bool:
        """Whether a standard for stations judges it: where none does, its state says nothing."""
        return self.why != NO_STANDARD

    @property
    def told(self) -> str:
        """Its state and why in one sentence; where no standard judges it, only that."""
        return f"{self.status.label}：{self.why}" if self.assessed else self.why

    @property
    def fails(self) -> list[Finding]:
        """The flags: findings that count against the station."""
        return [finding for finding in self.findings if finding.counts_against]


@dataclass(frozen=True, slots=True)
class TownshipSummary:
    """How one township's stations stand."""

    code: str | None
    name: str
    total: int
    per_status: dict[Status, int]


@dataclass(frozen=True, slots=True)
class ClauseSummary:
    """How many stations fail a rule on a confirming word, and of how many it is unknown."""

    rule: Rule
    fails: int
    unknown: int


@dataclass(frozen=True, slots=True)
class Summary:
    """A set of stations summed up; every state is there, also with none."""

    total: int
    per_status: dict[Status, int]
    per_township: list[TownshipSummary]
    per_clause: list[ClauseSummary]


def standings(
    session: Session,
    *,
    county: County,
    on: date,
    standards: Iterable[Standard],
    seen_by: Person | Everybody,
    station_ids: Collection[int] | None = None,
    township_code: str | None = None,
) -> list[Standing]:
    """Every (chosen) open station in sight, by township, level and number; seven queries.

    Where no standard for stations is in force or chosen (national filing rules alone are none),
    every station is 未评估. Raises NotFound standard-unknown, Invalid county-option-invalid.
    """
    rules = standards_for(standards, on, county.code, county.standard_id)
    assessed = any(standard.basis != "national" for standard in rules)
    still_open = open_work_of(session, county=county.code, on=on, station_ids=station_ids)
    found = []
    for known in facts_of(
        session,
        county=county,
        on=on,
        options=policy_options(county),
        seen_by=seen_by,
        station_ids=station_ids,
        township_code=township_code,
    ):
        findings = examine(rules, known.facts, on)
        waits = still_open.get(known.station.id, NOTHING_OPEN)
        state = status(findings, waits)
        found.append(
            Standing(
                station=known.station,
                township_name=known.township_name,
                operator_name=known.operator_name,
                findings=findings,
                status=state if assessed else Status.NOT_ASSESSED,
                why=standing_why(findings, waits, state) if assessed else NO_STANDARD,
                open_work=waits,
            )
        )
    return found


def standing_of(
    session: Session, *, station: Station, on: date, standards: Iterable[Standard]
) -> Standing:
    """One station's standing; a closed station is not assessed any more."""
    county = session.get_one(County, station.county)
    if station.closed_on is not None and station.closed_on <= on:
        why = f"已于{full_day_text(station.closed_on)}停业，停业期间不评定"
        return Standing(station, "", "", [], Status.NOT_ASSESSED, why)
    [one] = standings(
        session,
        county=county,
        on=on,
        standards=standards,
        seen_by=EVERYBODY,
        station_ids=[station.id],
    )
    return one


def narrowed(
    every: Iterable[Standing],
    *,
    township: str | None = None,
    clause: str | None = None,
    status: Status | str | None = None,
    level: str | None = None,
    stage: str | None = None,
    q: str = "",
    found_ids: Collection[int] = (),
) -> list[Standing]:
    """Those that match all that is given; `clause` (A3-41b or 四（1）) means failing there.

    `found_ids` are stations that `q` means by something a standing does not hold.
    """
    words = q.split()
    return [
        one
        for one in every
        if (township is None or one.station.township_code == township)
        and (status is None or one.status == status)
        and (level is None or one.station.level == level)
        and (stage is None or one.station.stage == stage)
        and (clause is None or any(clause in {f.code, f.clause} for f in one.fails))
        and (one.station.id in found_ids or all(_mentions(one, word) for word in words))
    ]


def summary(every: Sequence[Standing]) -> Summary:
    """Counts per state, per township and per `shall` clause."""
    townships: dict[str | None, list[Standing]] = {}
    rules: dict[tuple[str, str], Rule] = {}
    fails: Counter[tuple[str, str]] = Counter()
    unknown: Counter[tuple[str, str]] = Counter()
    for one in every:
        townships.setdefault(one.station.township_code, []).append(one)
        for finding in one.findings:
            if finding.level != "shall":
                continue
            key = (finding.standard_id, finding.code)
            rules.setdefault(key, finding.rule)
            fails[key] += finding.counts_against
            unknown[key] += finding.verdict is Verdict.UNKNOWN
    return Summary(
        total=len(every),
        per_status=_per_status(every),
        per_township=[
            TownshipSummary(code, members[0].township_name, len(members), _per_status(members))
            for code, members in townships.items()
        ],
        per_clause=[ClauseSummary(rule, fails[key], unknown[key]) for key, rule in rules.items()],
    )


def photo_of(finding: Finding) -> UUID | None:
    """The photo a finding rests on, if any."""
    for evidence in finding.evidence:
        kind, _, key = evidence.partition(":")
        if kind == "photo":
            return UUID(key)
    return None


def standing_json(one: Standing) -> dict[str, Any]:
    """A standing as the command prints it."""
    station = one.station
    return {
        "county": station.county,
        "code": station.code,
        "name": station.name,
        "level": station.level.value,
        "township": one.township_name,
        "operator": one.operator_name,
        "status": one.status.value,
        "status_label": one.status.label,
        "why": one.why,
        "open_work": one.open_work.text,
        "demo": station.demo,
        "findings": [finding_json(finding) for finding in one.findings],
    }


def _per_status(members: Iterable[Standing]) -> dict[Status, int]:
    counted = Counter(one.status for one in members)
    return {state: counted[state] for state in Status}


def _mentions(one: Standing, word: str) -> bool:
    station = one.station
    text = f"{station.code or ''} {station.name} {one.township_name} {station.head_name} "
    return word.casefold() in f"{text}{station.address} {one.operator_name}".casefold()
