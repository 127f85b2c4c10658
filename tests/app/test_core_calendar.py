"""A month offline under a clock that somebody else sets: records find their days again, or say so."""

import pytest

from tests.app.quick import Core

# One check-in and one count a day from 3 July on, at eight in the morning in Beijing; `ahead` days
# by the phone's calendar, in a run of its own where `anew`.
MONTH = """
const server = makeServer(); const phone = makePhone(server); const DAY = 86400000;
const begun = phone.clock_ms; let ahead = 0; let passed = 0;
const begin = (name) => { phone.run = name; phone.steady_ms = 0; };
const rest = (ms) => { passed += ms; phone.steady_ms += ms; phone.clock_ms = begun + passed + ahead; server.now_ms = begun + passed; };
const turn = (ms) => { ahead = ms; phone.clock_ms = begun + passed + ahead; };
const day = async () => {
  const meta = (await phone.read()).meta;
  await keep(phone, LAO_LI, checkIn());
  const payload = counted(5).payload;
  await keep(phone, LAO_LI, { kind: 'parcel_count', station_id: 1, payload: Object.assign(payload, { day_on: beijingDay(trueNow(phone, meta.clock)) }) });
};
const sent = []; const plain = server.sync;
server.judge = (item) => item.kind === 'parcel_count' && item.payload.day_on > beijingDay(server.now_ms)
  ? { result: 'invalid', code: 'day-in-future', message: '还没到。' } : null;
server.sync = (body) => { sent.push(...body.items); return plain(body); };
const days = () => sent.filter((i) => i.kind === 'parcel_count').map((i) => i.payload.day_on);
const stamps = () => sent.filter((i) => i.kind === 'check_in').map((i) => beijingDay(happenedAt(i)));
const JULY = Array.from({ length: 30 }, (_, n) => dayAfter('2026-07-03', n));
await keep(phone, LAO_LI, counted(1)); await sync(phone, LAO_LI); sent.length = 0; // the clock is known
"""


@pytest.fixture
def core() -> Core:
    return Core()


def test_a_clock_moved_within_a_run_does_not_move_the_days(core: Core):
    seen = core.run(
        MONTH + "for (let n = 0; n < 30; n += 1) {"
        " turn(n >= 10 && n < 15 ? 365 * DAY : n >= 15 && n < 20 ? -3 * 3600000 : 0); await day(); rest(DAY); }"
        "turn(0); const said = await sync(phone, LAO_LI, true);"
        "return [said.outcome, states(phone), days().join() === JULY.join(), stamps().join() === JULY.join(), sent.length];"
    )
    assert seen == ["done", [], True, True, 60]


@pytest.mark.parametrize("hours", [0, 0.25, -0.25])
def test_a_calendar_a_year_ahead_and_mended_before_sending_keeps_the_order_of_the_days(
    core: Core, hours: float
):
    seen = core.run(
        MONTH + f"const hours = {hours};"
        "for (let n = 0; n < 30; n += 1) { begin('day-' + n);"
        " turn(n >= 10 && n < 15 ? 365 * DAY : 0); await day(); rest(DAY + hours * 3600000); }"
        "turn(0); begin('last'); const said = await sync(phone, LAO_LI, true);"
        "return [said.outcome, states(phone), days().join() === JULY.join(), stamps().join() === JULY.join(), sent.length];"
    )
    assert seen == ["done", [], True, True, 60]


def test_a_calendar_still_ahead_while_sending_is_measured_exactly(core: Core):
    ahead = "(400 * 24 + 5) * 3600000"
    seen = core.run(
        MONTH + f"begin('wrong'); turn({ahead});"
        "for (let n = 0; n < 4; n += 1) { await day(); rest(DAY); }"
        "begin('sending'); const said = await sync(phone, LAO_LI, true);"
        f"return [said.outcome, states(phone), days(), stamps(), sent.map((i) => i.clock_offset_ms === -{ahead})];"
    )
    july = ["2026-07-03", "2026-07-04", "2026-07-05", "2026-07-06"]
    assert seen == ["done", [], july, july, [True] * 8]


def test_three_hours_behind_in_a_new_run_changes_nothing_that_was_entered(core: Core):
    seen = core.run(
        MONTH + "begin('behind'); turn(-3 * 3600000); rest(12 * 3600000); await day();"
        "turn(0); begin('later'); const said = await sync(phone, LAO_LI, true);"
        "return [said.outcome, states(phone), days(), sent[0].clock_offset_ms];"
    )
    assert seen == ["done", [], ["2026-07-03"], 0]


def test_a_few_hours_ahead_are_left_to_the_server(core: Core):
    assert core.run(
        MONTH
        + "begin('ahead'); turn(6 * 3600000); const item = await keep(phone, LAO_LI, checkIn());"
        "turn(0); begin('later'); await sync(phone, LAO_LI, true);"
        "return sent[0].clock_offset_ms === item.clock_offset_ms;"
    )


def test_a_phone_that_never_heard_a_clock_asks_nothing_first(core: Core):
    assert (
        core.run(
            "const server = makeServer(); const phone = makePhone(server);"
            "await keep(phone, LAO_LI, counted(1)); await sync(phone, LAO_LI); return server.posts;"
        )
        == 1
    )


def test_a_date_that_cannot_be_right_is_doubted_in_a_new_run_only(core: Core):
    seen = core.run(
        MONTH + "const clock = phone.disk.meta.clock; const doubted = [];"
        "turn(365 * DAY); doubted.push(clockDoubted(phone, clock)); begin('new');"
        "doubted.push(clockDoubted(phone, clock)); turn(-3 * 3600000); doubted.push(clockDoubted(phone, clock));"
        "turn(30 * DAY); doubted.push(clockDoubted(phone, clock)); doubted.push(clockDoubted(phone, null)); return doubted;"
    )
    assert seen == [False, True, True, False, False]


@pytest.mark.parametrize(
    ("steps", "held"),
    [
        # heard of the server in this run: a clock moved afterwards is measured
        ("await day();", True),
        # opened without a net, and the net comes while the app is still open
        ("begin('offline'); await day(); rest(3600000);", True),
        # closed between the record and the net: nobody can say what the clock did
        ("begin('offline'); await day(); begin('net'); rest(DAY);", False),
        # set back for the record and set right again in the same run
        ("begin('offline'); rest(DAY); turn(-DAY); await day(); rest(60000); turn(0);", False),
        # the same with the app closed for it: both times that it tells its clock it agrees
        ("begin('a'); rest(2 * DAY); turn(-DAY); await day(); turn(0); begin('b');", False),
    ],
)
def test_only_a_record_whose_time_nobody_can_have_set_is_called_held(
    core: Core, steps: str, *, held: bool
):
    seen = core.run(
        MONTH + steps + " const said = await sync(phone, LAO_LI, true);"
        "return [said.outcome, sent.map((i) => i.clock_held)];"
    )
    assert seen == ["done", [held, held]]
