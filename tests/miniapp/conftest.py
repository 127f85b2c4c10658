"""The mini program under test: in QuickJS beside the real application, and drawn in Chromium."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import BrowserContext, Page

from server.http import clock
from tests.app.conftest import House, browser, context, house, phones_database
from tests.app.quick import as_function
from tests.miniapp.weixin import FAKES, GIVEN, HERE, ROOM, WeChat, http_of, program
from tools import native_pages

__all__ = ["browser", "context", "house", "phones_database"]  # fixtures of the phone app's tests

DRAWN = (*FAKES, "drawn.js")


@pytest.fixture
def wechat(client: FlaskClient) -> WeChat:
    """A phone with WeChat on it and our mini program, not yet started."""
    return WeChat(http_of(client))


def fetched() -> None:
    """Skip where what draws pages could not be had: it is fetched by `make browser`, with Node."""
    if wrong := native_pages.wrong_files():
        pytest.skip(f"pages are not drawn: {', '.join(wrong)} not fetched (make browser)")


def stage(root: Any = ROOM) -> str:
    """A page of HTML in which the mini program is drawn and run."""
    fetched()
    text = {
        name: native_pages.fetched(name).read_text(encoding="utf-8")
        for name in ("glass-easel.js", "adapter.js", "template-compiler.js")
    }
    scripts, texts = program(root)
    styles = {
        path.relative_to(root).as_posix(): path.read_text(encoding="utf-8")
        for path in root.rglob("*.wxss")
    }
    functions = ",".join(
        f"{json.dumps(name)}: {as_function(name, source, GIVEN)}"
        for name, source in scripts.items()
    )
    given = {"FETCHED": text, "TEXTS": texts, "STYLES": styles}
    parts = [
        *(f"const {name} = {json.dumps(value)};" for name, value in given.items()),
        f"const SCRIPTS = {{{functions}}};",
        *((HERE / name).read_text(encoding="utf-8") for name in DRAWN),
        f"beginDrawn({clock.now().timestamp() * 1000:.0f});",
    ]
    script = "\n".join(parts).replace("</script", "<\\/script")
    return (
        '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>村站通</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1"></head><body></body>'
        f"<script>{script}</script></html>"
    )


@pytest.fixture
def drawn(context: BrowserContext, house: House) -> Iterator[Page]:
    """A phone's screen of 360 by 640 on which the mini program is drawn; faults fail the test."""
    html = stage()
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.route("**/native/", lambda route: route.fulfill(body=html, content_type="text/html"))
    page.route(
        "**/native/*.wasm",
        lambda route: route.fulfill(path=native_pages.fetched("template-compiler.wasm")),
    )
    page.goto("/native/")
    yield page
    errors += page.evaluate("() => world.faults")
    assert not errors, errors
