"""The file of what could not be sent: whole, in order, each photo proving itself (decision 0007)."""

import base64
import hashlib
import json
from typing import Any

import pytest

from tests.app.quick import Core
from tests.app.rescued import EXPORT, WHO, WRITE


@pytest.fixture
def core() -> Core:
    return Core()


def exported(core: Core, between: str = "") -> list[dict[str, Any]]:
    lines: list[str] = core.run(f"{EXPORT} {between} {WRITE} return lines;")
    assert not any("\n" in line for line in lines)
    return [json.loads(line) for line in lines]


def test_the_file_holds_every_record_and_photo_in_order_and_ends_with_the_sum(core: Core):
    head, *body, end = exported(core)
    assert (head["what"], head["version"], head["county"]) == ("cunzhantong-unsent", 1, "140926")
    assert head["person"] == {"id": 7, "name": "老李"}
    assert (head["records"], head["photos"]) == (3, 3)
    assert [next(iter(line)) for line in body] == [
        "record",
        "photo",
        "photo",
        "record",
        "record",
        "photo",
    ]
    chain = hashlib.sha256()
    for line in body:
        if "record" in line:
            chain.update(f"{line['record']['id']}\n".encode())
        else:
            photo = line["photo"]
            content = base64.b64decode(photo["base64"], validate=True)
            assert hashlib.sha256(content).hexdigest() == photo["sha256"]
            assert len(content) == photo["size"]
            chain.update(f"{photo['sha256']}\n".encode())
    assert end == {
        "end": True,
        "records": 3,
        "photos": 3,
        "missing": 0,
        "sha256": chain.hexdigest(),
    }


def test_a_record_stands_in_the_file_as_it_goes_over_the_wire(core: Core):
    lines = exported(
        core, "server.mood = [{status: 503, body: {code: 'busy'}}]; await sync(phone, LAO_LI);"
    )
    record = lines[1]
    assert (record["state"], record["why"], record["saved_at"]) == (
        "waiting",
        None,
        "2026-07-03T00:00:00.000Z",
    )
    assert set(record["record"]) == {
        "id",
        "person_id",
        "kind",
        "station_id",
        "seq",
        "device_at",
        "clock_offset_ms",
        "clock_held",
        "payload",
        "photos",
    }
    assert set(record["record"]["photos"][0]) == {
        "id",
        "subject",
        "sha256",
        "size",
        "taken_at",
        "camera",
        "notes",
    }


def test_what_is_confirmed_is_left_out_and_what_is_lost_is_said(core: Core):
    lines = exported(
        core,
        "server.mood = [null, null, 'lost']; await sync(phone, LAO_LI);"
        "const items = Object.values(phone.disk.items); delete phone.disk.photos[items[items.length - 1].photos[0].id];",
    )
    assert [line["state"] for line in lines if "record" in line] == ["waiting", "announced"]
    photos = [line["photo"] for line in lines if "photo" in line]
    assert ["missing" in photo for photo in photos] == [False, True]
    assert (lines[-1]["photos"], lines[-1]["missing"]) == (1, 1)


def test_exporting_takes_nothing_off_the_phone_and_reads_one_photo_at_a_time(core: Core):
    seen = core.run(
        f"{EXPORT} let most = 0; let reads = 0; const lines = [];"
        f"await exportLines(phone, (await phone.read()).items, {WHO}, (line) => {{"
        " most = Math.max(most, phone.reads - reads); reads = phone.reads; lines.push(line); return Promise.resolve(); });"
        "return [most, Object.keys(phone.disk.items).length, Object.keys(phone.disk.photos).length];"
    )
    assert seen == [1, 3, 3]


@pytest.mark.parametrize("length", [0, 1, 2, 3, 4, 6143, 6144, 6145, 13000])
def test_base64_is_what_everybody_else_understands(core: Core, length: int):
    written = core.run(
        f"const b = new Uint8Array({length}); for (let i = 0; i < b.length; i += 1) b[i] = i * 37 % 256; return base64(b.buffer);"
    )
    assert base64.b64decode(written, validate=True) == bytes(i * 37 % 256 for i in range(length))


def test_the_files_name_can_be_passed_on_by_any_phone(core: Core):
    assert (
        core.run("return exportName({name: '老/李 *'}, Date.UTC(2026, 6, 2, 17));")
        == "村站通-没交的-老李-2026-07-03.txt"
    )
