"""A county that pays: 西平 with a few resident points, its bureaus, and who works there."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from server.media.attachments import Attachment
from server.models.county import County
from server.models.organisation import Organisation
from server.models.person import Person, Role
from server.models.station import Stage, Station
from server.models.subsidy import EntitlementState, SubsidyEntitlement, SubsidyRate
from server.models.subsidy_payment import SubsidyBatch, SubsidyPayment
from server.policy.plan.duties import Duty, OrganisationType
from server.policy.plan.nouns import Programme
from server.policy.plan.subsidy_rates import Tier
from server.sealed_text import key_ring
from server.services.people.scope import EVERYBODY
from server.services.programme.decisions import decide_conflict
from server.services.programme.programmes import bring_programme
from server.services.subsidies.accounts import confirm_account, enter_account
from server.services.subsidies.bank_lists import (
    COLUMNS,
    BankPlan,
    enter_bank_list,
    plan_bank_list,
)
from server.services.subsidies.batches import batch_seal, make_batch, payments_of, release
from server.services.subsidies.candidates import Question
from server.services.subsidies.cycles import propose, question, work_out
from server.services.subsidies.plans import Plan
from server.services.subsidies.rates import add_rate
from server.services.subsidies.reviewing import approve, review, seal_of
from tests.factories import LONG_AGO, NOW, TODAY, Cast, make_person, make_station, make_village
from tests.plans import JINGLE, XIPING
from tests.services.days.of_june import approve as approve_june
from tests.services.days.of_june import counted, send
from tests.services.days.scanned import scanned
from tests.sheets import Tab, xlsx

PAPER = Attachment(b"%PDF-1.7\npaid\n%%EOF\n", "pdf", "回单.pdf")
RINGS = key_ring([b"7" * 32])
NUMBER = "6217000012345678901"
POINT = "resident-point-once"


@dataclass
class Money:
    """The plan and the people; `office` computes, `reviewer` reviews, `first`, `second` pay."""

    county: County
    plan: Plan
    office: Person
    reviewer: Person
    first: Person
    second: Person
    stations: list[Station]


def decide(
    session: Session, county: County, programme: Programme, by: Person, **choices: str
) -> None:
    """Decide open questions of a plan; keys are written with _ for -."""
    for key, choice in choices.items():
        decide_conflict(
            session, county=county, programme=programme, key=key.replace("_", "-"), choice=choice,
            reason="专班会议", by=by, now=NOW,
        )  # fmt: skip


def body(session: Session, county: County, name: str, *duties: Duty, **more: Any) -> Organisation:
    made = Organisation(
        county=county.code, name=f"{county.name}{name}", short=name,
        type=more.pop("type", OrganisationType.DEPARTMENT), duties=[one.value for one in duties],
        from_on=date(2021, 1, 1), created_at=LONG_AGO, **more,
    )  # fmt: skip
    session.add(made)
    session.flush()
    return made


def clerk(session: Session, county: County, name: str, of: Organisation) -> Person:
    return make_person(
        session, county, name, Role.BUREAU, organisation_id=of.id, login=f"{county.code}-{name}"
    )


def xiping(session: Session, cast: Cast, *, points: int = 4) -> Money:
    """西平 with so many built resident points, everything decided, nothing proposed."""
    county, office = cast.other_county, cast.outsider
    row = bring_programme(session, county=county, programme=XIPING, now=NOW, by=None)
    cast.foreign.closed_on = date(2023, 6, 1)
    stations = []
    for n in range(points):
        village = make_village(session, county, f"4117211012{10 + n}", f"村{n}村")
        stations.append(
            make_station(
                session, county, f"C{100 + n:04d}", f"村{n}便民服务站", stage=Stage.BUILT,
                township_code="411721101", village_code=village.code, opened_on=None,
                coop_modes=["resident_point"],
            )
        )  # fmt: skip
    finance = body(session, county, "财政局", Duty.SUBSIDY_PAYMENT)
    traffic = body(session, county, "交通局", Duty.POLICY_SUPPORT)
    decide(
        session, county, XIPING, office, subsidy_payee="站点",
        coverage_resident_point="只算驻村设点模式",
    )  # fmt: skip
    return Money(
        county, Plan(row, XIPING), office, clerk(session, county, "老交", traffic),
        clerk(session, county, "财甲", finance), clerk(session, county, "财乙", finance), stations,
    )  # fmt: skip


def jingle(session: Session, cast: Cast, *, payee: str = "站点") -> Money:
    """静乐 with C0001 and C0002, its bureaus, nothing entered yet; 供销社 and 邮政公司 both review."""
    county, office = cast.county, cast.office
    row = bring_programme(session, county=county, programme=JINGLE, now=NOW, by=None)
    finance = body(session, county, "财政局", Duty.SUBSIDY_PAYMENT)
    coop = body(
        session, county, "供销社", Duty.INBOUND_REVIEW, type=OrganisationType.COOPERATIVE_UNION
    )
    body(session, county, "工信局", Duty.OUTBOUND_REVIEW)
    decide(session, county, JINGLE, office, subsidy_payee=payee)
    return Money(
        county, Plan(row, JINGLE), office, clerk(session, county, "老供", coop),
        clerk(session, county, "财甲", finance), clerk(session, county, "财乙", finance),
        [cast.c1, cast.c2],
    )  # fmt: skip


def ask(session: Session, money: Money, key: str = POINT, period: str = "2023") -> Question:
    return question(
        session, plan=money.plan, scheme=money.plan.scheme(key), period=period, today=TODAY
    )


def proposed(
    session: Session, money: Money, key: str = POINT, period: str = "2023"
) -> list[SubsidyEntitlement]:
    asked = ask(session, money, key, period)
    seal = work_out(session, asked, seen_by=EVERYBODY).seal
    return propose(session, asked, seal=seal, by=money.office, now=NOW)


def seals(rows: Iterable[SubsidyEntitlement]) -> list[str]:
    return [seal_of(one) for one in rows]


def reviewed(
    session: Session, money: Money, key: str = POINT, period: str = "2023"
) -> list[SubsidyEntitlement]:
    rows = proposed(session, money, key, period)
    return review(
        session, plan=money.plan, scheme=money.plan.scheme(key), seals=seals(rows), passed=True,
        text="", by=money.reviewer, now=NOW,
    )  # fmt: skip


def approved(
    session: Session, money: Money, key: str = POINT, period: str = "2023"
) -> list[SubsidyEntitlement]:
    rows = reviewed(session, money, key, period)
    made = approve(session, plan=money.plan, seals=seals(rows), by=money.first, now=NOW)
    assert {one.state for one in made} == {EntitlementState.APPROVED}
    return made


def account(
    session: Session, money: Money, payee_key: str, number: str = NUMBER, **more: Any
) -> int:
    """An account entered by the office and confirmed by 财甲; its id."""
    made = enter_account(
        session, county=money.county, payee_key=payee_key, holder=more.get("holder", "村委会"),
        bank="农商行", number=number, ring=RINGS, by=money.office, now=NOW,
        seen=more.get("seen", 0),
    )  # fmt: skip
    confirm_account(
        session, county=money.county, account_id=made.id, number=number, ring=RINGS,
        by=money.first, now=NOW,
    )  # fmt: skip
    return made.id


def number_of(n: int) -> str:
    return f"{62170000 + n}12345678"


def accounts(session: Session, money: Money, rows: Iterable[SubsidyEntitlement]) -> None:
    """A confirmed account for each payee, each with its own number."""
    for n, key in enumerate(dict.fromkeys(one.payee_key for one in rows)):
        account(session, money, key, number_of(n))


def released(
    session: Session, money: Money, rows: list[SubsidyEntitlement]
) -> tuple[SubsidyBatch, list[SubsidyPayment]]:
    """A batch of these, made by the office and released by 财乙."""
    batch = make_batch(session, plan=money.plan, seals=seals(rows), by=money.office, now=NOW)
    lines = payments_of(session, batch.id)
    release(
        session,
        plan=money.plan,
        batch_id=batch.id,
        seal=batch_seal(lines),
        by=money.second,
        now=NOW,
    )
    return batch, lines


def bank_list(*rows: tuple[str, ...]) -> bytes:
    """A bank's list with our headers."""
    return xlsx(Tab([tuple(one.header for one in COLUMNS), *rows]))


def bank(
    session: Session, money: Money, *rows: tuple[str, ...] | bytes, enter: bool = True
) -> BankPlan:
    """A bank's list looked at by 财甲, and entered."""
    first = rows[0]
    content = (
        first
        if isinstance(first, bytes)
        else bank_list(*(r for r in rows if not isinstance(r, bytes)))
    )
    shared = {"county": money.county, "content": content, "ring": RINGS, "by": money.first}
    plan = plan_bank_list(session, filename="代发.xlsx", today=TODAY, **shared)  # type: ignore[arg-type]
    if enter:
        enter_bank_list(session, filename="代发.xlsx", mark=plan.mark, now=NOW, **shared)  # type: ignore[arg-type]
    return plan


def rate(
    session: Session, money: Money, key: str, *tiers: tuple[int, int], on: date = date(2023, 1, 1)
) -> SubsidyRate:
    return add_rate(
        session, plan=money.plan, scheme=money.plan.scheme(key), from_on=on,
        tiers=[Tier("", "", above, li) for above, li in tiers], amount_fen=None,
        source="静财建〔2023〕8号", reason="", seal=None, by=money.office, now=NOW,
    )  # fmt: skip


def june(session: Session, cast: Cast, days: dict[int, int]) -> None:
    for day, received in days.items():
        send(session, cast.li, counted(cast.c1, day=day, received=received))
    scanned(session, cast.c1, {day: (received, 3) for day, received in days.items()})
    approve_june(session, cast)
