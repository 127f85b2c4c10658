"""What a county chooses about rounds, notices and photo requests: with reason, in words."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from server.http import clock
from server.models.person import Person
from server.papers.notice_contents import letter
from server.services.common import history
from server.services.county.round_options import round_options
from server.services.mending.notices import issue_notice, notice_number
from tests.api.rounds import open_round
from tests.databases import ON_SQLITE
from tests.desk.conftest import Desk, text_of
from tests.desk.held_rounds import COUNTER, inspected
from tests.factories import Cast

DeskOf = Callable[[Person], Desk]
pytestmark = ON_SQLITE


def form_of(desk: Desk, **changed: Any) -> dict[str, Any]:
    """The form as it stands, with some fields changed."""
    html = desk.get("/county").get_data(as_text=True)
    [seal] = re.findall(r'name="rounds_seal" value="(\w+)"', html)
    return {
        "rounds_seal": seal,
        "issuer": "静乐县快递进村工作专班",
        "notice_code": "静快改",
        "rectification_days": "15",
        "remind_days_before": "3",
        "escalate_township_days": "1",
        "escalate_county_days": "7",
        "photo_request_percent": "5",
        "visit_far_m": "500",
        "visit_short_minutes": "5",
        "reason": "县专班会议决定",
    } | changed


def test_choices_about_rounds_are_marked_as_ours_and_changed_with_a_reason(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    desk = desk_of(cast.office)
    cast.county.options = {"policy": {"fresh_days": 90}}
    session.commit()

    before = text_of(desk.get("/county"))
    page = desk.done(
        "/county/rounds", **form_of(desk, rectification_days="20", notice_code=" 静 邮改 ")
    )

    session.expire_all()
    options = round_options(cast.county)
    for title in ("整改与通知书", "抽查拍照", "督导到没到场"):
        assert f"{title} 本系统的设置" in before
    assert (options.rectification_days, options.notice_code) == (20, "静邮改")
    assert cast.county.options["policy"] == {"fresh_days": 90}
    assert "整改期限： 15天 → 20天" in page
    assert "发文代字： 静快改 → 静邮改" in page
    assert "理由：县专班会议决定" in page


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("rectification_days", "0", "“整改期限”应为1到365之间的整数"),
        ("rectification_days", "十五", "“整改期限”应为1到365之间的整数"),
        ("remind_days_before", "15", "整改期限只有15天，提前15天提醒太早了"),
        ("escalate_township_days", "9", "报县专班不能早于报乡镇"),
        ("photo_request_percent", "101", "应为0到100之间的整数"),
        ("visit_far_m", "10", "应为50到20000之间的整数"),
        ("visit_short_minutes", "-1", "应为0到120之间的整数"),
        ("issuer", " ", "“发文单位”要填，最多40个字"),
        ("notice_code", "静快改〔2026〕", "不用写括号"),
        ("reason", "", "请写一句修改的原因"),
    ],
)
def test_what_cannot_be_is_said_in_words_and_changes_nothing(
    session: Session, cast: Cast, desk_of: DeskOf, field: str, value: str, sentence: str
) -> None:
    desk = desk_of(cast.office)

    answer = desk.post(
        "/county/rounds",
        **form_of(desk, **{"rectification_days": "15", "issuer": "新专班"} | {field: value}),
    )

    session.expire_all()
    assert answer.status_code == 422
    assert sentence in text_of(answer)
    assert cast.county.options == {}
    assert (
        history.lines(
            session, county=cast.county.code, station_id=None, action="county-edited", limit=5
        )
        == []
    )
    if field != "issuer":
        assert 'value="新专班"' in answer.get_data(as_text=True)  # nothing typed is lost


def test_two_at_once_do_not_overwrite_each_other(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    desk = desk_of(cast.office)
    stale = form_of(desk, rectification_days="30")
    desk.done("/county/rounds", **form_of(desk, rectification_days="20"))

    refused = desk.post("/county/rounds", **stale)

    session.expire_all()
    assert refused.status_code == 409
    assert "您填写的时候，别人也改了县设置的“整改期限”。还没有保存。" in text_of(refused)
    assert round_options(cast.county).rectification_days == 20


def test_an_issued_notice_keeps_the_names_it_was_issued_under(
    client: FlaskClient, session: Session, cast: Cast, standards: Any, desk_of: DeskOf
) -> None:
    campaign = open_round(session, cast, standards)
    first, second, third = (
        inspected(client, session, cast, campaign, one, [COUNTER])
        for one in (cast.c1, cast.c2, cast.xz1)
    )
    desk, county = desk_of(cast.office), cast.county
    numbers = [issue_notice(session, inspection=first, by=cast.office, now=clock.now())]
    session.commit()
    for code, found in (("静邮改", second), ("静快递", third)):
        desk.done("/county/rounds", **form_of(desk, notice_code=code, issuer=f"{code}专班"))
        session.expire_all()
        numbers.append(issue_notice(session, inspection=found, by=cast.office, now=clock.now()))
        session.commit()

    told = [notice_number(county, one) for one in numbers]
    issuers = [letter(session, notice=one, standards=()).issuer for one in numbers]

    year = clock.today().year
    assert told == [f"静快改〔{year}〕1号", f"静邮改〔{year}〕2号", f"静快递〔{year}〕3号"]
    assert issuers == ["静乐县快递进村工作专班", "静邮改专班", "静快递专班"]


def test_saving_what_holds_already_writes_no_history(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    desk = desk_of(cast.office)

    page = desk.done("/county/rounds", **form_of(desk, reason=""))

    assert "没有改动" in page
    assert (
        history.lines(
            session, county=cast.county.code, station_id=None, action="county-edited", limit=5
        )
        == []
    )
