"""Where the browser is that tests and benches drive."""

import shutil

BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser")
"""Debian's builds of Chromium; the first has no windows and asks a third less of the processor."""


def chromium_path() -> str:
    """Debian's Chromium; raises FileNotFoundError where it is not installed."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if not found:
        raise FileNotFoundError("Chromium is missing: apt-get install chromium fonts-wqy-microhei")
    return found
