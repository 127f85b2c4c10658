"""Serves the phone web app as written: compressed once, revalidated by its hash."""

import gzip
import hashlib
import json
import mimetypes
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path, PurePosixPath
from posixpath import normpath
from typing import Any

from flask import Blueprint, Response, g, redirect, request
from werkzeug.exceptions import NotFound as NoSuchPage

from miniapp_api.one_script import one_script
from server.http.guards import open_to_all
from server.settings import ROOT

pages = Blueprint("app_files", __name__, static_folder=None)
open_to_all(pages, "the app's code is the same for everybody and holds no data")
WEB, CORE = ROOT / "web", ROOT / "miniapp" / "core"
KINDS = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".webmanifest": "application/manifest+json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".webp": "image/webp",
    ".ico": "image/x-icon",
}
SQUEEZED = {".png", ".jpg", ".webp"}  # compressed already
FRONT, WORKER, ALONE = "index.html", "sw.js", "alone.js"
HOME = "views/home.js"  # with it a keeper's day can begin
HASH_LETTERS = 32  # of a SHA-256; nobody can make another file that begins with as many
STATIC_IMPORT = re.compile(r"""(?:\bfrom|\bimport)\s*["'](\.[^"']+)["']""")
LATE_IMPORT = re.compile(r"""(?:\bimport\(|\bnew URL\(|\bimportScripts\()\s*["'](\.[^"']+)["']""")
PAGE_LINK = re.compile(r"""<(?:link|script)\b[^>]*(?:src|href)=["']([^"':#]+)["']""")


@dataclass(frozen=True)
class AppFile:
    """One file ready to be sent."""

    content: bytes
    zipped: bytes | None
    kind: str
    etag: str


@dataclass(frozen=True)
class AppFiles:
    """The whole app at one version: by its path below /app/."""

    version: str
    shell: tuple[str, ...]
    lazy: tuple[str, ...]
    files: dict[str, AppFile]


def _sources(web: Path, core: Path) -> dict[str, Path]:
    """Every file that may be served, by its path below /app/."""
    found = {}
    for root, prefix in ((web, ""), (core, "core/")):
        for path in sorted(root.rglob("*")):
            name = prefix + path.relative_to(root).as_posix()
            hidden = any(part.startswith(".") for part in PurePosixPath(name).parts)
            if path.is_file() and path.suffix in KINDS and not hidden:
                found[name] = path
    return found


def _links(name: str, text: str, pattern: re.Pattern[str]) -> set[str]:
    """The files one file names, below /app/."""
    folder = PurePosixPath(name).parent
    return {normpath(str(folder / link.split("?")[0])) for link in pattern.findall(text)}


def _reached(start: set[str], texts: dict[str, str]) -> set[str]:
    """What loads at once with these files: their static imports, and theirs."""
    reached: set[str] = set()
    waiting = {name for name in start if name in texts}
    while waiting:
        name = waiting.pop()
        reached.add(name)
        pattern = PAGE_LINK if name == FRONT else STATIC_IMPORT
        waiting |= {link for link in _links(name, texts[name], pattern) if link in texts} - reached
    return reached


def _fill_in(
    text: bytes,
    version: str,
    shell: tuple[str, ...],
    lazy: tuple[str, ...],
    hashes: Mapping[str, str],
) -> bytes:
    """Write version and lists into the service worker, each file with its hash."""

    def listed(names: tuple[str, ...]) -> bytes:
        places = [["/app/" + ("" if name == FRONT else name), hashes[name]] for name in names]
        return json.dumps(places, separators=(",", ":")).encode()

    return (
        text.replace(b"__VERSION__", version.encode())
        .replace(b"__SHELL__", listed(shell))
        .replace(b"__LAZY__", listed(lazy))
    )


def _ready(content: bytes, suffix: str) -> AppFile:
    zipped = None if suffix in SQUEEZED else gzip.compress(content, 9, mtime=0)
    return AppFile(
        content=content,
        zipped=zipped if zipped and len(zipped) < len(content) else None,
        kind=KINDS.get(suffix) or mimetypes.types_map[suffix],
        etag=_hash(content)[:20],
    )


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:HASH_LETTERS]


def gather(web: Path, core: Path) -> AppFiles:
    """Read the app from its folders and sort it into what is needed at once and what later.

    The shell is what the front page and the keeper's home reach through static imports; the service
    worker fetches all else that the app has afterwards.
    """
    sources = _sources(web, core)
    contents = {name: path.read_bytes() for name, path in sources.items()}
    texts = {
        name: content.decode()
        for name, content in contents.items()
        if sources[name].suffix in (".js", ".mjs", ".html")
    }
    if ALONE in texts:
        texts[ALONE] = one_script(ALONE, texts)
        contents[ALONE] = texts[ALONE].encode()
    linked = _links(FRONT, texts.get(FRONT, ""), PAGE_LINK) & sources.keys()
    started = {name for name in linked if not name.startswith("icons/")}
    shell = _reached({FRONT, HOME}, texts) | started
    late = {link for name, text in texts.items() for link in _links(name, text, LATE_IMPORT)}
    ours = {name for name in sources if not name.startswith(("vendor/", "core/"))}
    # Of the core what a script of ours asks for: some of it serves the mini program alone.
    needed = _reached(late, texts) | (late & sources.keys()) | ours | _reached(ours, texts)
    # The home screen's pictures are the system's, which fetches them while it installs the app.
    lazy = {name for name in needed if not name.startswith("icons/icon-")} - shell - {WORKER}
    digest = hashlib.sha256()
    for name in sorted(contents):
        digest.update(name.encode() + b"\0" + hashlib.sha256(contents[name]).digest())
    version = digest.hexdigest()[:12]
    lists = tuple(sorted(shell)), tuple(sorted(lazy))
    hashes = {name: _hash(content) for name, content in contents.items()}
    files = {}
    for name, content in contents.items():
        filled = _fill_in(content, version, *lists, hashes) if name == WORKER else content
        files[name] = _ready(filled, sources[name].suffix)
    return AppFiles(version, *lists, files)


@cache
def app_files() -> AppFiles:
    """The app as this process found it at its first request."""
    return gather(WEB, CORE)


@pages.get("/app")
def bare() -> Any:
    """Without its slash the page's own links would point beside it."""
    return redirect("/app/")


@pages.get("/self-check")
def self_check() -> Any:
    """The short address to tell somebody on the telephone; the app shows what this phone can do."""
    return redirect("/app/#/self-check")


@pages.get("/app/", defaults={"path": FRONT})
@pages.get("/app/<path:path>")
def file(path: str) -> Any:
    """One file of the phone app.

    The browser asks each time whether its copy is still right (a 304 costs 200 bytes); the service
    worker's cache, named by the version, is what makes starts quick and whole.
    """
    found = app_files().files.get(path)
    if found is None:
        raise NoSuchPage
    # A worker is a page in this: it obeys the headers of its own file.
    g.part_of_a_page = not (path.endswith((".html", "worker.js")) or path == WORKER)
    zipped = found.zipped is not None and "gzip" in request.headers.get("Accept-Encoding", "")
    response = Response(found.zipped if zipped else found.content)
    response.content_type = found.kind
    if found.zipped is not None:
        response.headers["Vary"] = "Accept-Encoding"
    if zipped:
        response.headers["Content-Encoding"] = "gzip"
    response.set_etag(found.etag + ("-gz" if zipped else ""))
    response.headers["Cache-Control"] = "no-cache"
    return response.make_conditional(request)
