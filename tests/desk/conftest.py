"""A desk whose templates may not name what is not there, a reader of its pages, and a browser."""

import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html import unescape
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import StrictUndefined
from playwright.sync_api import Browser, Page, Playwright
from sqlalchemy.orm import Session
from werkzeug.exceptions import HTTPException
from werkzeug.serving import make_server

from server.models.person import Person
from server.services.people import passwords
from tests import patience
from tests.desk.drawn_once import DrawnOnce
from tests.factories import PASSWORD, Cast, Pass, make_sign

# rest of the desk's tests are about words and forms.
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21aa"], "resultTypes": ["violations"]}


@pytest.fixture(autouse=True)
def _strict_templates(app: Flask) -> None:
    app.jinja_env.undefined = StrictUndefined


def text_of(answer: Any) -> str:
    """A page's words, without tags and idle blanks."""
    plain = re.sub(
        r"<(script|style)\b.*?</\1>", " ", answer.get_data(as_text=True), flags=re.DOTALL
    )
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", plain)))


def named(answer: Any) -> str:
    """Under which name a file is given out."""
    given = answer.headers["Content-Disposition"]
    return unquote(given.split("filename*=UTF-8''")[-1].split(";")[0]).removesuffix('"')


def marks_of(
    client: Any, address: str, form: dict[str, Any], *, pages: bool = True
) -> dict[str, str]:
    """What the page of this form carries of what it showed, as far as `form` does not say it.

    Where no page has such a form (any more), or none is opened, it is that of a page of before.
    """
    app, path = client.application, urlsplit(address).path
    try:
        endpoint, _ = app.url_map.bind("").match(path, method="POST")
    except HTTPException:
        return {}
    view = app.view_functions[endpoint]
    names = [one for one in getattr(view, "carries", ()) if one not in form]
    when = getattr(view, "carries_when", None)
    if not names or (when and form.get(when[0]) != when[1]):
        return {}
    parts = path.split("/")
    above = ["/".join(parts[:end]) for end in range(len(parts), 1, -1)]
    for page in above if pages else []:
        answer = client.get(f"{page}?{urlsplit(address).query}")
        if answer.status_code != 200 or answer.mimetype != "text/html":
            continue
        for found in re.findall(r"<form\b.*?</form>", answer.get_data(as_text=True), re.DOTALL):
            action = re.search(r'<form[^>]*\baction="([^"]*)"', found)
            to = urlsplit(unescape(action[1]) if action else page).path
            held = {one: unescape(text) for one, text in HIDDEN.findall(found)}
            same = all(str(form.get(one, text)) == text for one, text in held.items())
            if to == path and same and all(one in held for one in names):
                return {one: held[one] for one in names}
    return dict.fromkeys(names, "7b7d")


HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')


class Desk:
    """One person at the desk: opens pages, sends forms with the page's token."""

    def __init__(self, client: Any, sign_in: Callable[[Person], Pass], who: Person) -> None:
        self.client, self.held = client, sign_in(who)
        self.answered, self.location, self.opens_pages = 0, "", True

    def get(self, path: str) -> Any:
        return self.client.get(f"/desk{path}")

    def post(self, path: str, **form: Any) -> Any:
        """Send a form as its page would: with what the page, opened now, carries in it."""
        shown = marks_of(self.client, f"/desk{path}", form, pages=self.opens_pages)
        return self.bare(path, **{**shown, **form})

    def bare(self, path: str, **form: Any) -> Any:
        """Send a form that carries nothing of what its page showed."""
        return self.client.post(f"/desk{path}", data={"csrf": self.held.csrf, **form})

    def shown(self, path: str, **form: Any) -> Any:
        """Send a form and open the page to which it leads."""
        answer = self.post(path, **form)
        return self.client.get(answer.location) if answer.status_code == 303 else answer

    def post_and_go_on(self, path: str, **form: Any) -> Any:
        """The page where a form is shown again, if it is; `answered` is the status before it."""
        self.client.goes_on = False
        raw = self.post(path, **form)
        self.client.goes_on = True
        self.answered, self.location = raw.status_code, raw.location or ""
        return self.client.get(raw.location) if "kept=" in self.location else raw

    def done(self, path: str, **form: Any) -> str:
        """Send a form that must succeed; gives the words of the page it leads to."""
        answer = self.post(path, **form)
        assert answer.status_code == 303, text_of(answer)
        return text_of(self.client.get(answer.location))


@pytest.fixture
def desk_of(
    client: FlaskClient, at_desk: Callable[[Person], Pass], session: Session
) -> Callable[[Person], Desk]:
    """`desk_of(cast.office)` sits that person down at the desk."""
    return lambda who: Desk(client, at_desk, who)


@pytest.fixture
def frames(app: Flask, monkeypatch: pytest.MonkeyPatch) -> DrawnOnce:
    """For a walk over all routes: queues are counted, and equal refusals drawn, only once."""
    return DrawnOnce(app, monkeypatch)


@pytest.fixture(scope="module")
def browser(playwright: Playwright, chromium: str) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
    yield browser
    browser.close()


@pytest.fixture
def address(app: Flask, session: Session, cast: Cast) -> Iterator[str]:
    """The application on a free port of this machine, with a plate on C0001."""
    make_sign(session, cast.c1)
    passwords.set_password(session, person=cast.office, password=PASSWORD)
    session.commit()
    with serving(app) as found:
        yield found


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """The address of the desk while the application answers on a free port of this machine."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = make_server("127.0.0.1", port, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{port}/desk"
    finally:  # a story that fails must not leave the thread, which would keep the process for ever
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def open_desk(browser: Browser, address: str) -> Iterator[Callable[..., Page]]:
    """A signed-in page at 1366×768; `.complaints` of its context gathers what the browser said."""
    contexts = []

    def signed_in(
        *, scripts: bool = True, size: tuple[int, int] = (1366, 768), scale: int = 1
    ) -> Page:
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            device_scale_factor=scale,
            java_script_enabled=scripts,
            locale="zh-CN",
        )
        contexts.append(context)
        context.set_default_timeout(patience.ms(30_000))
        page = context.new_page()
        page.goto(f"{address}/")
        page.fill("#login", "xian")
        page.fill("#password", PASSWORD)
        page.press("#password", "Enter")
        page.wait_for_url(f"{address}/")
        return page

    yield signed_in
    for context in contexts:
        context.close()


def listen(page: Page) -> list[str]:
    """What the browser complains of from now on: policy, scripts, missing files."""
    said: list[str] = []
    page.on("console", lambda m: said.append(m.text) if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("response", lambda r: said.append(f"{r.status} {r.url}") if r.status >= 400 else None)
    return said


def sign_in(browser: Browser, address: str, login: str) -> Page:
    """Somebody's page of today, in a browser of the own, come in through the form."""
    page = browser.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN").new_page()
    page.goto(f"{address}/")
    page.fill("#login", login)
    page.fill("#password", PASSWORD)
    page.press("#password", "Enter")
    page.wait_for_url(f"{address}/")
    return page


def token_in(answer: Any) -> str:
    return str(answer.get_data(as_text=True).split('name="token" value="')[1].split('"')[0])
