"""Turns the strokes of a signature into an SVG path or a picture, for pages and paper alike."""

import io
from collections.abc import Sequence

from PIL import Image, ImageDraw

WIDTH, HEIGHT = 600, 200


def signature_path(strokes: Sequence[Sequence[Sequence[int]]]) -> str:
    """The `d` of a path in a box of 600 x 200; a dot is drawn as a very short line.

    Points outside the box are moved to its edge.
    """
    return "".join(_stroke(points) for points in strokes if points)


def signature_svg(strokes: Sequence[Sequence[Sequence[int]]]) -> str:
    """The signature as a whole SVG picture, black on nothing."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}">'
        f'<path d="{signature_path(strokes)}" fill="none" stroke="#000" stroke-width="5" '
        'stroke-linecap="round" stroke-linejoin="round"/></svg>'
    )


def signature_png(strokes: Sequence[Sequence[Sequence[int]]]) -> bytes:
    """The same signature in pixels, black on white, for programs that draw no SVG."""
    picture = Image.new("L", (WIDTH, HEIGHT), 255)
    draw = ImageDraw.Draw(picture)
    for points in filter(None, strokes):
        inside = [(_within(point[0], WIDTH), _within(point[1], HEIGHT)) for point in points]
        draw.line(inside or [(0, 0)], fill=0, width=5, joint="curve")
        for x, y in (inside[0], inside[-1]):
            draw.ellipse((x - 2, y - 2, x + 2, y + 2), fill=0)
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def _stroke(points: Sequence[Sequence[int]]) -> str:
    inside = [(_within(point[0], WIDTH), _within(point[1], HEIGHT)) for point in points]
    first, rest = inside[0], inside[1:] or [(inside[0][0] + 1, inside[0][1])]
    return f"M{first[0]} {first[1]}" + "".join(f"L{x} {y}" for x, y in rest)


def _within(value: int, limit: int) -> int:
    return max(0, min(limit, int(value)))
