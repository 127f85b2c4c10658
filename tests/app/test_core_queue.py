"""The phone's queue and its way to the server, whatever the net does."""

import pytest

from tests.app.quick import Core

START = "const server = makeServer(); const phone = makePhone(server);"


@pytest.fixture
def core() -> Core:
    return Core()


def test_record_and_photo_are_kept_in_one_transaction(core: Core):
    seen = core.run(
        START + "await keep(phone, LAO_LI, checkIn([shot('a'), shot('b')]));"
        "return [phone.changes, states(phone), Object.keys(phone.disk.photos).length];"
    )
    assert seen == [1, ["waiting"], 2]


def test_a_full_phone_keeps_nothing_and_says_so(core: Core):
    seen = core.run(
        START + "phone.room = 1; let kind = null;"
        "try { await keep(phone, LAO_LI, checkIn([shot('far too much')])); } catch (e) { kind = e.kind; }"
        "return [kind, states(phone), Object.keys(phone.disk.photos)];"
    )
    assert seen == ["full", [], []]


def test_everything_arrives_once_and_leaves_the_phone(core: Core):
    seen = core.run(
        START + "await keep(phone, LAO_LI, checkIn([shot('a'), shot('b')]));"
        "await keep(phone, LAO_LI, counted(12));"
        "const said = await sync(phone, LAO_LI);"
        "return [said.outcome, said.count, states(phone), Object.keys(phone.disk.photos),"
        " Object.keys(server.events).length, server.posts, server.puts];"
    )
    assert seen == ["done", {"records": 2, "photos": 2}, [], [], 2, 1, 2]


def test_a_lost_net_keeps_everything(core: Core):
    seen = core.run(
        START + "await keep(phone, LAO_LI, checkIn([shot('a')])); server.mood = ['lost'];"
        "const said = await sync(phone, LAO_LI);"
        "return [said.outcome, said.wait_ms > 0, states(phone), Object.keys(phone.disk.photos).length];"
    )
    assert seen == ["offline", True, ["waiting"], 1]


def test_a_lost_answer_makes_one_row(core: Core):
    seen = core.run(
        START + "await keep(phone, LAO_LI, counted(3)); server.mood = ['answer-lost'];"
        "const first = await sync(phone, LAO_LI); const second = await sync(phone, LAO_LI, true);"
        "return [first.outcome, second.outcome, server.posts, Object.keys(server.events).length, states(phone)];"
    )
    assert seen == ["offline", "done", 2, 1, []]


def test_a_photo_whose_answer_was_lost_is_not_uploaded_twice(core: Core):
    seen = core.run(
        START + "await keep(phone, LAO_LI, checkIn([shot('a'), shot('b')]));"
        "server.mood = [null, 'answer-lost']; const first = await sync(phone, LAO_LI);"
        "const held = Object.keys(phone.disk.photos).length;"
        "const second = await sync(phone, LAO_LI, true);"
        "return [first.outcome, held, second.outcome, server.puts, states(phone), Object.keys(phone.disk.photos)];"
    )
    assert seen == ["offline", 2, "done", 2, [], []]


def test_the_photo_stays_until_its_own_sha256_comes_back(core: Core):
    seen = core.run(
        START + "await keep(phone, LAO_LI, checkIn([shot('a')]));"
        "server.mood = [null, {status: 201, body: {id: 'x', sha256: 'of something else', state: 'kept'}}];"
        "const said = await sync(phone, LAO_LI);"
        "return [said.outcome, states(phone), Object.keys(phone.disk.photos).length];"
    )
    assert seen == ["portal", ["announced"], 1]


@pytest.mark.parametrize("answer", ["PORTAL", "ANOTHER_MANS_JSON"])
def test_a_sign_in_page_of_the_net_is_not_sent(core: Core, answer: str):
    seen = core.run(
        START + f"await keep(phone, LAO_LI, counted(1)); server.mood = [{answer}];"
        "const said = await sync(phone, LAO_LI); return [said.outcome, states(phone)];"
    )
    assert seen == ["portal", ["waiting"]]


def test_a_foreign_page_with_status_422_condemns_no_record(core: Core):
    seen = core.run(
        START + "await keep(phone, LAO_LI, counted(1)); server.mood = [{status: 422, body: null}];"
        "const said = await sync(phone, LAO_LI); return [said.outcome, states(phone)];"
    )
    assert seen == ["portal", ["waiting"]]


def test_signed_out_keeps_the_queue_and_asks_to_sign_in(core: Core):
    seen = core.run(
        START + "await keep(phone, LAO_LI, checkIn([shot('a')])); server.mood = [SIGNED_OUT];"
        "const said = await sync(phone, LAO_LI); const after = await sync(phone, LAO_LI);"
        "return [said.outcome, said.wait_ms, after.outcome, Object.keys(server.events).length];"
    )
    assert seen == ["sign-in", 0, "done", 1]


def test_a_conflict_goes_to_attention_and_never_vanishes(core: Core):
    seen = core.run(
        START + "const item = await keep(phone, LAO_LI, counted(5));"
        "server.events[item.id] = 'something else'; await sync(phone, LAO_LI);"
        "const left = Object.values(phone.disk.items)[0];"
        "return [left.state, left.why.code, left.why.fields, summary([left], LAO_LI).attention];"
    )
    assert seen == ["attention", "event-differs", ["payload"], 1]


def test_a_conflict_sent_again_gets_new_ids_and_keeps_its_photos(core: Core):
    seen = core.run(
        START + "const item = await keep(phone, LAO_LI, checkIn([shot('a')]));"
        "server.events[item.id] = 'something else'; await sync(phone, LAO_LI);"
        "await sendAgain(phone, item.id); const again = Object.values(phone.disk.items)[0];"
        "const held = phone.disk.photos[again.photos[0].id].byteLength;"
        "const said = await sync(phone, LAO_LI, true);"
        "return [again.id !== item.id, again.device_at === item.device_at, held, said.outcome, states(phone), server.puts];"
    )
    assert seen == [True, True, 1, "done", [], 1]


def test_one_bad_record_never_holds_up_the_others(core: Core):
    seen = core.run(
        START + "server.judge = (i) => i.payload.received === 13 ?"
        " {result: 'invalid', code: 'count-too-large', message: '件数太大。'} : null;"
        "await keep(phone, LAO_LI, counted(13)); await keep(phone, LAO_LI, counted(2));"
        "const said = await sync(phone, LAO_LI);"
        "return [said.outcome, states(phone), Object.keys(server.events).length,"
        " Object.values(phone.disk.items)[0].why.message];"
    )
    assert seen == ["done", ["attention"], 1, "件数太大。"]


def test_a_poisoned_batch_is_taken_apart(core: Core):
    seen = core.run(
        START + "const plain = server.sync; server.sync = (body) =>"
        " body.items.some((i) => i.payload.received === 13) ?"
        " {status: 422, body: {code: 'form-invalid', detail: '有几处填得不对。'}} : plain(body);"
        "for (const n of [1, 13, 2]) await keep(phone, LAO_LI, counted(n));"
        "const said = await sync(phone, LAO_LI);"
        "return [said.outcome, states(phone), Object.keys(server.events).length];"
    )
    assert seen == ["done", ["attention"], 2]


def test_a_refused_photo_goes_to_attention_while_the_next_one_goes_on(core: Core):
    seen = core.run(
        START + "await keep(phone, LAO_LI, checkIn([shot('bad')]));"
        "await keep(phone, LAO_LI, checkIn([shot('good')]));"
        "server.mood = [null, {status: 422, body: {code: 'not-a-picture', detail: '这不是照片。'}}];"
        "const said = await sync(phone, LAO_LI);"
        "return [said.outcome, states(phone), Object.keys(phone.disk.photos).length, said.count.photos];"
    )
    assert seen == ["done", ["attention"], 1, 1]


def test_a_photo_garbled_on_the_way_is_tried_again_a_few_times_only(core: Core):
    seen = core.run(
        START + "await keep(phone, LAO_LI, checkIn([shot('a')]));"
        "server.photo = () => { server.puts += 1; return {status: 422, body: {code: 'hash-differs', detail: '没收完整。'}}; };"
        "await sync(phone, LAO_LI); return [states(phone), server.puts, Object.keys(phone.disk.photos).length];"
    )
    assert seen == [["attention"], 5, 1]


def test_the_server_forgot_the_event_so_it_is_announced_again(core: Core):
    seen = core.run(
        START + "await keep(phone, LAO_LI, checkIn([shot('a')])); server.mood = [null, 'lost'];"
        "await sync(phone, LAO_LI); server.events = {}; server.photos = {};"
        "const said = await sync(phone, LAO_LI, true); return [said.outcome, states(phone), server.puts];"
    )
    assert seen == ["done", [], 1]


def test_a_gap_in_the_sequence_is_no_obstacle_and_no_number_is_used_twice(core: Core):
    seen = core.run(
        START + "const one = await keep(phone, LAO_LI, counted(1));"
        "server.judge = (i) => i.id === one.id ? {result: 'invalid', code: 'x', message: 'x'} : null;"
        "await sync(phone, LAO_LI); await discard(phone, one.id);"
        "const two = await keep(phone, LAO_LI, counted(2)); const said = await sync(phone, LAO_LI);"
        "return [one.seq, two.seq, said.outcome, server.last.items.map((i) => i.seq)];"
    )
    assert seen == [1, 2, "done", [2]]


def test_only_what_needs_attention_can_be_thrown_away(core: Core):
    seen = core.run(
        START + "const one = await keep(phone, LAO_LI, counted(1)); await discard(phone, one.id);"
        "return states(phone);"
    )
    assert seen == ["waiting"]


def test_a_shared_phone_never_sends_one_persons_records_as_anothers(core: Core):
    seen = core.run(
        START + "await keep(phone, LAO_LI, counted(1)); await keep(phone, XIAO_ZHAO, counted(2));"
        "await sync(phone, XIAO_ZHAO); const left = Object.values(phone.disk.items);"
        "return [left.length, left[0].person_id, summary(left, XIAO_ZHAO).others];"
    )
    assert seen == [1, 7, 1]


def test_batches_hold_twenty_and_go_oldest_first(core: Core):
    seen = core.run(
        START + "for (let n = 0; n < 45; n += 1) await keep(phone, LAO_LI, counted(n));"
        "const sizes = []; const plain = server.sync;"
        "server.sync = (b) => { sizes.push([b.items.length, b.items[0].seq]); return plain(b); };"
        "await sync(phone, LAO_LI); return sizes;"
    )
    assert seen == [[20, 1], [20, 21], [5, 41]]


def test_waiting_doubles_is_capped_at_five_minutes_and_never_in_step(core: Core):
    assert core.run("return [1, 2, 3, 30].map((n) => backoff(n, 0));") == [1000, 2000, 4000, 150000]
    assert core.run("return [1, 2, 3, 30].map((n) => backoff(n, 1));") == [2000, 4000, 8000, 300000]


def test_retry_after_is_obeyed_even_by_hand(core: Core):
    seen = core.run(
        START + "await keep(phone, LAO_LI, counted(1));"
        "server.mood = [{status: 429, body: {code: 'too-many'}, retry_after_s: 90}];"
        "const first = await sync(phone, LAO_LI); const hand = await sync(phone, LAO_LI, true);"
        "phone.clock_ms += 91000; const later = await sync(phone, LAO_LI);"
        "return [first.outcome, first.wait_ms, hand.outcome, hand.wait_ms, later.outcome];"
    )
    assert seen == ["busy", 90000, "later", 90000, "done"]


PHOTOS_TOMORROW = (
    "{status: %s, body: {code: 'photos-tomorrow', detail: '今天照片传满了，明天接着传。'},"
    " retry_after_s: 1800}"
)


@pytest.mark.parametrize("status", [429, 503, 507])
def test_photos_that_have_to_wait_hold_up_no_record_and_are_sent_later(core: Core, status: int):
    seen = core.run(
        START + "await keep(phone, LAO_LI, checkIn([shot('a'), shot('b')]));"
        f"server.mood = [null, {PHOTOS_TOMORROW % status}];"
        "const first = await sync(phone, LAO_LI); const puts = server.puts;"
        "await keep(phone, LAO_LI, counted(12)); const second = await sync(phone, LAO_LI);"
        "const held = Object.keys(phone.disk.photos).length; const mid = states(phone);"
        "phone.clock_ms += first.wait_ms + 1; server.now_ms += first.wait_ms + 1;"
        "const last = await sync(phone, LAO_LI);"
        "return [first.outcome, first.message, first.wait_ms, puts, second.outcome, second.message,"
        " second.count.records, held, mid, last.outcome, states(phone), server.puts];"
    )
    words = "今天照片传满了，明天接着传。"
    wait_ms = 1800_000
    assert seen == [
        *("busy", words, wait_ms, 0, "busy", words),
        *(1, 2, ["announced"], "done", [], 2),
    ]


def test_a_record_whose_turn_comes_later_stays_is_told_why_and_goes_then(core: Core):
    seen = core.run(
        START + "let full = true; server.judge = (i) => full && i.payload.received === 13 ?"
        " {result: 'later', code: 'records-tomorrow', message: '今天交满了，明天接着交。'} : null;"
        "for (const n of [12, 13]) await keep(phone, LAO_LI, counted(n));"
        "await keep(phone, LAO_LI, checkIn([shot('a')]));"
        "const first = await sync(phone, LAO_LI); const left = states(phone); full = false;"
        "const hand = await sync(phone, LAO_LI, true);"
        "phone.clock_ms += first.wait_ms + 1; server.now_ms += first.wait_ms + 1;"
        "const last = await sync(phone, LAO_LI);"
        "return [first.outcome, first.message, first.wait_ms, first.count, left, hand.outcome,"
        " last.outcome, states(phone), Object.keys(server.events).length];"
    )
    assert seen == [
        *("busy", "今天交满了，明天接着交。", 3600_000, {"records": 2, "photos": 1}),
        *(["waiting"], "later", "done", [], 3),
    ]


def test_by_hand_our_own_waiting_is_skipped(core: Core):
    seen = core.run(
        START + "await keep(phone, LAO_LI, counted(1)); server.mood = ['lost'];"
        "await sync(phone, LAO_LI); const soon = await sync(phone, LAO_LI);"
        "const hand = await sync(phone, LAO_LI, true); return [soon.outcome, hand.outcome];"
    )
    assert seen == ["later", "done"]


def test_a_try_by_hand_begins_the_waiting_anew(core: Core):
    # a month without a net has made the waits long; the first seconds of a new net often fail
    seen = core.run(
        START + "await keep(phone, LAO_LI, counted(1)); const waits = [];"
        "for (let n = 0; n < 12; n += 1) { server.mood = ['lost']; waits.push((await sync(phone, LAO_LI)).wait_ms);"
        " phone.clock_ms += 300000; }"
        "server.mood = ['lost']; const hand = await sync(phone, LAO_LI, true);"
        "return [waits[0], waits[11], hand.wait_ms];"
    )
    assert seen == [1500, 225000, 1500]


def test_a_clock_set_back_does_not_stop_sending_for_years(core: Core):
    seen = core.run(
        START + "await keep(phone, LAO_LI, counted(1)); server.mood = ['lost'];"
        "await sync(phone, LAO_LI); phone.clock_ms -= 3 * 365 * 86400000;"
        "return (await sync(phone, LAO_LI)).outcome;"
    )
    assert seen == "done"


def test_two_runs_at_once_are_one(core: Core):
    seen = core.run(
        START + "await keep(phone, LAO_LI, counted(1));"
        "const both = await Promise.all([sync(phone, LAO_LI), sync(phone, LAO_LI)]);"
        "return [both.map((b) => b.outcome), server.posts];"
    )
    assert seen == [["done", "elsewhere"], 1]


def test_a_record_left_without_answer_stays_and_is_asked_again_later(core: Core):
    seen = core.run(
        START + "await keep(phone, LAO_LI, counted(1)); const plain = server.sync;"
        "server.sync = (b) => { const a = plain(b); a.body.results = []; return a; };"
        "const said = await sync(phone, LAO_LI); return [said.outcome, states(phone), server.posts];"
    )
    assert seen == ["busy", ["waiting"], 1]


def test_nothing_claims_all_sent_before_the_queue_was_counted(core: Core):
    assert core.run("return summary(null, LAO_LI);") is None


def test_a_wrong_clock_is_learnt_and_carried_with_the_record(core: Core):
    seen = core.run(
        START + "phone.clock_ms += 3 * 3600000; await keep(phone, LAO_LI, counted(1));"
        "await sync(phone, LAO_LI); const item = await keep(phone, LAO_LI, counted(2));"
        "phone.clock_ms -= 3600000; const moved = await keep(phone, LAO_LI, counted(3));"
        "return [item.clock_offset_ms, moved.clock_offset_ms, happenedAt(moved) === server.now_ms];"
    )
    assert seen == [-3 * 3600000, -2 * 3600000, True]


def test_mending_replaces_the_refused_record_in_the_same_transaction(core: Core):
    seen = core.run(
        START
        + "server.judge = (i) => i.payload.received === 13 ? {result: 'invalid', code: 'x', message: 'x'} : null;"
        "const bad = await keep(phone, LAO_LI, counted(13)); await sync(phone, LAO_LI);"
        "await keep(phone, LAO_LI, counted(3), bad.id); const before = states(phone);"
        "await sync(phone, LAO_LI); return [before, states(phone), Object.keys(server.events).length];"
    )
    assert seen == [["waiting"], [], 1]


def test_what_has_arrived_counts_as_done_before_the_server_says_so(core: Core):
    seen = core.run(
        START
        + "const home = {today: '2026-07-03', stations: [{id: 1, today: {check_in: null, count: null},"
        " todo: [{kind: 'photo', subject: 'signboard', done: false}, {kind: 'photo', subject: 'shelves', done: false}]}]};"
        "await keep(phone, LAO_LI, checkIn([shot('a')])); await keep(phone, LAO_LI, counted(4));"
        "const before = (await phone.read()).items; await sync(phone, LAO_LI);"
        "const after = homeAfter(home, arrivedSince(before, (await phone.read()).items)).stations[0];"
        "return [after.today.check_in.at, after.today.count.received, after.todo.map((t) => t.done), home.stations[0].today.count];"
    )
    assert seen == ["2026-07-03T00:00:00.000Z", 4, [True, False], None]


def test_what_was_thrown_away_does_not_count_as_sent(core: Core):
    seen = core.run(
        "return arrivedSince([{id: 'a', state: 'attention'}, {id: 'b', state: 'waiting'}], []).map((i) => i.id);"
    )
    assert seen == ["b"]
