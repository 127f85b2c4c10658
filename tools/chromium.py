"""Where the browser is that tests and benches drive."""

import shutil


def chromium_path() -> str:
    """Debian's Chromium; raises FileNotFoundError where it is not installed."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if not path:
        raise FileNotFoundError("Chromium is missing: apt-get install chromium fonts-wqy-microhei")
    return path
