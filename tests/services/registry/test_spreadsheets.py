import io
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import openpyxl
import pytest
from sqlalchemy import func, select
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from server.db import writing
from server.errors import Conflict, Invalid
from server.models.county import County
from server.models.history import HistoryLine
from server.models.statement import Statement
from server.models.station import IssuedCode, Station
from server.policy.hours import parse_hours
from server.policy.standard.facts import Level, Word
from server.services.plates.numbers import issue_code
from server.services.registry.sheet_columns import HEADERS
from server.services.registry.sheet_imports import ImportPlan, enter_import, plan_import
from server.services.registry.sheets import export_csv, export_xlsx, template_xlsx
from server.services.registry.stations import add_station
from server.services.standing.statements import say
from tests.databases import ON_SQLITE
from tests.factories import NOW, TODAY, Cast, make_station, make_village
from tests.services.registry.office import look

HEAD = ["乡镇", "村", "负责人", "营业时间", "面积（平方米）", "货架"]
SONG = ["鹅城镇", "宋家村", "宋大姐", "8:00-18:00", "6.5", "有"]


def xlsx(*rows: Sequence[Any], merge: str | None = None) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in rows:
        sheet.append(list(row))
    if merge:
        sheet.merge_cells(merge)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


@pytest.fixture
def house(session: Session, cast: Cast) -> Cast:
    """The cast, and one more village without a station."""
    make_village(session, code="140926100207", name="宋家村")
    return cast


def bring(session: Session, house: Cast, content: bytes, filename: str = "站点.xlsx") -> ImportPlan:
    plan = look(session, house, content, filename)
    enter_import(
        session, plan, county=house.county, by=house.office, now=NOW, on=TODAY, standards=()
    )
    return plan


def everything(session: Session) -> tuple[int, ...]:
    """How much there is of all that an import may write."""
    session.flush()
    return tuple(
        session.scalar(select(func.count()).select_from(model)) or 0
        for model in (Station, Statement, HistoryLine, IssuedCode)
    )


def test_a_preview_says_what_would_happen_and_changes_nothing(
    session: Session, house: Cast
) -> None:
    before = everything(session)

    found = look(session, house, xlsx(HEAD, SONG, ["鹅城镇", "马家沟村", "李福来", "", "", ""]))

    assert [(row.line, row.action, row.name) for row in found.rows] == [
        (2, "new", "宋家村快递便民服务点"),
        (3, "same", "马家沟村快递便民服务点"),
    ]
    assert found.ok
    assert everything(session) == before


@pytest.mark.parametrize(
    ("cell", "lines"),
    [
        ("每周一休息 8:30-17:30", ("周二至周日 08:30–17:30",)),
        ("8:30-17:30 周三休息", ("周一、周二、周四至周日 08:30–17:30",)),
        ("8:00-18:00（周日休息）", ("周一至周六 08:00–18:00",)),
        ("逢三、六、九 8:00-16:00", ("逢三、六、九 08:00–16:00",)),
    ],
)
def test_closed_days_in_a_cell_are_closed_days(
    session: Session, house: Cast, cell: str, lines: tuple[str, ...]
) -> None:
    content = f"编号,乡镇,村,营业时间\nC0001,鹅城镇,马家沟村,{cell}\n".encode()
    found = look(session, house, content, "站点.csv")

    assert found.rows[0].errors == ()
    assert [one["new"] for one in found.rows[0].changes] == [lines[0].replace("–", "-")]


def test_a_cell_whose_words_are_not_understood_is_refused_with_them(
    session: Session, house: Cast
) -> None:
    content = "编号,乡镇,村,营业时间\nC0001,鹅城镇,马家沟村,8:00-18:00 雨天除外\n".encode()

    [row] = look(session, house, content, "站点.csv").rows
    assert "营业时间里的“雨天除外”看不懂，请照“周一至周五 8:30-18:00；" in "".join(
        map(str, row.errors)
    )


def test_an_import_adds_and_changes_stations_with_history(session: Session, house: Cast) -> None:
    bring(session, house, xlsx(HEAD, SONG, ["鹅城镇", "马家沟村", "李新来", "", "8", "无"]))

    added = session.scalars(select(Station).where(Station.village_code == "140926100207")).one()
    assert (added.head_name, added.hours) == ("宋大姐", [[[1, 2, 3, 4, 5, 6, 7], "08:00", "18:00"]])
    assert house.c1.head_name == "李新来"
    words = session.scalars(select(Statement).where(Statement.station_id == house.c1.id)).all()
    assert {(one.fact, one.value, one.word) for one in words} == {
        ("floor_area_m2", "8", "reviewer"), ("shelves", False, "reviewer"),
    }  # fmt: skip
    edited = session.scalars(
        select(HistoryLine).where(HistoryLine.action == "station-imported")
    ).one()
    assert (edited.person_id, edited.reason) == (house.office.id, "表格导入")


def test_six_imports_of_one_file_at_once_add_its_village_once(
    engine: Engine, session: Session, house: Cast
) -> None:
    session.commit()
    content = xlsx(HEAD, SONG)
    start = threading.Barrier(6)

    def one(_number: int) -> int:
        start.wait()
        while True:  # as the desk does: a plan that somebody overtook is made anew
            with Session(engine) as reader:
                county = reader.get_one(County, house.county.code)
                plan = plan_import(
                    reader, county=county, content=content, filename="站点.xlsx", now=NOW
                )
            with suppress(Conflict), writing(engine) as own:
                county = own.get_one(County, house.county.code)
                enter_import(own, plan, county=county, by=None, now=NOW, on=TODAY, standards=())
                return plan.count("new")

    with ThreadPoolExecutor(6) as pool:
        added = list(pool.map(one, range(6)))

    assert sorted(added) == [0, 0, 0, 0, 0, 1]
    named = select(func.count()).select_from(Station).where(Station.village_code == "140926100207")
    assert session.scalar(named) == 1


def test_six_officers_adding_a_point_to_one_village_at_once_add_one(
    engine: Engine, session: Session, house: Cast
) -> None:
    session.commit()
    start = threading.Barrier(6)

    def one(_number: int) -> str:
        start.wait()
        try:
            with writing(engine) as own:
                add_station(
                    own,
                    county=own.get_one(County, house.county.code),
                    level=Level.VILLAGE_POINT,
                    village_code="140926100207",
                    by=None,
                    now=NOW,
                )
        except Conflict as problem:
            return problem.code
        return "added"

    with ThreadPoolExecutor(6) as pool:
        answers = sorted(pool.map(one, range(6)))

    assert answers == ["added"] + ["village-has-point"] * 5


def test_one_wrong_line_keeps_the_whole_file_out(session: Session, house: Cast) -> None:
    before = everything(session)
    content = xlsx(HEAD, SONG, ["鹅城镇", "没这个村", "", "", "", ""])

    with pytest.raises(Invalid, match="第3行") as refused:
        bring(session, house, content)

    assert (refused.value.code, refused.value.details["lines"]) == ("import-has-errors", [3])
    assert everything(session) == before


@pytest.mark.parametrize(
    ("cells", "sentence"),
    [
        ({"乡镇": "鹅城镇", "村": "没这个村"}, "没有“没这个村”"),
        ({"乡镇": "别的县的镇", "村": "宋家村"}, "没有“别的县的镇”"),
        ({"乡镇": "杜家村镇", "村": "宋家村"}, "没有“宋家村”"),
        ({"乡镇": "鹅城镇", "级别": "村级快递便民服务点"}, "哪个村"),
        ({"乡镇": "鹅城镇", "村": "宋家村", "级别": "县级"}, "级别“县级”不认识"),
        ({"乡镇": "鹅城镇", "村": "宋家村", "编号": "A12"}, "编号“A12”不对"),
        ({"乡镇": "鹅城镇", "村": "宋家村", "编号": "XZ0009", "级别": "村级"}, "不一致"),
        ({"乡镇": "鹅城镇", "村": "宋家村", "编号": "C0001"}, "与本行的村不一致"),
        ({"乡镇": "鹅城镇", "村": "马家沟村", "编号": "C0044"}, "不能改成C0044"),
        ({"乡镇": "鹅城镇", "村": "宋家村", "营业时间": "随时"}, "看不懂"),
        ({"乡镇": "鹅城镇", "村": "宋家村", "面积": "很大"}, "“面积”"),
        ({"乡镇": "鹅城镇", "村": "宋家村", "货架": "两个"}, "“货架”应填有或无"),
        ({"乡镇": "鹅城镇", "村": "宋家村", "开办日期": "开春"}, "“开办日期”"),
        ({"乡镇": "鹅城镇", "村": "宋家村", "运营企业": "没登记的公司"}, "还没有登记"),
        ({"乡镇": "鹅城镇", "村": "宋家村", "站点名称": "宋家村😀服务点"}, "印不到标识牌上"),
    ],
)
@ON_SQLITE
def test_a_wrong_line_says_what_is_wrong(
    session: Session, house: Cast, cells: dict[str, str], sentence: str
) -> None:
    found = look(session, house, xlsx(list(cells), list(cells.values())))

    [row] = found.rows
    assert row.action == "wrong"
    assert any(sentence in error for error in row.errors), row.errors


def test_two_lines_for_one_village_are_both_wrong(session: Session, house: Cast) -> None:
    found = look(session, house, xlsx(HEAD, SONG, SONG, ["鹅城镇", "马家沟", "", "", "", ""]))

    assert [row.action for row in found.rows] == ["wrong", "wrong", "same"]
    assert "第3行是同一个站点" in found.rows[0].errors[0]
    assert "第2行是同一个站点" in found.rows[1].errors[0]


def test_two_lines_cannot_bring_one_number(session: Session, house: Cast) -> None:
    head = ["乡镇", "村", "编号"]
    make_village(session, code="140926100208", name="张家村")

    found = look(
        session, house, xlsx(head, ["鹅城镇", "宋家村", "C0009"], ["鹅城镇", "张家村", "c9"])
    )

    assert [row.action for row in found.rows] == ["wrong", "wrong"]


def test_a_village_is_matched_through_its_aliases_and_spellings(
    session: Session, house: Cast
) -> None:
    from server.services.county.counties import add_alias, find_division

    township = find_division(session, "140926", "鹅城镇")
    add_alias(
        session, county=house.county, division=township, alias="鹅镇", source="口头叫法",
        by=None, now=NOW,
    )  # fmt: skip

    found = look(
        session, house,
        xlsx(HEAD, ["鹅镇", "马家沟村委会", "", "", "", ""], ["鹅 城 镇", "140926100206", "", "", "", ""]),
    )  # fmt: skip

    assert [row.station_id for row in found.rows] == [house.c1.id, house.c2.id]


def test_numbers_the_office_gave_before_come_in_and_are_followed(
    session: Session, house: Cast
) -> None:
    bring(session, house, xlsx(["编号", "乡镇", "村"], ["C0045", "鹅城镇", "宋家村"]))

    added = session.scalars(select(Station).where(Station.village_code == "140926100207")).one()
    fresh = make_station(session, code=None, name="新村")
    assert (added.code, issue_code(session, station=fresh, by=None, now=NOW)) == ("C0045", "C0046")


def test_headers_may_stand_in_any_order_under_a_title(session: Session, house: Cast) -> None:
    content = xlsx(
        ["静乐县快递站点统计表"],
        ["备注", "联系电话", "行政村（必填）", "所属乡镇*"],
        ["", 13800005678, "宋家村", "鹅城镇"],
        merge="A1:D1",
    )

    found = look(session, house, content)

    assert (found.count("new"), found.table.ignored) == (1, ("备注",))
    assert [(one["label"], one["new"]) for one in found.rows[0].changes] == [
        ("负责人电话", "13800005678")
    ]


@pytest.mark.parametrize(
    "rows",
    [
        [["甲", "乙", "丙"], ["1", "2", "3"]],
        [["负责人", "电话"], ["老李", "13800001234"]],
        [["乡镇", "村", "村名"], ["鹅城镇", "宋家村", "宋家村"]],
    ],
)
def test_wrong_headers_are_refused_in_words(
    session: Session, house: Cast, rows: list[list[str]]
) -> None:
    with pytest.raises(Invalid, match="请") as refused:
        look(session, house, xlsx(*rows))

    assert refused.value.code == "import-headers"


def test_twenty_thousand_rows_are_refused_with_words(session: Session, house: Cast) -> None:
    content = xlsx(HEAD, *([SONG] * 20_000))

    with pytest.raises(Invalid, match="超过5000行") as refused:
        look(session, house, content)

    assert refused.value.code == "import-too-many-rows"


@pytest.mark.parametrize(
    ("content", "filename", "code"),
    [
        (b"", "a.xlsx", "import-empty"),
        (b"  \n", "a.csv", "import-empty"),
        (b"\xff\xd8\xff\xe0" + bytes(200), "a.xlsx", "import-not-a-table"),
        (b"PK\x03\x04 cut short", "a.xlsx", "import-not-a-table"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a.xls", "import-not-a-table"),
        (b"x" * (10 * 1024 * 1024 + 1), "a.csv", "import-too-large"),
        (xlsx(HEAD), "a.xlsx", "import-empty"),
        (xlsx(), "a.xlsx", "import-headers"),
    ],
)
def test_a_file_that_is_no_stations_table_is_refused(
    session: Session, house: Cast, content: bytes, filename: str, code: str
) -> None:
    with pytest.raises(Invalid) as refused:
        look(session, house, content, filename)

    assert refused.value.code == code


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_csv_comes_in_every_encoding_offices_use(
    session: Session, house: Cast, encoding: str
) -> None:
    text = "乡镇,村,负责人,营业时间\r\n鹅城镇,宋家村,宋大姐,周一至周五 8:00-18:00\r\n"

    found = look(session, house, text.encode(encoding), "站点.csv")

    assert [(row.action, row.name) for row in found.rows] == [("new", "宋家村快递便民服务点")]


VILLAGE_HOURS = (
    "夏季5-10月 每天 7:30-12:00 14:30-19:30；冬季11-4月 周一至周六 8:30-17:30；节假日休息",
    "平时 9:00-17:00，逢三、六、九 7:00-次日1:00，农历初一、十五休息",
    "周一至周五 8:00-18:00，周六 9:00-12:00，周日电话预约，春节照常",
    "夏季每天 8:00-18:00；冬季每天休息",
)


@pytest.mark.parametrize("hours", VILLAGE_HOURS)
def test_an_export_comes_back_without_a_change(session: Session, house: Cast, hours: str) -> None:
    house.c1.hours = parse_hours(hours)
    house.c1.coop_modes, house.c1.serves = ["postal_coop", "commerce_coop"], ["140926100206"]
    house.c2.hours = [[[1, 2, 3], "08:00", "12:00"], [[1, 2, 3], "14:00", "18:30"]]
    for fact, value in (("floor_area_m2", "12.50"), ("shelves", False), ("zoning", True)):
        say(
            session, station=house.c1, fact=fact, value=value, word=Word.REVIEWER, on=TODAY,
            by=None, now=NOW,
        )  # fmt: skip
    session.flush()

    for content, name in (
        (export_xlsx(session, county=house.county, anchor=""), "站点.xlsx"),
        (export_csv(session, county=house.county), "站点.csv"),
    ):
        found = look(session, house, content, name)
        assert [(row.action, row.errors) for row in found.rows] == [("same", ())] * 4, found.rows
        assert "里也有站点" not in "".join(found.table.notes)  # the guide of our own is none


def test_a_cell_never_runs_as_a_formula(session: Session, house: Cast) -> None:
    house.c1.address = "=1+1"
    session.flush()

    content = export_csv(session, county=house.county)

    assert "'=1+1" in content.decode("utf-8-sig")
    assert look(session, house, content, "站点.csv").count("same") == 4
    book = openpyxl.load_workbook(io.BytesIO(export_xlsx(session, county=house.county, anchor="")))
    assert "=1+1" in [cell.value for row in book["站点"] for cell in row if cell.data_type == "s"]


def test_the_template_is_an_empty_sheet_with_our_headers_and_a_guide() -> None:
    book = openpyxl.load_workbook(io.BytesIO(template_xlsx()))

    assert [cell.value for cell in book["站点"][1]] == list(HEADERS)
    assert book["站点"].max_row == 1
    assert book["填写说明"]["A1"].value == "一行一个站点"
