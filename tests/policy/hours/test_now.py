"""现在开着吗: the keeper's word before the hours, and unknown said to be unknown."""

from datetime import datetime
from typing import Any

import pytest

from server.policy.hours import open_now, parse_hours

DAILY = parse_hours("每天 8:00-12:00 14:00-18:00")
WEDNESDAY = datetime(2023, 7, 5, 15)


@pytest.mark.parametrize(
    ("hours", "clock", "told", "state", "says"),
    [
        (DAILY, 15, {"checked_in": "08:12"}, "open", "按营业时间，现在应该开着（今天08:12已打卡）"),
        (DAILY, 15, {}, "open", "按营业时间，现在应该开着（今天还没有打卡）"),
        (DAILY, 13, {}, "shut", "按营业时间，现在关门，今天晚些时候再开"),
        (DAILY, 19, {"checked_in": ""}, "shut", "按营业时间，现在已经关门（今天已打卡）"),
        (DAILY, 15, {"closed_today": True, "checked_in": "08:12"}, "shut", "店家说今天不开门"),
        (DAILY, 15, {"shut_early": "14:20"}, "shut", "店家说今天早关门（14:20）"),
        (DAILY, 15, {"gone": True, "closed_today": True}, "shut", "这个站已经停业"),
        ([], 15, {}, "unknown", "还没有营业时间，说不准开没开"),
        ([], 15, {"checked_in": "08:12"}, "unknown", "还没有营业时间；今天08:12已打卡"),
        (parse_hours("周六、周日 8:00-18:00"), 15, {}, "shut", "按营业时间，今天休息"),
        (parse_hours("逢集 8:00-18:00"), 15, {}, "unknown", "按营业时间，现在开没开说不准"),
    ],
)
def test_what_is_said_stands_on_somebodys_word(
    hours: list[Any], clock: int, told: dict[str, Any], state: str, says: str
) -> None:
    assert open_now(hours, WEDNESDAY.replace(hour=clock), **told) == (state, says)
