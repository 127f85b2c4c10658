from pathlib import Path

import pytest

from server.errors import Invalid, NotFound
from server.models.county import DivisionKind
from server.services.county.divisions import classify, rows_of, short_name
from server.settings import ROOT

DATA = ROOT / "data"


@pytest.mark.parametrize(
    ("name", "code", "kind"),
    [
        ("鹅城镇", "140926100", DivisionKind.TOWN),
        ("赤泥窊乡", "140926210", DivisionKind.TOWNSHIP),
        ("蔡寨回族乡", "411721212", DivisionKind.TOWNSHIP),
        ("满族屯满族苏木", "152221203", DivisionKind.TOWNSHIP),
        ("静乐县居民办事处", "140926400", DivisionKind.OFFICE),
        ("柏城街道", "411721001", DivisionKind.SUBDISTRICT),
        ("老王坡农场", "411721500", DivisionKind.FARM),
        ("湖北孝感经济开发区", "420901400", DivisionKind.ZONE),
        ("马家沟村委会", "140926100205", DivisionKind.VILLAGE_COMMITTEE),
        ("寇店村民委员会", "411721101200", DivisionKind.VILLAGE_COMMITTEE),
        ("巴彦嘎查委员会", "152221203200", DivisionKind.VILLAGE_COMMITTEE),
        ("北关社区居委会", "140926400001", DivisionKind.RESIDENTS_COMMITTEE),
        ("宝严寺居民委员会", "411721001001", DivisionKind.RESIDENTS_COMMITTEE),
        ("七连生活区", "659001500400", DivisionKind.FARM),
        ("矿区虚拟社区", "340400400498", DivisionKind.OTHER),
    ],
)
def test_a_division_is_what_its_name_says(name: str, code: str, kind: DivisionKind) -> None:
    assert classify(name, code) == kind


@pytest.mark.parametrize(
    ("official", "said"),
    [
        ("马家沟村委会", "马家沟村"),
        ("宋家村村委会", "宋家村"),
        ("寇店村民委员会", "寇店村"),
        ("肖村村民委员会", "肖村"),
        ("巴彦嘎查委员会", "巴彦嘎查"),
        ("甲嘎查", "甲嘎查"),
        ("三间房村", "三间房村"),
        ("北关社区居委会", "北关社区"),
        ("宝严寺居民委员会", "宝严寺居委会"),
    ],
)
def test_a_village_is_called_as_people_say(official: str, said: str) -> None:
    assert short_name(official) == said


def test_a_countys_rows_come_with_its_province_and_prefecture() -> None:
    rows = rows_of(DATA, "140926")

    assert [row.name for row in rows[:3]] == ["山西省", "忻州市", "静乐县"]
    assert len([row for row in rows if len(row.code) == 9]) == 13
    assert len([row for row in rows if len(row.code) == 12]) == 233


@pytest.mark.parametrize("code", ["999999", "1409", "静乐县", "14092x", ""])
def test_a_code_that_is_no_county_is_refused_in_words(code: str) -> None:
    with pytest.raises(NotFound, match="核对") as refused:
        rows_of(DATA, code)

    assert refused.value.code == "county-unknown"


def test_a_damaged_table_is_named(tmp_path: Path) -> None:
    (tmp_path / "divisions-2023.csv.xz").write_bytes(
        (DATA / "divisions-2023.csv.xz").read_bytes()[:9999]
    )

    with pytest.raises(Invalid, match="打不开或不完整"):
        rows_of(tmp_path, "140926")
