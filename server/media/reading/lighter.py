"""Bring the network that finds text into a form in which it gives the same answers for less work.

The runtime is fastest with channels in sixteens and with layers of few kinds. As it comes, the
network has channels in twelves and twenty-fours at its largest layers, and each is then laid out
anew before and behind it: a tenth of its time.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from server.media.reading.wire_format import Field, as_weights, fields, message_of, weights_of

KNOWN = "090f04abcd9d9a7498bc4ebf677e4cb9bdce1fe4197ddb7e529f1ef44e1ff94f"
"""SHA-256 of the one network that is changed here; any other is left as it is."""

_GRAPH = 7  # fields of the file, of its graph, of a layer, of a layer's setting
_LAYER, _WEIGHTS, _SHAPES = 1, 5, 13
_TAKES, _GIVES, _KIND, _SETTING = 1, 2, 4, 5
_SETTING_NAME, _SETTING_NUMBER, _SETTING_KIND, _NUMBER = 1, 3, 20, 2

_STEM = [f"conv2d_{number}.w_0" for number in (112, 113, 114, 115, 116)]
_STEM_SHIFTS = [f"p2o.pd_op.reshape.{number}.0" for number in range(4)]
_FULL = 32
_EVEN_BLOCK = 4

Weights = npt.NDArray[np.float32]


@dataclass(slots=True)
class _Layer:
    kind: str
    takes: list[str]
    gives: list[str]
    settings: list[bytes]

    @classmethod
    def read(cls, message: bytes) -> "_Layer":
        parts = [(number, value) for number, value in fields(message) if isinstance(value, bytes)]

        def named(which: int) -> list[str]:
            return [value.decode() for number, value in parts if number == which]

        settings = [value for number, value in parts if number == _SETTING]
        return cls(named(_KIND)[0], named(_TAKES), named(_GIVES), settings)

    def written(self) -> bytes:
        texts = [(_TAKES, each) for each in self.takes] + [(_GIVES, each) for each in self.gives]
        parts: list[Field] = [(number, text.encode()) for number, text in texts]
        parts += [(_KIND, self.kind.encode()), *((_SETTING, each) for each in self.settings)]
        return message_of(parts)


def lighter(network: bytes) -> bytes:
    """The network in its lighter form; one that is not known as it comes."""
    if hashlib.sha256(network).hexdigest() != KNOWN:
        return network
    return message_of(
        (number, _lighter_graph(value) if number == _GRAPH and isinstance(value, bytes) else value)
        for number, value in fields(network)
    )


def _lighter_graph(graph: bytes) -> bytes:
    parts = [(number, value) for number, value in fields(graph) if isinstance(value, bytes)]
    layers = _without_idle([_Layer.read(value) for number, value in parts if number == _LAYER])
    weights = dict(weights_of(value) for number, value in parts if number == _WEIGHTS)
    _widen_stem(weights)
    for layer in layers:
        if layer.kind == "ReduceMean":  # over the whole picture, all of them
            layer.kind, layer.settings = "GlobalAveragePool", []
    layers = _with_whole_scales(layers, weights)
    layers = _with_plain_head(layers, weights)
    kept = [part for part in parts if part[0] not in (_LAYER, _WEIGHTS, _SHAPES)]
    return message_of(
        [
            *((_LAYER, layer.written()) for layer in layers),
            *((_WEIGHTS, as_weights(name, each)) for name, each in weights.items()),
            *kept,
        ]
    )


def _without_idle(layers: list[_Layer]) -> list[_Layer]:
    """The layers without those that hand on what they take."""
    same: dict[str, str] = {}
    kept = []
    for layer in layers:
        layer.takes = [same.get(each, each) for each in layer.takes]
        if layer.kind == "Identity":
            same[layer.gives[0]] = layer.takes[0]
        else:
            kept.append(layer)
    return kept


def _widen_stem(weights: dict[str, Weights]) -> None:
    """Give the first layers channels in sixteens; what is added is nothing, and stays nothing."""
    first, narrow, back, both, last = (weights[name] for name in _STEM)
    parted = np.zeros((len(both), 2 * _FULL, *both.shape[2:]), np.float32)
    half = both.shape[1] // 2  # two pictures side by side
    parted[:, :half], parted[:, _FULL : _FULL + half] = both[:, :half], both[:, half:]
    widened = [
        _wide(first, 0, _FULL),
        _wide(_wide(narrow, 0, _FULL // 2), 1, _FULL),
        _wide(_wide(back, 0, _FULL), 1, _FULL // 2),
        _wide(parted, 0, _FULL),
        _wide(last, 1, _FULL),
    ]
    weights.update(zip(_STEM, widened, strict=True))
    for name, layer in zip(_STEM_SHIFTS, widened, strict=False):
        weights[name] = _wide(weights[name], 1, len(layer))


def _wide(weights: Weights, axis: int, size: int) -> Weights:
    room = [(0, size - side if n == axis else 0) for n, side in enumerate(weights.shape)]
    return np.pad(weights, room)


def _with_whole_scales(layers: list[_Layer], weights: dict[str, Weights]) -> list[_Layer]:
    """A picture plus itself times a scale is itself times a scale that is larger by one."""
    weights["one"] = np.ones((1, 1, 1, 1), np.float32)
    by_answer = {layer.gives[0]: layer for layer in layers}
    made: list[_Layer] = []
    for layer in layers:
        times = by_answer.get(layer.takes[-1])
        if layer.kind == "Add" and times and times.kind == "Mul" and layer.takes[0] in times.takes:
            picture = layer.takes[0]
            (scale,) = (each for each in times.takes if each != picture)
            made.remove(times)
            made.append(_Layer("Add", [scale, "one"], [f"{scale}+1"], []))
            layer.kind, layer.takes = "Mul", [picture, f"{scale}+1"]
        made.append(layer)
    return made


def _with_plain_head(layers: list[_Layer], weights: dict[str, Weights]) -> list[_Layer]:
    """The last layers, which twice make four pixels of one, as layers that keep the size.

    The sixteen pixels stand as channels until the end.
    """
    before, doubling, shift, bend, doubling_again, last_shift, sigmoid = _head(layers)
    name, shift_name = before.takes[1], _user_of(before.gives[0], layers).takes[1]
    weights[name] = _wide(weights[name], 0, _FULL)
    weights[shift_name] = _wide(weights[shift_name], 1, _FULL)
    first, second = weights.pop(doubling.takes[1]), weights.pop(doubling_again.takes[1])
    wide = first.shape[1]
    to_four = np.zeros((4 * wide, _FULL, 1, 1), np.float32)
    to_sixteen = np.zeros((16, 4 * wide, 1, 1), np.float32)
    for down, across in np.ndindex(2, 2):
        part = slice((2 * down + across) * wide, (2 * down + across + 1) * wide)
        to_four[part, : len(first), 0, 0] = first[:, :, down, across].T
        for lower, further in np.ndindex(2, 2):
            place = (2 * down + lower) * _EVEN_BLOCK + 2 * across + further
            to_sixteen[place, part, 0, 0] = second[:, 0, lower, further]
    weights |= {
        "four": to_four,
        "four+": np.tile(weights.pop(shift.takes[1]).ravel(), 4),
        "sixteen": to_sixteen,
        "sixteen+": np.tile(weights.pop(last_shift.takes[1]).ravel(), 16),
    }
    gone = (doubling, shift, bend, doubling_again, last_shift, sigmoid)
    block: list[Field] = [
        (_SETTING_NAME, b"blocksize"),
        (_SETTING_NUMBER, _EVEN_BLOCK),
        (_SETTING_KIND, _NUMBER),
    ]
    return [
        *(layer for layer in layers if not any(layer is each for each in gone)),
        _Layer("Conv", [doubling.takes[0], "four", "four+"], ["four."], []),
        _Layer("Relu", ["four."], ["four.."], []),
        _Layer("Conv", ["four..", "sixteen", "sixteen+"], ["sixteen."], []),
        _Layer("Sigmoid", ["sixteen."], ["sixteen.."], []),
        _Layer("DepthToSpace", ["sixteen.."], sigmoid.gives, [message_of(block)]),
    ]


def _head(layers: list[_Layer]) -> list[_Layer]:
    """The layer whose answer is doubled in size, and all behind it."""
    doubling = next(layer for layer in layers if layer.kind == "ConvTranspose")
    by_answer = {layer.gives[0]: layer for layer in layers}
    before = by_answer[by_answer[by_answer[doubling.takes[0]].takes[0]].takes[0]]
    found = [before, doubling]
    while len(found) < 7:
        found.append(_user_of(found[-1].gives[0], layers))
    return found


def _user_of(answer: str, layers: Iterable[_Layer]) -> _Layer:
    return next(layer for layer in layers if answer in layer.takes)
