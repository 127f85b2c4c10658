"""Every page of app.json is opened, tapped all over, left and come back to, whatever the phone has.

No page can be forgotten: the list is the program's own. A fault anywhere in the program's code, a
promise of a tap that rejects, data that WeChat would refuse to carry, or a part of `wx` that our
fake does not know, fails the page.
"""

import json
from collections.abc import Callable

import pytest

from tests.api.events import jpeg
from tests.miniapp.conftest import Stage
from tests.miniapp.contract import Phone, Setting
from tests.miniapp.looks import GREETED, LEADS_ON, PAGES, READY, about, arrange, first_visit, whose
from tests.miniapp.playing import end_all_sign_ins
from tests.miniapp.weixin import WeChat

MOST_TAPS = 24  # of a page; where something is amiss, fewer say as much
FEWER_TAPS = 8
# Asked for by name where an older WeChat may lack it, and done without.
MAY_LACK = {"createOffscreenCanvas"}


def well(phone: Phone, setting: Setting) -> None:
    """A phone as it should be."""


def without_a_net(phone: Phone, setting: Setting) -> None:
    phone.net(off=True)


def signed_out(phone: Phone, setting: Setting) -> None:
    end_all_sign_ins(setting)


def full(phone: Phone, setting: Setting) -> None:
    phone.full()


def is_shown(machine: WeChat, page: str) -> str:
    """The page says something and leads somewhere; its words."""
    words = machine.words()
    assert words.strip(), f"{page} is empty"
    assert "undefined" not in words, words
    assert "[object" not in words, words
    assert "NaN" not in words, words
    return words


def tapped_all_over(machine: WeChat, url: str, most: int) -> int:
    """Open it anew for each thing that can be tapped, and tap that; how many there were."""
    number = 0
    while number < most:
        machine.run("hand.shots = [SHOT]; hand.scans = [PLATE]; hand.answers = [true]")
        machine.open(url)
        if machine.run(f"return weixin.tappable().length > {number}") is False:
            break
        machine.run(f"weixin.touch(weixin.tappable()[{number}].node, 'tap')")
        is_shown(machine, machine.page())
        number += 1
    return number


@pytest.mark.parametrize("mood", [well, without_a_net, signed_out, full])
def test_every_page_bears_every_tap(stage: Stage, mood: Callable[[Phone, Setting], None]) -> None:
    taps: dict[str, int] = {}
    most = MOST_TAPS if mood is well else FEWER_TAPS

    def walk(phone: Phone, setting: Setting) -> None:
        machine = phone.machine
        assert isinstance(machine, WeChat)
        arrange(setting)
        machine.context.eval(f"globalThis.SHOT = '{jpeg(80, 120).hex()}';")
        machine.context.eval(f"globalThis.PLATE = {json.dumps(setting.plate)};")
        for person in (setting.cast.li, setting.cast.wang):
            phone.open()
            assert phone.bind(setting.code(person)) == {}
            machine.run(GREETED)
            ready = READY.replace("ID", str(first_visit(setting)))
            setting.session.commit()
            if person is setting.cast.wang:
                machine.run(ready)
            mood(phone, setting)
            for page in (one for one in PAGES if person in whose(one, setting)):
                if mood is well and page.split("/")[-1] in ("visit", "sign", "pad"):
                    machine.run(ready)
                for query in ("", *about(page, setting)):
                    url = page + query
                    machine.open(url)
                    is_shown(machine, url)
                    assert mood is not well or url in LEADS_ON or machine.page() == page
                    machine.run("weixin.hide()", ms=7000)
                    machine.run("weixin.show()")
                    is_shown(machine, url)
                    taps[page] = taps.get(page, 0) + tapped_all_over(machine, url, most)
            phone.full(is_so=False)
            phone.net(off=False)
        missing = set(machine.run("return Object.keys(world.missing)"))
        assert missing <= MAY_LACK, missing

    stage("native", walk)
    assert set(taps) == set(PAGES)
    if mood is well:
        assert not [page for page, count in taps.items() if count == 0], taps
