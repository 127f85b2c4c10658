"""Every page as it looks: compiled and drawn by WeChat's own framework, readable, with its picture."""

from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from server.http import clock
from server.policy.standard.standards import standards_in
from server.settings import ROOT
from tests.api.rounds import open_round
from tests.app.conftest import House, wait_for
from tests.app.legible import ONLY_FAULTS, TOO_SMALL, WIDER
from tests.journey.pictures import Pictures
from tests.miniapp.contract import Setting
from tests.miniapp.looks import GREETED, LEADS_ON, PAGES, READY, about, arrange, first_visit, whose
from tools import voice

# What the handbook shows (docs/handbook.zh/miniprogram.md): a picture of each page.
PICTURES = {
    "today": "native-today.png",
    "checkin": "native-checkin.png",
    "photo": "native-photo.png",
    "count": "native-count.png",
    "history": "native-history.png",
    "attention": "native-attention.png",
    "mend": "native-mend.png",
    "question": "native-question.png",
    "inspections": "native-inspections.png",
    "copy": "native-copy.png",
    "station": "native-station.png",
    "rounds": "native-rounds.png",
    "arrive": "native-arrive.png",
    "visit": "native-visit.png",
    "sign": "native-sign.png",
    "pad": "native-pad.png",
    "me": "native-me.png",
    "bind": "native-bind.png",
    "telephones": "native-telephones.png",
    "plate": "native-plate.png",
    "ask": "native-ask.png",
    "money": "native-money.png",
    "consent": "native-consent.png",
}
STROKES = [
    ((40, 40), (220, 44)),
    ((60, 100), (200, 96)),
    ((130, 40), (132, 180)),
    ((30, 190), (250, 186)),
]
# What WeChat's own frame gives to a page and HTML asks of a document.
NOT_OURS = {
    "rules": {
        name: {"enabled": False} for name in ("page-has-heading-one", "region", "landmark-one-main")
    }
}
SMALL_TARGETS = """() => [...document.querySelectorAll('[bindtap], [catchtap]')]
    .filter((e) => e.checkVisibility())
    .map((e) => [e.getBoundingClientRect(), e.className, e.outerHTML.slice(0, 120)])
    .filter(([box, name]) => { const least = /button|tab|row|size|tap/.test(name) ? 60 : 44;
      return box.height < least || box.width < 44; })
    .map(([box, , html]) => [Math.round(box.width), Math.round(box.height), html])"""
WHOLE, BELOW_WECHATS_BAR = {"width": 360, "height": 640}, {"width": 360, "height": 552}
FIRST_TASK = "() => document.querySelector('.row .name').getBoundingClientRect().bottom"
WHAT_HIDES_IT = "() => document.querySelector('.foot').getBoundingClientRect().top"
CODE_FITS = """() => { const e = document.querySelector('.input.code');
    return e.value.length === 9 && e.scrollWidth <= e.clientWidth; }"""
CLOSE_LINES = """() => [...document.querySelectorAll('body *')].filter((e) => e.checkVisibility()
    && [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim()))
    .filter((e) => { const s = getComputedStyle(e);
      return parseFloat(s.lineHeight) < 1.3 * parseFloat(s.fontSize) - 0.1; })
    .map((e) => e.outerHTML.slice(0, 120))"""


def write_on(page: Page) -> None:
    """A name of four strokes on the glass, by finger."""
    box = page.locator(".pad-glass").bounding_box()
    assert box is not None
    finger = page.context.new_cdp_session(page)

    def touch(kind: str, *at: tuple[float, float]) -> None:
        points = [{"x": box["x"] + x, "y": box["y"] + y} for x, y in at]
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    for (x, y), (to_x, to_y) in STROKES:
        touch("touchStart", (x, y))
        for step in range(1, 5):
            touch("touchMove", (x + (to_x - x) * step / 4, y + (to_y - y) * step / 4))
        touch("touchEnd")


def faults_of(page: Page) -> dict[str, Any]:
    """What stands in the way of somebody old with this screen; empty when nothing does."""
    found = Axe().run(page, options=ONLY_FAULTS | NOT_OURS).response["violations"]
    looked = {
        "axe": [(one["id"], [node["html"][:150] for node in one["nodes"]][:3]) for one in found],
        "letters": page.evaluate(TOO_SMALL),
        "targets": page.evaluate(SMALL_TARGETS),
        "lines": page.evaluate(CLOSE_LINES),
        "wider": page.evaluate(WIDER) > 0,
    }
    return {name: value for name, value in looked.items() if value}


@pytest.mark.pictures
def test_every_page_can_be_read_by_somebody_old(drawn: Page, house: House, tmp_path: Path) -> None:
    assert drawn.evaluate("() => complaintsOf('x', '<view>{{ a. }}</view>')"), "it lets all pass"
    assert drawn.evaluate("() => complaintsOf('x', '<view><text></view>')"), "it lets all pass"
    complaints = drawn.evaluate(
        "() => [].concat(...Object.keys(TEXTS).filter((p) => /wxml$/.test(p))"
        ".map((p) => complaintsOf(p, TEXTS[p])))"
    )
    assert complaints == []

    standards = standards_in(ROOT / "standards")
    campaign = open_round(house.session, house.cast, standards)
    setting = Setting(house.session, house.cast, campaign, house.c1_token, clock.now)
    arrange(setting)
    assert set(PICTURES) == {page.split("/")[-1] for page in PAGES}
    pictures = Pictures(tmp_path / "pictures", from_demonstration=False)
    wrong: dict[str, Any] = {}

    def look(name: str, query: str) -> None:
        drawn.wait_for_timeout(400)  # what it asked the house for has come
        if found := faults_of(drawn):
            wrong[name + query] = found

    def hear() -> None:
        voices = tmp_path / "home" / "voices" / house.cast.county.code
        assert voice.main([str(voices), "--placeholders"]) == 0
        drawn.evaluate("() => weixin.need('store').state.refresh()")
        wait_for(drawn, "() => weixin.need('store').state.home.value.voice")
        drawn.evaluate("() => weixin.need('store').state.setTextSize('huge')")
        drawn.set_viewport_size(BELOW_WECHATS_BAR)
        for name in ("today", "photo", "money"):
            drawn.evaluate(f"() => weixin.open('pages/{name}/{name}')")
            drawn.get_by_text("听一听", exact=True).wait_for()
            look(name, ", in the largest letters, to be heard")
            if name == "today":
                assert drawn.evaluate(FIRST_TASK) < drawn.evaluate(WHAT_HIDES_IT)
        drawn.evaluate("() => weixin.open('pages/bind/bind')")
        wait_for(drawn, "() => weixin.page().opened")
        drawn.evaluate("() => weixin.page().set({ typed: '8W8M-WMWW' })")
        look("bind", ", with the widest code")
        assert drawn.evaluate(CODE_FITS), "the code is cut off"
        drawn.evaluate("() => weixin.need('store').state.setTextSize('normal')")
        drawn.set_viewport_size(WHOLE)

    drawn.evaluate("() => weixin.launch()")
    wait_for(drawn, "() => /绑定码/.test(document.body.innerText)")
    for person in (house.cast.li, house.cast.wang):
        code = house.bind_code(person)
        said = drawn.evaluate(f"() => weixin.need('store').state.bind('{code}')")
        assert said == {}
        drawn.evaluate(f"() => {{ {GREETED} }}")
        ready = READY.replace("ID", str(first_visit(setting)))
        house.session.commit()
        news = "rounds" if person is house.cast.wang else "home"
        wait_for(drawn, f"() => weixin.need('store').state.{news}.value")
        for page in (one for one in PAGES if whose(one, setting)[0] == person):
            if page.split("/")[-1] in ("visit", "sign", "pad"):
                drawn.evaluate(f"async () => {{ {ready} }}")
            for query in ("", *about(page, setting)[:1]):
                drawn.evaluate(f"() => weixin.open('{page}{query}')")
                wait_for(drawn, "() => document.body.innerText.trim().length > 3")
                look(page.split("/")[-1], query)
                shown = drawn.evaluate("() => weixin.page().route")
                assert shown == page or page + query in LEADS_ON, page
            pictures.take(drawn, PICTURES[page.split("/")[-1]])
        if person is house.cast.li:
            hear()
    # The glass last of all: what a finger writes becomes the signature below the text.
    visit = first_visit(setting)
    house.session.commit()
    drawn.evaluate(f"async () => {{ {READY.replace('ID', str(visit))} }}")
    drawn.evaluate(f"() => weixin.open('pages/sign/sign?about={visit}')")
    drawn.get_by_text("当场签名").tap()
    drawn.get_by_text("站长：点这里签名").tap()
    drawn.wait_for_selector(".pad-glass")
    write_on(drawn)
    drawn.get_by_text("签好了", exact=True).tap()
    expect(drawn.get_by_text("站长签好了")).to_be_visible()
    expect(drawn.locator(".ink")).to_have_count(1)
    assert not wrong, "\n".join(f"{name}: {found}" for name, found in wrong.items())
