"""White words of the greeting can be read wherever its picture lies beneath them."""

import re

from server.settings import ROOT


def light(colour: tuple[float, ...]) -> float:
    """Relative luminance, WCAG 2.1."""
    parts = [one / 255 for one in colour]
    red, green, blue = [
        one / 12.92 if one <= 0.03928 else ((one + 0.055) / 1.055) ** 2.4 for one in parts
    ]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def rgb(text: str) -> tuple[int, ...]:
    return tuple(int(text[at : at + 2], 16) for at in (0, 2, 4))


def test_white_on_the_sun_is_as_plain_as_the_rules_ask() -> None:
    style = (ROOT / "web/app.css").read_text("utf-8")
    parts = (ROOT / "web/parts.js").read_text("utf-8")
    sky = re.search(r"--green: #([0-9a-f]{6})", style)
    sun = re.search(r'<circle [^>]*fill="#([0-9a-f]{6})" opacity="([.\d]+)"', parts)
    assert sky is not None
    assert sun is not None

    share = float(sun[2])
    seen = tuple(
        share * over + (1 - share) * under
        for over, under in zip(rgb(sun[1]), rgb(sky[1]), strict=True)
    )

    assert 1.05 / (light(seen) + 0.05) >= 4.5
