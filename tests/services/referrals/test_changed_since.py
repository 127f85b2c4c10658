"""What was picked for a referral and became otherwise before it was sent is not sent."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.errors import Invalid
from server.models.inspection import Inspection, Visit
from server.models.person import Role
from server.models.rectification import Rectification, RectificationState
from server.models.signal import IntegritySignal
from server.policy.plan.referral import FactKind
from server.services.mending.notices import issue_notice, next_notice
from server.services.referrals.facts import LAPSED
from server.services.referrals.referrals import (
    Wording,
    content_of,
    draft_referral,
    items_of,
    pick,
    save_draft,
    send,
)
from server.services.reporting.reports import content_hash
from tests.databases import ON_SQLITE
from tests.factories import NOW, TODAY, Cast, make_inspection, make_person, make_rectification
from tests.services.referrals.drafted import drafted
from tests.services.rounds.opened import open_round

pytestmark = ON_SQLITE


def refused(session: Session, cast: Cast, made: Any) -> str:
    """How the second person's confirmation is refused, over what that one sees now."""
    words = Wording(
        {
            "title": "移送函",
            "to": "县纪委",
            "opening": "",
            "copies_to": "",
            "number": "静〔2023〕1号",
        },
        TODAY,
    )
    save_draft(session, referral=made, wording=words, by=cast.office, now=NOW)
    second = make_person(session, name="周主任", role=Role.COUNTY_OFFICE, login="zhou")
    seen = content_hash(content_of(session, made, now=NOW))
    with pytest.raises(Invalid) as problem:
        send(session, referral=made, seen=seen, by=second, now=NOW)
    return problem.value.message


def test_a_question_decided_otherwise_since_is_no_doubt_in_a_letter(
    session: Session, cast: Cast
) -> None:
    made, item = drafted(session, cast)
    row = session.get_one(IntegritySignal, int(item.ref))
    row.decision, row.reason = "explained", "查过出库单，没有问题"
    session.flush()

    [fact] = content_of(session, made, now=NOW)["facts"]
    assert fact["told"] == [["现在", LAPSED]]
    assert "有了变化" in refused(session, cast, made)


def overdue(session: Session, cast: Cast, standards: Any) -> tuple[Inspection, Rectification]:
    """An inspection of a round, and what was to be mended after it by yesterday."""
    campaign = open_round(session, cast, standards)
    visit = session.scalars(
        sa.select(Visit).where(Visit.campaign_id == campaign.id, Visit.station_id == cast.c1.id)
    ).one()
    inspection = make_inspection(session, visit, cast.wang.id)
    return inspection, make_rectification(session, inspection, TODAY - timedelta(days=1))


@pytest.mark.parametrize("state", [RectificationState.ACCEPTED, RectificationState.WITHDRAWN])
def test_what_was_accepted_since_is_not_told_as_overdue(
    session: Session, cast: Cast, standards: Any, state: RectificationState
) -> None:
    _, mend = overdue(session, cast, standards)
    made = draft_referral(session, county=cast.county, by=cast.office, now=NOW)
    fact = (FactKind.OVERDUE, str(mend.id))
    pick(session, referral=made, facts=[fact], by=cast.office, now=NOW)
    assert len(items_of(session, made)) == 1
    mend.state, mend.closed_at = state, NOW
    session.flush()

    assert "还没有验收通过" not in str(content_of(session, made, now=NOW))
    assert "有了变化" in refused(session, cast, made)


def test_a_record_that_was_amended_since_and_a_letter_taken_back_are_told_as_such(
    session: Session, cast: Cast, standards: Any
) -> None:
    inspection, mend = overdue(session, cast, standards)
    letter = issue_notice(session, inspection=inspection, by=cast.office, now=NOW)
    mend.due_on = TODAY - timedelta(days=1)
    next_notice(session, inspection=inspection, revokes=letter, by=cast.office, now=NOW)
    newer = make_inspection(
        session, session.get_one(Visit, inspection.visit_id), cast.wang.id,
        at=NOW + timedelta(minutes=1),
    )  # fmt: skip
    newer.amends_id = inspection.id
    session.flush()
    made = draft_referral(session, county=cast.county, by=cast.office, now=NOW)
    fact = (FactKind.OVERDUE, str(mend.id))
    pick(session, referral=made, facts=[fact], by=cast.office, now=NOW)

    [found] = content_of(session, made, now=NOW)["facts"]
    told = dict(found["told"])
    assert told["2023年7月5日督导记录现在"] == "旧版，已更正"
    assert told["撤销通知"] == "2023年7月5日撤销了整改通知书的部分内容"
