"""Kinds that carry their own words: no member without one, kept and sent as their bare value."""

import json
import pickle

import pytest

from server.labelled import Labelled
from server.policy.standard.facts import Level


class Weather(Labelled):
    """A kind for these tests."""

    FINE = "fine", "晴"
    RAIN = "rain", "下雨", "雨", "下雨，路滑，请慢走"


def test_a_member_is_its_value_and_carries_its_words() -> None:
    assert Weather("rain") is Weather.RAIN
    assert json.dumps([Weather.RAIN]) == '["rain"]'
    assert pickle.loads(pickle.dumps(Weather.RAIN)) is Weather.RAIN
    assert (Weather.RAIN.label, Weather.RAIN.short, Weather.RAIN.long) == (
        "下雨",
        "雨",
        "下雨，路滑，请慢走",
    )


def test_where_nothing_shorter_or_longer_is_given_the_label_is_said() -> None:
    assert {Weather.FINE.label, Weather.FINE.short, Weather.FINE.long} == {"晴"}
    assert Weather.labels() == {"fine": "晴", "rain": "下雨"}


def test_a_member_without_a_word_is_refused() -> None:
    with pytest.raises(TypeError, match="no Chinese word"):
        Labelled("Wordless", {"SNOW": "snow"})


def test_a_stations_name_ends_as_the_standard_asks() -> None:
    assert [level.ending for level in Level] == [
        "县级统仓共配中心",
        "快递综合服务站",
        "快递便民服务点",
    ]
