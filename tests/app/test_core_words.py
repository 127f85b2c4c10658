"""Dates, numbers, codes and words of the phone's shared logic."""

import hashlib
import re

import pytest

from tests.app.quick import CORE, Core


@pytest.fixture(scope="module")
def core() -> Core:
    return Core()


def test_the_day_begins_at_midnight_in_beijing(core: Core):
    seen = core.run(
        "return [beijingDay(Date.UTC(2026,6,2,15,59)), beijingDay(Date.UTC(2026,6,2,16,0)), beijingTime(Date.UTC(2026,6,2,16,5))];"
    )
    assert seen == ["2026-07-02", "2026-07-03", "00:05"]


def test_days_are_told_as_people_tell_them(core: Core):
    seen = core.run(
        "return [dayInWords('2026-07-03'), dayFromToday('2026-07-02','2026-07-03'), dayFromToday('2026-06-30','2026-07-03'),"
        " isDay('2026-02-30'), dayAfter('2026-02-28', 1), daysBetween('2026-02-28','2026-03-02')];"
    )
    assert seen == ["7月3日 星期五", "昨天", "6月30日", False, "2026-03-01", 2]


def test_the_servers_moments_are_read_without_date_parsing(core: Core):
    seen = core.run(
        "return ['2026-07-03T00:05:00Z', '2026-07-03T08:05:00.250+08:00', '2026-07-03 08:05', 'soon'].map(readMoment);"
    )
    assert seen == [1783037100000, 1783037100250, None, None]


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("https://xian.example/s/0123456789abcde", {"kind": "plate", "token": "0123456789abcde"}),
        ("HTTPS://XIAN.EXAMPLE/S/0123456789ABCDE", {"kind": "plate", "token": "0123456789abcde"}),
        ("0123456789abcde", {"kind": "plate", "token": "0123456789abcde"}),
        ("C0007", {"kind": "number", "code": "C0007"}),
        ("c7", {"kind": "number", "code": "C0007"}),
        ("ＸＺ１", {"kind": "number", "code": "XZ0001"}),
        ("140926-C0007", {"kind": "number", "code": "C0007"}),
        ("C0000", {"kind": "other"}),
        ("https://x/app/#/bind/7KQ2-M4XA", {"kind": "bind", "code": "7KQ2-M4XA"}),
        ("https://x/s/#/bind/7KQ2-M4XA", {"kind": "bind", "code": "7KQ2-M4XA"}),
        ("https://pay.example/abc", {"kind": "other"}),
        ("https://xian.example/s/0123456789abcdu", {"kind": "other"}),
        ("", {"kind": "other"}),
    ],
)
def test_a_scanned_text_means_one_thing(core: Core, text: str, meaning: dict[str, str]):
    assert core.run(f"return readScan({text!r});") == meaning


def test_of_all_codes_in_view_ours_is_taken(core: Core):
    plate, pay = "https://kd.example.cn/s/0123456789abcde", "wxp://f2f0abc"

    assert core.run(f"return likeliest([{pay!r}, 'C0007', {plate!r}]);") == plate
    assert core.run(f"return likeliest([{pay!r}]);") == pay
    assert core.run("return likeliest([]);") == ""
    parcel = "SF0123456789012"  # fifteen signs, as a plate's own
    assert core.run(f"return likeliest([{parcel!r}, {plate!r}]);") == plate


def test_of_two_plates_in_view_neither_is_taken_unless_one_alone_is_known(core: Core):
    mine, other = (
        "https://kd.example.cn/s/0123456789abcde",
        "https://kd.example.cn/s/abcdefghjkmnpqr",
    )
    both = core.run(f"return likeliest(['C0007', {mine!r}, {other!r}, {mine.upper()!r}]);")

    assert core.run(f"return isSeveral({both!r});") is True
    stations = "{id: 1, code: 'C0001', plate_token: '0123456789ABCDE'}"
    known = core.run(f"return plateRead({both!r}, [{stations}]);")
    assert (known["here"]["id"], known["text"]) == (1, mine)
    assert "两块" in core.run(f"return plateRead({both!r}, []).problem;")
    two = f"[{stations}, {{id: 2, code: 'C0002', plate_token: 'abcdefghjkmnpqr'}}]"
    assert "两块" in core.run(f"return plateRead({both!r}, {two}).problem;")
    assert core.run("return readScan('BEGIN:VCARD\\nC0007\\nEND:VCARD');") == {"kind": "other"}


def test_bind_codes_forgive_how_people_write_them(core: Core):
    seen = core.run(
        "return ['7kq2 m4xa', '7KQ2—M4XA', 'OILO-1111', '123', 'UUUU-UUUU'].map(readBindCode);"
    )
    assert seen == ["7KQ2-M4XA", "7KQ2-M4XA", "0110-1111", None, None]


@pytest.mark.parametrize(
    ("text", "word"),
    [("-1", "负"), ("1000000000", "99999"), ("十二", "数字"), ("1.5", "整数"), ("", "填 0")],
)
def test_a_count_that_cannot_be_gets_a_sentence(core: Core, text: str, word: str):
    assert word in core.run(f"return readCount({text!r}).error;")


def test_counts_are_read_from_full_width_digits_and_empty_fields(core: Core):
    seen = core.run(
        "return readCounts({day_on:'2026-07-03', received:'１２', sent:' 3 ', agri_sent:'', on_hand:'', by_brand:{'中通':'4','圆通':''}, reason:''}, '2026-07-03');"
    )
    assert seen["value"] == {
        "day_on": "2026-07-03",
        "received": 12,
        "sent": 3,
        "agri_sent": 0,
        "on_hand": 0,
        "by_brand": {"中通": 4},
        "reason": "",
    }


def test_more_farm_goods_than_sent_and_a_day_to_come_are_refused(core: Core):
    seen = core.run(
        "return readCounts({day_on:'2026-07-04', received:'1', sent:'2', agri_sent:'3', on_hand:'0'}, '2026-07-03').errors;"
    )
    assert sorted(seen) == ["agri_sent", "day_on"]


def test_a_typed_number_of_another_station_names_both(core: Core):
    seen = core.run("return readStationDigits('7', 'C', [{code:'C0001'}]);")
    assert "C0001" in seen["error"]
    assert "C0007" in seen["error"]
    assert core.run("return readStationDigits('１', 'C', [{code:'C0001'}]);") == {"code": "C0001"}


@pytest.mark.parametrize("size", [0, 1, 55, 56, 63, 64, 65, 1000, 100_000])
def test_our_sha256_is_sha256(core: Core, size: int):
    content = bytes(i * 7 % 251 for i in range(size))
    script = f"const b = new Uint8Array({size}); for (let i = 0; i < {size}; i += 1) b[i] = i * 7 % 251; return sha256Hex(b.buffer);"
    assert core.run(script) == hashlib.sha256(content).hexdigest()


def test_a_scanned_plate_is_matched_with_the_stations_kept(core: Core):
    seen = core.run(
        "const mine = [{code:'C0001', plate_token:'0123456789abcde'}, {code:'C0002', plate_token:null}];"
        "return [stationScanned(readScan('https://h/s/0123456789abcde'), mine).code, stationScanned(readScan('C2'), mine).code,"
        " stationScanned(readScan('https://h/s/0123456789abcdf'), mine)];"
    )
    assert seen == ["C0001", "C0002", None]


BANNED = (
    *(r"\bwx\.", r"\bwindow\b", r"(?<![.\w/])document\s*[.(\[]", r"\bfetch\b", r"\bindexedDB\b"),
    *(r"\?\.(?!\d)", r"\?\?", r"export default", r"catch \{", r"Date\.parse"),
)


def test_the_core_knows_no_browser_and_no_wechat_and_no_young_syntax():
    for path in CORE.rglob("*.js"):
        code = re.sub(r"/\*.*?\*/|//[^\n]*", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        for banned in BANNED:
            assert not re.search(banned, code), (path.name, banned)
