"""通报: drafted over figures, the office's own words, issued as looked at, frozen, withdrawn."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.errors import Conflict, Invalid, NotAllowed, NotFound
from server.models.circular import Circular
from server.models.history import HistoryLine
from server.policy.plan.circular import table_changes
from server.policy.plan.indicators import IndicatorKey
from server.policy.standard.facts import Level
from server.services.common.seals import seal
from server.services.mending.notices import notice_number
from server.services.people.scope import EVERYBODY
from server.services.reporting.assessment_sheets import withdraw_assessment
from server.services.reporting.circular_sight import (
    circular_for,
    circulars_in_sight,
    circulars_over,
    is_whole,
    source_withdrawn,
)
from server.services.reporting.circulars import (
    Wording,
    changes_said,
    content_of,
    draft_of_assessment,
    draft_of_pace,
    draft_shown,
    draw_anew,
    issue_circular,
    save_draft,
    table_now,
    withdraw_circular,
)
from server.services.reporting.reports import content_hash
from tests.bodies import make_auditor, make_bureau_person
from tests.databases import ON_SQLITE
from tests.factories import Cast
from tests.services.reporting.assessed import JULY_31, NOW, issued_sheet
from tests.services.reporting.circulated import NUMBER, issue_it, issued_circular, write

pytestmark = ON_SQLITE
DAY = timedelta(days=1)


def code(problem: Any) -> str:
    return str(problem.value.code)


def of_pace(session: Session, cast: Cast, standards: Any) -> Circular:
    return draft_of_pace(
        session, county=cast.county, on=NOW.date(), level=Level.VILLAGE_POINT,
        key=IndicatorKey.FILED, by=cast.office, now=NOW, standards=standards,
    )  # fmt: skip


def test_a_draft_tells_figures_alone_and_the_office_writes_the_rest(
    session: Session, cast: Cast, standards: Any
) -> None:
    cast.c3.filed_on = None
    session.flush()
    made = of_pace(session, cast, standards)
    bare = content_of(session, made)
    write(
        session, cast, made, NOW, praise="鹅城镇全部备案。\r\n\r\n 值得学。", demands="下月补齐。"
    )
    full = content_of(session, made)

    assert [one["heading"] for one in bare["chapters"]] == ["", "一、村级点已备案情况"]
    assert bare["table"]["rows"] == [
        ["1", "鹅城镇", "2", "0", "0", "2", "100%"], ["2", "杜家村镇", "0", "1", "0", "1", "0%"]
    ]  # fmt: skip
    assert [(one["heading"], one["paragraphs"]) for one in full["chapters"][2:]] == [
        ("二、好的方面", ["鹅城镇全部备案。", "值得学。"]), ("三、工作要求", ["下月补齐。"])
    ]  # fmt: skip
    assert full["table_after"] == 2


def test_figures_that_changed_are_told_and_issued_only_anew_or_said_to_be_as_drafted(
    session: Session, cast: Cast, standards: Any
) -> None:
    made = of_pace(session, cast, standards)
    write(session, cast, made, NOW)
    cast.c2.filed_on = None
    session.flush()
    with pytest.raises(Conflict) as changed:
        issue_it(session, cast, made, NOW, standards)
    told = draw_anew(session, circular=made, by=cast.office, now=NOW, standards=standards)
    issue_it(session, cast, made, NOW, standards)
    cast.c1.filed_on = None
    session.flush()
    other = of_pace(session, cast, standards)
    write(session, cast, other, NOW, number="静快专〔2023〕6号")
    cast.c1.filed_on = JULY_31
    session.flush()
    with pytest.raises(Conflict):  # of other changes than those that a person has ticked
        issue_it(session, cast, other, NOW, standards, as_drafted="鹅城镇：名次从2变成1")
    now = table_now(session, other, now=NOW, standards=standards)
    ticked = changes_said(table_changes(other.table, now))
    kept = issue_it(session, cast, other, NOW, standards, as_drafted=ticked)

    assert code(changed) == "circular-figures-changed"
    assert (
        "鹅城镇：名次从1变成2，做到从2变成1，没做到从0变成1，占比从100%变成50%"
        in changed.value.message
    )
    assert [one.partition("：")[0] for one in told] == ["鹅城镇"]
    assert kept.content is not None
    assert ["2", "鹅城镇", "0", "2", "0", "2", "0%"] in kept.content["table"]["rows"]
    assert is_whole(made)


def test_what_is_issued_is_what_was_looked_at_and_stays(
    session: Session, cast: Cast, standards: Any
) -> None:
    sheet = issued_sheet(session, cast, standards, now=NOW, until_on=JULY_31)
    made = draft_of_assessment(session, county=cast.county, sheet=sheet, by=cast.office, now=NOW)
    page = content_hash(content_of(session, made))
    with pytest.raises(Invalid) as bare:
        issue_it(session, cast, made, NOW)
    write(session, cast, made, NOW, problems="一处没有挂牌。")
    with pytest.raises(Conflict) as unseen:
        issue_circular(
            session, circular=made, seen=page, as_drafted="", by=cast.office, now=NOW,
            standards=standards,
        )  # fmt: skip
    issue_it(session, cast, made, NOW)
    before = content_of(session, made)
    cast.county.name, cast.township.name = "改名县", "改名镇"
    session.flush()
    refused = []
    for deed in (
        lambda: write(session, cast, made, NOW, title="另一个"),
        lambda: issue_it(session, cast, made, NOW),
        lambda: draw_anew(session, circular=made, by=cast.office, now=NOW, standards=standards),
    ):
        with pytest.raises(Conflict) as problem:
            deed()
        refused.append(code(problem))

    assert (code(bare), code(unseen)) == ("circular-wrong", "circular-changed-meanwhile")
    assert refused == ["circular-issued"] * 3
    assert content_of(session, made) == before
    assert before["number"] == NUMBER
    assert before["source_sha256"] == sheet.content_sha256
    assert before["table"]["rows"][0][:3] == ["1", "鹅城镇", "68"]
    assert is_whole(made)


def test_a_number_names_one_letter_and_a_day_is_neither_to_come_nor_before_the_figures(
    session: Session, cast: Cast, standards: Any
) -> None:
    from server.models.rectification import Notice
    from tests.services.world import make_world

    issued_circular(session, cast, issued_sheet(session, cast, standards, now=NOW), now=NOW)
    world = make_world(session, cast, standards)
    letter = world.session.scalars(sa.select(Notice)).first()
    assert letter is not None
    made = of_pace(session, cast, standards)
    write(session, cast, made, NOW)
    refused = []
    for number in (NUMBER, notice_number(cast.county, letter)):
        write(session, cast, made, NOW, number=number)
        with pytest.raises(Conflict) as taken:
            issue_it(session, cast, made, NOW, standards, as_drafted=True)
        refused.append(code(taken))
    for day in (NOW.date() + DAY, NOW.date() - DAY):
        write(session, cast, made, NOW, number="静快专〔2023〕9号")
        made.dated_on = day
        with pytest.raises(Invalid) as wrong:
            issue_it(session, cast, made, NOW, standards, as_drafted=True)
        refused.append(code(wrong))

    assert refused == [*["circular-number-taken"] * 2, *["circular-wrong"] * 2]


def test_a_withdrawn_assessment_carries_no_circular_and_an_issued_one_stays_withdrawn_or_not(
    session: Session, cast: Cast, standards: Any
) -> None:
    sheet = issued_sheet(session, cast, standards, now=NOW, until_on=JULY_31)
    issued = issued_circular(session, cast, sheet, now=NOW)
    waiting = draft_of_assessment(session, county=cast.county, sheet=sheet, by=cast.office, now=NOW)
    write(session, cast, waiting, NOW, number="静快专〔2023〕6号")
    withdraw_assessment(session, sheet=sheet, reason="算错一项", by=cast.office, now=NOW)
    with pytest.raises(Conflict) as gone:
        issue_it(session, cast, waiting, NOW)
    with pytest.raises(Conflict) as anew:
        draft_of_assessment(session, county=cast.county, sheet=sheet, by=cast.office, now=NOW)
    with pytest.raises(Conflict):
        table_now(session, waiting, now=NOW, standards=standards)
    assert circulars_over(session, sheet) == [issued]
    said = source_withdrawn(session, issued)
    assert said.endswith("撤回：算错一项。这份通报还没有撤回。")
    with pytest.raises(Invalid) as mute:
        withdraw_circular(session, circular=issued, reason=" ", by=cast.office, now=NOW)
    withdraw_circular(session, circular=issued, reason="考核撤回了", by=cast.office, now=NOW)
    with pytest.raises(Conflict) as twice:
        withdraw_circular(session, circular=issued, reason="x", by=cast.office, now=NOW)

    assert [code(one) for one in (gone, anew, mute, twice)] == [
        "circular-source-gone", "circular-source-gone", "reason-needed", "circular-withdrawn"
    ]  # fmt: skip
    assert is_whole(issued)
    last = session.scalars(sa.select(HistoryLine).order_by(HistoryLine.id.desc())).first()
    assert last is not None
    assert (last.action, last.reason) == ("circular-withdrawn", "考核撤回了")
    assert NUMBER in last.summary


def test_two_who_write_are_told_of_each_other(session: Session, cast: Cast, standards: Any) -> None:
    made = of_pace(session, cast, standards)
    shown = seal(draft_shown(made))
    write(session, cast, made, NOW, praise="甲写的")
    with pytest.raises(Conflict) as clash:
        save_draft(
            session, circular=made, wording=Wording({"title": "乙", "to": "乙"}, None),
            by=cast.office, seal=shown,
        )  # fmt: skip
    with pytest.raises(Invalid):
        write(session, cast, made, NOW, to=" ")

    assert code(clash) == "circular-changed-meanwhile"
    assert "甲写的" in clash.value.message


def test_drafts_are_the_offices_and_issued_ones_everybodys_of_the_county(
    session: Session, cast: Cast, standards: Any
) -> None:
    sheet = issued_sheet(session, cast, standards, now=NOW, until_on=JULY_31)
    made = draft_of_assessment(session, county=cast.county, sheet=sheet, by=cast.office, now=NOW)
    bureau, auditor = make_bureau_person(session), make_auditor(session)
    everybody = (cast.office, auditor, bureau, cast.officer, cast.outsider, EVERYBODY)

    def seeing() -> list[int]:
        return [
            len(circulars_in_sight(session, county=cast.county.code, reader=one))
            for one in everybody
        ]

    before = seeing()
    write(session, cast, made, NOW)
    issue_it(session, cast, made, NOW)
    with pytest.raises(NotFound):
        circular_for(session, circular_id=made.id, reader=cast.outsider)
    with pytest.raises(NotAllowed):
        withdraw_circular(session, circular=made, reason="x", by=bureau, now=NOW)

    assert before == [1, 1, 0, 0, 0, 1]
    assert seeing() == [1, 1, 1, 1, 0, 1]
