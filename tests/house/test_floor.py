"""The phone app and the mini program use what Chromium 72 and Safari 12.1 know, or ask first."""

import functools
import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from server.settings import ROOT
from tools.old_phones import browser_data, esbuild, runs_here
from tools.vendor import SYNTAX

pytestmark = pytest.mark.skipif(not runs_here(), reason="esbuild was fetched for 64-bit Linux")
FLOOR = {
    "chrome": 72,
    "chrome_android": 72,
    "webview_android": 72,
    "safari": 12.1,
    "safari_ios": 12.2,
}
SCRIPTS = sorted(
    path
    for place in ("web", "miniapp")
    for path in (ROOT / place).rglob("*.*js")
    if path.name != "htmx.min.js"  # the desk's
)
STYLES = [ROOT / "web/app.css", ROOT / "miniapp/app.wxss", ROOT / "miniapp_api/static/public.css"]
# Safari 12 may hand a template's strings over anew; htm then only parses them again.
TEMPLATES = "--supported:template-literal=true"
GLOBALS = ("Window", "WorkerGlobalScope", "DedicatedWorkerGlobalScope")
# Old on one thing and new on another; called on the new one they fail. On answers they are old.
OF_BLOBS = {"arrayBuffer", "text", "stream", "bytes"}
# What is newer than the floor and used all the same: where, what, and why it does no harm.
ASKED_FIRST = {
    "web/camera/reading.js": {"BarcodeDetector": "every step is guarded; a worker reads else"},
    "web/camera/picture.js": {
        "createImageBitmap": "typeof is asked; <img> decodes else",
        "OffscreenCanvas": "typeof is asked; a canvas element else",
    },
    "web/pad.js": {"setPointerCapture": "only with pointers; fingers else"},
    "web/platform/phone.js": {
        "locks": "asked for; sending twice is harmless",
        "randomUUID": "asked for; random bytes else",
    },
    "web/platform/sound.js": {
        "resume": "asked for",
        "speechSynthesis": "asked for; the recording or no button else",
        "SpeechSynthesisUtterance": "only where the phone has a Chinese voice",
    },
    "web/platform/storage.js": {"BroadcastChannel": "typeof is asked"},
    "web/platform/senses.js": {
        "canShare": "asked for; saved as a file else",
        "clipboard": "asked for; long press else",
        "share": "only with canShare",
    },
    "web/sw.js": {"arrayBuffer": "of an answer"},
    "web/vendor/preact.mjs": {"moveBefore": "asked for"},
    "web/vendor/signals.mjs": {"dispose": "a symbol that may be missing"},
    "web/vendor/signals-core.mjs": {"dispose": "a symbol that may be missing"},
}
# Names of ours, or of our data, that some new interface also has.
OURS = {
    "address", "at", "bytes", "hours", "role", "s", "orientation", "displayName", "text", "count",
    "fileName", "Ink", "ms", "take", "number", "px", "turn",
}  # fmt: skip
# What a style may ask for and do without: the page is whole without it.
EMBELLISHMENTS = (
    ":focus-visible", ":has(", "content-visibility", "contain-intrinsic-size", "accent-color",
    "100dvh", "text-size-adjust", "scroll-margin-top", "appearance: none", "text-wrap", "color-scheme",
    "-webkit-tap-highlight-color", "user-select", "resize", "cursor: pointer", "touch-action",
)  # fmt: skip


@functools.cache
def known() -> Any:
    return json.loads(browser_data().read_text(encoding="utf-8"))


def number(version: Any) -> float | None:
    if not isinstance(version, str) or version == "preview":
        return None
    return float(".".join(version.lstrip("≤").split(".")[:2]))


def old_enough(entry: Any) -> bool:
    """Whether every browser of the floor has this."""
    support = entry["__compat"]["support"]
    for browser, floor in FLOOR.items():
        said = support.get(browser, [])
        since = [
            number(one["version_added"])
            for one in (said if isinstance(said, list) else [said])
            if not one.get("flags") and not one.get("prefix") and not one.get("alternative_name")
            and (number(one.get("version_removed")) or 1e9) > floor
        ]  # fmt: skip
        if not any(version is not None and version <= floor for version in since):
            return False
    return True


def members(thing: Any) -> Iterator[tuple[str, Any]]:
    for name, entry in thing.items():
        if name != "__compat" and "__compat" in entry:
            yield re.sub(r"_(static|event|permission)$", "", name), entry


@functools.cache
def too_new() -> tuple[frozenset[str], frozenset[str]]:
    """Names of members, and of globals, that no thing of the floor's browsers has."""
    old, new, things = set[str](), set[str](), set[str]()
    for name, thing in {**known()["api"], **known()["javascript"]["builtins"]}.items():
        there = "__compat" not in thing or old_enough(thing)
        if not there:
            things.add(name)
        for member, entry in members(thing):
            if there and old_enough(entry):
                old.add(member)
            elif there:
                new.add(member)
    for place in GLOBALS:
        things |= {name for name, entry in members(known()["api"][place]) if not old_enough(entry)}
    return frozenset(new - old), frozenset(things - old)


def without_words(text: str) -> str:
    """A script without its comments; its texts stay, for templates hold code."""
    return re.sub(r"/\*.*?\*/|(?<![:'\"])//[^\n]*", "", text, flags=re.DOTALL)


def newer_names(text: str) -> set[str]:
    new, things = too_new()
    script = without_words(text)
    called = set(re.findall(r"\.\s*([A-Za-z_]\w*)", script)) & new
    named = set(re.findall(r"(?<![\w$.'\"-])([A-Za-z]\w+)\b(?!['\":])", script)) & things
    blobs = set(re.findall(r"\.(\w+)\(\)", script)) & OF_BLOBS
    return called | named | blobs


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_script_names_nothing_that_the_oldest_phones_lack(path: Path) -> None:
    name = path.relative_to(ROOT).as_posix()

    assert newer_names(path.read_text(encoding="utf-8")) - OURS == set(ASKED_FIRST.get(name, {}))


def test_the_lint_sees_what_old_phones_broke_on() -> None:
    broke = "blob.arrayBuffer(); structuredClone(x); [1].at(-1); 'a'.replaceAll('b', 'c');"
    more = "Object.fromEntries(x); Promise.allSettled(x); new OffscreenCanvas(1, 1); a.flatMap(b);"

    assert newer_names(broke) == {"arrayBuffer", "structuredClone", "at", "replaceAll"}
    assert newer_names(more) == {"fromEntries", "allSettled", "OffscreenCanvas"}


def written_for(target: tuple[str, ...], paths: list[Path], into: Path) -> dict[str, str]:
    """Each script as esbuild writes it, by its name below `into`."""
    subprocess.run(
        [
            *(str(esbuild()), *map(str, paths), *target),
            *(f"--outdir={into}", "--outbase=/", "--log-level=error"),
        ],
        check=True,
    )
    return {
        file.relative_to(into).as_posix(): file.read_text("utf-8") for file in into.rglob("*.js")
    }


def test_the_syntax_is_what_the_oldest_phones_can_read(tmp_path: Path) -> None:
    """What esbuild would have to rewrite for them, they cannot read."""
    probe = tmp_path / "probe.js"
    probe.write_text("a?.b;\n")
    paths = [*SCRIPTS, probe]
    old = written_for((*SYNTAX, TEMPLATES), paths, tmp_path / "old")
    new = written_for((), paths, tmp_path / "new")

    assert old.keys() == new.keys()
    assert len(old) == len(paths)
    assert [Path(name).name for name in old if old[name] != new[name]] == ["probe.js"]


def rules(style: Path) -> Iterator[tuple[str, str]]:
    text = re.sub(r"/\*.*?\*/", "", style.read_text(encoding="utf-8"), flags=re.DOTALL)
    for selector, body in re.findall(r"([^{}]+)\{([^{}]*)\}", text):
        yield selector.strip(), body


@pytest.mark.parametrize("style", STYLES, ids=lambda path: path.name)
def test_gaps_are_only_in_grids(style: Path) -> None:
    flexible = [
        selector
        for selector, body in rules(style)
        if re.search(r"(?<![-\w])(row-|column-)?gap:", body) and "grid" not in body
    ]

    assert not flexible


@pytest.mark.parametrize("style", STYLES, ids=lambda path: path.name)
def test_a_style_uses_what_the_oldest_phones_know_or_can_do_without(style: Path) -> None:
    css = known()["css"]

    def newer() -> Iterator[str]:
        for selector, body in rules(style):
            for pseudo in re.findall(r"(?<!:):([a-z-]+)", selector):
                entry = css["selectors"].get(pseudo)
                if entry and not old_enough(entry):
                    yield f":{pseudo}"
            for declared in body.split(";"):
                name, _, value = (part.strip() for part in declared.partition(":"))
                entry = css["properties"].get(name)
                if entry and not old_enough(entry):
                    yield f"{name}: {value}"
                for word in re.findall(r"[a-z-]{3,}", value) if entry else ():
                    if "__compat" in entry.get(word, {}) and not old_enough(entry[word]):
                        yield f"{name}: {word}"
                yield from re.findall(r"[\d.]+[dsl]v[hw]|\b(?:min|max|clamp)\(", value)

    found = {
        one for one in newer() if not any(allowed.rstrip("(") in one for allowed in EMBELLISHMENTS)
    }
    assert found == {"position: sticky"} & found  # -webkit-sticky stands before it
