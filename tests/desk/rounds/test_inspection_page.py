from collections.abc import Callable
from io import BytesIO
from typing import Any

import docx
import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from server.calendar import full_day_text
from server.media.blobs import FolderStore
from server.models.inspection import Inspection
from server.models.person import Person
from server.models.rectification import Notice, Rectification
from tests.api.rounds import inspection, taps, visit_of
from tests.databases import ON_SQLITE
from tests.desk.conftest import Desk, text_of
from tests.desk.held_rounds import COUNTER, Held, hold, inspected, send
from tests.factories import Cast

DeskOf = Callable[[Person], Desk]
pytestmark = ON_SQLITE


@pytest.fixture
def held(
    client: FlaskClient, session: Session, cast: Cast, blobs: FolderStore, standards: Any
) -> Held:
    return hold(client, session, cast, blobs, standards)


def test_both_words_signatures_standard_and_hash_stand_on_one_page(
    held: Held, cast: Cast, desk_of: DeskOf
) -> None:
    answer = desk_of(cast.office).get(f"/inspections/{held.inspection.id}")

    page, html = text_of(answer), answer.get_data(as_text=True)
    assert "不达标" in page
    assert "1 条不符合 · 双方已签字" in page
    assert "接待台席" in page
    assert "说法不同" in page
    assert "与签字时一致" in page
    assert held.inspection.frozen_sha256 in page
    assert html.count('<path d="M20 100L60 40L120 160M200 40L200 160M160 90L260 90"/>') == 2
    assert "待整改" in page


def test_a_record_changed_behind_its_back_says_so(
    session: Session, held: Held, cast: Cast, desk_of: DeskOf
) -> None:
    session.execute(
        update(Inspection).where(Inspection.id == held.inspection.id).values(status="meets")
    )

    page = text_of(desk_of(cast.office).get(f"/inspections/{held.inspection.id}"))

    assert "可能被人改过" in page
    assert "与签字时一致" not in page


def test_an_amended_record_stays_readable_and_leads_to_the_newer_one(
    client: FlaskClient, session: Session, held: Held, cast: Cast, desk_of: DeskOf
) -> None:
    sent = inspection(
        cast.c1,
        visit_of(session, held.campaign, cast.c1),
        answers=taps(cast.c1),
        amends_id=str(held.inspection.id),
        amended_because="台席在里间",
    )
    send(client, session, cast.wang, sent)
    desk = desk_of(cast.office)

    old = text_of(desk.get(f"/inspections/{held.inspection.id}"))
    new = text_of(desk.get(f"/inspections/{sent['id']}"))

    assert "这是旧版，留着备查" in old
    assert "1 条不符合" in old
    assert "第 2 版" in new
    assert "更正：台席在里间" in new
    assert "已撤销" in old


def test_the_notice_is_numbered_once_and_comes_as_pdf_and_docx(
    held: Held, cast: Cast, desk_of: DeskOf
) -> None:
    desk, where = desk_of(cast.office), f"/inspections/{held.inspection.id}"
    early = desk.get(f"{where}/notice.pdf")

    first = desk.done(f"{where}/notice")
    again = desk.done(f"{where}/notice")
    pdf, word = desk.get(f"{where}/notice.pdf"), desk.get(f"{where}/notice.docx")

    year = held.inspection.day_on.year
    assert early.status_code == 404
    assert f"静快改〔{year}〕1号" in first
    assert f"静快改〔{year}〕1号" in again
    assert pdf.data.startswith(b"%PDF")
    assert pdf.headers["Cache-Control"] == "no-store"
    document = docx.Document(BytesIO(word.data))
    words = "".join(one.text for one in document.paragraphs)
    assert "马家沟村快递便民服务点" in words
    assert "接待台席" in words


def test_no_notice_is_issued_from_the_page_of_a_record_that_was_amended_meanwhile(
    client: FlaskClient, session: Session, held: Held, cast: Cast, desk_of: DeskOf
) -> None:
    """It would quote the older version, and leave out what the amendment found."""
    desk, old = desk_of(cast.office), held.inspection.id
    both = [COUNTER, "A3-42b"]
    new = inspected(
        client, session, cast, held.campaign, cast.c1, both,
        amends_id=str(old), amended_because="看漏了货架",
    )  # fmt: skip

    refused = desk.post(f"/inspections/{old}/notice")
    desk.done(f"/inspections/{new.id}/notice")

    assert (refused.status_code, "已经更正过" in text_of(refused)) == (409, True)
    [notice] = session.scalars(select(Notice))
    assert notice.inspection_id == new.id
    asked = select(Rectification.rule_code).where(Rectification.notice_id == notice.id)
    assert set(session.scalars(asked)) == set(both)


def test_the_copy_on_paper_is_a_pdf(held: Held, cast: Cast, desk_of: DeskOf) -> None:
    answer = desk_of(cast.office).get(f"/inspections/{held.inspection.id}/copy.pdf")

    assert answer.mimetype == "application/pdf"
    assert answer.data.startswith(b"%PDF")


def test_the_same_visit_under_todays_standard_differs_in_nothing(
    held: Held, cast: Cast, desk_of: DeskOf
) -> None:
    page = text_of(desk_of(cast.office).get(f"/inspections/{held.inspection.id}?rerun=1"))

    assert "按现行标准重算" in page
    assert "没有一条不同" in page


def test_the_stations_page_tells_of_visits_rectifications_and_trust(
    held: Held, cast: Cast, desk_of: DeskOf
) -> None:
    page = text_of(desk_of(cast.office).get(f"/stations/{cast.c1.id}"))

    assert "没有办结的整改" in page
    assert "历次督导" in page
    assert "王督导" in page
    assert "老李 督导核对" in page
    assert f"{full_day_text(held.inspection.day_on)} C0001 四（2）接待台席：站长自报符合" in page
    assert held.rectification.rule_code == COUNTER
