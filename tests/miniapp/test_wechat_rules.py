"""What WeChat allows only at a tap, only on some phones, or not at all: the person is told in words."""

import hashlib
import io
import json
import struct

from PIL import ExifTags, Image

from tests.api.events import jpeg
from tests.miniapp.conftest import Stage
from tests.miniapp.contract import Phone, Setting
from tests.miniapp.playing import check_in, li
from tests.miniapp.weixin import WeChat

ASKED = "weixin.need('messages')"


def shared(machine: WeChat) -> int:
    return int(machine.run("return hand.calls.filter(([n]) => n === 'shareFileMessage').length"))


def test_what_wechat_asks_a_tap_for_is_asked_at_a_tap(stage: Stage) -> None:
    def walk(phone: Phone, setting: Setting) -> None:
        machine = phone.machine
        assert isinstance(machine, WeChat)
        li(phone, setting)
        phone.net(off=True)
        phone.keep("check_in", setting.cast.c1, check_in(setting))

        phone.run("S.welcome.value = null")
        machine.open("pages/me/me")
        save = "weixin.need('core/words/kept').KEPT_WORDS"
        word = machine.run(f"return {save}.saveAll")
        machine.tap(word)
        assert shared(machine) == 0, "the question was not agreed to"
        machine.run("hand.answers = [true]")
        assert machine.run(f"return {save}.passedOn") in machine.tap(word)
        assert shared(machine) == 1
        lines = machine.run(
            "const path = hand.calls.pop()[1].filePath; return textOfUtf8(disk.files[path])"
        ).splitlines()
        assert json.loads(lines[0])["what"] == "cunzhantong-unsent"
        assert len(lines) == 3, "who it is from, the record, and the end"

        for arranged, said in (
            ("world.tapped = true; hand.reminders_off = true", "接收通知"),
            ("world.tapped = false; hand.reminders_off = false", "没问成"),
        ):
            asking = f"{arranged}; await {ASKED}.askMessages(); return {ASKED}.messagesNow()"
            assert said in machine.run(asking)["text"]

        machine.run("for (const n in disk.files) if (/usr.czt/.test(n)) delete disk.files[n]")
        assert "清掉了手机里 1 条没交的" in machine.launch()
        assert machine.run("return world.house").startswith("https://"), "a phone on trial too"
        machine.run("hand.platform = 'devtools'")
        phone.net(off=False)
        machine.launch()
        assert machine.run("return world.house") == "http://127.0.0.1:8000"

    stage("native", walk)


def test_a_place_in_a_photo_never_leaves_the_phone(stage: Stage) -> None:
    """The bytes are hashed, kept and sent without it, and show what they showed."""
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "HUAWEI"
    place = exif.get_ifd(ExifTags.IFD.GPSInfo)
    place.update({1: "N", 2: (38.0, 21.0, 24.1357), 3: "E", 4: (111.0, 56.0, 25.0)})
    out = io.BytesIO()
    xmp = b"<exif:GPSLatitude>38,21.4N</exif:GPSLatitude>"
    Image.open(io.BytesIO(jpeg(70, 200))).save(out, "JPEG", exif=exif, xmp=xmp)
    content = out.getvalue()
    assert b"GPSLatitude" in content
    assert Image.open(io.BytesIO(content)).getexif().get_ifd(ExifTags.IFD.GPSInfo)

    def walk(phone: Phone, setting: Setting) -> None:
        li(phone, setting)
        phone.run(f"hand.shots = ['{content.hex()}']")
        shot = phone.run("return (await weixin.need('camera').takeShot('front', () => {})).shot")
        kept = phone.run(
            "const { localPicture, bytesAt } = weixin.need('platform/wx');"
            f" return [...new Uint8Array(bytesAt(localPicture('{shot['id']}')))]"
        )
        sent = bytes(kept)
        assert (len(sent), hashlib.sha256(sent).hexdigest()) == (len(content), shot["sha256"])
        assert b"GPSLatitude" not in sent
        picture = Image.open(io.BytesIO(sent))
        assert dict(picture.getexif().get_ifd(ExifTags.IFD.GPSInfo)) == {}
        assert picture.getexif()[ExifTags.Base.Make] == "HUAWEI"
        assert picture.tobytes() == Image.open(io.BytesIO(content)).tobytes()

        for strange in (lying_notes(), lying_notes(fill=b"\xff\xff", behind=b"GPSLatitude")):
            bare = phone.run(
                f"const bytes = Uint8Array.from([{','.join(map(str, strange))}]).buffer;"
                " return [...new Uint8Array(weixin.need('placeless').withoutPlace(bytes))]"
            )
            left = bytes(bare)
            assert len(left) == len(strange)
            assert b"GPSLatitude" not in left
            shows = [Image.open(io.BytesIO(one)).tobytes() for one in (left, strange)]
            assert shows[0] == shows[1], "the picture is nobody's notes, whatever they claim"

    stage("native", walk)


def lying_notes(fill: bytes = b"", behind: bytes = b"") -> bytes:
    """A JPEG whose EXIF says that its place reaches over the whole picture; notes beside it."""
    field = struct.pack("<HHII", 2, 5, 0x7FFFFFFF, 60)
    place = struct.pack("<H", 2) + field + struct.pack("<HHII", 4, 5, 3, 90) + bytes(4)
    tiff = b"II*\0" + struct.pack("<IHHHIII", 8, 1, 0x8825, 4, 1, 26, 0) + place
    notes = ((0xE1, b"Exif\0\0" + tiff), (0xED, b"GPSLatitude"), (0xFE, b"GPSLatitude"))
    heads = [fill + struct.pack(">BBH", 0xFF, mark, len(note) + 2) + note for mark, note in notes]
    whole = jpeg(70, 200)
    return whole[:2] + b"".join(heads) + whole[2:] + behind


def test_a_photo_that_an_old_wechat_only_presses_is_told_with_its_own_sides(stage: Stage) -> None:
    def walk(phone: Phone, setting: Setting) -> None:
        li(phone, setting)
        phone.run(
            f"hand.shots = ['{jpeg(70, 200).hex()}']; hand.sides = {{ width: 4000, height: 3000 }}"
        )
        shot = phone.run("return (await weixin.need('camera').takeShot('front', () => {})).shot")
        assert (shot["width"], shot["height"]) == (4000, 3000)

    stage("native", walk)
