"""What a phone knows of a station's counts: what was reported, what is usual, what looks a slip."""

import pytest

from tests.app.quick import Core

WEEK = """
const week = (...received) => Object.assign(station(), { counts: received.map((number, i) => (
    { id: 'c' + i, day_on: dayAfter(DAY, -1 - i), received: number, sent: 3, agri_sent: 0, on_hand: 0 })) });
const odd = (value, ...received) => unusualIn(
    Object.assign({ day_on: DAY, received: 20, sent: 3, agri_sent: 0, on_hand: 0 }, value),
    countsByDay(week(...received), null, [])).map((one) => [one.field, one.value, one.usual]);
"""


@pytest.fixture
def core() -> Core:
    return Core("fake_day.js")


def test_what_was_reported_is_known_of_every_day_and_what_waits_here_comes_first(
    core: Core,
) -> None:
    seen = core.run(
        WEEK + "const mine = [Object.assign(record('parcel_count', {received: 9, sent: 1}),"
        " {id: 'x', seq: 4, day_on: dayAfter(DAY, -1)})];"
        "const counts = countsByDay(week(20, 18), null, mine);"
        "return Object.keys(counts).sort().map((day) =>"
        " [day, counts[day].id, counts[day].received, counts[day].waiting]);"
    )
    assert seen == [["2026-07-01", "c1", 18, False], ["2026-07-02", "x", 9, True]]


def test_a_refused_count_was_not_reported(core: Core) -> None:
    assert (
        core.run(
            "const refused = Object.assign(record('parcel_count', {received: 9}), {seq: 1, state: 'attention'});"
            "return Object.keys(countsByDay(station(), null, [refused]));"
        )
        == []
    )


def test_the_answer_of_an_earlier_server_still_tells_of_today(core: Core) -> None:
    assert (
        core.run(
            "const here = home(); here.stations[0].today.count = {received: 7, sent: 1};"
            "return countsByDay(here.stations[0], here, [])[DAY].received;"
        )
        == 7
    )


def test_what_has_arrived_is_known_at_once_whatever_its_day(core: Core) -> None:
    assert core.run(
        "const here = home(); const day = dayAfter(DAY, -3);"
        "const sent = Object.assign(record('parcel_count', {received: 5, sent: 2}), {id: 'n', day_on: day});"
        "const after = homeAfter(here, [sent]);"
        "const count = countsByDay(after.stations[0], after, [])[day];"
        "return [count.id, count.received, after.stations[0].today.count];"
    ) == ["n", 5, None]


@pytest.mark.parametrize(
    ("value", "asked"),
    [
        ("{received: 99999}", [["received", 99999, 20]]),
        ("{received: 200}", [["received", 200, 20]]),  # one digit too many
        ("{received: 222}", [["received", 222, 20]]),  # one digit twice
        ("{received: 80}", []),  # 双十一
        ("{sent: 20}", []),  # few are usual: some more are no slip
        ("{sent: 30}", [["sent", 30, 3]]),
        ("{on_hand: 45}", [["on_hand", 45, 0]]),
        ("{received: 0}", []),
    ],
)
def test_far_above_the_own_usual_is_asked_about(
    core: Core, value: str, asked: list[list[object]]
) -> None:
    assert core.run(WEEK + f"return odd({value}, 22, 20, 19, 25, 18);") == asked


def test_who_has_no_usual_yet_is_asked_only_about_a_thousand_and_more(core: Core) -> None:
    assert core.run(
        WEEK + "return [odd({received: 999}, 20), odd({received: 99999}, 20, 20)];"
    ) == [[], [["received", 99999, None]]]


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (0, "没有"), (4, "几件"), (17, "十几件"), (22, "二十来件"), (96, "一百来件"),
        (137, "一百来件"), (212, "两百来件"), (980, "一千来件"), (3100, "三千来件"), (12000, "上万件"),
    ],
)  # fmt: skip
def test_the_usual_is_said_as_people_say_it(core: Core, number: int, said: str) -> None:
    assert core.run(f"return aboutInWords({number});") == said
