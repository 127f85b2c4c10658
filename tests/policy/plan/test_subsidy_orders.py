"""An order is paid for only if its cells say what it is and where it went."""

import pytest

from server.policy.plan.subsidy_orders import where_not, why_not_paid

INSIDE = ("静乐县", "静乐", "鹅城镇")
PAID = {"farm": "是", "product": "小米", "platform": "拼多多", "destination": "太原市小店区"}


def test_an_order_with_all_of_it_is_paid() -> None:
    assert why_not_paid(PAID, INSIDE) == ""
    for there in ("山西省太原市小店区", "晋城市城区", "岚县", "宁武县", "北京市朝阳区"):
        assert where_not(there, INSIDE) == ""


@pytest.mark.parametrize(
    ("there", "outside"),
    [
        ("江苏省昆山市", True), ("上海市", True), ("广东省", True), ("北京", True), ("香港", True),
        ("山西省原平市", True), ("山西省太原市", True), ("吉林市", True),
        ("山西省忻州市", False), ("山西省", False), ("山西省外", False), ("原平市", False),
        ("丽华超市", False), ("上海路", False), ("北京市场", False), ("广东省深圳市静乐路5号", False),
    ],
)  # fmt: skip
def test_another_province_or_city_is_outside(there: str, outside: bool) -> None:  # noqa: FBT001
    why = where_not(there, INSIDE, province="山西省", prefecture="忻州市")

    assert (why == "") is outside
    assert where_not("上海市", INSIDE) != ""  # nothing is known of the county


@pytest.mark.parametrize("filler", ["/", "无", "同上", "待定", "-", "0"])
@pytest.mark.parametrize("cell", ["farm", "product", "platform", "destination"])
def test_a_cell_that_only_fills_the_box_is_not_paid_for(cell: str, filler: str) -> None:
    assert why_not_paid(PAID | {cell: filler}, INSIDE) != ""


@pytest.mark.parametrize(
    "there",
    [
        "本县",
        "我县",
        "本县段家寨",
        "县内",
        "县城",
        "县外",
        "外县",
        "外省市",
        "市区",
        "郊区",
        "全国各县",
        "阳光小区",
        "丽华超市",
        "东关市场",
        "城东社区",
        "开发区",
    ],
)
def test_words_that_name_no_county_are_not_outside_for_sure(there: str) -> None:
    assert where_not(there, INSIDE) != ""
