"""An import taken back: everything nobody touched since goes back, everything else is named."""

from typing import Any

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from server.errors import Conflict, Invalid
from server.models.history import HistoryLine
from server.models.sheet_import import SheetImport
from server.models.sign import Sign
from server.models.station import IssuedCode, Station
from server.policy.standard.facts import Word
from server.services.common import history
from server.services.plates.numbers import issue_code
from server.services.registry.sheet_imports import enter_import, plan_import
from server.services.registry.sheet_undo import plan_undo, undo_import
from server.services.registry.stations import edit_station
from server.services.standing.statements import newest, say
from tests.factories import NOW, TODAY, Cast, make_keeping, make_person, make_sign, make_village
from tests.sheets import Tab, xlsx

HEAD = ["编号", "乡镇", "村", "负责人", "地址", "营业时间", "面积", "货架"]
MA = ["C0001", "鹅城镇", "马家沟村", "新站长", "戏台旁", "9:00-17:00", "20", "有"]
SONG = ["C0045", "鹅城镇", "宋家村", "宋大姐", "", "8:00-18:00", "6.5", "有"]


@pytest.fixture
def house(session: Session, cast: Cast) -> Cast:
    """The cast, and one more village without a station."""
    make_village(session, code="140926100207", name="宋家村")
    return cast


def bring(session: Session, house: Cast, *rows: list[str]) -> SheetImport:
    content = xlsx(Tab([HEAD, *rows]))
    plan = plan_import(session, county=house.county, content=content, filename="七月.xlsx", now=NOW)
    return enter_import(
        session, plan, county=house.county, by=house.office, now=NOW, on=TODAY, standards=()
    )


def undo(session: Session, house: Cast, made: SheetImport) -> list[str]:
    """What was left."""
    undo_import(session, made, by=house.office, now=NOW, standards=())
    return list(made.left)


def said(session: Session, station: Station, fact: str) -> Any:
    [newest_one] = newest(session, station_ids=[station.id], fact=fact, word=Word.REVIEWER)
    return newest_one.value


def count(session: Session, model: Any) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


def test_an_import_is_one_line_with_its_stations_folded_inside(
    session: Session, house: Cast
) -> None:
    made = bring(session, house, MA, SONG)

    [deed] = history.lines(session, county="140926", station_id=None)
    parts = history.parts_of(session, county="140926", ids=[deed.id], most=9)[deed.id]
    assert (deed.id, deed.action, deed.who) == (made.history_id, "sheet-imported", "县办")
    assert deed.summary.startswith(
        "表格导入“七月.xlsx”：新增1站，修改1站，0站没有变化。表里有字的3行"
    )
    assert [(one.station[:5], one.action) for one in parts] == [
        ("C0001", "station-imported"),
        ("C0045", "station-added"),
    ]
    [line] = history.lines(session, county="140926", station_id=house.c1.id)
    assert [change["label"] for change in line.changes] == [
        "负责人", "地址", "营业时间", "面积", "货架",
    ]  # fmt: skip


def test_an_import_taken_back_leaves_everything_as_it_was(session: Session, house: Cast) -> None:
    say(
        session, station=house.c1, fact="floor_area_m2", value="12", word=Word.REVIEWER,
        on=TODAY.replace(day=1), by=house.office, now=NOW,
    )  # fmt: skip
    before = (house.c1.head_name, house.c1.address, house.c1.hours)
    stations, codes = count(session, Station), count(session, IssuedCode)
    made = bring(session, house, MA, SONG)

    left = undo(session, house, made)

    session.refresh(house.c1)
    assert left == []
    assert (house.c1.head_name, house.c1.address, house.c1.hours) == before
    assert said(session, house.c1, "floor_area_m2") == "12"
    assert said(session, house.c1, "shelves") is None
    assert (count(session, Station), count(session, IssuedCode)) == (stations, codes)
    assert made.undone_by == house.office.id


def test_what_was_undone_can_be_imported_again(session: Session, house: Cast) -> None:
    undo(session, house, bring(session, house, MA, SONG))

    made = bring(session, house, MA, SONG)

    assert (made.new, made.changed) == (1, 1)
    assert session.scalar(select(Station.head_name).where(Station.code == "C0045")) == "宋大姐"


def test_taking_back_is_written_down_with_a_part_for_each_station(
    session: Session, house: Cast
) -> None:
    made = bring(session, house, MA, SONG)
    undo(session, house, made)

    deed = history.lines(session, county="140926", station_id=None)[0]
    parts = history.parts_of(session, county="140926", ids=[deed.id], most=9)[deed.id]
    assert deed.summary == "撤回表格导入“七月.xlsx”：退回1站，移除1站，留下0处"
    assert [(one.action, one.summary) for one in parts] == [
        ("station-put-back", "退回负责人、地址、营业时间、面积、货架"),
        ("station-removed", "移除宋家村快递便民服务点"),
    ]
    assert {"field": "address", "label": "地址", "old": "戏台旁", "new": "村委会旁"} in list(
        parts[0].changes
    )


def test_a_field_that_somebody_changed_since_is_left_and_named(
    session: Session, house: Cast
) -> None:
    made = bring(session, house, MA)
    edit_station(
        session, station=house.c1, changes={"address": "学校旁"}, by=house.officer, now=NOW,
        reason="搬了", standards=(),
    )  # fmt: skip

    left = undo(session, house, made)

    session.refresh(house.c1)
    assert (house.c1.address, house.c1.head_name) == ("学校旁", "李福来")
    assert left == [f"{house.c1.name}：“地址”镇干7月5日改过，现在是“学校旁”"]


def test_a_field_that_was_changed_and_changed_back_is_left_as_well(
    session: Session, house: Cast
) -> None:
    made = bring(session, house, MA)
    for address in ("学校旁", "戏台旁"):
        edit_station(
            session, station=house.c1, changes={"address": address}, by=house.officer, now=NOW,
            reason="核对", standards=(),
        )  # fmt: skip

    left = undo(session, house, made)

    assert house.c1.address == "戏台旁"
    assert "“地址”镇干7月5日改过" in left[0]


def test_a_word_that_the_desk_gave_since_is_left_and_named(session: Session, house: Cast) -> None:
    made = bring(session, house, MA)
    say(
        session, station=house.c1, fact="floor_area_m2", value="15", word=Word.REVIEWER, on=TODAY,
        by=house.officer, now=NOW,
    )  # fmt: skip

    left = undo(session, house, made)

    assert said(session, house.c1, "floor_area_m2") == "15"
    assert left == [f"{house.c1.name}：“面积”镇干7月5日另外说过，没有动"]


def test_a_new_station_on_which_something_hangs_stays_and_is_named(
    session: Session, house: Cast
) -> None:
    made = bring(session, house, SONG)
    station = session.scalars(select(Station).where(Station.code == "C0045")).one()
    make_keeping(session, make_person(session, name="宋大姐"), station)

    left = undo(session, house, made)

    assert left == ["宋家村快递便民服务点：已经有站长1条，没有移除。不用的话，请在站点页办停业"]
    assert session.get(Station, station.id) is not None


def test_a_new_station_that_was_numbered_since_stays(session: Session, house: Cast) -> None:
    made = bring(session, house, ["", *SONG[1:]])
    station = session.scalars(select(Station).where(Station.village_code == "140926100207")).one()
    issue_code(session, station=station, by=house.officer, now=NOW)

    left = undo(session, house, made)

    assert "已经有编号1条" in " ".join(left)
    assert session.get(Station, station.id) is not None


def test_a_number_on_a_plate_is_not_taken_back(session: Session, house: Cast) -> None:
    house.c2.code = None
    session.flush()
    made = bring(session, house, ["C0077", "鹅城镇", "杨家山村", "", "", "", "", ""])
    make_sign(session, house.c2)

    left = undo(session, house, made)

    assert (house.c2.code, count(session, Sign)) == ("C0077", 1)
    assert left == [f"{house.c2.name}：编号C0077已经做了标识牌，没有收回"]


def test_an_import_is_taken_back_once(session: Session, house: Cast) -> None:
    made = bring(session, house, MA)
    undo(session, house, made)

    with pytest.raises(Conflict, match="已经撤回过") as refused:
        undo_import(session, made, by=house.office, now=NOW, standards=())

    assert refused.value.code == "import-undone"


def test_looking_at_what_would_go_back_changes_nothing(session: Session, house: Cast) -> None:
    made = bring(session, house, MA, SONG)
    lines = count(session, HistoryLine)

    plan = plan_undo(session, made)

    assert [(len(one.back), one.removed) for one in plan] == [(5, False), (1, True)]
    assert (count(session, HistoryLine), house.c1.address) == (lines, "戏台旁")


def test_an_import_that_is_not_what_was_looked_at_is_refused(session: Session, house: Cast) -> None:
    plan = plan_import(
        session, county=house.county, content=xlsx(Tab([HEAD, MA])), filename="a.xlsx", now=NOW
    )
    edit_station(
        session, station=house.c1, changes={"address": "学校旁"}, by=house.officer, now=NOW,
        reason="搬了", standards=(),
    )  # fmt: skip

    with pytest.raises(Conflict, match="有人改过登记") as refused:
        enter_import(
            session, plan, county=house.county, by=house.office, now=NOW, on=TODAY, standards=()
        )

    assert refused.value.code == "import-outdated"
    assert house.c1.address == "学校旁"


def test_new_hours_take_back_what_was_said_of_the_old_board(session: Session, house: Cast) -> None:
    say(
        session, station=house.c1, fact="hours_board_matches", value=True, word=Word.REVIEWER,
        on=TODAY, by=house.office, now=NOW,
    )  # fmt: skip

    bring(session, house, MA)

    assert said(session, house.c1, "hours_board_matches") is None
    [line] = [
        one
        for one in history.lines(session, county="140926", station_id=house.c1.id)
        if one.action == "station-imported"
    ]
    assert line.changes[-1]["label"] == "营业时间牌内容"


def test_a_new_station_whose_days_contradict_one_another_is_refused_by_its_cell(
    session: Session, house: Cast
) -> None:
    content = xlsx(
        Tab(
            [
                ["乡镇", "村", "开办日期", "备案日期"],
                ["鹅城镇", "宋家村", "2023-05-01", "2020-01-01"],
            ]
        )
    )
    plan = plan_import(session, county=house.county, content=content, filename="a.xlsx", now=NOW)

    assert plan.rows[0].errors[0].startswith("D2 “备案日期”比“开办日期”早一年以上")
    with pytest.raises(Invalid, match="D2"):
        enter_import(
            session, plan, county=house.county, by=house.office, now=NOW, on=TODAY, standards=()
        )


def test_what_an_import_asks_does_not_grow_with_its_rows(session: Session, house: Cast) -> None:
    asked: list[str] = []
    connection = session.connection()
    yang = ["C0002", "鹅城镇", "杨家山村"]

    def note(*given: Any) -> None:
        asked.append(str(given[2]).split(" SET ")[0])

    def cost(*rows: list[str]) -> int:
        content = xlsx(Tab([HEAD, *rows]))
        plan = plan_import(
            session, county=house.county, content=content, filename="a.xlsx", now=NOW
        )
        asked.clear()
        event.listen(connection, "before_cursor_execute", note)
        enter_import(
            session, plan, county=house.county, by=house.office, now=NOW, on=TODAY, standards=()
        )
        event.remove(connection, "before_cursor_execute", note)
        # What is written is written row by row where the database has no other way.
        by_row = ("UPDATE stations", "INSERT INTO state", "INSERT INTO filing_steps")
        return sum(not one.startswith(by_row) for one in asked)

    first, other = (
        ["头一位", "村口", "8:00-12:00", "20", "无"],
        ["别人", "庙旁", "10:00-17:00", "21", "无"],
    )
    cost([*MA[:3], *first], [*yang, *first])  # a station's first step of filing begins its book
    assert cost([*MA[:3], *other]) == cost(MA, [*yang, *MA[3:]])
