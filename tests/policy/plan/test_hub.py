from datetime import date, timedelta

import pytest

from server.policy.plan.hub import (
    BrandPeriod,
    HubFunction,
    HubGoal,
    hub_on,
    why_no_demonstration,
)
from server.policy.standard.verdicts import Verdict

DAY = date(2023, 6, 30)
GOAL = HubGoal(brands=2, clause="四（一）", text="至少2个")


def period(
    brand: str, *said: bool | None, begun: date = DAY, ended: date | None = None
) -> BrandPeriod:
    shares = dict(zip(HubFunction, said or (True, True, True), strict=True))
    return BrandPeriod(brand=brand, from_on=begun, until_on=ended, shares=shares)


@pytest.mark.parametrize(
    ("brands", "reached"),
    [
        ([], Verdict.FAIL),
        ([period("中通"), period("圆通")], Verdict.PASS),
        ([period("中通"), period("圆通", True, True, None)], Verdict.UNKNOWN),
        ([period("中通"), period("圆通", True, False, None)], Verdict.FAIL),
        ([period("中通", None, None, None), period("圆通", True, True, None)], Verdict.UNKNOWN),
        ([period("中通"), period("圆通", begun=DAY + timedelta(1))], Verdict.FAIL),
        ([period("中通"), period("圆通", begun=DAY - timedelta(9), ended=DAY)], Verdict.PASS),
        (
            [period("中通"), period("圆通", begun=DAY - timedelta(9), ended=DAY - timedelta(1))],
            Verdict.FAIL,
        ),
    ],
)
def test_two_brands_share_all_three_on_the_day(brands: list[BrandPeriod], reached: Verdict) -> None:
    assert hub_on(brands, DAY).reaches(2) is reached


def test_why_the_centre_is_no_demonstration_names_who_is_there() -> None:
    hub = hub_on(
        [period("中通"), period("圆通", True, None, None), period("韵达", False, True, True)], DAY
    )

    assert hub.partly == ("韵达",)
    assert why_no_demonstration(GOAL, hub) == (
        "方案四（一）要求至少2个快递品牌在统仓、分拣、配送三项上一体化运营，"
        "这一天三项都共用的有1家（中通），还没有问清楚的有圆通。"
    )
    assert why_no_demonstration(None, hub).startswith("本县的方案没有提出")
