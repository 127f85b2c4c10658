"""Downlink by piece: reconciled days of an approved month, tier by tier; later differences too."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.calendar import day_text, full_month_text
from server.errors import Conflict
from server.models.station import Station
from server.models.subsidy import EntitlementState, SubsidyCycle, SubsidyEntitlement
from server.money import yuan_said
from server.policy.plan.subsidy_rates import NOTHING, Priced, Rate, price, rate_on, tiers_for
from server.policy.standard.facts import Level
from server.policy.standard.verdicts import Verdict
from server.services.days.payable import (
    PaidDay,
    StationPayable,
    differences_since,
    payable_days,
)
from server.services.people.scope import EVERYBODY
from server.services.subsidies.candidates import Candidate, Question, paid_to, sentence
from server.services.subsidies.payees import (
    NoPayee,
    Payee,
    changed_keepers,
    payees_of,
    ran_by,
)
from server.services.subsidies.plans import rate_rows, rates_of

Days = Sequence[tuple[date, int]]


def inbound_candidates(session: Session, asked: Question) -> list[Candidate]:
    """Every village and township station with its reconciled inbound parcels of the month.

    A station whose month was paid and has changed since is a candidate for the difference. Raises
    Conflict subsidy-no-rate.
    """
    month_on = date.fromisoformat(f"{asked.period}-01")
    stations = list(
        session.scalars(
            sa.select(Station)
            .where(Station.county == asked.county, Station.level != Level.COUNTY_HUB)
            .order_by(Station.township_code, Station.code, Station.id)
        )
    )
    rows = rate_rows(session, programme_id=asked.plan.row.id, scheme=asked.scheme.key)
    rates = rates_of(rows)
    if not rates:
        raise Conflict("subsidy-no-rate", "还没有录入这一项的标准，不能算。请先在补贴页录入。")
    month = payable_days(
        session, county=asked.county, month_on=month_on, station_ids=[one.id for one in stations],
        today=asked.today, holidays=asked.holidays, seen_by=EVERYBODY,
    )  # fmt: skip
    if month.why_not:
        raise Conflict("subsidy-month-open", month.why_not)
    payees = payees_of(
        session, stations=stations, kind=asked.payee_kind, on=asked.last, since=month_on
    )
    ran = ran_by(session, stations=stations, since=month_on, on=asked.last)
    kept = changed_keepers(
        session, stations=stations, kind=asked.payee_kind, since=month_on, on=asked.last
    )
    differing = _differing(session, asked, month_on, month.stations)
    found = []
    for one in stations:
        if one.id in differing:
            then = rates_of(
                row for row in rows if row.entered_at <= differing[one.id].paid.proposed_at
            )
            found.append(_difference(asked, one, rates, then, differing[one.id]))
        payable = month.stations.get(one.id)
        if payable is None or not (payable.inbound or payable.unpayable):
            continue
        found.append(
            _one(
                asked, one, payable, rates=rates, payee=payees.get(one.id),
                figures=month.figures_sha256, ran=ran[one.id], kept=kept.get(one.id, ()),
            )
        )  # fmt: skip
    return found


def priced_days(days: Days, rates: Iterable[Rate], *, level: Level, township: str) -> Priced | None:
    """Parcels day by day at the rate of their day; tiers count through the month. None: no rate."""
    held = list(rates)
    total, before = NOTHING, 0
    for on, pieces in sorted(days):
        if not pieces:
            continue
        rate = rate_on(held, on)
        tiers = tiers_for(rate.tiers if rate else (), level=level, township=township)
        priced = price(pieces, tiers, after=before)
        if priced is None:
            return None
        total, before = total.with_more(priced), before + pieces
    return total


def _one(
    asked: Question, station: Station, payable: StationPayable, *, rates: Sequence[Rate],
    payee: Payee | NoPayee | None, figures: str | None, ran: frozenset[int],
    kept: tuple[str, ...],
) -> Candidate:  # fmt: skip
    days = [(one.day_on, one.inbound) for one in payable.days]
    priced = priced_days(days, rates, level=station.level, township=station.township_code or "")
    who, nobody = paid_to(payee)
    waiting = sum(one.open for one in payable.unpayable)
    rate = rate_on(rates, asked.last)
    name = full_month_text(asked.last)
    why_not = nobody
    if priced is None:
        why_not = "这个站那时没有适用的标准"
    elif not priced.fen:
        why_not = "没有对过账的到件"
    if waiting:
        left = f"有{waiting}天还没有对完账，没有算在内"
        why_not = f"{why_not}；{left}" if why_not else ""
    amount = priced.fen if priced else 0
    told = f"，{waiting}天没有对完账，对完再补" if waiting else ""
    return Candidate(
        station=station,
        place="",
        once_key=f"{asked.scheme.key}:{station.id}:{asked.period}",
        payee=who,
        verdict=Verdict.PASS if priced and amount else Verdict.UNKNOWN if waiting else Verdict.FAIL,
        amount_fen=amount,
        contents={
            "scheme": asked.scheme.key,
            "clause": asked.scheme.clause,
            "source": rate.source if rate else "",
            "period": asked.period,
            "readings": {key: asked.decided[key] for key in asked.scheme.asks},
            "figures_sha256": figures,
            "days_sha256": payable.sha256,
            "days": [
                [one.day_on.isoformat(), one.inbound, one.outbound, one.agri_claimed, one.sha256]
                for one in payable.days
            ],
            "parts": [list(one) for one in priced.parts] if priced else [],
            "level": station.level.value,
            "township": station.township_code or "",
        },
        sentence=sentence(
            f"{yuan_said(amount)}：{name}到件{payable.inbound:,}件，核准并对过账，"
            f"{priced.said if priced else ''}{told}。"
        ),
        why_not=why_not,
        doubts=(*kept, *_other_operators(ran, payable), *_after_the_approval(payable)),
    )


def _other_operators(ran: frozenset[int], payable: StationPayable) -> tuple[str, ...]:
    """A doubt where the days rest on the totals of an enterprise that did not run it then."""
    said = {line["operator"] for day in payable.days for line in day.source["operators"]}
    if said and ran and said != ran:
        return ("对账用的件数里有别的企业报的，和登记的运营企业不一样，请人看一下付给谁",)
    return ()


def _after_the_approval(payable: StationPayable) -> tuple[str, ...]:
    """A doubt where a keeper's count came only after somebody had approved the month."""
    late = [one for one in payable.days if (one.source["keeper"] or {}).get("after_approval")]
    if not late:
        return ()
    days = "、".join(day_text(one.day_on) for one in late[:3])
    more = "等" if len(late) > 3 else ""
    return (f"{days}{more}{len(late)}天的件数是月份核准以后才报或改的，核准的人没有看过，请人核对",)


class _Changed(NamedTuple):
    """A paid month that is no longer what it was paid by: its days as they are now, and why."""

    paid: SubsidyEntitlement
    later: Sequence[SubsidyEntitlement]
    days: dict[date, int]
    why: str


def _differing(
    session: Session, asked: Question, month_on: date, payable: Mapping[int, StationPayable]
) -> dict[int, _Changed]:
    """By station; a day that was reconciled only later counts as well."""
    held = _held(session, asked)
    if not held:
        return {}
    before = {station_id: paid_days(rows) for station_id, rows in held.items()}
    paid = [
        PaidDay(station_id, on, *numbers)
        for station_id, days in before.items()
        for on, numbers in days.items()
    ]
    now = {
        station_id: {on: one[0] for on, one in days.items()} for station_id, days in before.items()
    }
    why: dict[int, str] = {}
    for one in differences_since(
        session, county=asked.county, month_on=month_on, paid=paid, today=asked.today
    ):
        if one.open or not one.inbound:
            continue
        station_id, on = one.paid.station_id, one.paid.day_on
        now[station_id][on] = one.paid.inbound + one.inbound
        why.setdefault(station_id, f"{day_text(on)}{one.why}")
    for station_id in held:
        found = payable.get(station_id)
        added = [
            day
            for day in (found.days if found else ())
            if day.day_on not in before[station_id] and day.inbound
        ]
        now[station_id].update({day.day_on: day.inbound for day in added})
        if added:
            why.setdefault(station_id, f"{len(added)}天后来对完了账")
    return {
        station_id: _Changed(held[station_id][0], held[station_id][1:], now[station_id], told)
        for station_id, told in why.items()
    }


def _held(session: Session, asked: Question) -> dict[int, list[SubsidyEntitlement]]:
    """By station, the month's entitlement and its corrections, where all of them are paid."""
    rows = session.scalars(
        sa.select(SubsidyEntitlement)
        .join(SubsidyCycle, SubsidyCycle.id == SubsidyEntitlement.cycle_id)
        .where(
            SubsidyCycle.programme_id == asked.plan.row.id,
            SubsidyCycle.scheme == asked.scheme.key,
            SubsidyCycle.period == asked.period,
            SubsidyEntitlement.ended_at.is_(None),
        )
        .order_by(SubsidyEntitlement.id)
    )
    found: defaultdict[int, list[SubsidyEntitlement]] = defaultdict(list)
    for one in rows:
        found[one.station_id].append(one)
    return {
        station_id: own
        for station_id, own in found.items()
        if all(one.state is EntitlementState.PAID for one in own)
    }


def paid_days(rows: Iterable[SubsidyEntitlement]) -> dict[date, tuple[int, int, int]]:
    """The days behind an entitlement and its corrections, each as it was last paid."""
    found: dict[date, tuple[int, int, int]] = {}
    for one in rows:
        for on, inbound, outbound, agri, *_ in one.contents.get("days", []):
            found[date.fromisoformat(on)] = (inbound, outbound, agri)
    return found


def _difference(
    asked: Question, station: Station, rates: Sequence[Rate], then: Sequence[Rate],
    changed: _Changed,
) -> Candidate:  # fmt: skip
    """What is to be added, or taken off the next payment, after a paid month has changed.

    `then` are the rates by which the month was proposed: where others came since, a person looks.
    """
    first, later = changed.paid, changed.later
    # As what it was paid as: a station that moved or was raised since was not so in that month.
    priced, by_then = (
        priced_days(
            list(changed.days.items()), held, level=Level(first.contents["level"]),
            township=first.contents["township"],
        )
        for held in (rates, then)
    )  # fmt: skip
    before = first.amount_fen + sum(one.amount_fen for one in later)
    amount = priced.fen - before if priced else 0
    doubts: tuple[str, ...] = ()
    if by_then != priced:
        own = _what(by_then.fen - before) if by_then else "没有适用的标准"
        doubts = (f"付过以后补贴标准也改过：照付的时候的标准是{own}，请人核对照哪个算",)
    numbers = paid_days([first, *later])
    contents: dict[str, Any] = {
        "scheme": asked.scheme.key,
        "clause": asked.scheme.clause,
        "period": asked.period,
        "corrects": first.id,
        "readings": {key: asked.decided[key] for key in asked.scheme.asks},
        "before_fen": before,
        "days": [
            [on.isoformat(), pieces, *numbers.get(on, (0, 0, 0))[1:], ""]
            for on, pieces in sorted(changed.days.items())
        ],
        "parts": [list(one) for one in priced.parts] if priced else [],
    }
    return Candidate(
        station=station,
        place="",
        once_key=f"{asked.scheme.key}:{station.id}:{asked.period}~{len(later) + 1}",
        # Who was paid for the month has its difference, whoever is there by now.
        payee=Payee(first.payee_kind, first.payee_key, first.payee_name),
        verdict=Verdict.PASS if amount else Verdict.FAIL,
        amount_fen=amount,
        contents=contents,
        sentence=sentence(
            f"{_what(amount)}：{full_month_text(asked.last)}已付{yuan_said(before)}，"
            f"后来件数有变，{changed.why}。"
        ),
        why_not="" if amount else "件数变了，金额没有变",
        doubts=doubts,
        corrects_id=first.id,
    )


def _what(fen: int) -> str:
    return f"{'补发' if fen > 0 else '扣回'}{yuan_said(abs(fen))}"
