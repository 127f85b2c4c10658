"""What a keeper asks the county for, in the shared logic: filled in, sent, and how it stands."""

import pytest

from server.policy.hours import hours_text, parse_hours
from tests.app.quick import Core


@pytest.fixture(scope="module")
def core() -> Core:
    return Core("fake_day.js")


def test_every_choice_of_hours_is_read_by_the_register_as_it_is_said(core: Core) -> None:
    wished = core.run(
        "const all = []; for (const rest of RESTS) for (const opens of OPENS) for (const closes of CLOSES) {"
        " const said = readRequest('hours', Object.assign(emptyRequest(), { opens, closes, rest }));"
        " all.push([opens, closes, rest, said.value ? said.value.hours : '']); } return all;"
    )
    assert len(wished) == 3 * 15 * 23
    for opens, closes, rest, hours in wished:
        if not hours:
            assert (opens, closes) == ("12:00", "12:00")
            continue
        days = {"不休息": "周一至周日", "周日休息": "周一至周六", "周六、周日休息": "周一至周五"}[
            rest
        ]
        assert hours_text(parse_hours(hours)) == f"{days} {opens:0>5}-{closes:0>5}"


def test_what_is_missing_or_wrong_is_said_at_its_field(core: Core) -> None:
    read = "return readRequest('%s', Object.assign(emptyRequest(), %s));"
    for about, form, field in (
        ("handover", "{}", "name"),
        ("hours", "{ own: '看心情' }", "own"),
        ("hours", "{ opens: '12:00', closes: '12:00' }", "closes"),
    ):
        found = core.run(read % (about, form))
        assert list(found["errors"]) == [field]
        assert "。" in found["errors"][field]
    assert core.run(read % ("plate_lost", "{ note: ' 风刮跑了 ' }"))["value"] == {
        "about": "plate_lost", "hours": "", "name": "", "note": "风刮跑了",
        "taken_back": False,
    }  # fmt: skip


def test_what_lies_on_the_phone_counts_before_what_the_county_last_said(core: Core) -> None:
    seen = core.run(
        "const told = { id: 'a', station_id: 1, about: 'plate_lost', said: '牌子丢了',"
        " state: 'refused', answer: '请再找找。' };"
        "const heard = Object.assign(home(), { requests: [told] });"
        "const ask = (taken_back) => [Object.assign(record('request',"
        " Object.assign(takingBack('plate_lost'), { taken_back })), { seq: 1 })];"
        "const state = (mine) => requestsAt({ id: 1 }, heard, mine)"
        ".filter((one) => one.about === 'plate_lost').map((one) => [one.state, requestState(one)])[0];"
        "return [state([]), state(ask(false)), state(ask(true)),"
        " answersUnread(heard, []).length, answersUnread(heard, answersRead(heard)).length,"
        " answersRead({ requests: [{ id: 'b', answer: '' }] })];"
    )
    assert seen == [
        ["refused", "县里没同意：请再找找。"],
        ["here", "存在手机里，有网自动交"],
        ["", ""],
        1,
        0,
        [],
    ]


def test_money_is_told_month_by_month_and_what_was_given_once_by_its_year(core: Core) -> None:
    seen = core.run(
        "const month = { station_id: 1, period: '2023-06', received: 42, sent: 6, days: 2,"
        " approved: true, said: '等县里算。' };"
        "const due = (id, period, station_id) =>"
        " ({ id, period, station_id, sentence: '3元：3单。', said: '等审核。' });"
        "const body = { months: [month], subsidies: [due(1, '2023-06', 1), due(2, '2022', 1), due(3, '2023-06', 2)] };"
        "return [moneyOf(body, 1).map((one) => [one.title, one.lines, one.amounts.map((a) => a.id)]),"
        " moneyOf(null, 1)];"
    )
    lines = ["您报了 2 天：收 42 件，寄 6 件", "件数县里核准了", "等县里算。"]
    assert seen == [[["2023年6月", lines, [1]], ["2022年", [], [2]]], []]
    words = core.run(
        "return [lookedInWords(null), lookedInWords({ at: '2026-07-03T00:05:00Z', by: '县里', found: '看不清' })];"
    )
    assert words == ["", "7月3日县里看过：看不清"]


def test_what_has_arrived_waits_at_the_county_before_the_server_says_so(core: Core) -> None:
    seen = core.run(
        "const sent = (taken_back) => Object.assign(record('request',"
        " Object.assign(takingBack('plate_lost'), { taken_back })), { id: 'b' });"
        "const after = homeAfter(home(), [sent(false)]);"
        "return [after.requests[0].state, homeAfter(after, [sent(true)]).requests.length];"
    )
    assert seen == ["waiting", 0]


def test_a_yes_that_was_not_taken_lets_nobody_have_the_place_and_a_new_answer_takes_its_place(
    core: Core,
) -> None:
    seen = core.run(
        "const one = { purpose: 'position', sha256: 'now', state: 'not_asked' };"
        "const heard = Object.assign(home(), { consents: [one] });"
        "const said = (sha256, state) => Object.assign(record('consent', { purpose: 'position',"
        " agreed: true, text_sha256: sha256 }), { id: sha256 + state, state });"
        "const at = (...mine) => [consentsAt(heard, mine)[0].state,"
        " consentsAt(heard, mine)[0].refused || '', mayLocate(heard, mine)];"
        "return [at(), at(said('now', 'waiting')), at(said('old', 'waiting')),"
        " at(said('now', 'attention')), at(said('old', 'attention')),"
        " at(said('old', 'attention'), said('now', 'waiting'))];"
    )
    assert seen == [
        ["not_asked", "", False],
        ["agreed", "", True],
        ["not_asked", "", False],
        ["not_asked", "nowattention", False],
        ["not_asked", "oldattention", False],
        ["agreed", "oldattention", True],
    ]


def test_a_no_holds_whatever_it_named_and_if_it_was_not_taken_too(core: Core) -> None:
    seen = core.run(
        "const one = { purpose: 'position', sha256: 'now', state: 'agreed' };"
        "const heard = Object.assign(home(), { consents: [one] });"
        "const no = (sha256, state) => Object.assign(record('consent', { purpose: 'position',"
        " agreed: false, text_sha256: sha256 }), { id: sha256 + state, state });"
        "const at = (...mine) => [consentsAt(heard, mine)[0].state,"
        " consentsAt(heard, mine)[0].refused || '', mayLocate(heard, mine)];"
        "return [at(no('now', 'waiting')), at(no('old', 'waiting')), at(no('now', 'attention'))];"
    )
    assert seen == [
        ["declined", "", False],
        ["declined", "", False],
        ["declined", "nowattention", False],
    ]


@pytest.mark.parametrize("newest", [True, False])
def test_what_was_said_last_without_a_network_counts_in_whatever_order_it_is_listed(
    core: Core, *, newest: bool
) -> None:
    """The phone lists its unsent records newest first."""
    seen = core.run(
        "const one = { purpose: 'position', sha256: 'now', state: 'not_asked' };"
        "const heard = Object.assign(home(), { consents: [one] });"
        "const said = (agreed, seq) => Object.assign(record('consent', { purpose: 'position',"
        " agreed, text_sha256: 'now' }), { id: String(seq), seq, state: 'waiting' });"
        "const listed = (mine) => %s ? mine.reverse() : mine;"
        "const at = (...mine) => [mayLocate(heard, listed(mine)),"
        " mayLocate(homeAfter(heard, listed(mine)), [])];"
        "return [at(said(true, 1), said(false, 2)), at(said(false, 1), said(true, 2))];"
        % ("true" if newest else "false")
    )
    assert seen == [[False, False], [True, True]]
