"""The desk's static files and fetched libraries: where they lie, their addresses with a hash."""

import hashlib
from pathlib import Path

from flask import current_app, g, url_for

from server.settings import ROOT

STATIC = ROOT / "desk" / "static"
VENDOR = ROOT / "web" / "vendor"


def asset_path(name: str) -> Path | None:
    """Where a static file lies: the desk's own, or a fetched library under vendor/."""
    folder, plain = (VENDOR, name[7:]) if name.startswith("vendor/") else (STATIC, name)
    if not plain.isprintable():  # a NUL is no file name, on any system
        return None
    path = (folder / plain).resolve()
    return path if path.is_relative_to(folder) and path.is_file() else None


def asset(name: str) -> str:
    """The address of a static file, with its hash, so that browsers may keep it for a year.

    It is looked for once a page: every icon of a page stands in the same file.
    """
    told: dict[str, str] = g.setdefault("assets", {})
    if name not in told:
        told[name] = _address(name)
    return told[name]


def _address(name: str) -> str:
    known: dict[str, tuple[float, str]] = current_app.extensions["desk_assets"]
    path = asset_path(name)
    if path is None:
        return url_for("desk_files.static_file", name=name)
    changed = path.stat().st_mtime
    if name not in known or known[name][0] != changed:
        known[name] = (changed, hashlib.sha256(path.read_bytes()).hexdigest()[:10])
    return url_for("desk_files.static_file", name=name, v=known[name][1])
