"""An S3-compatible store keeps what a folder keeps: held against a real server, broken on the way."""

import hashlib
import io
import os
import secrets
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from server.errors import Invalid, NotFound
from server.http import clock
from server.media.blobs import FolderStore, StoreFailed
from server.media.s3_store import IN_MEMORY, S3Store
from server.media.stores import store_of
from server.settings import settings_from
from tests import patience
from tests.s3_server import S3Server

PHOTO = b"\xff\xd8 a picture of the counter"
KEY = hashlib.sha256(PHOTO).hexdigest()


@pytest.fixture
def prefix() -> str:
    return secrets.token_hex(6)


@pytest.fixture
def store(s3: S3Server, prefix: str) -> S3Store:
    store = S3Store(s3.settings(prefix), begun=True)
    store.begin()
    return store


def test_it_does_what_a_folder_does(store: S3Store, tmp_path: Path) -> None:
    """One story told to both stores; whatever they answer is the same."""
    folder = FolderStore(tmp_path / "photos", begun=True)
    folder.begin()

    def story(one: S3Store | FolderStore) -> list[object]:
        large = b"0123456789abcdef" * (IN_MEMORY // 16 + 1)
        said: list[object] = [one.put(PHOTO), one.put(io.BytesIO(PHOTO), expected=KEY.upper())]
        with one.open(one.put(large)) as stream:
            said.append(hashlib.file_digest(stream, "sha256").hexdigest())
        with one.open(KEY) as stream:
            said += [stream.read(2), stream.read()]
        stat = one.stat(KEY)
        assert stat is not None
        assert abs(clock.now() - stat.written_at) < timedelta(minutes=5)
        said.append((stat.sha256, stat.size))
        with pytest.raises(Invalid) as refused:
            one.put(PHOTO + b"!", expected=KEY)
        said += [refused.value.code, list(one.blob_keys()), one.is_low()]
        one.put_rendition("thumb", KEY, b"small")
        one.put_rendition("view", KEY, b"stamped", "ab12")
        said += [one.rendition("thumb", KEY), one.rendition("view", KEY, "ab12")]
        said.append(one.rendition("view", KEY))
        one.delete(KEY)
        one.delete(KEY)
        said += [one.rendition("thumb", KEY), one.stat(KEY), one.stat("../" + KEY)]
        for odd in (KEY, "../../etc/passwd", KEY.upper()):
            with pytest.raises(NotFound) as missing:
                one.open(odd)
            said.append(missing.value.code)
        with pytest.raises(ValueError, match="kind of rendition"):
            one.put_rendition("../blobs", KEY, b"x")
        one.check()
        one.refuse_when_low()
        return [*said, len(list(one.blob_keys()))]

    assert story(store) == story(folder)


def test_the_sweep_sets_aside_and_gives_back_whoever_is_asked_for(store: S3Store) -> None:
    named, old = store.put(b"has a row"), store.put(b"its row was never written")
    store.put_rendition("thumb", old, b"small")
    tomorrow = clock.now() + timedelta(hours=25)

    assert store.sweep([named], now=clock.now() + timedelta(hours=23)) == []
    assert store.sweep([named], now=tomorrow) == [old]
    assert list(store.blob_keys()) == [named]

    # Its row was written by another machine between the look and the move.
    with store.open(old) as stream:
        assert stream.read() == b"its row was never written"
    store.sweep([named], now=tomorrow)
    assert store.stat(old) is not None

    store.sweep([named], now=tomorrow)
    store.delete(old)  # erased by law: nothing brings it back
    assert store.stat(old) is None


def test_many_at_once_put_the_same_and_others_through_one_client(store: S3Store) -> None:
    same, start, keys = os.urandom(300_000), threading.Barrier(6), []

    def put(number: int) -> None:
        start.wait()
        keys.extend(store.put(one) for one in (same, b"%d" % number, same))

    threads = [threading.Thread(target=put, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(keys) == 18
    assert set(store.blob_keys()) == set(keys)
    assert len(set(keys)) == 7


def test_what_is_wrong_is_told_in_words(s3: S3Server, store: S3Store, prefix: str) -> None:
    store.put(PHOTO)
    nobody = s3.settings(prefix, port=1)
    for broken, code in (
        (S3Store(nobody, begun=True), "store-unreachable"),
        (S3Store(s3.settings(prefix, secret="x" * 20), begun=True), "store-refused"),
        (S3Store(s3.settings("another"), begun=True), "store-bucket-missing"),
    ):
        for deed in (
            lambda one=broken: one.put(PHOTO),
            lambda one=broken: one.open(hashlib.sha256(b"not there").hexdigest()),
            broken.check,
        ):
            began = time.monotonic()
            with pytest.raises(StoreFailed) as failed:
                deed()
            assert failed.value.code == code
            assert "照片还在手机里，请不要删除" in failed.value.message
            assert "secret" not in failed.value.reason
            assert time.monotonic() - began < patience.seconds(15)


class Meddler(BaseHTTPRequestHandler):
    """Passes requests on to the real server, and spoils or breaks off so many bodies read back."""

    protocol_version = "HTTP/1.1"
    to, spoil, cut = 0, 0, 0

    def _pass(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        answer = httpx.request(
            self.command, f"http://127.0.0.1:{self.to}{self.path}",
            headers=list(self.headers.items()), content=self.rfile.read(length),
        )  # fmt: skip
        body, kind = answer.content, type(self)
        if self.command == "GET" and "/blobs/" in self.path:
            if kind.spoil:
                kind.spoil -= 1
                body = body[:-1] + bytes([body[-1] ^ 1])
            elif kind.cut:
                kind.cut -= 1
                body, self.close_connection = body[:-5], True
        self.send_response(answer.status_code)
        for name, value in answer.headers.items():
            if name.lower() not in {"connection", "transfer-encoding", "date", "server"}:
                self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_GET = do_PUT = do_HEAD = do_DELETE = _pass  # noqa: N815 - what http.server calls

    def log_message(self, *_args: object) -> None:
        """Say nothing."""


@pytest.fixture
def meddler(s3: S3Server) -> Iterator[type[Meddler]]:
    kind = type("Between", (Meddler,), {"to": s3.port})
    with ThreadingHTTPServer(("127.0.0.1", 0), kind) as door:
        kind.port = door.server_port  # type: ignore[attr-defined]
        threading.Thread(target=door.serve_forever, daemon=True).start()
        yield kind
        door.shutdown()


def test_nothing_is_acknowledged_that_does_not_come_back_as_it_was_put(
    s3: S3Server, store: S3Store, prefix: str, meddler: type[Meddler]
) -> None:
    between = S3Store(s3.settings(prefix, port=meddler.port), begun=True)  # type: ignore[attr-defined]

    meddler.spoil = 2
    with pytest.raises(StoreFailed) as failed:
        between.put(PHOTO)
    assert failed.value.code == "store-failed"
    assert meddler.spoil == 0

    meddler.cut = 1  # broken off once: asked again
    assert between.put(PHOTO) == KEY
    meddler.cut = 1
    with between.open(KEY) as stream:
        assert stream.read() == PHOTO

    meddler.cut = 9
    with pytest.raises(StoreFailed) as failed:
        between.open(KEY)
    assert failed.value.code == "store-unreachable"
    with store.open(KEY) as stream:
        assert stream.read() == PHOTO


LIGHT = """
import sys
import wsgi, server.cli.worker, server.chores
from server.media.stores import store_of
from server.settings import settings_from
store_of(settings_from())
print([one for one in sys.modules if one.startswith(("botocore", "server.media.s3"))])
"""


def test_the_settings_choose_and_a_small_house_loads_no_client(
    s3: S3Server, prefix: str, tmp_path: Path
) -> None:
    home = {"CZT_HOME": str(tmp_path)}
    assert isinstance(store_of(settings_from(home)), FolderStore)
    named = {**home, **s3.environment(prefix + "/county")}
    chosen = store_of(settings_from(named), begun=False)
    assert isinstance(chosen, S3Store)
    chosen.begin()
    chosen.check()
    assert named["CZT_S3_SECRET"] not in repr(settings_from(named))
    for wrong in (
        {"CZT_STORE": "photos"},
        {"CZT_STORE": "s3://Bucket"},
        {"CZT_STORE": "s3://bucket/../x y"},
        {"CZT_S3_ENDPOINT": "oss-cn-beijing.aliyuncs.com"},
        {"CZT_S3_SECRET": ""},
    ):
        with pytest.raises(Invalid, match="请"):
            settings_from({**named, **wrong})

    said = subprocess.run(
        [sys.executable, "-c", LIGHT], env={**os.environ, **home},
        capture_output=True, text=True, check=True, timeout=60,
    ).stdout  # fmt: skip
    assert said.strip() == "[]"
