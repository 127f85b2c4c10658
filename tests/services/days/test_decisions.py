"""What a person decides of a day on which keeper and operator differ: once, over what was seen."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from server.errors import Conflict, Invalid
from server.media.attachments import attachment
from server.media.blobs import BlobStore
from server.models.history import HistoryLine
from server.models.operator_total import ReconciliationDecision
from server.models.person import Person
from server.models.station import Station
from server.policy.reconciliation import Choice, DayState, Numbers
from server.services.days.decisions import Wish, decide_day, decide_many, decisions_of_day
from server.services.days.reconciliation import Day, day_of, reconciled_month
from server.services.people.scope import EVERYBODY
from tests.at_once import Press, pressed_at_once
from tests.databases import ON_SQLITE
from tests.factories import NOW, TODAY, Cast
from tests.services.days.of_june import JUNE, counted, send
from tests.services.days.scanned import scanned

THIRD, FOURTH = JUNE.replace(day=3), JUNE.replace(day=4)
LATER = NOW + timedelta(hours=1)
PAPER = b"%PDF-1.4\n1 0 obj\n%%EOF"


def third(session: Session, cast: Cast) -> Day:
    return day_of(session, station=cast.c1, day_on=THIRD)


def decide(
    session: Session, blobs: BlobStore, cast: Cast, wish: Wish, *, seen: str = ""
) -> ReconciliationDecision:
    return decide_day(
        session, blobs, station=cast.c1, day_on=THIRD, seen=seen or third(session, cast).seen,
        wish=wish, by=cast.office, now=LATER,
    )  # fmt: skip


@ON_SQLITE
def test_a_decision_stands_over_what_was_seen_and_stays_as_history(
    session: Session, cast: Cast, blobs: BlobStore
) -> None:
    send(session, cast.li, counted(cast.c1, received=15))
    scanned(session, cast.c1, {3: (12, 3)})
    before = third(session, cast)
    assert (before.state, before.settled.open) == (DayState.DIFFERS, True)

    with pytest.raises(Invalid, match="为什么这样定"):
        decide(session, blobs, cast, Wish(Choice.OPERATOR, " "))
    made = decide(session, blobs, cast, Wish(Choice.OPERATOR, "看过派件单"))

    assert (made.inbound, made.keeper_received, made.operator_inbound) == (12, 15, 12)
    [line] = session.scalars(select(HistoryLine).where(HistoryLine.action == "reconciled"))
    assert (line.station_id, line.reason) == (cast.c1.id, "看过派件单")
    assert line.summary == "对账2023年6月3日：按企业的数，收12寄3"
    assert line.changes[0]["old"] == "站长收15寄3，企业收12寄3"
    with pytest.raises(Conflict) as late:  # a colleague's form from before
        decide(session, blobs, cast, Wish(Choice.KEEPER, "听站长的"), seen=before.seen)
    assert late.value.code == "reconciliation-changed"

    seen = third(session, cast).seen
    send(session, cast.li, counted(cast.c1, received=14, reason="多数了一件", at=LATER), LATER)
    with pytest.raises(Conflict):  # the keeper was faster
        decide(session, blobs, cast, Wish(Choice.KEEPER, "听站长的"), seen=seen)
    reopened = third(session, cast)
    assert (reopened.decided, reopened.settled.open) == (False, True)
    again = decide(session, blobs, cast, Wish(Choice.NOT_PAYABLE, "查无凭据"))
    views = decisions_of_day(session, station=cast.c1, day=third(session, cast))
    assert [(one.decision.seq, one.holds, one.who) for one in views] == [
        (2, True, "县办"),
        (1, False, "县办"),
    ]
    assert (again.inbound, third(session, cast).settled.numbers) == (0, None)


@ON_SQLITE
def test_another_number_needs_a_paper_and_a_silent_side_cannot_be_taken(
    session: Session, cast: Cast, blobs: BlobStore
) -> None:
    send(session, cast.li, counted(cast.c1, received=15))
    with pytest.raises(Invalid, match="企业没有交这一天的数"):
        decide(session, blobs, cast, Wish(Choice.OPERATOR, "按企业"))
    with pytest.raises(Invalid, match="收到和寄出都要填"):
        decide(session, blobs, cast, Wish(Choice.OTHER, "看过签收表"))
    with pytest.raises(Invalid) as bare:
        decide(session, blobs, cast, Wish(Choice.OTHER, "看过签收表", Numbers(13, 2)))
    assert bare.value.code == "reconciliation-paper-needed"

    paper = attachment(PAPER, "签收表.pdf", what="凭据", field="paper")
    made = decide(session, blobs, cast, Wish(Choice.OTHER, "看过签收表", Numbers(13, 2), paper))

    assert third(session, cast).settled.numbers == (13, 2)
    with blobs.open(made.evidence_sha256 or "") as kept:
        assert kept.read() == PAPER
    assert (made.evidence_name, made.evidence_kind) == ("签收表.pdf", "pdf")


@ON_SQLITE
def test_many_days_are_decided_each_by_itself_and_changed_ones_left_out(
    session: Session, cast: Cast
) -> None:
    for day in (3, 4):
        send(session, cast.li, counted(cast.c1, day=day))
        send(session, cast.zhao, counted(cast.c2, day=day))
    scanned(session, cast.c1, {3: (10, 3), 4: (10, 3)})
    scanned(session, cast.c2, {3: (9, 3)})
    month = reconciled_month(
        session, county="140926", month_on=JUNE, today=TODAY, seen_by=EVERYBODY
    )
    seen = {
        (day.station_id, day.day_on): day.seen
        for one in month.stations for day in one.days if day.settled.open
    }  # fmt: skip
    assert len(seen) == 4
    seen[cast.foreign.id, THIRD] = "x.0"  # made up: another county's
    send(session, cast.li, counted(cast.c1, received=11, reason="改", at=LATER), LATER)

    def many(choice: Choice, reason: str = "逐日看过派件单") -> tuple[int, dict[object, str]]:
        found = decide_many(
            session, county=cast.county, month_on=JUNE, seen=seen, choice=choice, reason=reason,
            by=cast.office, now=LATER,
        )  # fmt: skip
        return found.decided, {(one.name, one.day_on): one.why for one in found.skipped}

    for refused, choice, reason in (
        ("reason-needed", Choice.OPERATOR, ""),
        ("reconciliation-not-possible", Choice.OTHER, "另定"),
    ):
        with pytest.raises(Invalid) as said:
            many(choice, reason)
        assert said.value.code == refused

    decided, skipped = many(Choice.OPERATOR)

    assert decided == 2
    assert skipped == {
        (cast.c1.name, THIRD): "数或者决定变了，请再看一看",
        (cast.c2.name, FOURTH): "企业没有交这一天的数",
        ("", THIRD): "数或者决定变了，请再看一看",
    }
    kept = session.scalars(select(ReconciliationDecision)).all()
    assert {(one.station_id, one.day_on, one.inbound) for one in kept} == {
        (cast.c1.id, FOURTH, 10),
        (cast.c2.id, THIRD, 9),
    }
    parts = session.scalars(
        select(HistoryLine).where(HistoryLine.action == "reconciled", HistoryLine.part_of_id > 0)
    ).all()
    assert {one.summary for one in parts} == {"对账6月4日：按企业的数", "对账6月3日：按企业的数"}
    assert many(Choice.OPERATOR)[0] == 0  # the same form a second time


def test_of_two_who_decide_at_once_the_second_is_told(
    session: Session, cast: Cast, engine: Engine, blobs: BlobStore
) -> None:
    send(session, cast.li, counted(cast.c1, received=15))
    scanned(session, cast.c1, {3: (12, 3)})
    seen = third(session, cast).seen
    session.commit()

    def press(choice: Choice) -> Press:
        def one(own: Session, by: Person) -> None:
            decide_day(
                own, blobs, station=own.get_one(Station, cast.c1.id), day_on=THIRD, seen=seen,
                wish=Wish(choice, "看过"), by=by, now=LATER,
            )  # fmt: skip

        return one

    told = pressed_at_once(engine, cast.office, press(Choice.KEEPER), press(Choice.OPERATOR))

    assert told == ["kept", "reconciliation-changed"]
