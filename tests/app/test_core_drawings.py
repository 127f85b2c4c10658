"""Arrows and circles on the phone: bounded notes beside a photo, in thousandths of its sides."""

import json
from typing import Any

import pytest

from server.policy.drawings import AT_MOST, drawings_in
from tests.app.quick import Core

DRAFT = json.dumps({"photos": [{"id": "p", "notes": {"width": 800}}, {"id": "q", "notes": {}}]})


@pytest.fixture(scope="module")
def core() -> Core:
    return Core()


def test_a_finger_that_leaves_the_picture_stays_at_its_edge_and_a_tap_draws_nothing(
    core: Core,
) -> None:
    one = core.run("return drawingOf('arrow', [-20.4, 500.6], [1400, 12]);")

    assert one == {"kind": "arrow", "start": [0, 501], "end": [1000, 12]}
    assert core.run("return drawingOf('circle', [500, 500], [510, 505]);") is None


def test_what_the_phone_draws_the_server_keeps_and_both_end_at_the_same_number(core: Core) -> None:
    found: Any = core.run(
        f"let d = {DRAFT}; for (let i = 0; i < 20; i += 1) "
        "d = withDrawing(d, 'p', drawingOf('circle', [i, 0], [900, 900])); return d.photos;"
    )

    assert len(found[0]["notes"]["drawings"]) == AT_MOST
    assert [one.json for one in drawings_in(found[0]["notes"])] == found[0]["notes"]["drawings"]
    assert found[0]["notes"]["width"] == 800
    assert found[1] == {"id": "q", "notes": {}}


def test_the_last_drawing_taken_back_leaves_the_notes_as_they_were(core: Core) -> None:
    found = core.run(
        f"const d = withDrawing({DRAFT}, 'p', drawingOf('arrow', [0, 0], [500, 500]));"
        "return withoutLastDrawing(d, 'p').photos[0].notes;"
    )

    assert found == {"width": 800}


def test_paths_speak_of_the_pictures_own_pixels(core: Core) -> None:
    circle = core.run(
        "return pathOfDrawing({kind: 'circle', start: [250, 500], end: [750, 1000]}, 800, 400);"
    )
    arrow = core.run(
        "return pathOfDrawing({kind: 'arrow', start: [0, 0], end: [500, 0]}, 800, 400);"
    )

    assert circle == "M200.0 300.0a200.0 100.0 0 1 0 400.0 0.0a200.0 100.0 0 1 0 -400.0 0.0"
    assert arrow.startswith("M0.0 0.0L400.0 0.0M")
