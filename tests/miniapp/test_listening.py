"""听一听 in the mini program: one file, fetched at the first tap, compared, kept, and played by piece."""

import hashlib
import json
from pathlib import Path

from tests.miniapp.conftest import Stage
from tests.miniapp.contract import Phone, Setting
from tests.miniapp.playing import li
from tests.miniapp.weixin import WeChat

PLACES = {"check_in": [1.5, 2.0], "offline": [4.0, 9.0], "history": [6.0, 1.0]}


def record(folder: Path, sound: bytes, *, told: bytes | None = None) -> None:
    """A county's recording; `told` is what its page was written for."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "voice.mp3").write_bytes(sound)
    version = hashlib.sha256(told or sound).hexdigest()
    page = {"sha256": version, "placeholder": True, "sentences": PLACES}
    (folder / "voice.json").write_text(json.dumps(page), encoding="utf-8")


def test_a_screen_is_read_aloud_with_and_without_a_net(stage: Stage, tmp_path: Path) -> None:
    def walk(phone: Phone, setting: Setting) -> None:
        machine = phone.machine
        assert isinstance(machine, WeChat)
        folder = tmp_path / "native-0" / "voices" / setting.cast.county.code

        def heard() -> list[list[object]]:
            found: list[list[object]] = machine.run("return hand.heard.splice(0)")
            return [[path.split("/")[-1][:6], start] for path, start in found]

        def asked() -> int:
            return int(machine.run("return world.net.calls.filter((c) => /voice/.test(c)).length"))

        li(phone, setting)
        phone.run("S.welcome.value = null")
        assert "听一听" not in machine.open("pages/today/today"), "nothing was recorded"

        record(folder, b"old sound" * 100)
        phone.run("await S.refresh()")
        assert "机器念的样音" in machine.open("pages/today/today")
        assert asked() == 0, "it is fetched before anybody has asked for it"
        record(folder, b"new sound" * 100)
        assert "没取到录音" in machine.tap("听一听"), "the places are of another recording"
        assert heard() == []

        phone.run("await S.refresh()")
        assert "没取到录音" not in machine.tap("听一听")
        assert heard() == [["voice-", 1.5]]
        assert asked() == 2

        phone.net(off=True)
        machine.launch()  # another day, without a net
        machine.tap("听一听")
        phone.wait(10000)
        assert heard() == [["voice-", 4.0], ["voice-", 1.5]], "no net; then what is to do"
        machine.tap("听一听")
        machine.open("pages/history/history")
        phone.wait(4000)
        assert heard() == [["voice-", 4.0]], "the screen that was left goes on talking"
        assert "听一听" not in machine.open("pages/money/money"), "not recorded, and no button"

        machine.run("const kept = Object.keys(disk.files).filter((n) => /voice-/.test(n));"
                    "kept.forEach((name) => { disk.files[name] = utf8('torn'); })")  # fmt: skip
        machine.launch()
        assert "没取到录音" in machine.tap("听一听")
        assert asked() == 2 + 1

    stage("native", walk)
