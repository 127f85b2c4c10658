"""What a photo's lines say of a station, and what a machine may make of it."""

from datetime import datetime

import pytest

from server.policy.signs.lines import Line
from server.policy.signs.photo_match import Registered, match_photo, outside_hours, parts_json
from server.policy.signs.placed import Outcome
from server.policy.standard.facts import Level
from tests.policy.signs.written import at

NAME = "西庄村快递便民服务点"
ALL_WEEK = [[[1, 2, 3, 4, 5, 6, 7], "08:00", "18:00"]]


def station(**fields: object) -> Registered:
    values: dict[str, object] = {
        "level": Level.VILLAGE_POINT, "names": (NAME,), "number": "C0007", "hours": ALL_WEEK,
    }  # fmt: skip
    return Registered(**(values | fields))  # type: ignore[arg-type]


def sign(name: str = NAME, number: str = "C0007") -> list[Line]:
    return [at(name, 0, 0), at(f"编号{number}", 0, 40)]


def test_a_sign_that_matches_supports_its_name_and_its_number() -> None:
    match = match_photo("signboard", sign(), station())
    assert match.outcome is Outcome.MATCHES
    assert match.supports(station()) == {"sign_text": NAME, "sign_code_visible": True}


def test_another_villages_name_is_never_the_machines_word() -> None:
    match = match_photo("signboard", sign("东庄村快递便民服务点"), station())
    assert match.outcome is Outcome.DIFFERS
    assert match.supports(station()) == {"sign_text": None, "sign_code_visible": True}
    assert match.why.startswith("招牌上读到的是“东庄村快递便民服务点”")


def test_another_number_takes_the_number_back_and_leaves_the_name() -> None:
    match = match_photo("signboard", sign(number="C0009"), station())
    assert match.outcome is Outcome.DIFFERS
    assert match.supports(station()) == {"sign_text": NAME, "sign_code_visible": None}
    [name, number] = parts_json(match)
    assert (name["outcome"], number["read"], number["expected"]) == ("matches", "C0009", "C0007")
    assert len(number["quads"][0]) == 4


def test_a_sign_under_another_of_its_names_matches_but_is_not_said_to_be_the_filed_one() -> None:
    twice = station(names=("西庄村委会快递便民服务点", NAME))
    match = match_photo("signboard", sign(), twice)
    assert (match.outcome, match.text) == (Outcome.MATCHES, NAME)
    assert match.supports(twice)["sign_text"] is None


@pytest.mark.parametrize(
    ("name", "written"),
    [
        (NAME, "西莊村快遞便民服務點"),
        (NAME, "西庄村·快递便民服务点"),
        ("赤泥窊村快递便民服务点", "赤泥洼村快递便民服务点"),
    ],
)
def test_a_name_written_otherwise_matches_but_is_left_to_a_person(name: str, written: str) -> None:
    own = station(names=(name,))

    match = match_photo("signboard", sign(written), own)
    plain = match_photo("signboard", sign(name), own)

    assert match.outcome is plain.outcome is Outcome.MATCHES
    assert match.supports(own)["sign_text"] is None
    assert plain.supports(own)["sign_text"] == name


def test_a_filed_name_without_the_kind_of_station_is_not_said_for_the_clause_would_fail() -> None:
    shop = station(names=("西庄便民超市",))
    match = match_photo("signboard", sign("西庄便民超市"), shop)
    assert match.outcome is Outcome.MATCHES
    assert match.supports(shop)["sign_text"] is None


def test_a_station_without_a_number_is_compared_by_its_name_only() -> None:
    match = match_photo("signboard", sign(), station(number=None))
    assert set(match.parts) == {"name"}
    assert match.supports(station(number=None))["sign_code_visible"] is None


def test_a_photo_without_writing_is_unreadable_in_all_its_parts() -> None:
    match = match_photo("signboard", [], station())
    assert match.outcome is Outcome.UNREADABLE
    assert {part.outcome for part in match.parts.values()} == {Outcome.UNREADABLE}
    assert set(match.supports(station()).values()) == {None}


@pytest.mark.parametrize(
    ("written", "outcome", "word"),
    [
        ("8:00-18:00", Outcome.MATCHES, True),
        ("9:00-17:00", Outcome.DIFFERS, None),
        ("欢迎光临", Outcome.UNREADABLE, None),
    ],
)
def test_hours_boards(written: str, outcome: Outcome, word: bool | None) -> None:  # noqa: FBT001
    lines = [at("营业时间", 0, 0), at(written, 0, 40)]
    match = match_photo("hours_board", lines, station())
    assert match.outcome is outcome
    assert match.supports(station()) == {"hours_board_matches": word}


def test_an_hours_board_says_where_in_the_picture_its_hours_stand() -> None:
    match = match_photo("hours_board", [at("营业时间", 0, 0), at("8:00-18:00", 0, 40)], station())
    assert match.parts["hours"].quads[1][0] == (0, 40)


def test_without_declared_hours_there_is_nothing_to_compare() -> None:
    match = match_photo("hours_board", [at("8:00-18:00", 0, 0)], station(hours=[]))
    assert (match.outcome, match.why) == (None, "")


def test_check_ins_outside_the_boards_hours_are_counted() -> None:
    lines = [at("营业时间 8:00-18:00", 0, 0)]
    moments = [
        datetime(2023, 7, 10 + n, *clock) for n, clock in enumerate([(8, 5), (7, 20), (22, 0)])
    ]

    assert outside_hours(lines, moments) == (1, 3)
    assert outside_hours([at("欢迎", 0, 0)], moments) is None
    assert outside_hours([at("逢三、六、九 8:00-18:00", 0, 0)], moments) is None


def test_any_photo_is_held_against_all_that_is_known_and_against_nothing_else() -> None:
    board = at("营业时间8:00-18:00", 0, 80)

    all_three = match_photo("any", [*sign(), board], station())
    code_alone = match_photo("any", sign(number="C0009"), Registered(number="C0007"))

    assert list(all_three.parts) == ["name", "number", "hours"]
    assert all_three.outcome is Outcome.MATCHES
    assert (all_three.parts["hours"].quads, list(code_alone.parts)) == ((board.quad,), ["number"])
    assert code_alone.why == match_photo("signboard", sign(number="C0009"), station()).why
    assert match_photo("any", sign(), Registered()).outcome is None
