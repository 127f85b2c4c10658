"""照片核查 in real Chromium: keys alone are enough, nothing gets lost, everybody can read it."""

from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image, ImageDraw, ImageFilter
from playwright.sync_api import Page, Route, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from server.media.blobs import FolderStore
from server.models.reading import ReviewDecision, ReviewItem, ReviewState
from server.services.review.decisions import decide
from tests.databases import ON_SQLITE
from tests.desk.conftest import RULES, listen
from tests.factories import NOW, Cast, make_station
from tests.journey.pictures import Pictures
from tests.reviews import ask_double, ask_hours, ask_sign, make_photo
from tools.sign_photos import SignPhoto, sign_photos

pytestmark = [ON_SQLITE, pytest.mark.browser]
KEYS = {"1": "matches", "2": "differs", "3": "unclear"}


@pytest.fixture(scope="module")
def boards() -> list[SignPhoto]:
    """Two generated photos of signs, sharp on the sign; their labels say where it hangs."""
    return [
        replace(one, content=focused(one.content, one.label["quad"]))
        for one in sign_photos(2, seed=34, hours_share=0)
    ]


def focused(content: bytes, quad: list[list[float]]) -> bytes:
    """The wall out of focus: pictures of the handbook may not be large, and a wall's grain is."""
    sharp = Image.open(BytesIO(content))
    on_sign = Image.new("L", sharp.size)
    ImageDraw.Draw(on_sign).polygon([(x, y) for x, y in quad], fill=255)
    wall = sharp.filter(ImageFilter.GaussianBlur(24))
    out = BytesIO()
    Image.composite(sharp, wall, on_sign).save(out, "JPEG", quality=92)
    return out.getvalue()


def ask_about(
    session: Session, cast: Cast, blobs: FolderStore, boards: list[SignPhoto], count: int
) -> list[ReviewItem]:
    """So many questions on signs that say something else than the register."""
    items = []
    for number, board in zip(range(count), cycle(boards)):
        blobs.put(board.content)
        shown = board.label["name"]
        station = make_station(
            session,
            code=board.label["number"] if number < len(boards) else f"C{number + 100:04d}",
            name=f"上{shown[1:]}",
            township_code=cast.township.code,
        )
        photo = make_photo(session, station, content=board.content, person_id=cast.li.id)
        item = ask_sign(
            session,
            station,
            photo,
            name=("differs", shown),
            number=("matches", station.code or ""),
            minutes=number,
            size=(board.label["width"], board.label["height"]),
        )
        quad = board.label["quad"]
        name, code = item.details["parts"]
        item.details = item.details | {"parts": [name | {"quads": [quad]}, code | {"quads": []}]}
        items.append(item)
    session.commit()
    return items


def on_screen(page: Page, item: ReviewItem) -> None:
    expect(page.locator("#review")).to_have_attribute("data-id", str(item.id))


def decided(session: Session, items: list[ReviewItem]) -> list[str]:
    """What stands in the database by now."""
    session.rollback()
    session.expire_all()
    return [item.decision for item in items]


def test_twenty_photos_are_judged_by_keys_alone_and_one_of_them_again(
    open_desk: Callable[..., Page],
    address: str,
    session: Session,
    cast: Cast,
    blobs: FolderStore,
    boards: list[SignPhoto],
) -> None:
    items = ask_about(session, cast, blobs, boards, 20)
    page = open_desk()
    said = listen(page)
    page.goto(f"{address}/reviews")
    page.evaluate("window.stillHere = true")
    keys = [str(1 + number % 3) for number in range(20)]

    for item, key in zip(items, keys, strict=True):
        on_screen(page, item)
        page.keyboard.press(key)
    expect(page.get_by_text("都看完了")).to_be_visible()
    expect(page.locator("#left")).to_have_text("0")
    expect(page.locator("[data-count=sign]")).to_have_text("0")
    first_round = decided(session, items)
    page.keyboard.press("z")
    on_screen(page, items[-1])
    page.keyboard.press("1")
    expect(page.get_by_text("都看完了")).to_be_visible()
    expect(page.locator("#review a[data-key=z]")).to_be_visible()
    page.wait_for_load_state("networkidle")

    assert page.evaluate("window.stillHere") is True
    assert first_round == [KEYS[key] for key in keys]
    assert decided(session, items[-1:]) == ["matches"]
    taken = session.scalars(
        select(ReviewDecision.decision)
        .where(ReviewDecision.item_id == items[-1].id)
        .order_by(ReviewDecision.id)
    ).all()
    assert taken == ["differs", "matches"]
    assert said == []


def test_arrows_walk_without_answering_and_typing_is_not_mistaken_for_an_answer(
    open_desk: Callable[..., Page],
    address: str,
    session: Session,
    cast: Cast,
    blobs: FolderStore,
    boards: list[SignPhoto],
) -> None:
    first, second, third = ask_about(session, cast, blobs, boards, 3)
    page = open_desk()
    page.goto(f"{address}/reviews")

    on_screen(page, first)
    page.keyboard.press("ArrowRight")
    on_screen(page, second)
    page.keyboard.press("ArrowLeft")
    on_screen(page, first)
    page.keyboard.press("n")
    page.keyboard.type("2号门")
    page.keyboard.press("Escape")
    page.keyboard.press("e")
    page.keyboard.type("高庙村快递点")
    page.keyboard.press("Enter")
    on_screen(page, second)
    page.keyboard.press("3")
    on_screen(page, third)
    page.keyboard.press("?")
    expect(page.locator("details.keys p")).to_be_visible()
    page.wait_for_load_state("networkidle")

    assert decided(session, [first, second, third]) == ["differs", "unclear", ""]
    taken = session.scalars(select(ReviewDecision).order_by(ReviewDecision.id)).first()
    assert taken is not None
    assert taken.note == "2号门"


def test_an_answer_that_came_second_or_did_not_arrive_is_shown_again_with_the_reason(
    open_desk: Callable[..., Page],
    address: str,
    session: Session,
    cast: Cast,
    blobs: FolderStore,
    boards: list[SignPhoto],
) -> None:
    first, second, third = ask_about(session, cast, blobs, boards, 3)
    page = open_desk()
    page.goto(f"{address}/reviews")
    on_screen(page, first)
    decide(session, item=first, decision="unclear", by=cast.officer, now=NOW)
    session.commit()

    page.keyboard.press("1")
    expect(page.locator("#trouble")).to_contain_text("镇干刚刚核查过了，结论是“看不清”")
    on_screen(page, first)
    page.keyboard.press("ArrowRight")
    on_screen(page, second)

    def cut(route: Route) -> None:
        if route.request.method == "POST":
            route.abort()
        else:
            route.continue_()

    page.route("**/desk/reviews/*", cut)
    page.keyboard.press("2")
    expect(page.locator("#trouble")).to_contain_text("这一条没有存上")
    on_screen(page, second)
    expect(page.locator("#left")).to_have_text("2")
    page.unroute("**/desk/reviews/*")
    page.keyboard.press("2")
    on_screen(page, third)
    expect(page.locator("#trouble")).to_be_hidden()
    page.wait_for_load_state("networkidle")

    assert decided(session, [first, second, third]) == ["unclear", "differs", ""]


@pytest.mark.pictures
@pytest.mark.parametrize("size", [(1366, 768), (360, 740)], ids=["desk", "phone"])
def test_the_question_fits_the_screen_keeps_the_policy_and_is_accessible(
    open_desk: Callable[..., Page],
    address: str,
    session: Session,
    cast: Cast,
    blobs: FolderStore,
    boards: list[SignPhoto],
    tmp_path: Path,
    size: tuple[int, int],
) -> None:
    signs = ask_about(session, cast, blobs, boards, 3)
    hours = ask_hours(session, cast.c1, minutes=50)
    darker = BytesIO()
    Image.open(BytesIO(boards[0].content)).point(lambda v: int(v * 0.8)).save(darker, "JPEG")
    blobs.put(darker.getvalue())
    older = make_photo(
        session, cast.c2, content=boards[0].content, days_ago=31, person_id=cast.zhao.id
    )
    newer = make_photo(session, cast.c1, content=darker.getvalue(), person_id=cast.li.id)
    double = ask_double(session, newer, older, minutes=60)
    decide(session, item=signs[2], decision="differs", by=cast.office, now=NOW, note="少一个村字")
    blobs.put(boards[1].content)
    hours.photo_id = make_photo(session, cast.c1, "hours_board", content=boards[1].content).id
    session.commit()
    page = open_desk(size=size)
    pictures = Pictures(tmp_path / "pictures", from_demonstration=False)
    said, faults = listen(page), []
    paths = {f"/reviews/{one.id}": f"{one.kind}-{one.state}" for one in (*signs[1:], hours, double)}

    for path, name in (paths | {"/reviews/decided": "decided", "/reviews?after=9": "end"}).items():
        page.goto(address + path)
        page.wait_for_load_state("networkidle")
        if page.evaluate("document.documentElement.scrollWidth") > size[0]:
            faults.append(f"{path}: wider than the screen")
        found: Any = Axe().run(page, options=RULES)
        faults += [
            f"{path}: {one['id']} {[n['html'][:90] for n in one['nodes'][:3]]}"
            for one in found.response["violations"]
        ]
        if name == "sign-open" and size == (1366, 768):
            pictures.take(page, "desk-reviews.png")

    assert said == []
    assert faults == []


def test_photos_are_judged_without_any_script(
    open_desk: Callable[..., Page],
    address: str,
    session: Session,
    cast: Cast,
    blobs: FolderStore,
    boards: list[SignPhoto],
) -> None:
    first, second = ask_about(session, cast, blobs, boards, 2)
    page = open_desk(scripts=False)
    page.goto(f"{address}/reviews")

    page.fill("#note", "看清楚了")
    page.press("#note", "Enter")  # no button was meant
    still = decided(session, [first])
    page.click("button:has-text('不符')")
    told = page.inner_text("[role=status]")
    page.click("#review a[data-key=z]")
    page.click("button:has-text('看不清')")
    page.click("button:has-text('相符')")

    assert still == [""]
    assert "已记下：不符" in told
    assert decided(session, [first, second]) == ["unclear", "matches"]
    assert first.state is ReviewState.DECIDED
