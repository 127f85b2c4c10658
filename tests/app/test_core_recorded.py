"""记录 day by day: the days without anything stand there too, with 补报 while it may be done."""

import pytest

from tests.app.quick import Core

DAYS = """
const sent = (ago, more) => Object.assign({ day_on: dayAfter(DAY, -ago), station_id: 1,
  check_ins: [], count: null, photos: [], opening: null }, more);
const count = { received: 9, sent: 1, version: 1 };
const here = (mine, more) => ({ stations: [Object.assign(station(), more)], home: null,
  mine: mine || [], today: DAY, fresh: true });
const item = (ago, kind, payload, more) =>
  Object.assign(record(kind, payload), { id: 'w', seq: 1, day_on: dayAfter(DAY, -ago) }, more);
const listed = (days, next, phone) => recordedDays(days, next, phone).map((one) => one.day
  ? [one.day.day_on.slice(5), one.late, one.waiting && one.waiting.received]
  : one.gaps.map((gap) => [gap.day_on.slice(5), gap.line, gap.late]));
"""
NOTHING = "没有签到，没有报件数"


@pytest.fixture
def core() -> Core:
    made = Core("fake_day.js")
    made.context.eval(DAYS)
    return made


def test_days_between_without_anything_stand_in_a_row_with_their_late_report(core: Core) -> None:
    assert core.run("return listed([sent(0), sent(3, {count})], null, here());") == [
        ["07-03", False, None],
        [["07-02", NOTHING, True], ["07-01", NOTHING, True]],
        ["06-30", False, None],
    ]


def test_yesterday_is_missed_too_when_nothing_at_all_came_since(core: Core) -> None:
    assert core.run("return listed([sent(2, {count})], null, here());") == [
        [["07-02", NOTHING, True]],
        ["07-01", False, None],
    ]


def test_a_day_with_a_check_in_and_no_count_offers_its_late_report(core: Core) -> None:
    assert core.run("return listed([sent(0), sent(1)], null, here());") == [
        ["07-03", False, None],
        ["07-02", True, None],
    ]


def test_an_answer_of_yesterday_does_not_say_what_was_missed_since(core: Core) -> None:
    stale = "Object.assign(here(), {fresh: false})"
    assert core.run(f"return listed([sent(1), sent(3, {{count}})], null, {stale});") == [
        ["07-02", True, None],
        ["06-30", False, None],
    ]


def test_before_the_first_day_nothing_was_missed(core: Core) -> None:
    assert core.run("return listed([], null, here());") == []
    assert core.run("return listed([sent(0, {count})], null, here());") == [["07-03", False, None]]


def test_no_day_is_offered_that_the_count_page_no_longer_has(core: Core) -> None:
    last = core.run(
        "return listed([sent(0), sent(40)], null, here())[1]"
        ".filter(([, , late]) => late).pop()[0] + ' ' + dayAfter(DAY, 1 - LONGEST_BACKLOG_DAYS);"
    )
    assert last == "06-03 2026-06-03"
    assert core.run("return listed([sent(0), sent(40)], null, here())[1].length;") == 39


def test_an_older_page_is_known_to_follow_so_the_gap_goes_on_to_it(core: Core) -> None:
    assert core.run("return listed([], dayAfter(DAY, -2), here());") == [
        [["07-02", NOTHING, True], ["07-01", NOTHING, True]]
    ]


def test_what_waits_on_this_phone_is_not_asked_for_again(core: Core) -> None:
    # counted in a dead spot, refused, checked in only, and told closed: each says what it is
    waits = "item(1, 'parcel_count', {received: 7, sent: 1})"
    assert core.run(f"return listed([sent(0), sent(1)], null, here([{waits}]));") == [
        ["07-03", False, None],
        ["07-02", False, 7],
    ]
    refused = "item(1, 'parcel_count', {received: 7, sent: 1}, {state: 'attention'})"
    assert core.run(f"return listed([sent(1)], null, here([{refused}]));") == [
        ["07-02", False, None]
    ]
    for kept in (waits, refused, "item(1, 'opening', {opening: 'closed'})"):
        assert core.run(f"return listed([sent(2, {{count}})], null, here([{kept}]));") == [
            ["07-01", False, None]
        ]
    came = "item(1, 'check_in', {})"
    assert core.run(f"return listed([sent(2, {{count}})], null, here([{came}]));") == [
        [["07-02", "没有报件数", True]],
        ["07-01", False, None],
    ]


def test_a_day_told_to_be_closed_asks_for_no_count(core: Core) -> None:
    told = "{opening: {opening: 'closed', at: '2026-07-02T00:00:00Z', label: '今天不开门'}}"
    assert core.run(f"return listed([sent(1, {told})], null, here());") == [["07-02", False, None]]


def test_a_day_counted_by_somebody_else_meanwhile_is_not_offered(core: Core) -> None:
    counts = "{counts: [{id: 'c', day_on: dayAfter(DAY, -1), received: 3, sent: 1}]}"
    assert core.run(f"return listed([sent(1)], null, here([], {counts}));") == [
        ["07-02", False, None]
    ]


def test_each_stations_days_are_its_own(core: Core) -> None:
    two = "Object.assign(here(), {stations: [station(), Object.assign(station(), {id: 2})]})"
    assert core.run(f"return listed([sent(0), sent(2, {{station_id: 2}})], null, {two});") == [
        ["07-03", False, None],
        [["07-02", NOTHING, True]],
        ["07-01", True, None],
    ]
