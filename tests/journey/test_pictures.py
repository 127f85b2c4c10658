"""The documents' pictures: each that is named is there, each that is there is named, and small."""

import re
from pathlib import Path

import pytest
from PIL import Image

from server.settings import ROOT
from tests.journey.pictures import HANDBOOK, LARGEST

HERE = Path(__file__).parent
NAMED = re.compile(r"""!\[([^\]]*)\]\(([^)\s]+)\)|<img alt="([^"]*)" src="([^"]+)\"""")
STORIES = [
    path
    for path in sorted((ROOT / "tests").rglob("*.py"))
    if path.parent == HERE or "@pytest.mark.pictures" in path.read_text(encoding="utf-8")
]
PAGES = [
    page
    for page in sorted(ROOT.glob("*.md")) + sorted((ROOT / "docs").rglob("*.md"))
    if NAMED.search(page.read_text(encoding="utf-8"))
]


def pictures_in(page: Path) -> list[tuple[str, Path]]:
    """What a page says of each picture it shows, and where that lies."""
    found = NAMED.finditer(page.read_text(encoding="utf-8"))
    return [(one[1] or one[3] or "", (page.parent / (one[2] or one[4])).resolve()) for one in found]


def test_the_handbook_and_both_readmes_have_pictures() -> None:
    names = {str(page.relative_to(ROOT)) for page in PAGES}

    assert {"README.md", "README.zh-CN.md"} <= names
    assert {f"docs/handbook.zh/{one}.md" for one in ("keeper", "office", "inspector")} <= names


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_picture_that_a_page_names_is_there_and_described(page: Path) -> None:
    for words, path in pictures_in(page):
        assert path.is_file(), f"{path.name}: run make pictures"
        assert words.strip(), f"{path.name} says nothing to those who cannot see it"


def test_every_picture_is_shown_somewhere_and_taken_by_a_story() -> None:
    shown = {path for page in PAGES for _, path in pictures_in(page)}
    taken = set()
    for story in STORIES:
        taken |= set(re.findall(r'"([a-z0-9-]+\.png)"', story.read_text("utf-8")))

    there = set(HANDBOOK.glob("*"))

    assert there - shown == set(), "no page shows these"
    assert {path.name for path in there} - taken == set(), (
        "no story marked `pictures` takes these anew"
    )


def test_every_picture_is_a_small_png_of_its_screen() -> None:
    screens = {"phone": (720, 1280), "inspector": (720, 1280), "public": (720, 1280)}
    screens |= {"keeper": (720, 1280), "native": (720, 1280)}
    screens |= {"desk": (1366, 768), "plaque": (701, 991), "bind": (596, 842)}
    screens |= {"circular": (596, 842)}

    for path in HANDBOOK.glob("*"):
        with Image.open(path) as picture:
            assert picture.format == "PNG", path.name
            assert picture.size == screens[path.name.partition("-")[0]], path.name
        assert path.stat().st_size <= LARGEST, path.name
