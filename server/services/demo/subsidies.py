"""The demonstration's 补贴: last month approved, a few payments on their way, one of them held."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from server.calendar import first_of_month, month_of
from server.models.county import County
from server.models.person import Person, Role
from server.models.subsidy import SubsidyEntitlement
from server.policy.plan.duties import Deed
from server.policy.plan.nouns import Programme
from server.policy.plan.subsidies import PAYEE, PayeeKind, Scheme, SchemeKind
from server.policy.plan.subsidy_rates import Tier
from server.services.days.months import approve_month, month_figures
from server.services.people.organisations import task_force_of
from server.services.people.people import add_person
from server.services.programme.decisions import decide_conflict
from server.services.subsidies.accounts import confirm_account, enter_account
from server.services.subsidies.batches import batch_seal, make_batch, payments_of, release
from server.services.subsidies.cycles import propose, question, work_out
from server.services.subsidies.holds import hold, reasons_of
from server.services.subsidies.ledger import add_budget
from server.services.subsidies.plans import Plan, paying_plans
from server.services.subsidies.rates import add_rate
from server.services.subsidies.reviewing import approve, review, reviewers_of, seal_of

SHOWN = 6  # listed in the batch are PAID of them, one is held, the others wait for their review
PAID = 3
SOURCE = "演示用的，不是县里的文件"
BANK = "演示银行（没有这家银行）"
LI = 300  # 厘 a piece: 0.3 元
BUDGET_FEN = 5_000_000


@dataclass(frozen=True, slots=True)
class _Desks:
    """Who does what: nobody does two steps of one payment."""

    office: Person
    reviewers: tuple[Person, ...]
    first: Person
    second: Person


def pay_last_month(
    session: Session, office: Person, *, county: County, programme: Programme | None,
    ring: Mapping[str, bytes], on: date, now: datetime,
) -> None:  # fmt: skip
    """One cycle by the piece, where the plan pays so and somebody counted last month.

    `ring` seals the accounts, whose numbers are of no bank. Nothing where a body that has to
    review or to pay has nobody who could.
    """
    plans = paying_plans(session, county=county.code, shipped=(programme,) if programme else ())
    found = [
        (plan, scheme)
        for plan in plans
        for scheme in plan.schemes
        if scheme.kind is SchemeKind.INBOUND
    ]
    last = first_of_month(first_of_month(on) - timedelta(days=1))
    month = month_figures(session, county=county.code, month_on=last, today=on)
    if not found or not month.total.counted:
        return
    [(plan, scheme), *_] = found
    desks = _seat(session, county, scheme, office, now)
    if desks is None:
        return
    approve_month(
        session, county=county.code, month_on=last, seen_sha256=month.sha256, by=office, now=now,
        note="", gap_reason="演示数据只有最近一个月的件数，别的天没有",
    )  # fmt: skip
    _lay_down(session, county, plan, scheme, office=office, on=on, now=now)
    asked = question(session, plan=plan, scheme=scheme, period=month_of(last), today=on)
    worked = work_out(session, asked, seen_by=office)
    chosen = [one.once_key for one in worked.entitled if not one.doubts][:SHOWN]
    if not chosen:
        return
    rows = propose(session, asked, seal=worked.seal, by=office, now=now, chosen=chosen)
    asked_about = reasons_of(session, rows)
    clear = [one for one in rows if one.id not in asked_about]
    paid, held = clear[:PAID], clear[PAID : PAID + 1]
    for reviewer in desks.reviewers:
        review(
            session, plan=plan, scheme=scheme, seals=[seal_of(one) for one in (*paid, *held)],
            passed=True, text="", by=reviewer, now=now,
        )  # fmt: skip
    for one in held:
        hold(session, entitlement=one, reason="派件单有看不清的，补来再付", by=office, now=now)
    if paid:
        _list(session, county, plan, paid, desks=desks, ring=ring, now=now)


def _seat(
    session: Session, county: County, scheme: Scheme, office: Person, now: datetime
) -> _Desks | None:
    """The bodies' 联络员, and a second person of 财政局; None where one is missing."""
    bodies = reviewers_of(session, county=county.code, scheme=scheme)
    pays = [one for one in task_force_of(session, county=county.code) if Deed.PAY in one.deeds]
    liaisons = [one.liaison_id for one in (*bodies, *pays[:1])]
    people = [session.get_one(Person, one) for one in liaisons if one is not None]
    if not bodies or not pays or len(people) < len(liaisons):
        return None
    second = add_person(
        session, county=county, name=f"{pays[0].short}出纳", role=Role.BUREAU, by=office, now=now,
        organisation_id=pays[0].id, demo=True,
    )  # fmt: skip
    *reviewers, first = people
    return _Desks(office, tuple(reviewers), first, second)


def _lay_down(
    session: Session, county: County, plan: Plan, scheme: Scheme, *, office: Person, on: date,
    now: datetime,
) -> None:  # fmt: skip
    """Who is paid, for how much, out of what: each says of itself that it is for show."""
    decide_conflict(
        session, county=county, programme=plan.programme, key=PAYEE,
        choice=PayeeKind.STATION.label, reason="演示：先看付给站点是什么样", by=office, now=now,
    )  # fmt: skip
    add_rate(
        session, plan=plan, scheme=scheme, from_on=date(2022, 1, 1), tiers=[Tier("", "", 0, LI)],
        amount_fen=None, source=SOURCE, reason="", seal=None, by=office, now=now,
    )  # fmt: skip
    add_budget(
        session, plan=plan, fen=BUDGET_FEN, on=on, source=SOURCE, reason="", by=office, now=now
    )


def _list(
    session: Session, county: County, plan: Plan, rows: list[SubsidyEntitlement], *,
    desks: _Desks, ring: Mapping[str, bytes], now: datetime,
) -> None:  # fmt: skip
    """Approve them, confirm their accounts, and let one batch of them go."""
    approve(session, plan=plan, seals=[seal_of(one) for one in rows], by=desks.first, now=now)
    for n, one in enumerate(rows, 1):
        number = f"{n:016}"
        account = enter_account(
            session, county=county, payee_key=one.payee_key, holder=f"{one.payee_name}（演示）",
            bank=BANK, number=number, ring=ring, by=desks.office, now=now,
        )  # fmt: skip
        confirm_account(
            session, county=county, account_id=account.id, number=number, ring=ring,
            by=desks.first, now=now,
        )  # fmt: skip
    batch = make_batch(
        session, plan=plan, seals=[seal_of(one) for one in rows], by=desks.first, now=now
    )
    seal = batch_seal(payments_of(session, batch.id))
    release(session, plan=plan, batch_id=batch.id, seal=seal, by=desks.second, now=now)
