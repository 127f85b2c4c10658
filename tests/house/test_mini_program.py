"""The mini program as a whole: its pages, what its templates name, what it imports, how large it is."""

import json
import re
from collections.abc import Iterator

from bench.mini_program import LARGEST_KB, weights
from server.settings import ROOT
from tests.house.trees import faults, script, scripts, text_of

ROOM = ROOT / "miniapp"
CONFIG = json.loads((ROOM / "app.json").read_text(encoding="utf-8"))
PAGES: list[str] = CONFIG["pages"]
BUILT_IN = {
    "block", "button", "canvas", "image", "import", "input", "page-meta", "picker", "scroll-view",
    "template", "text", "textarea", "view",
}  # fmt: skip
# What a picture of WeChat's knows; what it says to those who cannot see is no `alt` there.
OF_IMAGES = {"aria-label", "aria-role", "class", "mode", "src", "style", "wx:if"}
NAMED = re.compile(r"""\b(?:bind|catch):?\w+="(\w+)\"""")
METHOD = re.compile(r"^  (?:async )?(\w+)(?:\(.*\) \{|: )", re.MULTILINE)


def templates() -> list[str]:
    """Every template, below miniapp/."""
    return sorted(path.relative_to(ROOM).as_posix() for path in ROOM.rglob("*.wxml"))


def wxml(name: str) -> str:
    return re.sub(r"<!--.*?-->", "", text_of(f"miniapp/{name}"), flags=re.DOTALL)


def methods(name: str) -> set[str]:
    """The handlers that a script defines: two blanks in, as pages are written here."""
    return set(METHOD.findall(text_of(f"miniapp/{name}")))


def parts() -> dict[str, str]:
    """The shared templates by name."""
    source = wxml("parts.wxml")
    found = re.findall(r'<template name="([\w-]+)">(.*?)</template>', source, re.DOTALL)
    return dict(found)


def handlers(source: str, shared: dict[str, str], seen: set[str]) -> set[str]:
    """All that a template calls, with the shared ones that it shows."""
    called = set(NAMED.findall(source))
    for name in set(re.findall(r'\bis="([\w-]+)"', source)) - seen:
        called |= handlers(shared.get(name, ""), shared, seen | {name})
    return called


def test_every_page_is_whole_and_none_stands_beside_the_list() -> None:
    kept = {path.parent.relative_to(ROOM) / path.stem for path in ROOM.glob("pages/*/*.wxml")}

    assert {one.as_posix() for one in kept} == set(PAGES)
    for page in PAGES:
        for ending in ("js", "json"):
            assert (ROOM / f"{page}.{ending}").is_file(), f"{page}.{ending}"
        assert "usingComponents" not in text_of(f"miniapp/{page}.json"), "register it here first"


def test_what_a_template_calls_is_there() -> None:
    common, shared = methods("page.js"), parts()

    def missing() -> Iterator[str]:
        for page in PAGES:
            own = dict(
                re.findall(
                    r'<template name="([\w-]+)">(.*?)</template>', wxml(f"{page}.wxml"), re.DOTALL
                )
            )
            known = common | methods(f"{page}.js")
            for name in sorted(handlers(wxml(f"{page}.wxml"), shared | own, set()) - known):
                yield f"{page}.wxml calls {name}"
            for name in set(re.findall(r'\bis="([\w-]+)"', wxml(f"{page}.wxml"))):
                if name not in shared | own:
                    yield f"{page}.wxml shows {name}"

    assert not faults(missing())
    assert handlers('<view bindtap="onNothing" />', shared, set()) - common == {"onNothing"}


def test_templates_know_only_what_wechat_has() -> None:
    def strange() -> Iterator[str]:
        for name in templates():
            for tag in set(re.findall(r"<([a-z][\w-]*)", wxml(name))) - BUILT_IN:
                yield f"{name}: <{tag}>"
            for image in re.findall(r"<image ([^>]*)>", wxml(name)):
                said = set(re.findall(r'([\w:-]+)="', image))
                if said - OF_IMAGES or "aria-label" not in said:
                    yield f"{name}: <image {image}>"
            for src in re.findall(r'<(?:import|include)[^>]*src="([^"]+)"', wxml(name)):
                if not (ROOM / name).parent.joinpath(src).is_file():
                    yield f"{name}: {src} is not there"

    assert not faults(strange())


def test_scripts_stay_inside_and_are_found() -> None:
    def wrong() -> Iterator[str]:
        for name in scripts("miniapp/"):
            for target in re.findall(
                r"\bfrom '([^']+)'|^import '([^']+)'", script(name), re.MULTILINE
            ):
                path = ((ROOT / name).parent / "".join(target)).resolve()
                if not path.is_relative_to(ROOM) or not path.is_file():
                    yield f"{name} imports {''.join(target)}"

    assert not faults(wrong())


def test_only_one_file_knows_wechat() -> None:
    def knowing() -> Iterator[str]:
        for name in scripts("miniapp/"):
            if name != "miniapp/platform/wx.js" and re.search(
                r"(?<![\w.'/])wx\s*[.\[]", script(name)
            ):
                yield name

    assert not faults(knowing())


def test_old_engines_read_what_the_tools_do_not_translate() -> None:
    newer = re.compile(
        r"\?\.(?!\d)|\?\?|\bcatch \{|\bimport\(|^export default|^import \w", re.MULTILINE
    )

    def using() -> Iterator[str]:
        for name in scripts("miniapp/"):
            for match in newer.finditer(script(name)):
                yield f"{name}: {match[0]}"

    assert not faults(using())


def test_it_is_small() -> None:
    """What is uploaded: no script that nothing reaches, and no comment, as the project says."""
    settings = json.loads(text_of("miniapp/project.config.json"))["setting"]

    assert settings["ignoreUploadUnusedFiles"] is settings["minified"] is True
    assert sum(weights().values()) <= LARGEST_KB * 1024, weights()


def test_the_floor_is_named_once() -> None:
    floor = re.search(r"export const FLOOR = '([\d.]+)'", text_of("miniapp/platform/wx.js"))
    project = json.loads(text_of("miniapp/project.config.json"))

    assert floor is not None
    assert project["libVersion"] == floor[1]


def test_links_lead_to_pages() -> None:
    """An address of the app that no page answers would open the first one instead."""
    known = set(
        re.findall(r"^  '?([\w-]+)'?: '(?:\w+)'", text_of("miniapp/pages.js"), re.MULTILINE)
    )

    def dead() -> Iterator[str]:
        for name in templates():
            for path in re.findall(r'data-path="([\w-]+)[/"]', wxml(name)):
                if path not in known:
                    yield f"{name}: {path}"

    assert not faults(dead())
