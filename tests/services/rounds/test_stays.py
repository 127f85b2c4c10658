"""How long inspectors stayed, told of a round's figures: only times that can be trusted."""

from typing import Any

from server.services.rounds.stays import stay_text


def figures(*minutes: Any) -> Any:
    return {
        "stations": [
            {"inspection_id": "a"} if one == "old" else {"inspection_id": "a", "minutes": one}
            for one in minutes
        ]
        + [{"inspection_id": None, "minutes": 3}]  # a locked door is no visit
    }


def test_the_usual_stay_is_the_middle_one_and_what_nobody_can_tell_is_named() -> None:
    assert stay_text(figures(20, 5, 41, None)) == (
        "在站时间：最短5分钟，一般20分钟，最长41分钟；另有1个站点的时间没有核实，没有算进去"
    )
    assert stay_text(figures(12)) == "在站时间：最短12分钟，一般12分钟，最长12分钟"


def test_reports_of_earlier_releases_and_unverified_times_claim_nothing() -> None:
    assert stay_text(figures("old", "old")) == ""
    assert stay_text(figures(None, None)) == "在站时间：2个站点的时间都没有核实，算不出来"
