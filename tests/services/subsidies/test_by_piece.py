"""By piece: reconciled parcels and listed orders alone, their tiers, doubts and differences."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from server.errors import Conflict
from server.media.blobs import FolderStore
from server.models.operator_total import OperatorTotal
from server.models.organisation import Organisation
from server.models.person import Role
from server.models.snapshot import StationSnapshot
from server.models.subsidy import EntitlementState, SubsidyEntitlement, SubsidyHold
from server.policy.plan.subsidy_rates import Tier
from server.policy.standard.examine import Status
from server.policy.standard.facts import Level
from server.services.people.scope import EVERYBODY
from server.services.subsidies.batches import make_batch
from server.services.subsidies.cycles import work_out
from server.services.subsidies.holds import reasons_of
from server.services.subsidies.ledger import balance_of
from server.services.subsidies.paying import record_paid
from server.services.subsidies.rates import add_rate, fallen_now
from server.services.subsidies.reviewing import approve, review, reviewers_of
from server.settings import ROOT
from tests.databases import ON_SQLITE
from tests.factories import NOW, TODAY, Cast, make_keeping, make_operator, make_person
from tests.services.days.of_june import counted, send
from tests.services.days.scanned import scanned
from tests.services.subsidies.world import (
    PAPER,
    Money,
    account,
    ask,
    body,
    clerk,
    decide,
    jingle,
    june,
    proposed,
    rate,
    released,
    seals,
)

pytestmark = ON_SQLITE
JUNE = "2023-06"
DATA = ROOT / "data"


def post(session: Session, money: Money) -> Any:
    """邮政公司's clerk, the second reviewer of 下行."""
    own = body(session, money.county, "邮政公司", *reviewer_duties(money))
    return clerk(session, money.county, "老邮", own)


def reviewer_duties(money: Money) -> Any:
    return money.plan.scheme("inbound").review_duties


def granted(session: Session, money: Money, rows: list[SubsidyEntitlement]) -> None:
    """Both bodies review, 财甲 approves."""
    scheme = money.plan.scheme("inbound")
    second = post(session, money)
    for by in (money.reviewer, second):
        review(
            session, plan=money.plan, scheme=scheme, seals=seals(rows), passed=True, text="",
            by=by, now=NOW,
        )  # fmt: skip
    approve(session, plan=money.plan, seals=seals(rows), by=money.first, now=NOW)


def test_only_reconciled_parcels_are_priced_tier_by_tier_after_the_rate_is_entered(
    session: Session, cast: Cast
) -> None:
    money = jingle(session, cast)
    with pytest.raises(Conflict, match="还没有录入这一项的标准"):
        work_out(session, ask(session, money, "inbound", JUNE), seen_by=EVERYBODY)
    rate(session, money, "inbound", (0, 300), (100, 200))
    with pytest.raises(Conflict, match="还没有核准"):
        work_out(session, ask(session, money, "inbound", JUNE), seen_by=EVERYBODY)
    send(session, cast.li, counted(cast.c1, day=9, received=40))  # the operator says nothing of it
    june(session, cast, {3: 90, 4: 20})

    [one] = work_out(session, ask(session, money, "inbound", JUNE), seen_by=EVERYBODY).entitled

    assert one.amount_fen == 100 * 30 + 10 * 20
    assert one.sentence == (
        "32元：2023年6月到件110件，核准并对过账，100件×0.3元，10件×0.2元，1天没有对完账，对完再补。"
    )
    assert [day[:2] for day in one.contents["days"]] == [["2023-06-03", 90], ["2023-06-04", 20]]
    # A rate that changes within the month holds from its day on; tiers go on counting.
    rate(session, money, "inbound", (0, 500), (95, 100), on=date(2023, 6, 4))
    [one] = work_out(session, ask(session, money, "inbound", JUNE), seen_by=EVERYBODY).entitled
    assert one.amount_fen == 90 * 30 + 5 * 50 + 15 * 10


def test_a_rate_below_2022_s_is_warned_of(session: Session, cast: Cast) -> None:
    money = jingle(session, cast)
    scheme = money.plan.scheme("inbound")
    assert fallen_now(session, plan=money.plan, scheme=scheme) == ()
    rate(session, money, "inbound", (0, 300))
    assert "还没有录入2022年的标准" in fallen_now(session, plan=money.plan, scheme=scheme)[0]
    rate(session, money, "inbound", (0, 400), on=date(2022, 1, 1))
    told = fallen_now(session, plan=money.plan, scheme=scheme)
    assert told[0] == "2023年1月1日起的标准比2022年低：乡镇站每件0.3元，原来0.4元"
    rate(session, money, "inbound", (0, 400))
    assert all("2023年" in one for one in fallen_now(session, plan=money.plan, scheme=scheme))


def test_each_body_reviews_and_what_changes_meanwhile_is_not_approved(
    session: Session, cast: Cast
) -> None:
    money = jingle(session, cast)
    rate(session, money, "inbound", (0, 300))
    june(session, cast, {3: 90, 4: 20})
    [row] = proposed(session, money, "inbound", JUNE)
    scheme, second = money.plan.scheme("inbound"), post(session, money)
    names = {one.short for one in reviewers_of(session, county="140926", scheme=scheme)}
    assert names == {"供销社", "邮政公司"}

    def say(by: Any) -> None:
        review(
            session, plan=money.plan, scheme=scheme, seals=seals([row]), passed=True, text="",
            by=by, now=NOW,
        )  # fmt: skip

    say(money.reviewer)
    assert row.state is EntitlementState.PROPOSED
    with pytest.raises(Conflict, match="供销社已经审过"):
        say(money.reviewer)
    say(second)
    assert row.state is EntitlementState.REVIEWED
    scanned(session, cast.c1, {4: (12, 3)})  # the operator's later file says less
    with pytest.raises(Conflict, match="报审以后情况变了") as refused:
        approve(session, plan=money.plan, seals=seals([row]), by=money.first, now=NOW)
    assert "27元" in refused.value.message
    scanned(session, cast.c1, {4: (20, 3)})
    approve(session, plan=money.plan, seals=seals([row]), by=money.first, now=NOW)
    assert balance_of(session, money.plan.row.id)[1:] == (3300, 0)


def test_a_paid_month_that_changes_is_taken_off_the_next_payment_never_edited(
    session: Session, cast: Cast, blobs: FolderStore
) -> None:
    money = jingle(session, cast, payee="运营企业")
    add_rate(
        session, plan=money.plan, scheme=money.plan.scheme("inbound"), from_on=date(2023, 1, 1),
        tiers=[Tier("", "", 0, 300), Tier(Level.TOWNSHIP_STATION.value, "", 0, 900)],
        amount_fen=None, source="静财建〔2023〕8号", reason="", seal=None, by=money.office, now=NOW,
    )  # fmt: skip
    june(session, cast, {3: 90, 4: 20})
    rows = proposed(session, money, "inbound", JUNE)
    granted(session, money, rows)
    account(session, money, rows[0].payee_key)
    _, [line] = released(session, money, rows)
    record_paid(session, blobs, payment_id=line.id, on=TODAY, paper=PAPER, by=money.first, now=NOW)
    cast.c1.level = Level.TOWNSHIP_STATION  # raised since: June stays a village point's June
    scanned(session, cast.c1, {4: (12, 3), 5: (50, 0)})
    late = NOW + timedelta(minutes=1)
    send(session, cast.li, counted(cast.c1, day=4, received=12, reason="重复扫了", at=late), late)

    [one] = work_out(session, ask(session, money, "inbound", JUNE), seen_by=EVERYBODY).entitled

    assert (one.amount_fen, one.corrects_id) == (-240, rows[0].id)
    assert one.sentence.startswith("扣回2.4元：2023年6月已付33元，后来件数有变，6月4日")
    assert one.doubts == ()
    with session.begin_nested() as dearer:  # what was entered since is no change of the parcels
        rate(session, money, "inbound", (0, 400)).entered_at = late
        session.flush()
        [one] = work_out(session, ask(session, money, "inbound", JUNE), seen_by=EVERYBODY).entitled
        assert one.amount_fen == 102 * 40 - 3300
        assert "照付的时候的标准是扣回2.4元" in one.doubts[0]
        dearer.rollback()
    [less] = proposed(session, money, "inbound", JUNE)
    scheme = money.plan.scheme("inbound")
    for by in session.scalars(
        select(Organisation).where(Organisation.short.in_(["供销社", "邮政公司"]))
    ):
        who = make_person(
            session, money.county, f"{by.short}二", Role.BUREAU, organisation_id=by.id
        )
        review(
            session, plan=money.plan, scheme=scheme, seals=seals([less]), passed=True, text="",
            by=who, now=NOW,
        )  # fmt: skip
    approve(session, plan=money.plan, seals=seals([less]), by=money.first, now=NOW)
    with pytest.raises(Conflict, match="等下次有要发的一起算"):
        make_batch(session, plan=money.plan, seals=seals([less]), by=money.office, now=NOW)
    assert rows[0].amount_fen == 3300  # what was paid stays as it was
    assert not work_out(
        session, ask(session, money, "inbound", JUNE), seen_by=EVERYBODY
    ).entitled  # and nothing is taken off twice


def test_what_a_keeper_counts_after_the_approval_waits_for_a_person(
    session: Session, cast: Cast
) -> None:
    money = jingle(session, cast)
    rate(session, money, "inbound", (0, 300))
    june(session, cast, {3: 90})
    scanned(session, cast.c1, {3: (90, 3), 4: (500, 3)})
    at = NOW + timedelta(minutes=1)
    send(session, cast.li, counted(cast.c1, day=4, received=500, reason="漏报", at=at), at)

    [row] = proposed(session, money, "inbound", JUNE)

    assert row.amount_fen == 590 * 30  # both sides say so, but nobody approved it
    assert reasons_of(session, [row])[row.id] == [
        "6月4日1天的件数是月份核准以后才报或改的，核准的人没有看过，请人核对"
    ]


def test_who_took_a_station_over_later_is_not_paid_for_anothers_parcels(
    session: Session, cast: Cast
) -> None:
    money = jingle(session, cast, payee="运营企业")
    rate(session, money, "inbound", (0, 300))
    june(session, cast, {3: 90})
    then, after = cast.c1.operator_id, make_operator(session, cast.county, "后来的企业")
    night: dict[str, Any] = {
        "county": cast.county.code, "station_id": cast.c1.id, "code": "C0001", "name": "马家沟",
        "level": cast.c1.level, "stage": cast.c1.stage, "status": Status.MEETS, "open_work": 0,
        "bound": True,
    }  # fmt: skip
    first = StationSnapshot(
        **night, from_on=date(2023, 5, 1), until_on=date(2023, 7, 2), operator_id=then
    )
    session.add_all(
        [first, StationSnapshot(**night, from_on=date(2023, 7, 2), operator_id=after.id)]
    )
    cast.c1.operator_id = after.id
    session.flush()

    def payee_and_why() -> tuple[str | None, str]:
        worked = work_out(session, ask(session, money, "inbound", JUNE), seen_by=EVERYBODY)
        [one] = [one for one in (*worked.entitled, *worked.others) if one.station.id == cast.c1.id]
        return one.payee and one.payee.key, one.why_not

    assert payee_and_why() == (f"operator:{then}", "")
    first.until_on = date(2023, 6, 20)
    session.add(
        StationSnapshot(
            **night, from_on=date(2023, 6, 20), until_on=date(2023, 7, 2), operator_id=after.id
        )
    )
    session.flush()
    nobody, why = payee_and_why()
    assert nobody is None
    assert "先后由2家企业运营" in why


def test_parcels_that_another_enterprise_reported_wait_for_a_person(
    session: Session, cast: Cast
) -> None:
    money = jingle(session, cast)
    rate(session, money, "inbound", (0, 300))
    june(session, cast, {3: 90})
    other = make_operator(session, cast.county, "别家快递")
    for line in session.scalars(select(OperatorTotal)):
        line.operator_id = other.id
    session.flush()

    proposed(session, money, "inbound", JUNE)

    [held] = session.scalars(select(SubsidyHold)).all()
    assert "请人看一下付给谁" in held.reason


def test_a_month_paid_to_the_keeper_needs_exactly_one(session: Session, cast: Cast) -> None:
    money = jingle(session, cast, payee="站长")
    rate(session, money, "inbound", (0, 300))
    june(session, cast, {3: 90})
    [one] = work_out(session, ask(session, money, "inbound", JUNE), seen_by=EVERYBODY).entitled
    assert one.payee is not None
    assert one.payee.name == "老李"
    make_keeping(session, cast.zhao, cast.c1)
    worked = work_out(session, ask(session, money, "inbound", JUNE), seen_by=EVERYBODY)
    [one] = [other for other in worked.others if other.station.id == cast.c1.id]
    assert "那时有2位站长（老李、小赵），分不清付给谁" in one.why_not
    decide(session, money.county, money.plan.programme, money.office, subsidy_payee="站点")
    assert work_out(session, ask(session, money, "inbound", JUNE), seen_by=EVERYBODY).entitled
