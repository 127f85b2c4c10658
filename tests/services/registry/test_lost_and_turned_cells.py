"""Positions in two columns or turned round, and characters that a lossy save has lost."""

import pytest
from sqlalchemy.orm import Session

from tests.databases import ON_SQLITE
from tests.factories import Cast
from tests.services.registry.office import SONG, look, news, one
from tests.sheets import Tab, xlsx

pytestmark = ON_SQLITE


@pytest.mark.parametrize(
    "cells",
    [
        {"纬度": "38.3558", "经度": "111.9403"},
        {"经度（°E）": "111.9403", "纬度（°N）": "38.3558"},
        {"东经": "111°56.418′", "北纬": "38°21.348′"},
        {"经度、纬度": "111.9403,38.3558"},
        {"经纬度（WGS-84）": "38.3558,111.9403"},
        {"位置": "38.3558,111.9403", "经度": "1"},
    ],
)
def test_a_position_in_two_columns_is_one(
    session: Session, house: Cast, cells: dict[str, str]
) -> None:
    assert news(one(session, house, **cells)) == {"位置": "38.355800,111.940300"}


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"纬度": "111.9403", "经度": "38.3558"}, "两格写反了"),
        ({"纬度": "38.3558", "经度": ""}, "没有写经度"),
        ({"纬度": "38.3", "经度": "111.9"}, "太粗"),
        ({"经度,纬度": "38.3558,111.9403"}, "写反了"),
    ],
)
def test_half_a_position_or_a_turned_one_is_refused(
    session: Session, house: Cast, cells: dict[str, str], said: str
) -> None:
    [error] = one(session, house, **cells).errors
    assert said in error


def test_a_column_on_a_map_s_own_datum_is_asked_about(session: Session, house: Cast) -> None:
    head = ["乡镇", "村", "经纬度（GCJ-02）", "百度坐标", "备注"]
    plan = look(session, house, xlsx(Tab([head, [*SONG[:2], "38.3558,111.9403", "1", "x"]])))

    assert [ask.partition("，")[0] for ask in plan.asks] == [
        "“经纬度（GCJ-02）”这一列没有读",
        "“百度坐标”这一列没有读",
    ]


@pytest.mark.parametrize("label", ["负责人", "地址", "名称"])
@pytest.mark.parametrize("lost", ["宋?姐", "宋？姐", "宋□姐"])
def test_a_character_that_a_lossy_save_lost_is_refused_by_its_cell(
    session: Session, house: Cast, label: str, lost: str
) -> None:
    [error] = one(session, house, **{label: lost}).errors
    assert error.startswith("C2 ")
    assert "转存时坏了的字" in error
