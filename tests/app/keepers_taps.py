"""What keepers' tests do again and again: count, photograph, wait until all is sent."""

from pathlib import Path

from playwright.sync_api import Locator, Page

from tests.app.conftest import wait_for


def fill_count(page: Page, received: str, sent: str) -> None:
    page.goto("/app/#/count")
    page.get_by_label("收到").fill(received)
    page.get_by_label("寄出").fill(sent)
    page.get_by_role("button", name="存好交上去").click()


def take_photo(page: Page, subject: str, content: bytes, folder: Path) -> None:
    path = folder / f"{subject}.jpg"
    path.write_bytes(content)
    page.goto(f"/app/#/photo/{subject}")
    page.locator("input[type=file]").set_input_files(path)
    page.get_by_role("button", name="就用这张").click()


def kept(store: str) -> str:
    """A promise of how many things this store of the phone holds."""
    return f"""() => new Promise((give) => {{ const open = indexedDB.open('cunzhantong');
        open.onsuccess = () => {{ const all = open.result.transaction('{store}').objectStore('{store}').count();
        all.onsuccess = () => {{ open.result.close(); give(all.result); }}; }}; }})"""


def wait_until_sent(page: Page, seconds: float = 20) -> None:
    """The phone's own queue is empty; what the screens say follows from that."""
    wait_for(page, f"() => ({kept('items')})().then((n) => n === 0)", seconds)


def tap_twice(page: Page, button: Locator, apart_ms: int) -> None:
    """Two taps at the same place, as a shaking thumb makes them."""
    box = button.bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.touchscreen.tap(x, y)
    page.wait_for_timeout(apart_ms)
    page.touchscreen.tap(x, y)
