"""A keeper's day on phones as old as villages have: real Chromium 72, 79 and 92."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import qrcode
from PIL import Image

from server.models.inspection import Inspection, SignedHow
from server.models.phone_event import CheckIn, ParcelCount, PhoneEvent, Photo
from tests.app.conftest import House, photo_of_a_wall, plate_frames
from tests.app.line import Answer, Line
from tests.app.old_phone import OldPhone
from tests.app.rounds import round_of
from tests.drills.house import LONG
from tools.old_phones import browser_data, runs_here

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not runs_here(), reason="the old browsers are for 64-bit Linux PCs"),
]
NOTHING_LEFT = """new Promise((give) => { const open = indexedDB.open('cunzhantong');
    open.onsuccess = () => { const all = open.result.transaction('items').objectStore('items').count();
    all.onsuccess = () => { open.result.close(); give(all.result === 0); }; }; })"""
READY = "import('/app/platform/phone.js').then((phone) => phone.readyWithoutNet())"

# Takes from a page what is not there in Safari 12.1, before the page's own scripts begin.
WITHOUT = """
for (const [name, member] of LACKING) {
  const thing = window[name];
  if (!member) delete window[name];
  else if (name === 'Window') delete window[member];
  else if (thing && thing.prototype) delete thing.prototype[member];
}
for (const kind of ['down', 'move', 'up', 'cancel']) {
  addEventListener('pointer' + kind, (event) => event.stopImmediatePropagation(), true);
}"""

SwitchOn = Callable[..., OldPhone]


@pytest.fixture
def line(house: House) -> Iterator[Line]:
    with Line(house.url) as line:
        yield line


@pytest.fixture
def switch_on(house: House, tmp_path: Path) -> Iterator[SwitchOn]:
    """`switch_on(72)` gives the phone whose storage lies in one folder."""
    film = plate_frames(f"https://kd.example.cn/s/{house.c1_token}", tmp_path / "film.y4m")
    phones: list[OldPhone] = []

    def begin(version: int, *, before_a_plate: bool = False) -> OldPhone:
        seen = film if before_a_plate else None
        phones.append(OldPhone(version, tmp_path / "phone", film=seen))
        return phones[-1]

    yield begin
    for phone in phones:
        phone.close()
    assert not [error for phone in phones for error in phone.errors]


def bind(phone: OldPhone, line: Line, house: House) -> None:
    phone.open(f"{line.url}/app/")
    phone.see("认一下您是哪个站")
    phone.type_into("#code", house.bind_code(house.cast.li))
    phone.tap("就是我，进去")
    phone.see("老李，您好")
    phone.tap("好，开始用")
    phone.see("还没签到")


def photo_of_a_plate(text: str, path: Path) -> Path:
    """A still photo, 12 megapixels and lying down: a plate on a wall, its code in the middle."""
    code = qrcode.make(text, box_size=12).get_image().convert("RGB")
    wall = Image.new("RGB", (4000, 3000), (190, 170, 140))
    wall.paste(code.resize((700, 700)).rotate(90), (1700, 1100))
    exif = Image.Exif()
    exif[0x0112] = 6
    wall.save(path, "JPEG", quality=85, exif=exif)
    return path


@pytest.mark.drill
@pytest.mark.parametrize(
    "version",
    [72, pytest.param(79, marks=pytest.mark.skipif(not LONG, reason="make drill")), 92],
)
def test_a_keepers_day_on_an_old_phone(
    version: int, house: House, line: Line, switch_on: SwitchOn, tmp_path: Path
):
    a_keepers_day(version, house, line, switch_on, tmp_path)


def test_a_keepers_day_without_what_safari_12_1_lacks(
    house: House, line: Line, switch_on: SwitchOn, tmp_path: Path
):
    def as_safari(version: int, **seen: bool) -> OldPhone:
        phone = switch_on(version, **seen)
        phone.before_every_page(WITHOUT.replace("LACKING", json.dumps(lacking_in_safari())))
        return phone

    a_keepers_day(72, house, line, as_safari, tmp_path)


def test_an_older_phone_is_told_before_anything_is_typed(line: Line, switch_on: SwitchOn):
    phone = switch_on(72)
    phone.calls_itself("Mozilla/5.0 (Linux; Android 8) AppleWebKit/537.36 Chrome/71.0.3578.99")
    phone.open(f"{line.url}/app/")
    phone.see("这个浏览器太旧，打不开村站通")
    assert phone.evaluate("document.querySelector('input')") is None

    phone = switch_on(72)
    phone.before_every_page("delete window.queueMicrotask")  # Safari 12.0
    phone.calls_itself("Mozilla/5.0 (iPhone; CPU iPhone OS 12_1 like Mac OS X) Version/12.0 Safari")
    phone.open(f"{line.url}/app/")
    phone.see("这个浏览器太旧，打不开村站通")


def test_an_old_phone_that_does_not_start_says_what_to_do(line: Line, switch_on: SwitchOn):
    phone = switch_on(72)
    line.lie = {"/app/main.js": Answer(b"<h1>Firewall</h1>")}.get
    phone.open(f"{line.url}/app/")
    styled = "document.body && getComputedStyle(document.body).marginTop === '0px'"
    phone.wait_for(f"{styled} && Boolean(document.querySelector('.stuck'))")
    assert not phone.sees("还没打开？")
    phone.see("还没打开？", 15)
    phone.tap("救出没交的记录")
    phone.see("没有还没交的记录")


def lacking_in_safari() -> list[list[str]]:
    """What Chromium 72 has and Safari 12.1 has not: [interface] or [interface, member] each."""
    found = []
    for name, thing in json.loads(browser_data().read_text(encoding="utf-8"))["api"].items():
        if only_in_chromium(thing):
            found.append([name])
            continue
        for member, entry in thing.items():
            if "_" not in member and only_in_chromium(entry):
                found.append([name, member])
    return found


def only_in_chromium(entry: Any) -> bool:
    support = entry.get("__compat", {}).get("support", {})
    return since(support, "chrome") <= 72 and since(support, "safari") > 12.1


def since(support: Any, browser: str) -> float:
    """The first version that has it plainly; a very late one where none has."""
    said = support.get(browser, [])
    versions = [
        one["version_added"].lstrip("≤").split(".")
        for one in (said if isinstance(said, list) else [said])
        if isinstance(one.get("version_added"), str)
        and one["version_added"] != "preview"
        and not {"flags", "prefix", "alternative_name"} & one.keys()
    ]
    return min((float(".".join(one[:2])) for one in versions), default=1e9)


def a_keepers_day(
    version: int, house: House, line: Line, switch_on: SwitchOn, tmp_path: Path
) -> None:
    phone = switch_on(version)
    bind(phone, line, house)
    phone.wait_for(READY)

    phone.tap("扫牌子签到")
    phone.see("拍张照片来认")
    plate = photo_of_a_plate(f"https://kd.example.cn/s/{house.c1_token}", tmp_path / "plate.jpg")
    phone.hand_over(plate)
    phone.see("签到好了")
    phone.see("已经交到县里了")
    phone.close()

    phone = switch_on(version, before_a_plate=True)
    line.there = False
    phone.open(f"{line.url}/app/#/check-in")
    phone.see("签到好了")
    (tmp_path / "shelves.jpg").write_bytes(photo_of_a_wall(orientation=6))
    phone.open(f"{line.url}/app/#/photo/shelves")
    phone.hand_over(tmp_path / "shelves.jpg")
    phone.see("这张行吗？")
    phone.tap("就用这张")
    phone.see("货架照片存好了")
    phone.open(f"{line.url}/app/#/count")
    phone.type_into("#received", "12")
    phone.type_into("#sent", "3")
    phone.tap("存好交上去")
    phone.see("件数记好了")
    phone.close()

    phone = switch_on(version)  # the battery was empty; still no net
    phone.open(f"{line.url}/app/")
    phone.see("3 条存在手机里")
    line.there = True
    phone.tap("现在上传")
    phone.wait_for(NOTHING_LEFT)

    assert len(house.rows(PhoneEvent)) == 4
    assert [one.method for one in house.rows(CheckIn)] == ["photo", "scan"]
    assert [(one.received, one.sent) for one in house.rows(ParcelCount)] == [(12, 3)]
    (photo,) = house.rows(Photo)
    (stored,) = (tmp_path / "home" / "photos").rglob(f"*{photo.sha256}*")
    kept = Image.open(stored)
    assert kept.size == (1200, 1600)
    red, green, _ = kept.convert("RGB").getpixel((1180, 20))  # top left before it was turned
    assert red > 120 > green


def test_an_inspectors_findings_are_worked_out_and_shown_on_an_old_phone(
    house: House, line: Line, switch_on: SwitchOn
):
    round_of(house)
    phone = switch_on(72)
    phone.open(f"{line.url}/app/")
    phone.see("认一下您是哪个站")
    phone.type_into("#code", house.bind_code(house.cast.wang))
    phone.tap("就是我，进去")
    phone.tap("好，开始用")
    phone.tap("马家沟村快递便民服务点")
    phone.tap("到了，扫牌子")
    phone.type_into("#typed", "C0001")
    phone.tap("按编号开始查")
    phone.see("还差 13 条")
    phone.evaluate("document.querySelectorAll('.tap.unknown').forEach((one) => one.click())")
    phone.evaluate("document.querySelector('#rule-A3-22a .tap.pass').click()")
    phone.type_into("#value-A3-22asign_text", "馬家溝村快遞便民服務點")
    phone.see("要由人认定")
    phone.tap("就按我点的")
    phone.type_into("#note-A3-22a", "老招牌，写的繁体")
    phone.tap("查完了，去签字")
    phone.see("督导员自己认定的 1 条")
    phone.tap("站长不肯签")
    phone.type_into("#refusal", "说等家里人回来")
    phone.tap("交上去")
    phone.see("督导记录存好了")
    phone.wait_for(NOTHING_LEFT)
    (kept,) = house.rows(Inspection)
    assert (kept.signed_how, kept.differences) == (SignedHow.ON_DOCUMENT, [])
    name = next(one for one in kept.findings if one["code"] == "A3-22a")
    assert (name["verdict"], name["word"]) == ("pass", "inspector")
    assert name["why"].endswith("；督导员现场认定符合：老招牌，写的繁体")
