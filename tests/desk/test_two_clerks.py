"""Two clerks have one page open: what the first does stands, and the second is told of it.

These are the acts that tests/desk/act_matrix.py lets go without a mark, because the deed itself
asks for the state of the one thing that it ends or moves on.
"""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from server.http import clock
from server.media.blobs import FolderStore
from server.models.county import Operator, OperatorStatus, OperatorStatusChange
from server.models.history import HistoryLine
from server.models.inspection import Campaign, Disagreement, Inspection, Visit
from server.models.person import Person
from server.models.subsidy import SubsidyEntitlement
from server.services.county.operators import decide_status, status_changes
from server.services.inspections.disagreements import settle_disagreement
from server.services.rounds.campaigns import close_campaign, withdraw_visit
from server.services.subsidies.batches import batch_seal, make_batch, payments_of, release
from server.services.subsidies.holds import hold as hold_it
from server.services.subsidies.holds import lift, open_holds
from tests.api.rounds import open_round, taps, visit_of
from tests.databases import ON_SQLITE
from tests.desk.conftest import Desk, marks_of, text_of
from tests.desk.held_rounds import hold, inspected
from tests.factories import Cast, make_inspection
from tests.services.subsidies.world import accounts, approved, seals, xiping

DeskOf = Callable[[Person], Desk]
pytestmark = ON_SQLITE


def lines(session: Session, action: str) -> int:
    """How often the history tells of a deed."""
    found = session.scalar(
        select(func.count()).select_from(HistoryLine).where(HistoryLine.action == action)
    )
    return found or 0


def opened_then(
    desk: Desk, path: str, form: dict[str, Any], meanwhile: Callable[[], Any], session: Session
) -> Any:
    """Open a page, let a colleague act, and send the form of the page that is still open."""
    shown = marks_of(desk.client, f"/desk{path}", form)
    meanwhile()
    session.commit()
    return desk.bare(path, **{**shown, **form})


def to_withdraw(session: Session, cast: Cast, standards: Any) -> tuple[Campaign, Visit, str]:
    """A round, one of its visits, and the page that takes this one out."""
    campaign = open_round(session, cast, standards)
    visit = visit_of(session, campaign, cast.c2)
    return campaign, visit, f"/rounds/{campaign.id}/visits/{visit.id}/withdraw"


def test_a_station_that_was_inspected_meanwhile_is_not_taken_out_of_the_round(
    session: Session, cast: Cast, standards: Any, desk_of: DeskOf
) -> None:
    _, visit, where = to_withdraw(session, cast, standards)

    answer = opened_then(
        desk_of(cast.office), where, {"reason": "大雪封路"},
        lambda: make_inspection(session, visit, cast.wang.id, at=clock.now()), session,
    )  # fmt: skip

    assert answer.status_code == 409
    assert "督导记录收到了，算这一轮查过的，没有撤出" in text_of(answer)
    assert 'value="大雪封路"' not in answer.get_data(as_text=True)
    session.refresh(visit)
    assert visit.withdrawn_at is None


def test_a_second_reason_for_taking_a_station_out_is_refused_and_the_first_shown(
    session: Session, cast: Cast, standards: Any, desk_of: DeskOf
) -> None:
    _, visit, where = to_withdraw(session, cast, standards)

    answer = opened_then(
        desk_of(cast.office), where, {"reason": "已经停业"},
        lambda: withdraw_visit(
            session, visit=visit, because="大雪封路", by=cast.office, now=clock.now()
        ),
        session,
    )  # fmt: skip

    assert answer.status_code == 409
    assert "已经撤出了，写的原因是“大雪封路”。您写的没有记下" in text_of(answer)
    session.refresh(visit)
    assert visit.withdrawn_because == "大雪封路"
    assert lines(session, "visit-withdrawn") == 1


def test_nothing_is_taken_out_of_a_round_that_ended_and_it_ends_once(
    session: Session, cast: Cast, standards: Any, desk_of: DeskOf
) -> None:
    campaign, visit, where = to_withdraw(session, cast, standards)
    desk = desk_of(cast.office)

    def ended() -> None:
        close_campaign(session, campaign=campaign, by=cast.office, now=clock.now())

    late = opened_then(desk, where, {"reason": "大雪封路"}, ended, session)
    again = desk.bare(f"/rounds/{campaign.id}/close")

    assert (late.status_code, again.status_code) == (409, 409)
    assert "结束，不能再撤出站点" in text_of(late)
    assert "结束，不用再办一次" in text_of(again)
    session.refresh(visit)
    assert visit.withdrawn_at is None
    assert lines(session, "round-closed") == 1


def test_a_record_that_was_amended_meanwhile_is_not_looked_at_any_more(
    client: FlaskClient, session: Session, cast: Cast, blobs: FolderStore, standards: Any,
    desk_of: DeskOf,
) -> None:  # fmt: skip
    held = hold(client, session, cast, blobs, standards)
    answers = [
        *taps(cast.xz1, **{"A3-42c": {"verdict": "not_applicable", "note": "只用手机扫码"}}),
        {"rule": "A3-41b", "verdict": "pass", "values": {"floor_area_m2": "9.5"}, "note": ""},
    ]
    parting = inspected(client, session, cast, held.campaign, cast.xz1, answers=answers)
    where = f"/differing-records/{parting.id}/look"
    desk = desk_of(cast.office)
    shown = marks_of(client, f"/desk{where}", {})
    visit = session.get_one(Visit, parting.visit_id)
    newer = make_inspection(session, visit, parting.inspector_id, at=clock.now())
    newer.amends_id, newer.version = parting.id, 2
    session.commit()

    answer = desk.bare(where, **shown, decision="amend", reason="后院要量进去")

    assert answer.status_code == 409
    assert "督导员已经更正了这份记录，现在是第2版" in text_of(answer)
    session.refresh(parting)
    assert parting.looked_at is None


def decided(session: Session, operator: Operator, by: Person, **given: Any) -> None:
    values: dict[str, Any] = {
        "status": OperatorStatus.SUSPENDED, "on": date(2023, 6, 20), "deciders": "供销社",
        "reason": "连续两月未按址投递", "by": by, "now": clock.now(),
    }  # fmt: skip
    decide_status(session, operator=operator, **(values | given))


def test_of_two_decisions_on_an_enterprise_the_second_sees_the_first(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    operator = session.get_one(Operator, cast.c1.operator_id)
    where = f"/operators/{operator.id}/status"
    form = {
        "status": "left", "decided_on": "2023-06-25", "deciders": "邮政公司", "document": "",
        "reason": "不再续约",
    }  # fmt: skip
    desk = desk_of(cast.office)

    answer = opened_then(
        desk, where, form, lambda: decided(session, operator, cast.office), session
    )

    assert answer.status_code == 409
    assert f"已经由别人记成了“{OperatorStatus.SUSPENDED.label}”" in text_of(answer)
    assert "连续两月未按址投递" in text_of(answer)
    assert 'value="不再续约"' in answer.get_data(as_text=True)
    session.refresh(operator)
    assert operator.status is OperatorStatus.SUSPENDED
    desk.done(where, **form)  # seen now, and meant
    assert [one.change.status for one in status_changes(session, operator=operator)] == [
        OperatorStatus.LEFT, OperatorStatus.SUSPENDED,
    ]  # fmt: skip


def test_a_decision_of_before_the_newest_does_not_become_what_holds(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    operator = session.get_one(Operator, cast.c1.operator_id)
    decided(session, operator, cast.office, status=OperatorStatus.LEFT)
    session.commit()

    answer = desk_of(cast.office).post(
        f"/operators/{operator.id}/status", status="suspended", decided_on="2023-06-01",
        deciders="供销社", document="", reason="从前的决定",
    )  # fmt: skip

    assert answer.status_code == 422
    assert "2023年6月20日已经决定成" in text_of(answer)
    session.refresh(operator)
    assert operator.status is OperatorStatus.LEFT
    assert session.scalar(select(func.count()).select_from(OperatorStatusChange)) == 1


@pytest.fixture
def disagreement(session: Session, cast: Cast, standards: Any) -> Disagreement:
    campaign = open_round(session, cast, standards)
    made = make_inspection(
        session, visit_of(session, campaign, cast.c1), cast.wang.id, at=clock.now()
    )
    said = dict.fromkeys(("clause", "title", "verdict", "label", "word", "why", "since"), "")
    item = Disagreement(
        county=made.county, inspection_id=made.id, station_id=made.station_id,
        rule_code="A3-42b", keeper_says={**said, "verdict": "pass", "evidence": []},
        inspector_says={**said, "verdict": "fail", "evidence": []}, opened_at=clock.now(),
    )  # fmt: skip
    session.add(item)
    session.commit()
    return item


def test_of_two_rulings_the_first_stands_and_the_second_is_told(
    session: Session, cast: Cast, disagreement: Disagreement, desk_of: DeskOf
) -> None:
    answer = opened_then(
        desk_of(cast.office), f"/disagreements/{disagreement.id}/settle",
        {"decision": "inspector", "reason": "照片清楚"},
        lambda: settle_disagreement(
            session, disagreement=disagreement, decision="keeper", reason="站长说得对",
            by=cast.office, now=clock.now(),
        ),
        session,
    )  # fmt: skip

    assert answer.status_code == 409
    assert "这一条已经裁定过了，不能再改" in text_of(answer)
    session.refresh(disagreement)
    assert (disagreement.decision, disagreement.reason) == ("keeper", "站长说得对")
    assert session.scalar(select(func.count()).select_from(Inspection)) == 1


def let_go(session: Session, money: Any, rows: list[SubsidyEntitlement]) -> None:
    batch = make_batch(
        session, plan=money.plan, seals=seals(rows), by=money.office, now=clock.now()
    )
    release(
        session, plan=money.plan, batch_id=batch.id, seal=batch_seal(payments_of(session, batch.id)),
        by=money.second, now=clock.now(),
    )  # fmt: skip


def test_a_hold_after_the_release_says_what_it_cannot_do(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    money = xiping(session, cast)
    rows = approved(session, money)
    accounts(session, money, rows)
    session.commit()
    where = f"/subsidies/entitlements/{rows[0].id}"
    desk = desk_of(money.office)

    before = desk.done(
        where.replace(str(rows[0].id), str(rows[1].id)), what="hold", reason="查一下"
    )
    assert "已暂缓，原因站长也看得到。" in before
    answer = opened_then(
        desk, where, {"what": "hold", "reason": "开门照片要补"},
        lambda: let_go(session, money, [rows[0]]), session,
    )  # fmt: skip

    assert answer.status_code == 303
    page = text_of(desk.client.get(answer.location))
    assert "已记下暂缓" in page
    assert "第1批第1行已经放行给财政，可能已经在付" in page
    assert "请马上告诉付款的人" in page
    assert "第1批第1行已经放行给财政，可能已经在付；暂缓：开门照片要补。" in page
    assert "暂缓：开门照片要补" in text_of(desk.get(f"/stations/{rows[0].station_id}"))


def test_a_hold_is_lifted_once_and_another_one_stays(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    money = xiping(session, cast)
    row = approved(session, money)[0]
    first = hold_it(session, entitlement=row, reason="缺照片", by=money.office, now=clock.now())
    hold_it(session, entitlement=row, reason="地址不符", by=money.office, now=clock.now())
    session.commit()

    answer = opened_then(
        desk_of(money.office), f"/subsidies/entitlements/{row.id}",
        {"what": "lift", "hold": str(first.id), "reason": "补了"},
        lambda: lift(
            session, hold_id=first.id, entitlement=row, reason="看过了", by=money.office,
            now=clock.now(),
        ),
        session,
    )  # fmt: skip

    assert answer.status_code == 409
    assert "这一条已经解除了" in text_of(answer)
    session.refresh(first)
    assert first.closed_because == "看过了"
    assert [one.reason for one, _ in open_holds(session, row)] == ["地址不符"]
