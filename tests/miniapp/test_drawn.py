"""Every page as it looks: compiled and drawn by WeChat's own framework, readable, with its picture."""

from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from server.http import clock
from server.policy.standard.standards import standards_in
from server.settings import ROOT
from tests.api.rounds import open_round
from tests.app.conftest import House, wait_for
from tests.app.legible import ONLY_FAULTS, TOO_SMALL, WIDER
from tests.journey.pictures import Pictures
from tests.miniapp.contract import Setting
from tests.miniapp.looks import PAGES, READY, about, arrange, first_visit, whose

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
}
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
CLOSE_LINES = """() => [...document.querySelectorAll('body *')].filter((e) => e.checkVisibility()
    && [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim()))
    .filter((e) => { const s = getComputedStyle(e);
      return parseFloat(s.lineHeight) < 1.3 * parseFloat(s.fontSize) - 0.1; })
    .map((e) => e.outerHTML.slice(0, 120))"""


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

    drawn.evaluate("() => weixin.launch()")
    wait_for(drawn, "() => /绑定码/.test(document.body.innerText)")
    for person in (house.cast.li, house.cast.wang):
        code = house.bind_code(person)
        said = drawn.evaluate(f"() => weixin.need('store').state.bind('{code}')")
        assert said == {}
        ready = READY.replace("ID", str(first_visit(setting)))
        house.session.commit()
        for page in (one for one in PAGES if whose(one, setting)[0] == person):
            if page.split("/")[-1] in ("visit", "sign", "pad"):
                drawn.evaluate(f"async () => {{ {ready} }}")
            for query in ("", *about(page, setting)[:1]):
                drawn.evaluate(f"() => weixin.open('{page}{query}')")
                wait_for(drawn, "() => document.body.innerText.trim().length > 3")
                look(page.split("/")[-1], query)
            pictures.take(drawn, PICTURES[page.split("/")[-1]])
    assert not wrong, "\n".join(f"{name}: {found}" for name, found in wrong.items())
