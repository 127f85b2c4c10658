"""Open a photo as its file holds it: the pixels as they lie there, and how they were rounded."""

import io
import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image

from server.media.pictures.exif import quietly

Floats = npt.NDArray[np.float32]
Matrix = npt.NDArray[np.float64]

MOST_PIXELS = 4_700_000
"""Larger files are shrunk, and the steps to which they were rounded with them. Counted in all: the
screens of telephones are long and narrow, and what they show is no longer told once it was mixed.
"""

_FINE, _FINEST = 0.2, 0.3  # of the first step of fine files, and at least: rounding leaves 0.29

# From upright pixels to those of the file, by EXIF orientation: (xx, xy, yx, yy).
_TURNS = {
    2: (-1, 0, 0, 1), 3: (-1, 0, 0, -1), 4: (1, 0, 0, -1), 5: (0, 1, 1, 0), 6: (0, 1, -1, 0),
    7: (0, -1, -1, 0), 8: (0, -1, 1, 0),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Stored:
    """A photo as its file holds it, not turned upright, with the steps to which it was rounded.

    `loose` is the deviation, in shades, of what rounding left where the steps themselves are lost;
    `square` is the side, in pixels, of what was rounded in one piece.
    """

    colours: npt.NDArray[np.uint8]
    steps: Floats
    loose: float
    upright: Matrix
    square: float = 8.0
    known: bool = False
    """Whether `steps` are the file's own; WebP has none, and those of large files are lost."""

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels as they lie in the file."""
        return self.colours.shape[1], self.colours.shape[0]

    @property
    def upright_size(self) -> tuple[int, int]:
        """Width and height as people see the photo."""
        width, height = self.size
        return (height, width) if self.upright[0, 0] == 0 else (width, height)

    @property
    def astray(self) -> float:
        """Shades that a copy may stray: finer savings before a coarse one are not to be seen.

        A file of quality 90 and more hides none: there two honest photos of a quiet sensor stray
        by as little as 0.6, copies by 0.3 to 0.5.
        """
        first = float(self.steps[0, 0])
        return min(0.65 + 0.05 * first, max(_FINE * first, _FINEST) if self.known else math.inf)


def stored(content: bytes) -> Stored:
    """A photo that `images.admit` has let in, as its file holds it."""
    with quietly():
        image = Image.open(io.BytesIO(content))
        orientation = image.getexif().get(0x112, 1)
    steps, loose = np.ones((8, 8), np.float32), 0.3
    table = _table_of(image)
    shrink = math.sqrt(image.width * image.height / MOST_PIXELS)
    if shrink > 1:
        size = (max(1, round(image.width / shrink)), max(1, round(image.height / shrink)))
        image.draft("RGB", size)
        colours = image.convert("RGB").resize(size, Image.Resampling.BOX)
        if table:
            loose += float(np.mean(table[:4])) / shrink / math.sqrt(12)
    else:
        colours = image.convert("RGB")
        if table:  # a step of nought keeps nought: so does any other where nought is kept
            steps = np.maximum(np.array(table, np.float32).reshape(8, 8), 1)
    upright = _turn(orientation, *colours.size)
    known = bool(table) and shrink <= 1
    return Stored(np.asarray(colours), steps, loose, upright, 8 / max(1.0, shrink), known)


def _table_of(image: Image.Image) -> list[int] | None:
    """The steps of a JPEG's brightness, by whatever number the file calls them; else None."""
    tables, layers = getattr(image, "quantization", None), getattr(image, "layer", None)
    return tables.get(layers[0][3]) if tables and layers else None


def shares(width: int, height: int) -> Matrix:
    """The way from pixels, counted at their middle, to shares of width and height."""
    return np.array([[1 / width, 0, 0.5 / width], [0, 1 / height, 0.5 / height], [0, 0, 1]])


def _turn(orientation: int, width: int, height: int) -> Matrix:
    xx, xy, yx, yy = _TURNS.get(orientation, (1, 0, 0, 1))
    left = width - 1 if xx + xy < 0 else 0
    top = height - 1 if yx + yy < 0 else 0
    return np.array([[xx, xy, left], [yx, yy, top], [0, 0, 1]], np.float64)
