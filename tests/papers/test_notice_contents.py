"""What a notice says: documents by their own names, whole clauses, and to whoever can act."""

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from server.http import clock
from server.models.station import Station
from server.papers.notice import NoticeSheet
from server.papers.notice_contents import letter
from server.policy.standard.citations import cite
from server.policy.standard.standards import standard_by_id
from server.services.mending.notices import issue_notice
from tests.api.rounds import open_round
from tests.databases import ON_SQLITE
from tests.desk.held_rounds import COUNTER, inspected
from tests.factories import Cast

FILING = "《快递暂行条例》（2019年文本）第十八条；2025年修订文本为第十九条"


@pytest.fixture
def unfiled(session: Session, cast: Cast) -> Station:
    """C0001, opened long ago by an enterprise that has filed nothing."""
    station = session.merge(cast.c1)
    station.opened_on, station.filed_on = clock.today() - timedelta(days=90), None
    station.opener = "山西壹公里物流有限公司"
    session.commit()
    return station


def noticed(
    client: FlaskClient, session: Session, cast: Cast, standards: Any, *failing: str
) -> NoticeSheet:
    found = inspected(client, session, cast, open_round(session, cast, standards), cast.c1, failing)
    notice = issue_notice(session, inspection=found, by=cast.office, now=clock.now())
    return letter(session, notice=notice, standards=standards)


@ON_SQLITE
def test_filing_is_asked_of_the_opener_and_never_of_the_keeper(
    session: Session, client: FlaskClient, cast: Cast, standards: Any, unfiled: Station
) -> None:
    sheet = noticed(client, session, cast, standards)

    assert (sheet.to, sheet.copies_to) == (unfiled.opener, unfiled.name)
    assert [one.clause for one in sheet.items] == [FILING]
    assert "《快递暂行条例》" in sheet.opening[0]
    assert not any("手机" in one for one in sheet.closing)
    assert any("办好备案手续" in one for one in sheet.closing)
    assert "快递末端网点备案的期限和视频监控要求" not in repr(sheet.opening)


@ON_SQLITE
def test_a_letter_to_both_says_of_each_item_who_mends_it(
    session: Session, client: FlaskClient, cast: Cast, standards: Any, unfiled: Station
) -> None:
    sheet = noticed(client, session, cast, standards, COUNTER)

    assert sheet.to == f"{unfiled.name}、{unfiled.opener}"
    assert {one.title: one.by for one in sheet.items} == {
        "接待台席": unfiled.name,
        "开办后20天内备案": unfiled.opener,
    }
    assert "按下列分工" in sheet.opening[0]


@ON_SQLITE
def test_a_letter_quotes_the_clause_and_carries_remarks_and_the_whole_record(
    session: Session, client: FlaskClient, cast: Cast, standards: Any
) -> None:
    sheet = noticed(client, session, cast, standards, COUNTER)

    [item] = sheet.items
    assert (item.clause, item.remark) == ("标准四（2）", "现场没有")
    assert "接待台席" in item.asks
    assert (
        "《静乐县2023年农村寄递物流服务全覆盖提质工程实施方案》附件3"
        "《山西省乡镇快递综合服务站和村级快递便民服务点建设标准（试行）》（以下简称“标准”）"
    ) in sheet.opening[0]
    assert sheet.to == cast.c1.name
    assert sheet.record is not None
    assert "接待台席" in {row["title"] for row in sheet.record.rows}


def test_a_law_is_cited_by_its_own_name(standards: Any) -> None:
    filing = standard_by_id(standards, "national-outlet-filing-2018")

    changed = cite(filing, filing.rule("EXT-F2").clause)

    assert changed == ("《快递末端网点备案暂行规定》", "关于备案事项变更的条款", True)
