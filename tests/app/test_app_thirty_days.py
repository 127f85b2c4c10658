"""Thirty days without a net, under a clock that is set wrong twice: everything arrives, once."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Playwright, expect

from server.http import clock
from server.media.blobs import FolderStore
from server.models.phone_event import CheckIn, ParcelCount, PhoneEvent, Photo
from tests import patience
from tests.app.conftest import FLAGS, PHONE, House, bind, wait_until_offline_works
from tests.app.keepers_taps import kept, wait_until_sent

pytestmark = pytest.mark.browser

DAYS, PHOTOS = 30, 200
MORNING = datetime(2026, 7, 3, 1, 0, tzinfo=UTC)  # nine o'clock in the village
YEAR, THREE_HOURS = 365 * 86_400_000, 3 * 3_600_000
MOST_ALIVE = 1_000_000  # bytes of photos in memory; all of them together are millions

# Days pass at once: `elapsed` for everybody, `wrong` only for what this phone believes.
PASSING_TIME = """(() => {
    const Real = Date, steady = performance.now.bind(performance);
    const kept = (name) => Number(localStorage.getItem(name) || 0);
    const zero = %d, real = Real.now() - steady(), atStart = kept('elapsed');
    const now = () => zero + steady() + real - kept('began') + kept('elapsed') + kept('wrong');
    window.Date = class extends Real {
        constructor(...args) { if (args.length) super(...args); else super(now()); }
        static now() { return Math.round(now()); } };
    if (!kept('began')) localStorage.setItem('began', real + steady());
    performance.now = () => steady() + kept('elapsed') - atStart; })()"""

# One day's work through the app's own door: what its screens call when a button is pressed.
DAY = """async ({ day, photos, elapsed, wrong }) => {
    localStorage.setItem('elapsed', elapsed); localStorage.setItem('wrong', wrong);
    const { keepRecord, today, tick, station } = await import('/app/state.js');
    tick.value += 1;
    const id = station.value.id, said = [];
    const keep = async (kind, payload, shots) => said.push(await keepRecord({ kind, station_id: id, payload, photos: shots }));
    await keep('check_in', { method: 'typed', text: 'C0001', position: null }, []);
    await keep('parcel_count', { day_on: today.value, received: 100 + day, sent: day, agri_sent: 0, on_hand: 0, by_brand: {}, reason: '' }, []);
    for (let n = 0; n < photos; n += 1) {
        const canvas = new OffscreenCanvas(640, 480), pen = canvas.getContext('2d');
        for (let i = 0; i < 700; i += 1) {
            pen.fillStyle = `hsl(${(i * 53 + n * 7 + day * 11) % 360},60%,${30 + (i * 7) % 50}%)`;
            pen.fillRect((i * 97) % 640, (i * 61 + n * 13) % 480, 60, 40);
        }
        const bytes = await (await canvas.convertToBlob({ type: 'image/jpeg', quality: 0.85 })).arrayBuffer();
        await keep('photo_note', { note: '' }, [{ subject: 'shelves', bytes, size: bytes.byteLength, taken_ms: Date.now(), camera: 'camera', notes: {} }]);
    }
    return said.filter((one) => !one.item).map((one) => one.problem); }"""

# How many bytes of photos are out of the store at once while they are being sent.
WEIGHED = """async () => {
    const { phone } = await import('/app/state.js');
    const { photo, putPhoto } = phone;
    window.weighed = { out: 0, most: 0, largest: 0 };
    phone.photo = async (id) => {
        const bytes = await photo(id);
        weighed.out += bytes.byteLength;
        weighed.most = Math.max(weighed.most, weighed.out);
        weighed.largest = Math.max(weighed.largest, bytes.byteLength);
        return bytes; };
    phone.putPhoto = (id, bytes, sha256) => putPhoto(id, bytes, sha256).finally(() => { weighed.out -= bytes.byteLength; }); }"""


def alive(page: Page) -> int:
    """Bytes that buffers hold after the rubbish has been taken out."""
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.collectGarbage")
    held: int = session.send("Runtime.getHeapUsage")["backingStorageSize"]
    session.detach()
    return held


def true_day(n: int) -> date:
    return date(2026, 7, 3) + timedelta(days=n)


@pytest.fixture
def pass_days(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Sets the county's clock to so many days after the first morning."""
    began = clock.now()
    read = clock.now
    elapsed = timedelta()

    def set_clock(days: int) -> None:
        nonlocal elapsed
        elapsed = timedelta(days=days)

    monkeypatch.setattr(clock, "now", lambda: MORNING + elapsed + (read() - began))
    return set_clock


def test_a_month_in_the_mountains_arrives_whole_and_once(
    playwright: Playwright,
    chromium: str,
    house: House,
    tmp_path: Path,
    pass_days: Callable[[int], None],
) -> None:
    def switched_on() -> Page:
        context = playwright.chromium.launch_persistent_context(
            tmp_path / "phone", executable_path=chromium, args=FLAGS, base_url=house.url, **PHONE
        )
        context.set_default_timeout(patience.ms(30_000))
        context.add_init_script(PASSING_TIME % (MORNING.timestamp() * 1000))
        return context.pages[0]

    def work(page: Page, days: range, wrong: int = 0) -> None:
        for n in days:
            photos = PHOTOS * (n + 1) // DAYS - PHOTOS * n // DAYS
            job: dict[str, Any] = {"day": n, "photos": photos, "elapsed": n * 86_400_000}
            assert page.evaluate(DAY, {**job, "wrong": wrong}) == []

    page = switched_on()
    bind(page, house, house.cast.li)
    wait_until_offline_works(page)
    page.context.set_offline(True)
    work(page, range(5))
    work(page, range(5, 8), wrong=YEAR)  # set while the app is open: known exactly
    page.reload()
    expect(page.locator(".unsent")).to_be_visible()
    work(page, range(8, 13), wrong=YEAR)  # the app was started under it: only the order is known
    work(page, range(13, 18), wrong=-THREE_HOURS)
    page.context.close()

    page = switched_on()
    page.context.set_offline(True)
    page.goto("/app/")
    expect(page.locator(".unsent")).to_be_visible()
    work(page, range(18, DAYS))
    assert alive(page) < MOST_ALIVE
    page.goto("/app/#/me")
    page.goto("/app/#/")
    expect(page.get_by_text("有 260 条记录，最早的已经 29 天没交上去")).to_be_visible()
    assert page.evaluate(kept("photos")) == PHOTOS
    assert house.rows(PhoneEvent) == []

    pass_days(DAYS - 1)
    page.evaluate(WEIGHED)
    page.context.set_offline(False)
    wait_until_sent(page, 120)
    expect(page.get_by_text("手机里还有")).to_be_hidden()
    assert page.evaluate(kept("photos")) == 0
    weighed = page.evaluate("() => weighed")
    assert weighed["most"] == weighed["largest"] > 10_000, weighed  # one photo out at a time
    assert alive(page) < MOST_ALIVE
    page.context.close()

    events, check_ins, counts, photos = map(house.rows, (PhoneEvent, CheckIn, ParcelCount, Photo))
    assert len(events) == 2 * DAYS + PHOTOS
    assert len({event.device_seq for event in events}) == len(events)
    month = [true_day(n) for n in range(DAYS)]
    assert sorted(one.day_on for one in counts) == month
    assert {one.day_on: one.received for one in counts} == {
        true_day(n): 100 + n for n in range(DAYS)
    }
    assert all(one.version == 1 for one in counts)
    assert sorted(one.day_on for one in check_ins) == month
    doubted = {one.day_on for one in check_ins if not one.time_verified}
    assert doubted == {true_day(n) for n in range(5, 18)}
    assert len(photos) == PHOTOS
    assert all(one.arrived_at is not None for one in photos)
    store = FolderStore(tmp_path / "home" / "photos")
    sizes = [stat.size for one in photos if (stat := store.stat(one.sha256))]
    assert sizes == [one.size_bytes for one in photos]
    assert sum(sizes) > 2 * MOST_ALIVE
    uploads = [call for call in house.calls if call.startswith("PUT ")]
    assert len(uploads) == len(set(uploads)) == PHOTOS
