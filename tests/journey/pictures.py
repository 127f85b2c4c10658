"""Screenshots of the journey, small enough to commit; into the handbook only when asked to."""

import io
import os
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page

from server.settings import ROOT

HANDBOOK = ROOT / "docs" / "handbook.zh" / "img"
LARGEST = 120 * 1024
ASKED = bool(os.environ.get("HANDBOOK"))

# With a month of life in them, and 演示数据 on what could be taken for real.
FROM_DEMONSTRATION = {
    "desk-board.png",
    "desk-today.png",
    "desk-disagreements.png",
    "desk-inspection.png",
    "desk-invite.png",
    "desk-lag.png",
    "desk-new-round.png",
    "desk-photo-requests.png",
    "desk-rectification.png",
    "desk-rectifications.png",
    "desk-report.png",
    "desk-results.png",
    "desk-round-settings.png",
    "desk-round.png",
    "desk-rounds.png",
    "desk-station.png",
    "inspector-station.png",
    "phone-history.png",
    "phone-home.png",
    "plaque-a4.png",
    "public-page.png",
}


class Pictures:
    """Takes pictures: `make pictures` keeps the handbook's, all others go into a folder of tests."""

    def __init__(self, thrown_away: Path, *, from_demonstration: bool) -> None:
        thrown_away.mkdir(exist_ok=True)
        self._elsewhere = thrown_away
        self._ours = from_demonstration

    def take(self, page: Page, name: str) -> None:
        """What the page shows now, once its type is there."""
        page.evaluate("() => document.fonts.ready.then(() => true)")
        self.keep(Image.open(io.BytesIO(page.screenshot())), name)

    def keep(self, picture: Image.Image, name: str) -> None:
        """Write a picture; the handbook's with as many colours as fit into its size."""
        if not ASKED or (name in FROM_DEMONSTRATION) != self._ours:
            picture.save(self._elsewhere / name)
            return
        HANDBOOK.mkdir(parents=True, exist_ok=True)
        for colours in (256, 128, 64, 32):
            few = picture.convert("RGB").quantize(colours, dither=Image.Dither.NONE)
            few.save(HANDBOOK / name, optimize=True)
            if (HANDBOOK / name).stat().st_size <= LARGEST:
                return
        pytest.fail(f"{name} does not become small enough")
