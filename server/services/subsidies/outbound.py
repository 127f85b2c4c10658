"""Uplink by order: farm goods sold on a platform to outside the county, from operators' lists."""

from collections import defaultdict

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.calendar import first_of_month, full_month_text
from server.errors import Conflict
from server.models.station import Station
from server.models.subsidy_order import SubsidyOrder
from server.money import yuan_said
from server.policy.plan.subsidy_rates import NOTHING, price, rate_on, tiers_for
from server.policy.standard.verdicts import Verdict
from server.services.subsidies.candidates import Candidate, Question, paid_to, sentence
from server.services.subsidies.payees import changed_keepers, payees_of, ran_by
from server.services.subsidies.plans import rate_rows, rates_of


def outbound_candidates(session: Session, asked: Question) -> list[Candidate]:
    """Every station with orders up to the period's end that nothing has paid yet.

    An order that was listed late is paid with the next period. What a keeper counted (寄出,
    农产品上行) pays nothing. Raises Conflict subsidy-no-rate.
    """
    rates = rates_of(rate_rows(session, programme_id=asked.plan.row.id, scheme=asked.scheme.key))
    if not rates:
        raise Conflict("subsidy-no-rate", "还没有录入这一项的标准，不能算。请先在补贴页录入。")
    orders: defaultdict[int, list[SubsidyOrder]] = defaultdict(list)
    for order in session.scalars(
        sa.select(SubsidyOrder)
        .where(
            SubsidyOrder.county == asked.county,
            SubsidyOrder.day_on <= asked.last,
            SubsidyOrder.unpaid.is_(None),
            SubsidyOrder.entitlement_id.is_(None),
        )
        .order_by(SubsidyOrder.day_on, SubsidyOrder.id)
    ):
        orders[order.station_id].append(order)
    stations = list(
        session.scalars(
            sa.select(Station)
            .where(Station.id.in_(orders))
            .order_by(Station.township_code, Station.code, Station.id)
        )
    )
    since = first_of_month(asked.last)
    payees = payees_of(
        session, stations=stations, kind=asked.payee_kind, on=asked.last, since=since
    )
    ran = ran_by(session, stations=stations, since=since, on=asked.last)
    kept = changed_keepers(
        session, stations=stations, kind=asked.payee_kind, since=since, on=asked.last
    )
    found = []
    for one in stations:
        own = orders[one.id]
        total, unpriced, source = NOTHING, 0, ""
        for order in own:
            rate = rate_on(rates, order.day_on)
            tiers = tiers_for(
                rate.tiers if rate else (), level=one.level, township=one.township_code or ""
            )
            priced = price(1, tiers)
            if priced is None or rate is None:
                unpriced += 1
                continue
            total, source = total.with_more(priced), rate.source
        payee, nobody = paid_to(payees.get(one.id))
        amount = 0 if unpriced else total.fen
        why = f"有{unpriced}单的日子没有适用的标准" if unpriced else nobody
        found.append(
            Candidate(
                station=one,
                place="",
                once_key=f"{asked.scheme.key}:{one.id}:{asked.period}",
                payee=payee,
                verdict=Verdict.PASS if amount else Verdict.FAIL,
                amount_fen=amount,
                contents={
                    "scheme": asked.scheme.key,
                    "clause": asked.scheme.clause,
                    "source": source,
                    "period": asked.period,
                    "readings": {key: asked.decided[key] for key in asked.scheme.asks},
                    "orders": [[each.order_no, each.day_on.isoformat()] for each in own],
                    "parts": [list(part) for part in total.parts],
                },
                sentence=sentence(
                    f"{yuan_said(amount)}：到{full_month_text(asked.last)}为止，"
                    f"电商平台卖到县外的农副产品{len(own):,}单，{total.said.replace('件', '单')}。"
                ),
                why_not=why,
                doubts=(*kept.get(one.id, ()), *_other_operator(ran[one.id], own)),
                orders=tuple(each.id for each in own),
            )
        )
    return found


def _other_operator(ran: frozenset[int], orders: list[SubsidyOrder]) -> tuple[str, ...]:
    if {one.operator_id for one in orders} - ran:
        return ("清单是别的企业交的，和登记的运营企业不一样，请人看一下付给谁",)
    return ()
