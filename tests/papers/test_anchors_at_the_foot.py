"""Every paper that leaves the house bears the day's anchor, where the county has one."""

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pypdfium2
from docx import Document
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy.orm import Session

from server.models.person import Person
from server.papers.inspection_copy import set_inspection_pdf
from server.papers.notice import set_notice_docx, set_notice_pdf
from server.services.common import chain, history
from server.services.registry.actions import RegistryAction
from tests.databases import ON_SQLITE
from tests.factories import NOW, Cast, Pass
from tests.papers.sheets import COPY, SHEET

SAID = "存证 2023年7月5日 序号812 校验0123456789abcdef"


def pages(pdf: bytes) -> list[str]:
    with pypdfium2.PdfDocument(pdf) as document:
        said = [page.get_textpage().get_text_bounded() for page in document]
    return ["".join(one.split()) for one in said]


def test_each_page_of_a_letter_and_of_a_record_bears_it() -> None:
    for paper in (
        set_notice_pdf(replace(SHEET, anchor=SAID)),
        set_inspection_pdf(COPY, anchor=SAID),
    ):
        assert ["".join(SAID.split()) in text for text in pages(paper)] == [True] * len(
            pages(paper)
        )
    word = Document(io.BytesIO(set_notice_docx(replace(SHEET, anchor=SAID))))
    assert SAID in [one.text for one in word.sections[0].footer.paragraphs]


@ON_SQLITE
def test_a_months_file_bears_the_anchor_that_the_chain_has(
    session: Session, cast: Cast, client: FlaskClient, at_desk: Callable[[Person], Pass]
) -> None:
    at_desk(cast.office)

    def feet() -> set[str]:
        book = load_workbook(io.BytesIO(client.get("/desk/months.xlsx").data))
        return {str(book.worksheets[0].oddFooter.left.text)}

    assert "存证" not in str(feet())
    history.write(
        session, of=cast.c1, by=None, at=NOW, action=RegistryAction.STATION_EDITED, summary="一行"
    )
    session.commit()
    made = chain.anchor(session, county="140926", now=NOW - timedelta(days=1))
    session.commit()

    assert made is not None
    [foot] = feet()
    assert foot.endswith(f"校验{made.hash[:16]}")
