"""通报 at the desk: drafted over a ranking, written, looked at, issued on paper, withdrawn."""

import re
from collections.abc import Callable
from io import BytesIO
from typing import Any

import docx
import pypdfium2
from sqlalchemy import select
from sqlalchemy.orm import Session

from server.http import clock
from server.models.circular import Circular
from server.models.kept_paper import KeptPaper
from server.models.person import Person
from tests.databases import ON_SQLITE
from tests.desk.conftest import Desk, text_of
from tests.factories import Cast
from tests.services.reporting.assessed import issued_sheet

DeskOf = Callable[[Person], Desk]
pytestmark = ON_SQLITE


def hidden(desk: Desk, path: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', desk.get(path).get_data(as_text=True))
    assert found is not None, (path, name)
    return found[1]


def pdf_text(content: bytes) -> str:
    with pypdfium2.PdfDocument(content) as paper:
        pages = [page.get_textpage().get_text_bounded() for page in paper]
    return re.sub(r"\s+", "", "".join(pages))


def filled(desk: Desk, path: str, **more: str) -> dict[str, str]:
    page = desk.get(path).get_data(as_text=True)
    held = dict(re.findall(r'<input id="(\w+)" name="\w+"[^>]* value="([^"]*)"', page))
    opening = re.search(r'name="opening"[^>]*>([^<]*)<', page)
    return {
        "title": held["title"], "to": held["to"], "number": "静快专〔2026〕12号",
        "dated_on": clock.today().isoformat(), "opening": opening[1] if opening else "",
        "praise": "", "problems": "", "demands": "请补齐<b>。\n下月再看。", "copies_to": "县政府办",
        "seal": hidden(desk, path, "seal"), **more,
    }  # fmt: skip


def test_a_ranking_becomes_a_letter_issued_as_looked_at_and_marked_when_taken_back(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    office = desk_of(cast.office)
    offered = office.get("/pace").get_data(as_text=True)
    today = clock.today().isoformat()
    office.done("/circulars", on=today, level="village_point", what="filed")
    circular = session.scalars(select(Circular)).one()
    path = f"/circulars/{circular.id}"
    draft = office.get(f"{path}.pdf")
    office.done(path, **filled(office, path))
    clash = office.shown(
        path, **{**filled(office, path, demands="另写"), "seal": hidden(office, path, "seal")[:8]}
    )
    page = office.get(path)
    cast.c2.filed_on = None
    session.commit()
    changed = text_of(office.get(path))
    refused = office.shown(f"{path}/issue", seen=hidden(office, path, "seen"))
    unseen = desk_of(cast.officer).get(path).status_code
    office = desk_of(cast.office)
    office.done(f"{path}/figures")
    issued = office.done(f"{path}/issue", seen=hidden(office, path, "seen"))
    read = desk_of(cast.officer).get(path)
    paper, word = (desk_of(cast.officer).get(f"{path}.{kind}") for kind in ("pdf", "docx"))
    office = desk_of(cast.office)
    office.done(f"{path}/withdraw", reason="一处数字要核")
    marked, marked_word = (office.get(f"{path}.{kind}") for kind in ("pdf", "docx"))
    taken_back = text_of(office.get("/circulars"))

    assert "照这个排名起草通报" in offered
    assert "草稿没有印发" in pdf_text(draft.data)
    assert clash.status_code == 409
    assert "请补齐&lt;b&gt;。" in page.get_data(as_text=True)
    assert "静快专〔2026〕12号" in text_of(page)
    assert "起草以后 1 行数字变了 鹅城镇：" in changed
    assert "还没有印发" in text_of(refused)
    assert unseen == 404
    assert "印发了，内容从此固定" in issued
    assert "写这份通报" not in text_of(read)
    said = pdf_text(paper.data)
    for words in ("静快专〔2026〕12号", "村级点已备案情况", "二、工作要求", "50%", "特此通报。"):
        assert words in said
    assert "已撤回" not in said
    document = docx.Document(BytesIO(word.data))
    assert [cell.text for cell in document.tables[0].rows[1].cells] == [
        "1", "杜家村镇", "1", "0", "0", "1", "100%"
    ]  # fmt: skip
    lines = [one.text for one in document.paragraphs]
    assert lines.index("请补齐<b>。") < lines.index("下月再看。") < lines.index("特此通报。")
    assert "已撤回" in pdf_text(marked.data)
    assert "已撤回" in docx.Document(BytesIO(marked_word.data)).paragraphs[0].text
    assert "已撤回" in taken_back
    kept = session.execute(select(KeptPaper.stage, KeptPaper.kind).order_by(KeptPaper.id)).all()
    assert [tuple(one) for one in kept] == [
        ("", "pdf"), ("", "docx"), ("withdrawn", "pdf"), ("withdrawn", "docx")
    ]  # fmt: skip


def test_an_assessments_draft_says_what_it_would_tell_everybody(
    session: Session, cast: Cast, desk_of: DeskOf, standards: Any
) -> None:
    sheet = issued_sheet(session, cast, standards)
    session.commit()
    office = desk_of(cast.office)
    button = office.get(f"/assessments/{sheet.id}").get_data(as_text=True)
    office.done("/circulars", assessment=str(sheet.id))
    path = f"/circulars/{session.scalars(select(Circular.id)).one()}"
    page = text_of(office.get(path))
    early = office.shown(f"{path}/issue", seen=hidden(office, path, "seen"))
    office.done(f"/assessments/{sheet.id}/withdraw", reason="算错")
    gone = text_of(office.get(path))
    odd = office.post("/circulars", on="2026-02-31", level="x", what="y").status_code

    assert "照这个结果起草通报" in button
    assert "各看各的" in page
    assert "请写发文字号" in text_of(early)
    assert "已经撤回或者还没有发布" in gone
    assert odd == 422
    assert len(session.scalars(select(Circular)).all()) == 1
