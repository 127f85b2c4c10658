"""The network that finds text gives the same answers in its lighter form."""

import hashlib

import numpy as np
import onnxruntime
import pytest

from server.media.reading.lighter import KNOWN, lighter
from server.media.reading.text_models import model_folder
from server.media.reading.wire_format import as_weights, fields, message_of, weights_of


@pytest.fixture(scope="module")
def network() -> bytes:
    return (model_folder() / "PP-OCRv6_det_small.onnx").read_bytes()


def run(network: bytes, block: np.ndarray) -> np.ndarray:
    session = onnxruntime.InferenceSession(network, providers=["CPUExecutionProvider"])
    return np.asarray(session.run(None, {session.get_inputs()[0].name: block})[0])


@pytest.mark.parametrize("size", [(96, 160), (64, 32)])
def test_the_lighter_network_says_the_same_of_a_picture(
    network: bytes, size: tuple[int, int]
) -> None:
    made = lighter(network)
    block = np.random.default_rng(1).uniform(-1, 1, (1, 3, *size)).astype(np.float32)
    block[:, :, 20:40, 8:24] = 1  # something to be found

    assert made != network
    said, before = run(made, block), run(network, block)
    assert said.shape == before.shape
    assert np.abs(said - before).max() < 1e-4


def test_no_layer_is_left_that_is_laid_out_anew(network: bytes) -> None:
    assert hashlib.sha256(network).hexdigest() == KNOWN  # a new wheel: is it still lighter?
    made = lighter(network)
    for kind in (b"ConvTranspose", b"ReduceMean", b"Identity"):
        assert kind in network
        assert message_of([(4, kind)]) not in made


def test_another_network_is_left_as_it_is(network: bytes) -> None:
    assert lighter(network + b"\x08\x01") == network + b"\x08\x01"


def test_what_is_read_of_a_file_is_written_as_it_was(network: bytes) -> None:
    assert message_of(fields(network)) == network
    name, weights = weights_of(as_weights("a", np.arange(6, dtype=np.float32).reshape(2, 3)))
    assert (name, weights.tolist()) == ("a", [[0, 1, 2], [3, 4, 5]])
    with pytest.raises(ValueError, match="kind 5"):
        list(fields(b"\x0d\0\0\0\0"))
