"""Whether a screen can be read: no fault for axe, letters large enough, nothing sideways."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

ONLY_FAULTS = {"resultTypes": ["violations"]}  # telling of what is right takes axe long


TOO_SMALL = """() => [...document.querySelectorAll('body *')].filter((e) => e.checkVisibility()
    && [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim()) && !e.closest('svg, .only-read'))
    .filter((e) => parseFloat(getComputedStyle(e).fontSize) < 18).map((e) => e.outerHTML.slice(0, 120))"""


MAIN_TARGETS = """() => [...document.querySelectorAll('.button, .tab, .row, .big-input, .back, summary, .size')]
    .filter((e) => e.checkVisibility()).map((e) => [e.getBoundingClientRect(), e.outerHTML.slice(0, 90)])
    .filter(([box]) => box.height < 60 || box.width < 60).map(([box, html]) => [box.width, box.height, html])"""


# Letters in lines closer together than 1.3; one line of a list to choose from has none.
CLOSE_LINES = """() => [...document.querySelectorAll('body *')].filter((e) => e.checkVisibility() && !e.closest('option, select')
    && [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim()) && !e.closest('svg, .only-read'))
    .map((e) => [parseFloat(getComputedStyle(e).lineHeight) / parseFloat(getComputedStyle(e).fontSize), e])
    .filter(([lines]) => !(lines >= 1.2999)).map(([lines, e]) => [lines, e.outerHTML.slice(0, 120)])"""


# Whatever can be pressed; a label or button around it is pressed in its place.
TARGETS = """() => [...document.querySelectorAll('a[href], button, input, select, textarea, summary')]
    .filter((e) => e.checkVisibility()).map((e) => [(e.closest('label, .button') || e).getBoundingClientRect(), e.outerHTML.slice(0, 120)])
    .filter(([box]) => box.height < 44 || box.width < 44).map(([box, html]) => [box.width, box.height, html])"""


LARGEST = """() => { const root = document.documentElement.dataset; const before = root.text; root.text = 'huge';
    const seen = [parseFloat(getComputedStyle(document.body).fontSize), (%s)(), (%s)(), (%s)()];
    if (before) root.text = before; else delete root.text; return seen; }"""


WIDER = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


def can_be_read(page: Page, name: str) -> None:
    """This screen is accessible, large and as wide as the phone."""
    found = Axe().run(page, options=ONLY_FAULTS).response["violations"]
    assert not found, (name, [(v["id"], [n["html"][:150] for n in v["nodes"]]) for v in found])
    assert page.evaluate(TOO_SMALL) == [], name
    assert page.evaluate(MAIN_TARGETS) == [], name
    assert page.evaluate(TARGETS) == [], name
    assert page.evaluate(CLOSE_LINES) == [], name
    assert page.evaluate(WIDER) <= 0, name
    size, wider, low, small = page.evaluate(LARGEST % (WIDER, MAIN_TARGETS, TARGETS))
    assert (size, wider, low, small) == (30, 0, [], []), (name, size, wider, low, small)
    assert page.evaluate("() => document.querySelectorAll('h1').length") == 1, name
