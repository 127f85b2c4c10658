"""An order is paid for only if its cells say what it is and where it went."""

import pytest

from server.policy.plan.destinations import Places
from server.policy.plan.subsidy_orders import Home, Unpaid, Why, called_off, where_not, why_not_paid
from server.services.county.divisions import counties_of_the_country
from server.settings import ROOT

COUNTRY = Places(counties_of_the_country(ROOT / "data"))
JINGLE = Home("140926", "静乐县", ("鹅城镇", "康家会镇", "城关镇"), COUNTRY)
PAID = {"farm": "是", "product": "小米", "platform": "拼多多", "destination": "太原市小店区"}


def words(why: Why | None) -> str:
    """What a reason says."""
    return why.words if why else ""


def test_an_order_with_all_of_it_is_paid() -> None:
    assert why_not_paid(PAID, JINGLE) is None


OUTSIDE = """
    江苏省昆山市 昆山市 原平市 山西省原平市 忻州原平市 忻府区 岚县 晋城市城区 山西省太原市 太原市 山西太原
    上海市 广东省 北京 香港 吉林市 海南 四川内江 新疆伊犁 江苏苏州昆山市 江苏,苏州,昆山市 寄往北京市
    河南省内黄县 湖南省道县 围场县 山西省怀仁县 青岛市即墨市 上海市郊区 海南州 东莞市 仙桃市 台湾省台北市
    河北省保定市涞水县城关镇 太原市小店区静乐路 内蒙古自治区鄂尔多斯市准格尔旗 哈尔滨道外区 北京海淀 上海浦东新区 浙江杭州 北京朝阳 重庆渝北 山西太原小店
"""


@pytest.mark.parametrize("there", OUTSIDE.split())
def test_another_county_city_or_province_is_outside(there: str) -> None:
    assert where_not(there, JINGLE) is None


@pytest.mark.parametrize(
    ("there", "why"),
    [
        *((one, "本县") for one in (
            "静乐县", "静乐", "静乐市", "山西静乐", "山西省忻州市静乐县鹅城镇", "忻州市康家会镇", "康家会镇",
            "江苏省静乐县", "北京市海淀区静乐县", "原平市、静乐县", "广东省深圳市静乐路5号", "涞水县城关镇",
            "本县", "我县", "本县段家寨", "县内", "县城", "昆山市本县",
        )),
        *((one, "只写到市") for one in ("忻州市", "山西省忻州市", "山西忻州")),
        ("鼓楼区", "江苏省南京市鼓楼区、江苏省徐州市鼓楼区、福建省福州市鼓楼区等，请写上省和市"),
        ("朝阳区", "北京市朝阳区、吉林省长春市朝阳区，请写上省和市"),
        ("通州市", "区划表里没有"), ("大同县", "区划表里没有"), ("郊区", "请写上省和市"),
        ("江苏省原平市", "江苏省没有原平市"), ("广东省忻州市", "广东省没有忻州市"),
        *((one, "没有写到县") for one in (
            "山西省", "山西省外", "太原", "县外", "外县", "外省市", "市区", "全国各县", "阳光小区", "丽华超市",
            "东关市场", "城东社区", "开发区", "上海路", "北京市场", "昆山市场", "太原市外", "日本东京", "外地", "上海小店", "四川饭店",
        )),
    ],
)  # fmt: skip
def test_what_may_be_the_own_county_or_several_is_asked(there: str, why: str) -> None:
    assert why in words(where_not(there, JINGLE))


def test_a_county_that_shares_its_name_is_told_from_the_others() -> None:
    beijing = Home("110105", "朝阳区", (), COUNTRY)
    assert where_not("吉林省长春市朝阳区", beijing) is where_not("朝阳市", beijing) is None
    assert "本县" in words(where_not("朝阳区", beijing))
    assert "本县" in words(where_not("北京朝阳区", beijing))
    he = Home("340523", "和县", (), COUNTRY)
    assert where_not("呼和浩特市", he) is where_not("泰和县", he) is None


@pytest.mark.parametrize("filler", ["/", "无", "同上", "待定", "-", "0"])
@pytest.mark.parametrize("cell", ["farm", "product", "platform", "destination"])
def test_a_cell_that_only_fills_the_box_is_not_paid_for(cell: str, filler: str) -> None:
    assert why_not_paid(PAID | {cell: filler}, JINGLE) is not None


@pytest.mark.parametrize(
    ("said", "stands"),
    [
        *((one, True) for one in ("", "/", "交易成功", "已完成", "已签收", "无售后", "未退款",
                                "已发货", "已揽收", "运输中", "待收货", "有效", "已送达", "妥投", "无售后或售后取消",
                                "退款关闭", "已发货，未退款", "否")),
        *((one, False) for one in ("已退款", "交易关闭", "买家已取消", "待付款", "退款成功", "无效")),
        *((one, None) for one in ("待发货", "未完成", "未签收", "部分退款", "退款失败，交易成功",
                                "退货退款中", "待揽收", "售后完成", "退款驳回", "申请退款")),
    ],
)  # fmt: skip
def test_an_order_that_was_called_off_is_not_paid_and_an_open_one_is_asked(
    said: str,
    stands: bool | None,  # noqa: FBT001
) -> None:
    if stands is None:
        with pytest.raises(ValueError, match=said[:3]):
            called_off("交易成功", said)
    else:
        assert (called_off("交易成功", said) is None) is stands


def test_a_refund_that_fell_through_is_no_word_of_a_sale() -> None:
    with pytest.raises(ValueError, match="退款关闭"):
        called_off("", "退款关闭")
    assert "交易关闭" in words(called_off("交易关闭", "退款关闭"))


def test_what_is_sold_at_a_counter_is_no_sale_on_a_platform() -> None:
    assert why_not_paid(PAID | {"platform": "线下门店"}, JINGLE) == Why(
        Unpaid.NO_SHOP, "“线下门店”不是电商平台"
    )
    assert why_not_paid(PAID | {"farm": "√"}, JINGLE) is None
