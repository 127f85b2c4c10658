"""Awards that are given once: 西平's for a station, a township's centre and the county's centre."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.calendar import full_day_text
from server.models.station import Station
from server.models.subsidy import SubsidyEntitlement
from server.policy.plan.coverage import (
    RESIDENT_MEANING,
    Meaning,
    Place,
    Share,
    percent_text,
    resident_share,
)
from server.policy.plan.subsidies import Measured, hold_against, once_said, together
from server.policy.standard.facts import Level
from server.policy.standard.verdicts import Verdict
from server.services.common.closures import times_away
from server.services.coverage.changed_since import Changed, changed_since, told_of
from server.services.coverage.serving import RESIDENT_MODE, Built, VillageServed, villages_served
from server.services.people.scope import EVERYBODY
from server.services.programme.coverage_goals import coverage_goals
from server.services.subsidies.candidates import Candidate, Question, last_day, paid_to, sentence
from server.services.subsidies.handled import handled, hub_counted_by_several
from server.services.subsidies.payees import payees_of
from server.services.subsidies.plans import award_on, rate_rows

PIECES, COVERED = "parcels_per_year", "county_coverage_percent"
UNTOLD = "有关停业的变更记录内容已按规定删除，那天有没有停业，请人看一下"
RESIDENT, POINT = "township_resident_percent", "resident_point"


@dataclass(frozen=True, slots=True)
class _Seen:
    """The villages on the last day of the period, and what of them counts as 驻村设点."""

    villages: Sequence[VillageServed]
    meaning: Meaning

    def resident(self, one: VillageServed) -> bool | None:
        return one.resident if self.meaning is Meaning.ANY_STATION else one.resident_of_the_mode


def once_candidates(session: Session, asked: Question) -> list[Candidate]:
    """Every station of the scheme's level, with what its conditions come to; few queries."""
    scheme, on = asked.scheme, asked.last
    away = times_away(session, county=asked.county)
    stations = [
        one
        for one in session.scalars(
            sa.select(Station)
            .where(
                Station.county == asked.county,
                Station.level == scheme.level,
                Station.closed_on.is_(None) | (Station.closed_on > on),
            )
            .order_by(Station.township_code, Station.code, Station.id)
        )
        if not away.on(one.id, on)
    ]
    untold = away.unread(on)
    rows = rate_rows(session, programme_id=asked.plan.row.id, scheme=scheme.key)
    amount, source = award_on(scheme, rows, on)
    known = _known(session, asked, stations)
    payees = payees_of(session, stations=stations, kind=asked.payee_kind, on=on)
    twins = _others_of_the_place(session, asked, stations)
    summed = _hub_summed(session, asked, known)
    later = _changed_later(session, asked)
    found = []
    for one in stations:
        held = hold_against(scheme.needs, known[one.id][0])
        verdict = together(held)
        payee, nobody = paid_to(payees.get(one.id))
        lacking = [each.text for each in held if each.verdict is not Verdict.PASS]
        contents: dict[str, Any] = {
            "scheme": scheme.key,
            "clause": scheme.clause,
            "source": source,
            "on": on.isoformat(),
            "readings": {key: asked.decided[key] for key in scheme.asks},
            "measures": [
                {
                    "measure": each.needs.measure,
                    "at_least": str(each.needs.at_least),
                    "lowest": str(each.measured.lowest),
                    "said": each.measured.said,
                }
                for each in held
            ],
            **known[one.id][1],
        }
        found.append(
            Candidate(
                station=one,
                place=_place(one),
                once_key=f"{scheme.key}:{one.id}",
                payee=payee,
                verdict=verdict,
                amount_fen=amount,
                contents=contents,
                sentence=sentence(once_said(scheme, amount, held)),
                why_not="；".join(lacking) or nobody,
                doubts=(
                    *twins.get(one.id, ()),
                    *summed,
                    *((UNTOLD,) if one.id in untold else ()),
                    *_of_later(asked, one, later),
                ),
            )
        )
    return found


def _changed_later(session: Session, asked: Question) -> list[Changed]:
    """Stations on which coverage at the end of the period rests, and that were changed since."""
    if not {one.measure for one in asked.scheme.needs} & {COVERED, RESIDENT, POINT}:
        return []
    return changed_since(session, county=asked.county, on=asked.last, seen_by=EVERYBODY)


def _of_later(asked: Question, station: Station, later: Sequence[Changed]) -> tuple[str, ...]:
    """A doubt where what this award rests on was entered after the period."""
    wanted = {one.measure for one in asked.scheme.needs}
    own = [
        one
        for one in later
        if COVERED in wanted
        or (RESIDENT in wanted and one.township_code == station.township_code)
        or one.id == station.id
    ]
    if not own:
        return ()
    since = full_day_text(asked.last)
    names = told_of(own)
    return (
        f"{names}的辐射村或合作模式在{since}以后改过，覆盖按现在登记的算，当时是不是这样，请人看一下",
    )


def _hub_summed(
    session: Session, asked: Question, known: Mapping[int, tuple[Any, Mapping[str, Any]]]
) -> tuple[str, ...]:
    """A doubt where enterprises' numbers of the county's centre were added up.

    Nobody counts there beside them, so nobody but a person sees whether the same parcels stand in
    two files.
    """
    months = [each for _, evidence in known.values() for each in evidence.get("months", ())]
    if asked.scheme.level is not Level.COUNTY_HUB or not months:
        return ()
    days = hub_counted_by_several(
        session, county=asked.county, since=date.fromisoformat(f"{min(months)}-01"),
        until=last_day(max(months)),
    )  # fmt: skip
    if not days:
        return ()
    return (f"有{days}天不止一家企业报了县级中心的件数，是加在一起算的，请人看一下有没有算重",)


def _place(station: Station) -> str:
    if station.level is Level.VILLAGE_POINT:
        return station.village_code or ""
    return station.township_code or "" if station.level is Level.TOWNSHIP_STATION else ""


def _others_of_the_place(
    session: Session, asked: Question, stations: Iterable[Station]
) -> dict[int, tuple[str, ...]]:
    """Of stations whose village or township has had the award for another one, that it has."""
    given = {
        place: (station_id, name)
        for place, station_id, name in session.execute(
            sa.select(SubsidyEntitlement.place, Station.id, Station.name)
            .join(Station, Station.id == SubsidyEntitlement.station_id)
            .where(
                SubsidyEntitlement.programme_id == asked.plan.row.id,
                SubsidyEntitlement.scheme == asked.scheme.key,
                SubsidyEntitlement.ended_at.is_(None),
            )
        )
    }
    same: defaultdict[str, list[Station]] = defaultdict(list)
    for one in stations:
        same[_place(one)].append(one)
    found: dict[int, tuple[str, ...]] = {}
    for place, own in same.items():
        for one in own:
            first = given.get(place)
            others = [each.name for each in own if each.id != one.id]
            if first is not None and first[0] != one.id:
                others = [first[1]]
            if others:
                more = f"等{len(others)}个" if len(others) > 3 else ""
                told = f"同一个地方还有{'、'.join(others[:3])}{more}，要不要都发，请人看一下"
                found[one.id] = (told,)
    return found


def _known(
    session: Session, asked: Question, stations: Sequence[Station]
) -> dict[int, tuple[dict[str, Measured], dict[str, Any]]]:
    """By station, what is known of each measure that the scheme asks, and its evidence."""
    wanted = {one.measure for one in asked.scheme.needs}
    seen = _Seen(
        villages_served(session, county=asked.county, on=asked.last, seen_by=EVERYBODY),
        next(
            (one for one in Meaning if one.label == asked.decided.get(RESIDENT_MEANING)),
            Meaning.OF_THE_MODE,
        ),
    )
    pieces = handled(session, asked=asked, stations=stations) if PIECES in wanted else {}
    whole = _coverage(asked, seen) if COVERED in wanted else None
    points = _points(seen) if POINT in wanted else {}
    found: dict[int, tuple[dict[str, Measured], dict[str, Any]]] = {}
    for one in stations:
        known: dict[str, Measured] = {}
        evidence: dict[str, Any] = {}
        if one.id in pieces:
            known[PIECES], evidence["months"] = pieces[one.id]
        if whole is not None:
            known[COVERED], evidence["not_covered"] = whole
        if RESIDENT in wanted:
            known[RESIDENT], evidence["without_point"] = _township(seen, one.township_code)
        if POINT in wanted:
            known[POINT] = points.get(one.id, Measured(Fraction(0), Fraction(0), "不在建制村里"))
        found[one.id] = (known, evidence)
    return found


def _coverage(asked: Question, seen: _Seen) -> tuple[Measured, list[str]]:
    goals = coverage_goals(seen.villages, programme=asked.plan.programme, decided=asked.decided)
    goal = next(one for one in goals if one.key.startswith("covered-") and one.holds)
    said = f"全县覆盖{_percent(goal.share)}（{goal.reading}）"
    return _of_share(goal.share, said), sorted(goal.share.of - goal.share.inside)


def _township(seen: _Seen, township: str | None) -> tuple[Measured, list[str]]:
    own = [one for one in seen.villages if one.committee and one.township_code == township]
    share = resident_share(Place(one.code, True, seen.resident(one), None) for one in own)
    if not own:
        return Measured(Fraction(0), Fraction(0), "没有登记乡镇，或这个乡镇没有建制村"), []
    said = f"全乡镇{len(own)}个建制村，驻村设点{_percent(share)}"
    return _of_share(share, said), sorted(share.of - share.inside)


def _percent(share: Share) -> str:
    low, high = percent_text(share.lowest), percent_text(share.highest, up=True)
    return low if share.lowest == share.highest else f"{low}到{high}（有的还没有验收）"


def _of_share(share: Share, said: str) -> Measured:
    low = share.lowest if share.lowest is not None else Fraction(0)
    high = share.highest if share.highest is not None else Fraction(0)
    return Measured(low * 100, high * 100, said)


def _points(seen: _Seen) -> dict[int, Measured]:
    """By station, whether it is a resident point of a 建制村."""
    found = {}
    for village in seen.villages:
        for one in village.servers:
            if not village.committee or not one.here or one.id is None:
                continue
            is_mode = RESIDENT_MODE in one.modes
            asks_mode = seen.meaning is Meaning.OF_THE_MODE
            if one.built is Built.PLANNED:
                found[one.id] = Measured(Fraction(0), Fraction(0), f"{village.name}的站还没有建成")
            elif asks_mode and not is_mode:
                most = Fraction(0) if one.modes else None
                why = "不是驻村设点模式" if one.modes else "没有登记合作模式"
                found[one.id] = Measured(Fraction(0), most, f"{village.name}的站{why}")
            elif one.built is Built.UNACCEPTED:
                found[one.id] = Measured(Fraction(0), None, f"{village.name}的站还没有验收")
            else:
                found[one.id] = Measured(
                    Fraction(1), Fraction(1), f"已在{village.name}驻村设点，验收过"
                )
    return found
