"""Every paper that leaves the house bears the day's anchor, where the county has one."""

import io
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from urllib.parse import unquote

import pypdfium2
from docx import Document
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy.orm import Session

from server.models.person import Person, Role
from server.papers.inspection_copy import set_inspection_pdf
from server.papers.notice import set_notice_docx, set_notice_pdf
from server.services.common import chain, history
from server.services.registry.actions import RegistryAction
from tests.databases import ON_SQLITE
from tests.desk.role_matrix import MATRIX
from tests.factories import NOW, Cast, Pass, make_person
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


# Tables of one round, month, ranking or batch: `Foot` asks their makers for the anchor as well.
OF_ONE_THING = {
    "GET /desk/assessments/<int:assessment_id>.<any(pdf, xlsx):kind>",
    "GET /desk/reports/<int:organisation_id>/<month>/versions/<int:version>.<any(pdf, docx, xlsx):kind>",
    "GET /desk/reports/summary/<month>/<int:version>.<any(pdf, docx, xlsx):kind>",
    "GET /desk/rounds/<int:campaign_id>/reports/<int:version>.<any(xlsx, pdf):kind>",
    "GET /desk/rounds/<int:campaign_id>/results.<any(xlsx, pdf):kind>",
    "GET /desk/subsidies/batches/<int:batch_id>/finance.xlsx",
}  # fmt: skip
TEXTS = (
    "/desk/export.csv", "/desk/matters.csv", "/desk/coverage.csv",
    "/desk/reconciliation/table.csv", "/desk/pace/stations.csv",
)  # fmt: skip
TELLS_NOTHING = re.compile(r"template\.xlsx|<token>/marked\.xlsx")
"""Blank forms, and what somebody handed in and gets back marked."""


@ON_SQLITE
def test_every_table_of_the_desk_bears_the_anchor_that_the_chain_has(
    session: Session, cast: Cast, client: FlaskClient, at_desk: Callable[[Person], Pass]
) -> None:
    routes = [
        one
        for one in MATRIX
        if "xlsx" in one and one.startswith("GET") and not TELLS_NOTHING.search(one)
    ]
    plain = [re.sub(r"<any\(.*\):\w+>", "xlsx", one[4:]) for one in routes]
    plain = [one for one in plain if "<" not in one]
    own = make_person(
        session, name="鹅城专干", role=Role.TOWNSHIP_OFFICER, township_code=cast.township.code,
        login="echeng",
    )  # fmt: skip
    session.commit()

    def demonstrates(path: str) -> bool:
        """Whether a table says outside or inside that it is none of a real county's."""
        at_desk(own if "/proposals/" in path else cast.office)
        answer = client.get(path)
        assert answer.status_code == 200, path
        name = unquote(answer.headers["Content-Disposition"])
        if path.startswith("/desk/months"):
            cells = load_workbook(io.BytesIO(answer.data))["汇总"].iter_rows(values_only=True)
            return "演示数据" in str(list(cells))
        return "''演示数据-" in name and ("csv" in path or "演示数据" in foot(path))

    def foot(path: str) -> str:
        at_desk(own if "/proposals/" in path else cast.office)
        answer = client.get(path)
        assert answer.status_code == 200, path
        book = load_workbook(io.BytesIO(answer.data))
        return " ".join(str(sheet.oddFooter.left.text) for sheet in book.worksheets[:1])

    assert "存证" not in foot("/desk/months.xlsx")
    history.write(
        session, of=cast.c1, by=None, at=NOW, action=RegistryAction.STATION_EDITED, summary="一行"
    )
    session.commit()
    made = chain.anchor(session, county="140926", now=NOW - timedelta(days=1))
    session.commit()

    assert made is not None
    assert len(plain) >= 8
    assert {one for one in routes if one[4:].count("<") > one.count("<any")} == OF_ONE_THING
    plain.append("/desk/export.xlsx?closed=1")
    without = [path for path in plain if not foot(path).endswith(f"校验{made.hash[:16]}")]
    assert without == []
    # The month's own says how long its figures may change, and of an approved one that they do not.
    timeless = [path for path in plain if not re.search(r"\d\d:\d\d导出", foot(path))]
    assert timeless == ["/desk/months.xlsx"]

    at_desk(cast.office)
    for path in TEXTS:  # a CSV has no foot: a column of its own, or the name where it goes back in
        answer = client.get(f"{path}?state=all&part=all")
        text = answer.data.decode("utf-8-sig")
        named = re.search(r"\d{8}-\d{4}\.csv", unquote(answer.headers["Content-Disposition"]))
        assert named or "导出时间" in text.splitlines()[0] or re.search(r"\d\d:\d\d导出", text), (
            path
        )

    cast.county.demo = True
    session.commit()
    real = [path for path in (*plain, *TEXTS) if not demonstrates(path)]
    assert real == []
