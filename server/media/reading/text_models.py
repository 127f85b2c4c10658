"""Find and read lines of text in a picture with the networks that the rapidocr wheel ships.

The models are PP-OCRv6 small (Apache-2.0): one marks where text stands, one reads a line. They run
on ONNX Runtime with one thread and need no network. Heavy: only the reading process imports this.
"""

import ctypes
import importlib.util
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import onnxruntime

from server.media.reading.lighter import lighter
from server.media.reading.marks import parts_of_mark
from server.policy.signs.lines import Glyph, Line, Quad

Pixels = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]
AnyPixels = npt.NDArray[Any]

DETECT_SIDE = 960
"""Long side at which text is looked for; larger loses large letters (ocr report, 1.1)."""
MAX_LINES = 120

_TEXT_PROBABILITY = 0.3  # a pixel is text above it
_BOX_PROBABILITY = 0.5  # a box is kept above it
_GROWTH = 1.6  # the network marks shrunken boxes; area × growth / perimeter is added all round
_FAINT_PIXEL, _FAINT_BOX, _INNER = 0.08, 0.1, 0.6
"""Of writing that is hardly there: its pixels, its box, and how much of the box is its inside."""
_NARROWEST_PX = 3
_LINE_HEIGHT = 48
_WIDEST_LINE = 3200
_RUN_WIDTH = 3200  # of all lines of one run together
_UPRIGHT_FROM = 1.5  # height over width from which a box is taken for a column of characters
_UPRIGHTNESS = 0.87
"""Of its length a column rises so much: it leans by 30 degrees at most, else it is a line."""
_STORE, _WASTE = 2**28, 2**18
"""Bytes: of the networks' store, more than any one run of a look needs, and of a piece of it that
is not cut off what a layer gets."""
_OTHERS = 4
_LEAST_CHANCE = 0.004


@dataclass(slots=True)
class TextModels:
    """The two networks, loaded once a process; `busy_s` counts processor seconds in them."""

    detector: onnxruntime.InferenceSession
    recogniser: onnxruntime.InferenceSession
    characters: tuple[str, ...]
    busy_s: float = 0.0

    @classmethod
    def load(cls) -> "TextModels":
        """Load the models from the wheel; raises FileNotFoundError when they are not there."""
        _share_one_arena()
        recogniser = _session(_model("PP-OCRv6_rec_small.onnx"))
        listed = recogniser.get_modelmeta().custom_metadata_map["character"].splitlines()
        models = cls(
            detector=_session(lighter(_model("PP-OCRv6_det_small.onnx").read_bytes())),
            recogniser=recogniser,
            characters=("", *listed, " "),  # the network's first answer means "nothing here"
        )
        models.give_back()  # what a first run makes for good lies in no block of a large picture
        return models

    def find(self, picture: Pixels, side: int = DETECT_SIDE) -> list[Quad]:
        """Where text stands in a BGR picture: corners clockwise from top left."""
        chances, stretch = self._chances(picture, side)
        return _boxes(chances, stretch, _TEXT_PROBABILITY, _BOX_PROBABILITY)

    def faint(self, picture: Pixels, side: int, least: float) -> list[Quad]:
        """Where text may stand, be it much fainter than what `find` finds.

        `least` is the mean chance, from 0 to 1, that the inside of such a place must have.
        """
        chances, stretch = self._chances(picture, side)
        return [
            quad
            for quad in _boxes(chances, stretch, _FAINT_PIXEL, _FAINT_BOX)
            if _mean_inside(chances, _inside(quad, stretch)) >= least
        ]

    def _chances(self, picture: Pixels, side: int) -> tuple[Floats, tuple[float, float]]:
        """The text map of a picture shrunken to a long side, and by how much it was shrunken."""
        height, width = picture.shape[:2]
        scale = min(1.0, side / max(height, width))
        shrunk = (max(32, round(width * scale / 32) * 32), max(32, round(height * scale / 32) * 32))
        block = _normalised(cv2.resize(picture, shrunk, interpolation=cv2.INTER_LINEAR))
        chances = self._run(self.detector, block[None])[0, 0]
        return chances, (width / shrunk[0], height / shrunk[1])

    def read(self, picture: Pixels, quads: list[Quad]) -> list[Line]:
        """Read each quad of the picture; those without any character are left out."""
        cut = [_straight(picture, quad) for quad in quads[:MAX_LINES]]
        order = sorted(range(len(cut)), key=lambda n: cut[n].shape[1] / cut[n].shape[0])
        lines: list[Line | None] = [None] * len(cut)
        while order:
            # Lines of one run are padded to the widest, and memory grows with the whole block.
            room = _RUN_WIDTH // max(320, _strip_width(cut[order[-1]]))
            batch, order = order[-max(1, room) :], order[: -max(1, room)]
            strips = [_strip(cut[n]) for n in batch]
            widest = max(320, *(strip.shape[2] for strip in strips))
            block = np.zeros((len(strips), 3, _LINE_HEIGHT, widest), dtype=np.float32)
            for row, strip in enumerate(strips):
                block[row, :, :, : strip.shape[2]] = strip
            for n, strip, chances in zip(
                batch, strips, self._run(self.recogniser, block), strict=True
            ):
                glyphs = self._glyphs(chances, strip.shape[2] / widest)
                if glyphs:
                    lines[n] = Line(glyphs, quads[n], vertical=is_upright(quads[n]))
        return [line for line in lines if line is not None]

    def _glyphs(self, chances: Floats, filled: float) -> tuple[Glyph, ...]:
        """Turn the network's answer for each narrow step of a line into characters.

        A character may span several steps; steps without one part equal neighbours (CTC). What
        else it may be is the highest chance of any other character within its span.
        """
        best = chances.argmax(axis=1)
        steps = max(1.0, len(best) * filled)
        starts = np.flatnonzero(np.r_[True, best[1:] != best[:-1]])
        ends = np.r_[starts[1:], len(best)]
        glyphs = []
        for start, end in zip(starts, ends, strict=True):
            label = int(best[start])
            if label == 0:
                continue
            peak = chances[start:end].max(axis=0)
            peak[0] = 0.0
            possible = np.flatnonzero(peak >= _LEAST_CHANCE)
            others = sorted(
                ((self.characters[n], round(float(peak[n]), 4)) for n in possible if n != label),
                key=lambda pair: -pair[1],
            )
            glyphs.append(
                Glyph(
                    self.characters[label],
                    round(float(peak[label]), 4),
                    round(min(1.0, (start + end) / 2 / steps), 4),
                    tuple(others[:_OTHERS]),
                )
            )
        return tuple(glyphs)

    def give_back(self) -> None:
        """Hand back to the system what the layers of the networks needed.

        The runtime does so only behind a run, and nobody knows which one of a photo is its last.
        """
        done = onnxruntime.RunOptions()
        done.add_run_config_entry("memory.enable_memory_arena_shrinkage", "cpu:0")
        self._run(self.detector, np.zeros((1, 3, 32, 32), np.float32), done)
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # another C library may have none
        if trim is not None:
            trim(0)  # what pictures and their lines took, between what is kept

    def _run(
        self,
        session: onnxruntime.InferenceSession,
        block: Floats,
        options: onnxruntime.RunOptions | None = None,
    ) -> Floats:
        began = time.thread_time()
        answer = session.run(None, {session.get_inputs()[0].name: block}, options)[0]
        self.busy_s += time.thread_time() - began
        return np.asarray(answer, dtype=np.float32)


def model_folder() -> Path:
    """Where the rapidocr wheel keeps its models; asked without importing that package."""
    spec = importlib.util.find_spec("rapidocr")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("the package rapidocr, which ships the models, is not installed")
    return Path(spec.origin).parent / "models"


def _model(name: str) -> Path:
    path = model_folder() / name
    if not path.is_file():
        raise FileNotFoundError(f"the model {name} is missing from the rapidocr wheel")
    return path


@cache
def _share_one_arena() -> None:
    """Let both networks take what their layers need from one store, which they keep for a photo.

    From the system itself they would ask for the same blocks layer by layer. It is one large block,
    of which only what was written to takes memory: in several that grow by and by, hardly anything
    of a small run fits a larger one (`TextModels.give_back`).
    """
    memory = onnxruntime.OrtMemoryInfo(
        "Cpu", onnxruntime.OrtAllocatorType.ORT_ARENA_ALLOCATOR, 0, onnxruntime.OrtMemType.DEFAULT
    )
    shape = {
        "arena_extend_strategy": 0,  # by powers of two, should the first block not do
        "initial_growth_chunk_size_bytes": _STORE,
        "max_dead_bytes_per_chunk": _WASTE,
    }
    onnxruntime.create_and_register_allocator(memory, onnxruntime.OrtArenaCfg(shape))


def _session(network: Path | bytes) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.enable_mem_pattern = False  # a plan for each shape is kept, and hardly one comes again
    options.add_session_config_entry("session.use_env_allocators", "1")
    # Weights that stay would keep the blocks of the store that they lie in.
    options.add_session_config_entry("session.use_device_allocator_for_initializers", "1")
    # Some weights are so small (1e-39) that the processor takes a hundred times as long over them:
    # more than half of a look was two layers of these. As nothing they change no answer.
    options.add_session_config_entry("session.set_denormal_as_zero", "1")
    session = onnxruntime.InferenceSession(network, options, providers=["CPUExecutionProvider"])
    session.disable_fallback()  # there is no other provider to turn to
    vars(session)["_model_bytes"] = None  # which the 10 MB of a network are held for
    return session


def _normalised(picture: AnyPixels) -> Floats:
    """From 0…255 to -1…1, colours first."""
    block = picture.transpose(2, 0, 1).astype(np.float32)
    block *= 2 / 255
    block -= 1
    return block


def _boxes(
    chances: Floats, stretch: tuple[float, float], least_pixel: float, least_box: float
) -> list[Quad]:
    """Rectangles round the connected marks of the text map, grown to the letters' full size."""
    marks: AnyPixels = (chances > least_pixel).astype(np.uint8)
    marks = cv2.dilate(marks, np.ones((2, 2), np.uint8))
    contours, _ = cv2.findContours(marks, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    found: list[tuple[float, Quad]] = []
    for mark in (part for contour in contours for part in parts_of_mark(contour)):
        (x, y), (width, height), angle = cv2.minAreaRect(mark)
        if min(width, height) < _NARROWEST_PX:
            continue
        if _mean_inside(chances, cv2.boxPoints(((x, y), (width, height), angle))) < least_box:
            continue
        grown = width * height * _GROWTH / (2 * (width + height))
        corners = (
            np.asarray(cv2.boxPoints(((x, y), (width + 2 * grown, height + 2 * grown), angle)))
            * stretch
        )
        found.append((width * height, _clockwise(corners)))
    found.sort(key=lambda pair: -pair[0])  # the largest first, should there be too many
    return [quad for _, quad in found[:MAX_LINES]]


def _inside(quad: Quad, stretch: tuple[float, float]) -> AnyPixels:
    """The corners of a quad's inside in the text map."""
    corners = np.asarray(quad) / stretch
    middle = corners.mean(axis=0)
    return np.asarray(middle + (corners - middle) * _INNER, np.float32)


def _mean_inside(chances: Floats, corners: AnyPixels) -> float:
    left, top = np.floor(corners.min(axis=0)).astype(int).clip(0)
    right, bottom = np.ceil(corners.max(axis=0)).astype(int) + 1
    part = chances[top:bottom, left:right]
    mask = np.zeros(part.shape, np.uint8)
    cv2.fillPoly(mask, [(corners - (left, top)).astype(np.int32)], 1)
    return float(cv2.mean(part, mask)[0])


def _clockwise(corners: AnyPixels) -> Quad:
    """Corners of a box, given in order round it, from the top left as one reads.

    The two leftmost are the left side; of a column the two highest are its top: where it leans by
    more than its own width, both ends of its foot are left or right of both of its top.
    """
    sides = sorted((corners[1] - corners[0], corners[2] - corners[1]), key=np.linalg.norm)
    short, long = map(np.linalg.norm, sides)
    tall = bool(long >= _UPRIGHT_FROM * short and abs(sides[1][1]) > _UPRIGHTNESS * long)
    ranked = corners[np.argsort(corners[:, int(tall)], kind="stable")].tolist()
    one, other = (
        sorted(pair, key=lambda point: point[int(not tall)]) for pair in (ranked[:2], ranked[2:])
    )
    top_left, bottom_right = one[0], other[1]
    bottom_left, top_right = (other[0], one[1]) if tall else (one[1], other[0])
    return (
        (round(top_left[0], 1), round(top_left[1], 1)),
        (round(top_right[0], 1), round(top_right[1], 1)),
        (round(bottom_right[0], 1), round(bottom_right[1], 1)),
        (round(bottom_left[0], 1), round(bottom_left[1], 1)),
    )


def _sides(quad: Quad) -> tuple[float, float]:
    """Width and height of a quad, the longer of each pair of sides."""
    corners = np.asarray(quad)
    across = np.linalg.norm(corners[[0, 3]] - corners[[1, 2]], axis=1).max()
    down = np.linalg.norm(corners[[0, 1]] - corners[[3, 2]], axis=1).max()
    return float(across), float(down)


def is_upright(quad: Quad) -> bool:
    """Whether a quad holds a column of characters."""
    across, down = _sides(quad)
    return int(down) >= _UPRIGHT_FROM * max(1, int(across))


def _straight(picture: Pixels, quad: Quad) -> Pixels:
    """Cut a quad out and lay it level; columns of characters are laid on their side."""
    across, down = (max(1, int(side)) for side in _sides(quad))
    target = np.array([(0, 0), (across, 0), (across, down), (0, down)], np.float32)
    turn = cv2.getPerspectiveTransform(np.asarray(quad, np.float32), target)
    cut = cv2.warpPerspective(
        picture, turn, (across, down), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(np.rot90(cut) if down >= _UPRIGHT_FROM * across else cut, dtype=np.uint8)


def _strip(cut: Pixels) -> Floats:
    """One line as the reading network wants it: 48 pixels high."""
    wanted = (_strip_width(cut), _LINE_HEIGHT)
    return _normalised(np.asarray(cv2.resize(cut, wanted), dtype=np.uint8))


def _strip_width(cut: Pixels) -> int:
    height, width = cut.shape[:2]
    return min(_WIDEST_LINE, max(8, int(np.ceil(_LINE_HEIGHT * width / height))))
