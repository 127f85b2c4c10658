from collections.abc import Callable
from io import BytesIO
from typing import Any

import pypdfium2
import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from server.media.blobs import FolderStore
from server.models.inspection import RoundReport
from server.models.kept_paper import KeptPaper
from server.models.person import Person
from server.services.rounds.reports import figures_hash
from tests.api.rounds import days_from_now, open_round
from tests.databases import ON_SQLITE
from tests.desk.conftest import Desk, named, text_of
from tests.desk.held_rounds import COUNTER, Held, hold, inspected, seen_at
from tests.factories import Cast

DeskOf = Callable[[Person], Desk]
pytestmark = ON_SQLITE


@pytest.fixture
def held(
    client: FlaskClient, session: Session, cast: Cast, blobs: FolderStore, standards: Any
) -> Held:
    return hold(client, session, cast, blobs, standards)


def test_results_are_told_per_township_clause_and_station(
    held: Held, cast: Cast, desk_of: DeskOf
) -> None:
    page = text_of(desk_of(cast.office).get(f"/rounds/{held.campaign.id}/results"))

    assert "全县 4 1 0 0 0 3 0 0 0 1 0 0" in page
    assert "四（2） 接待台席 — 1 —" in page or "四（2） 接待台席 0 1 —" in page
    assert "四（2）接待台席" in page


def test_a_visit_that_comes_while_the_office_looks_is_seen_before_the_result_goes_up(
    client: FlaskClient, session: Session, held: Held, cast: Cast, desk_of: DeskOf
) -> None:
    desk, where = desk_of(cast.office), f"/rounds/{held.campaign.id}"
    typed = {"sure": "yes", "reported_to": "县政府办公室"}
    seen = seen_at(desk, where)
    inspected(client, session, cast, held.campaign, cast.c2)

    refused = desk.post(f"{where}/report", **typed, **seen)

    assert refused.status_code == 409
    assert "这一轮的数字变了" in text_of(refused)
    assert desk.get(f"{where}/reports/1").status_code == 404
    again = refused.get_data(as_text=True).split('name="figures" value="')[1].split('"')[0]
    assert again != seen["figures"]
    desk.done(f"{where}/report", **typed, figures=again)
    assert "全县 4 2 " in text_of(desk.get(f"{where}/reports/1"))


def test_what_went_up_stays_and_what_changed_since_is_named(
    client: FlaskClient, session: Session, held: Held, cast: Cast, desk_of: DeskOf
) -> None:
    desk, where = desk_of(cast.office), f"/rounds/{held.campaign.id}"

    bare = desk.post(f"{where}/report", **seen_at(desk, where), reported_to=" ")
    first = desk.done(
        f"{where}/report", **seen_at(desk, where), sure="yes", reported_to="县政府办公室"
    )
    same = desk.post(
        f"{where}/report", **seen_at(desk, where), sure="yes", reported_to="县政府办公室"
    )
    inspected(client, session, cast, held.campaign, cast.c2)
    live = text_of(desk.get(f"{where}/results"))
    without = desk.post(
        f"{where}/report", **seen_at(desk, where), sure="yes", reported_to="县政府办公室"
    )
    second = desk.done(
        f"{where}/report",
        **seen_at(desk, where),
        sure="yes",
        reported_to="县政府办公室",
        because="补查一站",
    )
    old = text_of(desk.get(f"{where}/reports/1"))

    assert (bare.status_code, same.status_code, without.status_code) == (422, 409, 422)
    assert "与上报时一致" in first
    assert "上报以后有 1 处变化" in live
    assert "C0002 杨家山村快递便民服务点：报告里是待查，现在是已查" in live
    assert "第 2 版" in second
    assert "原因：补查一站" in second
    assert "这是旧版" in old
    assert "全县 4 1 " in old
    assert desk.get(f"{where}/reports/3").status_code == 404


def test_november_stands_beside_july_clause_by_clause(
    client: FlaskClient, session: Session, held: Held, cast: Cast, standards: Any, desk_of: DeskOf
) -> None:
    later = open_round(session, cast, standards, name="复查", opens_on=days_from_now(0))
    inspected(client, session, cast, later, cast.c1)
    desk, where = desk_of(cast.office), f"/rounds/{later.id}/results"

    page = text_of(desk.get(where))
    alone = text_of(desk.get(f"{where}?earlier=0"))
    book = load_workbook(BytesIO(desk.get(f"{where}.xlsx").data))
    pdf = desk.get(f"{where}.pdf")

    assert "两轮都查过 1 站" in page
    assert "四（2） 接待台席 1 — — — —" in page
    assert "两轮都查过" not in alone
    assert {"汇总", "乡镇"} <= set(book.sheetnames)
    assert pdf.data.startswith(b"%PDF")
    assert held.rectification.rule_code == COUNTER


def test_a_reported_versions_files_stay_the_same_byte_for_byte(
    client: FlaskClient, session: Session, held: Held, cast: Cast, standards: Any, desk_of: DeskOf
) -> None:
    later = open_round(session, cast, standards, name="复查", opens_on=days_from_now(0))
    inspected(client, session, cast, later, cast.c1, [COUNTER])
    desk, where = desk_of(cast.office), f"/rounds/{later.id}"
    desk.done(
        f"{where}/report",
        **seen_at(desk, where),
        sure="yes",
        reported_to="县政府办公室",
        earlier=str(held.campaign.id),
    )
    before = {kind: desk.get(f"{where}/reports/1.{kind}").data for kind in ("xlsx", "pdf")}

    # Everything that a file says changes afterwards.
    inspected(client, session, cast, later, cast.c2, [COUNTER])
    cast.office.name, cast.c1.name = "新来的人", "改了名的站"
    cast.county.name, cast.county.options = "改了名的县", {"issuer": "改了名的专班"}
    session.commit()
    after = {kind: desk.get(f"{where}/reports/1.{kind}").data for kind in ("xlsx", "pdf")}
    desk.done(
        f"{where}/report",
        **seen_at(desk, where),
        sure="yes",
        reported_to="县政府办公室",
        because="补查一站",
    )

    assert after == before
    assert named(desk.get(f"{where}/reports/1.pdf")).endswith("结果（第1版，已有第2版）.pdf")
    assert named(desk.get(f"{where}/reports/2.xlsx")).endswith("结果（第2版）.xlsx")
    first, second = (book_of(desk, f"{where}/reports/{one}.xlsx") for one in (1, 2))
    live = book_of(desk, f"{where}/results.xlsx")
    assert first["上报情况"].startswith("第1版 · 报送于")
    assert first["上报情况"].endswith("报送给县政府办公室 · 由县办")
    assert (first["已有结果"], second["已有结果"]) == (1, 2)
    assert second["再报的原因"] == "补查一站"
    assert live["上报情况"].startswith("实时数据，统计到")
    assert live["上报情况"].endswith("报县政府办公室，此后没有变化")
    assert {"整改", "说法不一", "与上一轮比条款"} <= sheets_of(desk, f"{where}/reports/1.xlsx")
    assert "合计" in paper_of(desk, f"{where}/reports/1.pdf")
    assert "第1版·报送于" in paper_of(desk, f"{where}/reports/1.pdf")
    assert "实时数据，统计到" in paper_of(desk, f"{where}/results.pdf")
    assert desk.get(f"{where}/reports/3.xlsx").status_code == 404


def test_a_township_officer_reads_the_own_townships_results_and_no_others(
    client: FlaskClient, session: Session, held: Held, cast: Cast, standards: Any, desk_of: DeskOf
) -> None:
    later = open_round(
        session, cast, standards, name="复查", opens_on=days_from_now(0),
        assignments={cast.other_township.code: cast.office.id},
    )  # fmt: skip
    for station in (cast.c1, cast.c3):
        inspected(client, session, cast, later, station, [COUNTER])
    office, where = desk_of(cast.office), f"/rounds/{later.id}"
    office.done(
        f"{where}/report", sure="yes", reported_to="县政府办公室",
        earlier=str(held.campaign.id), **seen_at(office, where),
    )  # fmt: skip
    theirs = desk_of(cast.officer)

    pages = [
        text_of(theirs.get(f"{where}/{page}"))
        for page in ("results", "reports/1", "results?earlier=0")
    ]
    papers = [paper_of(theirs, f"{where}/{name}.pdf") for name in ("results", "reports/1")]
    books = [book_of(theirs, f"{where}/{name}.xlsx") for name in ("results", "reports/1")]
    cells = [whole_book(theirs, f"{where}/{name}.xlsx") for name in ("results", "reports/1")]

    for text in (*pages, *papers, *cells):
        assert "C0003" in text
        for foreign in ("马家沟", "杨家山", "C0001", "C0002", "XZ0001", "鹅城", "老李"):
            assert foreign not in text
    for book in books:
        assert (book["应查"], book["已有结果"], book["不达标"]) == (1, 1, 1)
        assert "杜家村镇" in book["轮次"]
    assert "合计 1 1 " in pages[0]
    assert theirs.post(f"{where}/report", sure="yes", reported_to="县政府办公室").status_code == 403


def test_what_changed_since_is_told_to_each_of_the_own_stations(
    client: FlaskClient, session: Session, held: Held, cast: Cast, desk_of: DeskOf
) -> None:
    where = f"/rounds/{held.campaign.id}"
    office = desk_of(cast.office)
    office.done(
        f"{where}/report",
        **seen_at(office, where),
        sure="yes",
        reported_to="县政府办公室",
    )
    inspected(client, session, cast, held.campaign, cast.c2)

    page = text_of(desk_of(cast.officer).get(f"{where}/results"))

    assert "上报以后有" not in page
    assert "上报以后有 1 处变化" in text_of(desk_of(cast.office).get(f"{where}/results"))


def test_a_report_of_the_first_release_still_gives_files_and_the_townships_part(
    session: Session, held: Held, cast: Cast, desk_of: DeskOf
) -> None:
    desk, where = desk_of(cast.office), f"/rounds/{held.campaign.id}"
    desk.done(f"{where}/report", **seen_at(desk, where), sure="yes", reported_to="县政府办公室")
    made = session.scalars(select(RoundReport)).one()
    made.figures = first_release(made.figures)
    made.figures_sha256 = figures_hash(made.figures)
    session.execute(update(KeptPaper).values(stage="later"))  # that release kept no files
    session.commit()

    book = book_of(desk, f"{where}/reports/1.xlsx")
    sheets = sheets_of(desk, f"{where}/reports/1.xlsx")
    theirs = text_of(desk_of(cast.officer).get(f"{where}/reports/1"))

    assert book["应查"] == 4
    assert "整改" not in sheets
    assert "合计 1 0 " in theirs
    assert "马家沟" not in theirs


def first_release(figures: dict[str, Any]) -> dict[str, Any]:
    """Figures as 0.2 froze them: no annex, no codes, no verdicts beside a station."""
    newer = ("township_code", "verdicts", "late")
    stations = [
        {name: value for name, value in one.items() if name not in newer}
        for one in figures["stations"]
    ]
    return {
        **{name: value for name, value in figures.items() if name != "annex"},
        "stations": stations,
    }


def book_of(desk: Desk, path: str) -> dict[str, Any]:
    """The first sheet of a workbook, as names and values."""
    sheet = load_workbook(BytesIO(desk.get(path).data))["汇总"]
    return {str(name): value for name, value in sheet.iter_rows(min_row=2, values_only=True)}


def whole_book(desk: Desk, path: str) -> str:
    book = load_workbook(BytesIO(desk.get(path).data))
    return " ".join(
        str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row
    )


def sheets_of(desk: Desk, path: str) -> set[str]:
    return set(load_workbook(BytesIO(desk.get(path).data)).sheetnames)


def paper_of(desk: Desk, path: str) -> str:
    with pypdfium2.PdfDocument(desk.get(path).data) as document:
        return "".join(page.get_textpage().get_text_bounded() for page in document).replace(" ", "")
