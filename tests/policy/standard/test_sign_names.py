"""Names on signs against the national table of divisions: no real place is taken for none."""

import lzma
from collections.abc import Iterator
from time import perf_counter

import pytest

from server.policy.standard.facts import Place
from server.policy.standard.sign_names import named, only_written_otherwise, place_of_name
from server.services.county.divisions import DIVISIONS_FILE, short_name
from server.settings import ROOT
from tests import patience

DATA = ROOT / "data"
TOWNSHIP = ("乡快递综合服务站", "镇快递综合服务站", "乡(镇)快递综合服务站")
VILLAGE = ("村快递便民服务点",)


def rows() -> Iterator[tuple[str, str]]:
    with lzma.open(DATA / DIVISIONS_FILE, "rt", encoding="utf-8") as file:
        for line in file:
            code, _, name = line.partition(",")
            yield code, name.strip().strip('"')


@pytest.fixture(scope="module")
def townships() -> set[str]:
    return {name for code, name in rows() if len(code) == 9 and name.endswith(("乡", "镇"))}


@pytest.fixture(scope="module")
def villages() -> set[str]:
    """Every tenth village of the country whose short name ends as 附件3 wants it."""
    every = {short_name(name) for code, name in rows() if len(code) == 12}
    return {name for name in sorted(every)[::10] if name.endswith("村")}


def test_every_registered_township_and_village_of_china_passes_under_its_own_name(
    townships: set[str], villages: set[str]
) -> None:
    wrong = [
        name
        for names, words, rest in (
            (townships, TOWNSHIP, "快递综合服务站"),
            (villages, VILLAGE, "快递便民服务点"),
        )
        for name in names
        if not named(name + rest, words, Place(name=name, within=("静乐县",)), ()).holds
    ]

    assert len(townships) > 23_000
    assert len(villages) > 20_000
    assert wrong == []


def test_without_a_registered_place_no_township_and_hardly_a_village_is_taken_for_nameless(
    townships: set[str], villages: set[str]
) -> None:
    lost = {name for name in townships if _alone(name, "快递综合服务站", TOWNSHIP) is False}
    fewer = {name for name in villages if _alone(name, "快递便民服务点", VILLAGE) is False}
    open_towns = sum(_alone(name, "快递综合服务站", TOWNSHIP) is None for name in townships)
    open_villages = sum(_alone(name, "快递便民服务点", VILLAGE) is None for name in villages)

    assert lost == set()
    # In all of China six villages are called as signs without a name are.
    assert fewer <= {"全村", "农乡村", "武乡县村", "自然村", "行政村", "镇村"}
    assert open_towns < len(townships) / 300
    assert open_villages < len(villages) / 200


def _alone(name: str, rest: str, words: tuple[str, ...]) -> bool | None:
    return named(name + rest, words, None, ()).holds


def test_two_villages_of_one_county_never_pass_for_each_other() -> None:
    jingle = sorted(
        {short_name(name) for code, name in rows() if len(code) == 12 and code[:6] == "140926"}
    )
    taken = [
        (sign, place)
        for place in jingle
        for sign in jingle[::3]
        if sign != place
        and named(f"静乐县{sign}快递便民服务点", VILLAGE, Place(name=place), ()).holds
    ]

    assert len(jingle) > 200
    assert taken == []


@pytest.mark.parametrize(
    ("name", "own", "within"),
    [
        ("鹅城镇快递综合服务站", "鹅城镇", ()),
        ("静乐县鹅城镇快递综合服务站", "鹅城镇", ("静乐县",)),
        ("忻州市静乐县鹅城镇城内村快递便民服务点", "城内村", ("忻州市", "静乐县", "鹅城镇")),
        ("古县镇快递综合服务站", "古县镇", ()),
    ],
)
def test_a_station_s_registered_name_tells_its_place(
    name: str, own: str, within: tuple[str, ...]
) -> None:
    found = place_of_name(name, (*TOWNSHIP, *VILLAGE))

    assert found == Place(name=own, within=within)


@pytest.mark.parametrize("name", ["老李代收点", "村快递便民服务点", "乡镇快递综合服务站", ""])
def test_a_name_without_a_place_tells_none(name: str) -> None:
    assert place_of_name(name, (*TOWNSHIP, *VILLAGE)) is None


def test_script_and_marks_are_ways_of_writing_but_another_character_is_not() -> None:
    assert only_written_otherwise("鵝城鎮·快遞綜合服務站", "鹅城镇快递综合服务站")
    assert not only_written_otherwise("赤泥洼乡快递综合服务站", "赤泥窊乡快递综合服务站")


@pytest.mark.parametrize("piece", ["县", "乡镇", "农村", "某", "快递", "鹅城镇", "X", "·", "県"])
def test_the_longest_text_that_may_be_entered_is_judged_in_no_time(piece: str) -> None:
    text = (piece * 200)[:190] + "啊村快递便民服务点"
    place = Place(name="马家沟村", aliases=("马家圪洞村",), within=("鹅城镇", "静乐县"))

    begun = perf_counter()
    named(text, VILLAGE, None, ())
    named(text, VILLAGE, place, ("马家沟村快递便民服务点",))

    assert perf_counter() - begun < patience.seconds(1)
