"""What of an approved month may be paid, on which evidence, and what changed since it was."""

from datetime import timedelta

from sqlalchemy.orm import Session

from server.models.operator_total import ReconciliationDecision
from server.policy.reconciliation import Choice
from server.services.days.payable import (
    PaidDay,
    PayableMonth,
    differences_since,
    hold_days,
    payable_days,
)
from server.services.days.reconciliation import Day, day_of
from server.services.people.scope import EVERYBODY
from tests.databases import ON_SQLITE
from tests.factories import NOW, TODAY, Cast
from tests.queries import queries
from tests.services.days.of_june import JUNE, approve, counted, send
from tests.services.days.scanned import scanned

pytestmark = ON_SQLITE
LATER = NOW + timedelta(hours=1)


def payable(session: Session, cast: Cast) -> PayableMonth:
    return payable_days(
        session,
        county="140926",
        month_on=JUNE,
        station_ids=[cast.c1.id, cast.c2.id],
        today=TODAY,
        seen_by=EVERYBODY,
    )


def decided(session: Session, cast: Cast, day: Day, choice: Choice) -> None:
    keeper, operator = day.keeper, day.operator
    taken = operator if choice is Choice.OPERATOR and operator else (0, 0)
    session.add(
        ReconciliationDecision(
            county="140926", station_id=day.station_id, day_on=day.day_on, choice=choice,
            seq=day.decision.seq + 1 if day.decision else 1, seen_sha256=day.seal,
            inbound=taken[0], outbound=taken[1],
            keeper_received=keeper.numbers.inbound if keeper else None,
            keeper_sent=keeper.numbers.outbound if keeper else None,
            operator_inbound=operator.inbound if operator else None,
            operator_outbound=operator.outbound if operator else None,
            reason="看了派件单", decided_by=cast.office.id, decided_at=LATER,
        )
    )  # fmt: skip
    session.flush()


def test_only_reconciled_days_of_an_approved_month_may_be_paid(
    session: Session, cast: Cast
) -> None:
    for day, received in ((3, 12), (4, 20), (5, 7)):
        send(session, cast.li, counted(cast.c1, day=day, received=received))
    scanned(session, cast.c1, {3: (12, 3), 4: (18, 3), 6: (9, 0)})

    early = payable(session, cast)
    assert (early.approval_id, early.stations) == (None, {})
    assert "2023年6月的件数县里还没有核准" in early.why_not

    approval = approve(session, cast)
    month = payable(session, cast)
    assert (month.approval_id, month.figures_sha256) == (approval.id, approval.figures_sha256)
    one = month.stations[cast.c1.id]
    assert [(day.day_on.day, day.inbound, day.outbound) for day in one.days] == [(3, 12, 3)]
    assert (one.inbound, one.outbound, one.agri_claimed) == (12, 3, 1)
    waits = {day.day_on.day: day.why for day in one.unpayable if day.open}
    assert waits == {
        4: "两边有差异，还没有决定",
        5: "只有站长的数，还没有决定",
        6: "只有企业的数，还没有决定",
    }
    silent = month.stations[cast.c2.id]
    assert silent.days == ()
    assert {day.why for day in silent.unpayable} == {"两边都没有数"}

    fourth = JUNE.replace(day=4)
    decided(session, cast, day_of(session, station=cast.c1, day_on=fourth), Choice.OPERATOR)
    after = payable(session, cast).stations[cast.c1.id]
    assert (after.inbound, after.sha256 != one.sha256) == (30, True)
    paid = after.days[1]
    assert (paid.why, paid.source["decision"]["choice"]) == ("对账决定按企业的数", "operator")
    assert paid.source["keeper"]["received"] == 20
    assert [line["row"] for line in paid.source["operators"]] == [3]


def test_a_changed_day_reopens_and_comes_back_as_a_difference(session: Session, cast: Cast) -> None:
    for day in (3, 4, 5):
        send(session, cast.li, counted(cast.c1, day=day))
    scanned(session, cast.c1, {3: (12, 3), 4: (12, 3), 5: (10, 3)})
    approve(session, cast)
    fifth = JUNE.replace(day=5)
    decided(session, cast, day_of(session, station=cast.c1, day_on=fifth), Choice.OPERATOR)
    one = payable(session, cast).stations[cast.c1.id]
    paid = [PaidDay(*day[:5]) for day in one.days]
    assert [day.inbound for day in paid] == [12, 12, 10]

    def changed() -> list[tuple[int, int, int, bool]]:
        found = differences_since(session, county="140926", month_on=JUNE, paid=paid, today=TODAY)
        return [(each.paid.day_on.day, each.inbound, each.outbound, each.open) for each in found]

    assert changed() == []

    scanned(session, cast.c1, {3: (11, 3)})  # a later file says otherwise
    send(session, cast.li, counted(cast.c1, day=5, received=9, reason="多数了", at=LATER), LATER)
    reopened = day_of(session, station=cast.c1, day_on=fifth)
    assert (reopened.decided, reopened.settled.open) == (False, True)
    assert reopened.decision is not None  # as history
    assert changed() == [(3, 0, 0, True), (5, 0, 0, True)]

    decided(session, cast, day_of(session, station=cast.c1, day_on=JUNE.replace(day=3)),
            Choice.OPERATOR)  # fmt: skip
    decided(session, cast, reopened, Choice.NOT_PAYABLE)
    assert changed() == [(3, -1, 0, False), (5, -10, -3, False)]
    [third, gone] = differences_since(
        session, county="140926", month_on=JUNE, paid=paid, today=TODAY
    )
    assert (
        third.why
        == "付的时候是收12寄3，其中农产品1，现在是收11寄3，其中农产品1（对账决定按企业的数）"
    )
    assert third.now is not None
    assert third.now.source["operators"][0]["version"] == 2
    assert (gone.now, gone.agri_claimed) == (None, -1)


def test_a_later_tolerance_does_not_change_what_was_paid_by(session: Session, cast: Cast) -> None:
    send(session, cast.li, counted(cast.c1))
    scanned(session, cast.c1, {3: (11, 3)})
    cast.county.options = {**cast.county.options, "tolerance_parcels": 1}
    approve(session, cast)
    cast.county.options = {**cast.county.options, "tolerance_parcels": 0}
    session.flush()

    [day] = payable(session, cast).stations[cast.c1.id].days

    assert (day.inbound, day.why) == (11, "在允许误差内，按少的一边")


def test_many_stations_cost_no_more_queries_than_one(session: Session, cast: Cast) -> None:
    send(session, cast.li, counted(cast.c1))
    scanned(session, cast.c1, {3: (12, 3)})
    approve(session, cast)

    def asked(ids: list[int]) -> int:
        session.expire_all()
        with queries(session) as made:
            payable_days(
                session,
                county="140926",
                month_on=JUNE,
                station_ids=ids,
                today=TODAY,
                seen_by=EVERYBODY,
            )
        return len(made)

    hold_days(session, county="140926", station_ids=[cast.c1.id, cast.c2.id])
    assert asked([cast.c1.id]) == asked([cast.c1.id, cast.c2.id, cast.xz1.id])
