"""Photos that will never arrive: the others go on, the server is told, the keeper may decide."""

import pytest

from tests.app.quick import Core

START = "const server = makeServer(); const phone = makePhone(server);"
NO_PICTURE = "{status: 422, body: {code: 'not-a-picture', detail: '这不是照片。'}}"
LEFT = "const left = Object.values(phone.disk.items)[0];"


@pytest.fixture
def core() -> Core:
    return Core()


def test_one_refused_photo_lets_the_others_of_its_record_go_on(core: Core):
    seen = core.run(
        START
        + "const item = await keep(phone, LAO_LI, checkIn([shot('bad'), shot('good'), shot('fine')]));"
        f"server.mood = [null, {NO_PICTURE}]; await sync(phone, LAO_LI); {LEFT}"
        "return [left.state, left.photos.map((p) => p.state), left.why.code, server.puts, onlyPhotosRefused(left),"
        " Object.keys(phone.disk.photos).length, server.withdrawn.map((w) => [w[0] === item.photos[0].id, w[1], w[2]])];"
    )
    states = ["refused", "kept", "kept"]
    assert seen == [
        "attention",
        states,
        "not-a-picture",
        2,
        True,
        1,
        [[True, "refused", "not-a-picture"]],
    ]


def test_a_photo_lost_on_the_phone_is_withdrawn(core: Core):
    seen = core.run(
        START + "await keep(phone, LAO_LI, checkIn([shot('a')])); phone.disk.photos = {};"
        f"await sync(phone, LAO_LI); {LEFT}"
        "return [left.state, left.why.code, server.withdrawn[0].slice(1), server.puts];"
    )
    assert seen == ["attention", "photo-lost", ["lost", "photo-lost"], 0]


def test_withdrawing_waits_for_the_net_even_when_the_record_is_thrown_away_meanwhile(core: Core):
    seen = core.run(
        START + "const item = await keep(phone, LAO_LI, checkIn([shot('a')]));"
        f"server.mood = [null, {NO_PICTURE}, 'lost']; const first = await sync(phone, LAO_LI);"
        "await discard(phone, item.id); const told = server.withdrawn.length;"
        "await sync(phone, XIAO_ZHAO, true); const others = server.withdrawn.length;"
        "await sync(phone, LAO_LI, true); await sync(phone, LAO_LI, true);"
        "return [first.outcome, told, others, server.withdrawn.length, phone.disk.meta.withdrawals, states(phone)];"
    )
    assert seen == ["offline", 0, 0, 1, [], []]


@pytest.mark.parametrize(
    "answer",
    ["{status: 404, body: {code: 'photo-not-announced', detail: '没有。'}}", "null"],
    ids=["the server never knew it", "withdrawn"],
)
def test_any_answer_in_our_words_ends_the_withdrawal(core: Core, answer: str):
    seen = core.run(
        START + "await keep(phone, LAO_LI, checkIn([shot('a')])); phone.disk.photos = {};"
        f"server.mood = [null, {answer}]; const said = await sync(phone, LAO_LI);"
        "return [said.outcome, phone.disk.meta.withdrawals];"
    )
    assert seen == ["done", []]


def test_a_sign_in_page_of_the_net_ends_no_withdrawal(core: Core):
    seen = core.run(
        START + "await keep(phone, LAO_LI, checkIn([shot('a')])); phone.disk.photos = {};"
        "server.mood = [null, PORTAL]; const said = await sync(phone, LAO_LI);"
        "return [said.outcome, phone.disk.meta.withdrawals.length];"
    )
    assert seen == ["portal", 1]


def test_a_withdrawn_photo_sent_again_is_never_taken_for_arrived(core: Core):
    # The server no longer asks for it; before, "same" and not asked for meant that it was there.
    seen = core.run(
        START + "const item = await keep(phone, LAO_LI, checkIn([shot('a')]));"
        f"server.mood = [null, {NO_PICTURE}]; await sync(phone, LAO_LI); await sendAgain(phone, item.id);"
        "server.mood = [null, 'lost']; await sync(phone, LAO_LI, true);"
        "const held = Object.keys(phone.disk.photos).length;"
        "const said = await sync(phone, LAO_LI, true);"
        "return [held, said.count.photos, server.photos[item.photos[0].id].kept, states(phone), Object.keys(phone.disk.photos)];"
    )
    assert seen == [1, 1, True, [], []]


def test_a_new_photo_takes_the_place_of_the_refused_one(core: Core):
    seen = core.run(
        START + "const item = await keep(phone, LAO_LI, checkIn([shot('bad')]));"
        f"server.mood = [null, {NO_PICTURE}]; await sync(phone, LAO_LI);"
        "await keep(phone, LAO_LI, checkIn([shot('good')]), item.id); const held = Object.keys(phone.disk.photos).length;"
        "await sync(phone, LAO_LI);"
        "return [held, states(phone), Object.keys(server.events).length, Object.values(server.photos).filter((p) => p.kept).length];"
    )
    assert seen == [1, [], 2, 1]
