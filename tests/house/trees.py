"""Every committed text of the house, for the tests that hold documents against code."""

import ast
import functools
import gc
import re
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path

from server.settings import ROOT

CODE = ("wsgi.py", "server", "miniapp_api", "desk")
BYTES = {".xz", ".png", ".jpg", ".jpeg", ".webp", ".xlsx", ".docx", ".pdf", ".ico", ".ttf", ".otf"}
AS_RECEIVED = ("standards/sources/", "data/")


def committed() -> list[str]:
    """Every file git knows, or that it would take in; all files where there is no git."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    names = sorted(set(listed.stdout.decode().split("\0")) - {""})
    return [name for name in names if (ROOT / name).is_file()]


FILES = committed()


@functools.cache
def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def texts() -> Iterator[tuple[str, str]]:
    """Every committed text of ours, by name; not the authorities' documents and bare data."""
    for name in FILES:
        if Path(name).suffix not in BYTES and not name.startswith(AS_RECEIVED):
            yield name, text_of(name)


def python_files(*places: str) -> list[str]:
    return [
        name
        for name in FILES
        if name.endswith(".py") and name.startswith(places) and "/migrations/" not in name
    ]


def script(name: str) -> str:
    """A JavaScript file without its comments."""
    return re.sub(r"/\*.*?\*/|(?<!:)//[^\n]*", "", text_of(name), flags=re.DOTALL)


def scripts(place: str) -> list[str]:
    return [
        name
        for name in FILES
        if name.startswith(place) and name.endswith((".js", ".mjs")) and "/vendor/" not in name
    ]


def faults(found: Iterable[str]) -> str:
    return "\n".join(sorted(set(found)))


@functools.cache
def parsed() -> dict[str, ast.Module]:
    gc.disable()  # looking through a million nodes for rubbish costs more than making them
    try:
        trees = {name: ast.parse(text_of(name)) for name in python_files(*CODE)}
        for tree in trees.values():
            walked(tree)
        gc.freeze()
    finally:
        gc.enable()
    return trees


@functools.cache
def walked(tree: ast.Module) -> tuple[ast.AST, ...]:
    """Every node of a module: many tests ask, and walking costs."""
    return tuple(ast.walk(tree))
