"""What the front page names as needed for its start."""

import re

from miniapp_api.app_files import app_files


def preloaded() -> set[str]:
    """The scripts that it has the browser fetch at once, by their names below web/."""
    page = app_files().files["index.html"].content.decode()
    return set(re.findall(r'modulepreload" href="([^"]+)"', page))
