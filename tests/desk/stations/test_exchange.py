from collections.abc import Callable
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from server.models.person import Person
from server.models.station import Station
from server.settings import Settings
from tests.desk.conftest import ON_SQLITE, Desk, text_of, token_in
from tests.factories import Cast

DeskOf = Callable[[Person], Desk]
pytestmark = ON_SQLITE


def csv_of(*rows: str) -> bytes:
    return "\r\n".join(rows).encode("utf-8-sig")


def preview(desk: Desk, content: bytes, filename: str = "站点.csv") -> Any:
    return desk.post("/import/preview", file=(BytesIO(content), filename))


def names(session: Session) -> set[str]:
    return set(session.scalars(select(Station.name).where(Station.county == "140926")))


def test_the_export_comes_back_without_a_change(cast: Cast, desk_of: DeskOf) -> None:
    desk = desk_of(cast.office)
    exported = desk.get("/export.xlsx")

    page = text_of(preview(desk, exported.data, "站点.xlsx"))

    assert "filename" in exported.headers["Content-Disposition"]
    assert "没有变化 4 站" in page
    assert "不用导入" in page


def test_a_previewed_table_is_imported_and_the_preview_changes_nothing(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    from tests.factories import make_village

    make_village(session, code="140926100207", name="石河村")
    desk = desk_of(cast.office)
    seen = preview(desk, csv_of("级别,乡镇,村,地址", "村级快递便民服务点,鹅城镇,石河村,戏台旁"))
    before = names(session)

    said = desk.done("/import/apply", token=token_in(seen), filename="站点.csv")

    assert "新增 1 站" in text_of(seen)
    assert "石河村快递便民服务点" not in before
    assert "新增 1 站" in said
    assert "石河村快递便民服务点" in names(session)


def test_one_wrong_line_keeps_the_whole_table_out(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    desk, before = desk_of(cast.office), names(session)
    table = csv_of(
        "编号,乡镇,村,营业时间", "C0001,鹅城镇,马家沟村,9:00-17:00", "C0002,没有这个镇,某村,随便"
    )

    seen = preview(desk, table)
    answer = desk.post("/import/apply", token=token_in(seen), filename="站点.csv")

    page = text_of(seen)
    assert "有 1 行要改" in page
    assert "确认导入" not in page
    assert answer.status_code == 422
    session.refresh(cast.c1)
    assert cast.c1.hours[0][1] == "08:00"
    assert names(session) == before


def headless() -> bytes:
    return csv_of("甲,乙,丙", "1,2,3")


def merged() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["编号", "乡镇", "村"])
    sheet.append(["C0001", "鹅城镇", "马家沟村"])
    sheet.merge_cells("A2:B2")
    out = BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "filename", "told"),
    [
        (b"", "a.xlsx", "空"),
        (b"PK\x03\x04 not a table", "a.xlsx", "打不开"),
        (headless(), "a.csv", "表头"),
        (merged(), "a.xlsx", "合并"),
        (csv_of("编号,村", *["C0001,"] * 20_000), "a.csv", "5000"),
    ],
)
def test_a_file_that_is_no_such_table_is_refused_whole(
    session: Session, cast: Cast, desk_of: DeskOf, content: bytes, filename: str, told: str
) -> None:
    before = names(session)

    answer = preview(desk_of(cast.office), content, filename)

    assert answer.status_code == 422
    assert told in text_of(answer).replace(",", "")
    assert "一个也没有动" in text_of(answer)
    assert names(session) == before


def test_no_file_is_said(cast: Cast, desk_of: DeskOf) -> None:
    answer = desk_of(cast.office).post("/import/preview")

    assert answer.status_code == 422
    assert "还没有选文件" in text_of(answer)


def test_nobody_imports_what_somebody_else_previewed(
    session: Session, cast: Cast, desk_of: DeskOf, settings: Settings
) -> None:
    seen = preview(desk_of(cast.office), csv_of("编号,地址", "C0001,别处"))
    token = token_in(seen)

    answer = desk_of(cast.outsider).post("/import/apply", token=token, filename="站点.csv")
    strange = desk_of(cast.office).post("/import/apply", token="../../secrets", filename="a.csv")

    assert answer.status_code == 404
    assert strange.status_code == 404
    session.refresh(cast.c1)
    assert cast.c1.address == "村委会旁"
    assert len(list((settings.home / "uploads").iterdir())) == 1


def test_the_template_opens_with_the_headers_that_import_knows(cast: Cast, desk_of: DeskOf) -> None:
    answer = desk_of(cast.office).get("/template.xlsx")

    sheet = openpyxl.load_workbook(BytesIO(answer.data)).worksheets[0]
    headers = {cell.value for cell in sheet[1]}
    assert {"编号", "乡镇", "村"} <= {str(one).rstrip("*") for one in headers if one}
