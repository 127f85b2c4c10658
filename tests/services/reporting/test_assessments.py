"""考核: the county's own items, counts that say what is unknown, points, ranks, frozen sheets."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.errors import Conflict, Invalid, NotAllowed
from server.models.assessment import Assessment, AssessmentPoints
from server.models.history import HistoryLine
from server.models.inspection import Visit
from server.models.rectification import Rectification, RectificationState, RectificationStep
from server.models.station import Stage
from server.policy.plan.assessment import COVERED, MENDED, Whom
from server.services.programme.snapshots import end_of, keep, look
from server.services.reporting.assessment_sheets import (
    changed_since,
    give_points,
    is_whole,
    issue_assessment,
    rows_hash,
    rows_of,
    withdraw_assessment,
)
from server.services.reporting.assessments import (
    CountBook,
    count_again,
    counts_hash,
    figures_now,
)
from server.services.reporting.schemes import scheme_is_whole, schemes_of
from tests.databases import ON_SQLITE
from tests.factories import Cast, make_inspection, make_rectification
from tests.services.reporting.assessed import (
    BUILT,
    FILED,
    HAND,
    HERE,
    JULY_31,
    NOW,
    THERE,
    fill,
    give,
    issue,
    issued_sheet,
    july,
    make_scheme,
    open_sheet,
)
from tests.services.rounds.opened import open_round


def code(problem: Any) -> str:
    return str(problem.value.code)


def cells(session: Session, sheet: Assessment, subject: str = HERE) -> dict[str, Any]:
    row = next(one for one in rows_of(session, sheet) if one["subject"] == subject)
    return {one["item"]: one for one in row["cells"]}


def night(session: Session, cast: Cast, standards: Any) -> None:
    at = end_of(JULY_31) + timedelta(minutes=2)
    keep(
        session, look(session, county=cast.county, on=JULY_31, now=at, standards=standards), now=at
    )


def test_nothing_is_shipped_and_a_scheme_is_kept_version_by_version(
    session: Session, cast: Cast, standards: Any
) -> None:
    empty = schemes_of(session, county=cast.county.code, whom=Whom.TOWNSHIPS)
    with pytest.raises(Invalid) as without:
        july(session, cast, standards)
    first = make_scheme(session, cast, now=NOW)
    with pytest.raises(Conflict) as stale:
        make_scheme(session, cast, rows=[HAND], now=NOW, seen=0)
    with pytest.raises(Conflict) as same:
        make_scheme(session, cast, now=NOW, seen=1)
    with pytest.raises(Invalid) as mute:
        make_scheme(session, cast, rows=[HAND], now=NOW, seen=1, because=" ")
    make_scheme(session, cast, rows=[HAND], from_on=date(2023, 8, 1), now=NOW, seen=1)
    sheet = july(session, cast, standards)

    assert empty == []
    assert [code(one) for one in (without, stale, same, mute)] == [
        "assessment-no-scheme", "assessment-scheme-newer", "assessment-scheme-same", "reason-needed"
    ]  # fmt: skip
    assert sheet.scheme_id == first.id, "the second version holds from August on"
    session.expire_all()
    assert scheme_is_whole(first)
    first.items = [{**first.items[0], "points": "99"}, *first.items[1:]]
    assert not scheme_is_whole(first)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"title": "", "points": "5"}, "请写考核内容"),
        ({"title": "备案", "points": "0"}, "大于0"),
        ({"title": "备案", "points": "9.55"}, "一位小数"),
        ({"title": "备案", "points": "1001"}, "最大1000"),
        ({"title": "备案", "points": "9", "way": "share"}, "系统里的哪个数"),
        ({"title": "备案", "points": "9", "way": "share", "measure": "reports.in_time"}, "哪个数"),
        ({**BUILT, "bands": "90:31 0:0"}, "分值30分"),
        ({"title": "组织领导", "points": "1"}, "写了两遍"),
    ],
)
@ON_SQLITE
def test_a_line_that_leaves_something_open_is_refused_in_words(
    session: Session, cast: Cast, row: dict[str, str], said: str
) -> None:
    with pytest.raises(Invalid, match=said):
        make_scheme(session, cast, rows=[HAND, row], now=NOW)


@ON_SQLITE
def test_counts_are_of_the_last_night_and_the_unknown_is_left_to_a_person(
    session: Session, cast: Cast, standards: Any
) -> None:
    cast.c2.filed_on = None
    cast.c1.stage, cast.c2.stage = Stage.BUILT, Stage.BUILT_BEFORE
    session.flush()
    night(session, cast, standards)
    make_scheme(session, cast, now=NOW)
    cast.c2.filed_on = date(2023, 7, 20)  # entered only afterwards
    session.flush()
    sheet = july(session, cast, standards)
    mine = cells(session, sheet)

    assert mine["i1"]["figure"] == {
        "done": 1, "not_done": 1, "unknown": 0, "missing": ["C0002 杨家山村快递便民服务点"],
        "untold": [], "source": "2023年7月31日当晚留的底",
    }  # fmt: skip
    assert (mine["i1"]["lowest"], mine["i1"]["points"]) == ("30", "30")
    assert mine["i2"]["figure"]["unknown"] == 1
    assert (mine["i2"]["lowest"], mine["i2"]["highest"], mine["i2"]["points"]) == ("12.5", "30", "")
    assert (mine["i3"]["figure"], mine["i3"]["points"]) == (None, "")
    book = CountBook(tuple(standards), None)
    now_figures = figures_now(session, sheet=sheet, book=book, now=NOW)
    told = changed_since(session, sheet, rows_of(session, sheet), now_figures)
    assert [(one.name, one.item, one.then, one.now) for one in told] == [
        ("鹅城镇", "村级站备案", "1/2站", "2/2站")
    ]
    assert cells(session, sheet)["i1"]["points"] == "30", "the night stays what it was"


@ON_SQLITE
def test_points_need_their_reason_where_they_differ_and_stay_when_counts_are_taken_again(
    session: Session, cast: Cast, standards: Any
) -> None:
    make_scheme(session, cast, rows=[FILED, HAND], now=NOW)
    sheet = july(session, cast, standards)

    def refused(**typed: Any) -> str:
        with pytest.raises(Invalid) as problem:
            give(session, cast, sheet, NOW, HERE, **typed)
        return problem.value.message

    words = [
        refused(i1=("50", " ")), refused(i2=("8", "")), refused(i2=("10.1", "好")),
        refused(i2=("", "好")), refused(i1=("八", "好")),
    ]  # fmt: skip
    gave = give(
        session, cast, sheet, NOW, HERE, i1=("50", "一处备案证过期"), i2=("8", "例会少开一次")
    )
    again = give(session, cast, sheet, NOW, HERE, i1=("50", "一处备案证过期"))
    book = CountBook(tuple(standards), None)

    def looked_at() -> str:
        return counts_hash(sheet, figures_now(session, sheet=sheet, book=book, now=NOW))

    early = looked_at()
    cast.c1.filed_on = cast.c2.filed_on = None
    session.flush()
    with pytest.raises(Conflict, match="请看一下现在的数，再决定要不要重新取") as late:
        count_again(session, sheet=sheet, by=cast.office, now=NOW, book=book, seen=early)
    assert code(late) == "assessment-changed-meanwhile"
    moved = count_again(session, sheet=sheet, by=cast.office, now=NOW, book=book, seen=looked_at())
    held = cells(session, sheet)
    taken_back = give(session, cast, sheet, NOW, HERE, i1=("", ""))

    assert "和建议的60分不同，请写一句原因" in words[0]
    assert "由人打的，请写一句原因" in words[1]
    assert "0到10之间" in words[2]
    assert "没有写得分" in words[3]
    assert "0到60之间" in words[4]
    assert (gave, again, moved, taken_back) == (2, 0, 1, 1)
    assert (held["i1"]["lowest"], held["i1"]["points"], held["i1"]["by"]) == ("0", "50", "县办")
    assert cells(session, sheet)["i1"]["points"] == "0"


@ON_SQLITE
def test_ties_share_a_rank_and_an_issued_sheet_is_frozen_whatever_comes_later(
    session: Session, cast: Cast, standards: Any
) -> None:
    make_scheme(session, cast, rows=[FILED, HAND], now=NOW)
    sheet = july(session, cast, standards)
    give(session, cast, sheet, NOW, HERE, i2=("8", "好"))
    with pytest.raises(Invalid) as holed:
        issue(session, cast, sheet, NOW)
    give(session, cast, sheet, NOW, THERE, i2=("8", "好"))
    issue(session, cast, sheet, NOW)
    sha256, before = sheet.content_sha256, rows_of(session, sheet)
    cast.c1.filed_on, cast.township.name = None, "改名镇"
    session.flush()
    refused = []
    for deed in (
        lambda: give_points(
            session, sheet=sheet, subject=HERE, typed={"i2": ("1", "x")},
            seen=rows_hash([before[0]]), by=cast.office, now=NOW,
        ),
        lambda: issue(session, cast, sheet, NOW),
        lambda: count_again(
            session, sheet=sheet, by=cast.office, now=NOW, book=CountBook(tuple(standards), None)
        ),
    ):  # fmt: skip
        with pytest.raises(Conflict) as problem:
            deed()
        refused.append(code(problem))

    assert code(holed) == "assessment-incomplete"
    assert [(one["name"], one["total"], one["rank"]) for one in before] == [
        ("鹅城镇", "68", 1), ("杜家村镇", "68", 1)
    ]  # fmt: skip
    assert refused == ["assessment-issued"] * 3
    assert rows_of(session, sheet) == before
    assert is_whole(sheet)
    assert sheet.content is not None
    sheet.content = {**sheet.content, "by": "别人"}
    assert not is_whole(sheet)
    assert sheet.content_sha256 == sha256


@ON_SQLITE
def test_two_officers_are_told_of_each_other(session: Session, cast: Cast, standards: Any) -> None:
    make_scheme(session, cast, rows=[HAND], now=NOW)
    sheet = july(session, cast, standards)
    page = rows_of(session, sheet)
    give(session, cast, sheet, NOW, HERE, i1=("8", "好"))
    with pytest.raises(Conflict) as row:
        give_points(
            session, sheet=sheet, subject=HERE, typed={"i1": ("3", "差")}, seen=rows_hash(page[:1]),
            by=cast.office, now=NOW,
        )  # fmt: skip
    give_points(
        session, sheet=sheet, subject=THERE, typed={"i1": ("3", "差")}, seen=rows_hash(page[1:2]),
        by=cast.office, now=NOW,
    )  # fmt: skip
    with pytest.raises(Conflict) as whole:
        issue_assessment(
            session, sheet=sheet, seen=rows_hash(page), whole_ranking=True, by=cast.office, now=NOW
        )
    with pytest.raises(Conflict) as twice:
        july(session, cast, standards)

    assert [code(one) for one in (row, whole, twice)] == [
        "assessment-changed-meanwhile", "assessment-changed-meanwhile", "assessment-exists"
    ]  # fmt: skip
    given = session.scalars(sa.select(AssessmentPoints.points)).all()
    assert [str(one) for one in given] == ["8.0", "3.0"]


def test_withdrawn_with_a_reason_it_stays_and_the_next_version_brings_the_points_along(
    session: Session, cast: Cast, standards: Any
) -> None:
    make_scheme(session, cast, rows=[FILED, HAND], now=NOW)
    sheet = july(session, cast, standards)
    fill(session, cast, sheet, NOW)
    issue(session, cast, sheet, NOW)
    with pytest.raises(Invalid) as mute:
        withdraw_assessment(session, sheet=sheet, reason="", by=cast.office, now=NOW)
    withdraw_assessment(session, sheet=sheet, reason="算错一项", by=cast.office, now=NOW)
    with pytest.raises(Conflict) as twice:
        withdraw_assessment(session, sheet=sheet, reason="再撤", by=cast.office, now=NOW)
    with pytest.raises(Invalid) as unexplained:
        july(session, cast, standards)
    again = july(session, cast, standards, because="更正那一项")
    session.expire_all()

    assert [code(one) for one in (mute, twice, unexplained)] == [
        "reason-needed", "assessment-withdrawn", "reason-needed"
    ]  # fmt: skip
    assert (again.version, again.because) == (2, "更正那一项")
    assert [one["cells"][1]["points"] for one in rows_of(session, again)] == ["8", "8"]
    assert is_whole(sheet)
    lines = session.scalars(sa.select(HistoryLine.action).order_by(HistoryLine.id)).all()
    assert lines[-2:] == ["assessment-withdrawn", "assessment-opened"]


@ON_SQLITE
def test_days_that_are_not_over_or_wrong_are_refused(
    session: Session, cast: Cast, standards: Any
) -> None:
    make_scheme(session, cast, now=NOW)
    refused = []
    for more in (
        {"until_on": NOW.date()},
        {"until_on": date(2023, 7, 1), "from_on": date(2023, 7, 2)},
        {"until_on": JULY_31, "from_on": date(2021, 7, 1)},
        {"until_on": date(1999, 2, 1)},
        {"until_on": JULY_31, "chosen": ["411721101"]},
    ):
        with pytest.raises(Invalid) as problem:
            open_sheet(session, cast, standards, now=NOW, **more)
        refused.append(code(problem))
    with pytest.raises(NotAllowed):
        withdraw_assessment(
            session, sheet=july(session, cast, standards), reason="x", by=cast.officer, now=NOW
        )

    assert refused == [*["assessment-days-wrong"] * 4, "assessment-nobody"]


@ON_SQLITE
def test_mending_counts_by_the_day_of_the_answer_and_waiting_for_the_office_is_unknown(
    session: Session, cast: Cast, standards: Any
) -> None:
    campaign = open_round(session, cast, standards)
    visit = session.scalars(
        sa.select(Visit).where(Visit.campaign_id == campaign.id, Visit.station_id == cast.c1.id)
    ).one()
    inspection = make_inspection(session, visit, cast.wang.id)

    def mend(state: RectificationState, answered: int | None, **more: Any) -> Rectification:
        number = session.scalar(sa.select(sa.func.count()).select_from(Rectification))
        made = make_rectification(
            session, inspection, date(2023, 7, 10), state=state, rule_code=f"r{number}", **more
        )
        if answered:
            at = datetime(2023, 7, answered, 2, tzinfo=UTC)
            session.add(RectificationStep(rectification_id=made.id, action="answered", at=at))
        session.flush()
        return made

    mend(RectificationState.ACCEPTED, 9, closed_at=datetime(2023, 7, 25, tzinfo=UTC))
    mend(RectificationState.ACCEPTED, 11, closed_at=datetime(2023, 7, 11, tzinfo=UTC))
    mend(RectificationState.ANSWERED, 10)
    mend(RectificationState.RETURNED, 9)
    mend(RectificationState.OPEN, None)
    mend(RectificationState.WITHDRAWN, None)
    late = mend(RectificationState.RETURNED, 12)  # a later day does not make it otherwise
    late.due_on = date(2023, 9, 1)
    session.add(
        RectificationStep(
            rectification_id=late.id, action="returned", at=datetime(2023, 7, 13, tzinfo=UTC),
            before_on=date(2023, 7, 10), due_on=late.due_on,
        )
    )  # fmt: skip
    make_scheme(
        session, cast, now=NOW,
        rows=[
            {"title": "整改", "points": "10", "way": "share", "measure": MENDED},
            {"title": "覆盖", "points": "10", "way": "share", "measure": COVERED},
        ],
    )  # fmt: skip
    mine = cells(session, july(session, cast, standards))

    counts = mine["i1"]["figure"]
    assert (counts["done"], counts["not_done"], counts["unknown"]) == (1, 4, 1)
    covered = mine["i2"]["figure"]
    assert covered["done"] + covered["not_done"] + covered["unknown"] == 2


@ON_SQLITE
def test_an_issued_sheet_has_what_was_kept_of_the_scheme(
    session: Session, cast: Cast, standards: Any
) -> None:
    sheet = issued_sheet(session, cast, standards, now=NOW, until_on=JULY_31)
    make_scheme(session, cast, rows=[HAND], now=NOW, seen=1)

    assert sheet.content is not None
    assert [one["title"] for one in sheet.content["scheme"]["items"]] == [
        "村级站备案", "村级站建成", "组织领导"
    ]  # fmt: skip
