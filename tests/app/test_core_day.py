"""A keeper's day in the shared logic: what is done, what is to do, and how each thing is said."""

from typing import Any

import pytest

from tests.app.quick import Core


@pytest.fixture(scope="module")
def core() -> Core:
    return Core("fake_day.js")


def test_every_day_begins_with_three_things_not_done(core: Core) -> None:
    seen = core.run("return said(home()).map((one) => [one.kind, one.line, one.done]);")
    assert seen == [
        ["check_in", "还没签到", False],
        ["photos", "都拍过了", True],
        ["count", "还没报", False],
    ]


def test_a_phone_that_never_heard_from_the_county_does_not_say_that_all_photos_are_taken(
    core: Core,
) -> None:
    seen = core.run(
        "const day = dayOf({ id: 1 }, null, [], DAY);"
        "return thingsToDo(day, DAY, false).map((one) => [one.kind, one.line, one.done]);"
    )
    assert seen[1] == ["photos", "连上网就知道要拍什么", False]


def test_what_lies_on_the_phone_counts_as_done_and_says_that_it_waits(core: Core) -> None:
    seen = core.run(
        "const mine = [record('check_in', {method: 'scan'}), record('parcel_count', {received: 3, sent: 1})];"
        "return said(home(), mine).map((one) => [one.kind, one.line, one.done]);"
    )
    assert seen[0] == ["check_in", "08:05 签到（等网交）", True]
    assert seen[2] == ["count", "收 3，寄 1（等网交）", True]


def test_yesterdays_answer_of_the_server_is_not_todays_work(core: Core) -> None:
    seen = core.run(
        "const old = home(); old.today = '2026-07-02';"
        "old.stations[0].today = { check_in: { at: '2026-07-02T00:05:00Z' }, count: { received: 9, sent: 9 } };"
        "const day = at(old); return [day.checkIn, day.count];"
    )
    assert seen == [None, None]


def test_a_refused_record_does_not_count_as_done(core: Core) -> None:
    seen = core.run(
        "const refused = Object.assign(record('check_in', {method: 'scan'}), { state: 'attention' });"
        "return line(home(), 'check_in', [refused]).line;"
    )
    assert seen == "还没签到"


def test_a_plate_that_nobody_has_looked_at_is_no_check_in(core: Core) -> None:
    seen = core.run(
        "const doubted = record('check_in', {method: 'scan', new_plate: true});"
        "const right = record('check_in', {method: 'scan'});"
        "const seen = home(); seen.stations[0].today = "
        "{ check_in: { at: '2026-07-03T00:01:00Z' }, count: null };"
        "return [[home(), [doubted]], [home(), [doubted, right]], [seen, [doubted]]].map("
        "([at, mine]) => { const one = line(at, 'check_in', mine); return [one.line, one.done]; });"
    )
    assert seen[0] == ["08:05 扫了新牌子，等镇上看", False]
    assert seen[1] == ["08:05 签到（等网交）", True]
    assert seen[2] == ["08:01 签到好了", True]


def test_one_photo_settles_every_task_that_asks_for_it(core: Core) -> None:
    script = (
        "const here = home(task('photo', {subject: 'shelves'}), task('mend', {key: 'mend:A', subject: 'shelves'}),"
        " task('photo', {subject: 'scanner'}));"
        "return [line(here, 'photos').line, line(here, 'photos', [record('photo_note', {}, ['shelves'])]).line];"
    )
    assert core.run(script) == ["还要拍 2 样", "还要拍 1 样"]


def test_a_photo_drawn_by_lot_is_for_today_only(core: Core) -> None:
    seen = core.run(
        "const here = home(task('asked_photo', {subject: 'interior'}));"
        "const title = line(here, 'asked_photo').title; here.today = '2026-07-02';"
        "return [title, line(here, 'asked_photo') || null];"
    )
    assert seen == ["今天请拍：接待台", None]


def test_a_photo_nobody_could_make_out_is_asked_for_by_name_and_why_until_taken_again(
    core: Core,
) -> None:
    seen = core.run(
        "const here = home(task('better_photo', {subject: 'hours_board', why: '太暗了。'}));"
        "const one = line(here, 'better_photo');"
        "return [one.title, one.line,"
        " line(here, 'better_photo', [record('photo_note', {}, ['hours_board'])]) || null];"
    )
    assert seen == ["营业时间牌再拍一张", "太暗了。", None]


def test_questions_stand_aside_and_go_once_answered_on_this_phone(core: Core) -> None:
    seen = core.run(
        "const here = home(task('question', {signal_id: 5, why: '那天为什么没签到？', day_on: DAY}));"
        "const one = line(here, 'question');"
        "return [one.title, one.path, one.aside, said(here, [record('answer', {signal_id: 5, text: '去镇上了'})]).length];"
    )
    assert seen == ["请说明一下", "question/5", True, 3]


def test_an_inspection_to_agree_to_comes_after_checking_in_and_needs_a_net(core: Core) -> None:
    seen = core.run(
        "const here = home(task('confirm', {key: 'confirm:a', inspection_id: 'a'}));"
        "const [first, one] = said(here); return [first.kind, one.title, one.path, one.line];"
    )
    assert seen == ["check_in", "确认督导结果", "inspection/a", "要有网。看一看，点同意或不同意"]


@pytest.mark.parametrize(
    ("due", "line"),
    [
        ("2026-07-06", "最急的还有 3 天"),
        ("2026-07-03", "今天到期"),
        ("2026-07-01", "已经过期 2 天"),
    ],
)
def test_the_most_pressing_thing_to_mend_says_how_long_there_is(
    core: Core, due: str, line: str
) -> None:
    seen = core.run(f"return line(home(mend(7, {{due_on: '{due}'}})), 'mends');")
    assert (seen["line"], seen["path"], seen["done"]) == (line, "mend/7", False)


STANDINGS: list[tuple[str, str, str]] = [
    ("{}", "[]", "open"),
    ("{done: true, state: 'answered'}", "[]", "answered"),
    ("{state: 'returned'}", "[]", "returned"),
    ("{}", "[record('rectification', {rectification_id: 7})]", "waiting"),
    (
        "{state: 'returned'}",
        "[Object.assign(record('rectification', {rectification_id: 7}), {state: 'attention'})]",
        "attention",
    ),
]


@pytest.mark.parametrize(("told", "mine", "standing"), STANDINGS)
def test_a_thing_to_mend_stands_as_this_phone_knows_it(
    core: Core, told: str, mine: str, standing: str
) -> None:
    assert core.run(f"return at(home(mend(7, {told})), {mine}).mends[0].standing;") == standing


def test_once_every_photo_of_something_mended_is_sent_nothing_presses(core: Core) -> None:
    seen = core.run("return line(home(mend(7, {done: true, state: 'answered'})), 'mends');")
    assert (seen["title"], seen["line"], seen["done"]) == (
        "督导要求整改的",
        "照片都交了，等县里看",
        True,
    )


def test_a_failing_that_an_inspection_asked_to_mend_is_not_said_twice(core: Core) -> None:
    seen: list[Any] = core.run(
        "const here = home(mend(7), task('mend', {key: 'mend:B', subject: null}));"
        "here.stations[0].fails = [{code: 'A', title: '货架'}, {code: 'B', title: '巴枪'}];"
        "return at(here).failings.map((one) => one.code);"
    )
    assert seen == ["B"]


def test_a_day_told_to_be_closed_asks_for_no_check_in_and_no_count(core: Core) -> None:
    told = "Object.assign(record('opening', {opening: '%s'}), {seq: 1})"
    for opening, done in (("closed", True), ("early", False), ("usual", False)):
        seen = core.run(
            f"const day = said(home(), [{told % opening}]);"
            "return ['check_in', 'count'].map((kind) => day.filter((one) => one.kind === kind)[0].done);"
        )
        assert seen == [done, done], opening


def test_whoever_checks_in_after_it_has_opened(core: Core) -> None:
    assert core.run(
        "const told = Object.assign(record('opening', {opening: 'closed'}), {seq: 1});"
        "const later = Object.assign(record('check_in', {method: 'scan'}),"
        " {seq: 2, device_at: '2026-07-03T03:05:00.000Z'});"
        "return [at(home(), [told]).told.opening, at(home(), [told, later]).told];"
    ) == ["closed", None]


def test_what_was_told_stands_after_it_has_arrived(core: Core) -> None:
    assert core.run(
        "const told = Object.assign(record('opening', {opening: 'early'}), {seq: 1});"
        "const day = at(homeAfter(home(), [told]));"
        "return [day.told.opening, day.told.waiting];"
    ) == ["early", False]
