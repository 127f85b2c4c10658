"""Requests that come in any pieces, too slowly, too large, or not put together as they must be."""

import socket
from pathlib import Path

import pytest
from gunicorn.config import Config
from hypothesis import given
from hypothesis import strategies as st

from desk.people.unsent import LARGEST_FILE
from miniapp_api.complaints import MOST_BODY
from server.gate.arriving import (
    BODY_S,
    HEAD_S,
    IN_MEMORY_BYTES,
    LONGEST_BODY_S,
    MOST_HEAD_BYTES,
    SLOWEST_BYTES_S,
    Arriving,
    House,
    Refused,
)
from server.gate.calls import Outlet
from server.http.database import MOST_FORM_BYTES, HouseApp
from server.settings import ROOT

CALLER = ("192.0.2.7", 50000)
NEXT = b"GET /next HTTP/1.1\r\n"
HEAD = b"POST /api/v1/sync HTTP/1.1\r\nHost: x\r\n"


def arriving(most_bytes: int = 1000, folder: Path = Path("nowhere")) -> Arriving:
    house = House(lambda _method, _path: most_bytes, folder)
    return Arriving(Config(), CALLER, house, number=1, now_s=0.0)


def chunked(pieces: list[bytes]) -> bytes:
    sent = [b"%x;note=%d\r\n%s\r\n" % (len(one), n, one) for n, one in enumerate(pieces) if one]
    return b"".join([*sent, b"0\r\nTrailer: x\r\n\r\n"])


@given(
    pieces=st.lists(st.binary(max_size=40), max_size=6),
    in_chunks=st.booleans(),
    cuts=st.lists(st.integers(0, 400), max_size=12),
)
def test_a_request_is_the_same_in_whatever_pieces_it_comes(
    pieces: list[bytes],
    in_chunks: bool,  # noqa: FBT001 - hypothesis gives it
    cuts: list[int],
) -> None:
    body = b"".join(pieces)
    framed = chunked(pieces) if in_chunks else body
    how = b"Transfer-Encoding: chunked" if in_chunks else b"Content-Length: %d" % len(body)
    sent = HEAD + how + b"\r\n\r\n" + framed
    coming, taken = arriving(), 0

    for cut in [*sorted(cut for cut in cuts if cut < len(sent)), len(sent)]:
        assert not coming.whole
        if cut > taken:
            coming.feed(sent[taken:cut] + (NEXT if cut == len(sent) else b""), 0.0)
        taken = max(taken, cut)

    assert coming.whole
    assert (coming.request.method, coming.request.path) == ("POST", "/api/v1/sync")
    assert coming.request.body.read() == body
    assert coming.rest == NEXT
    assert ("CONTENT-LENGTH", str(len(body))) in coming.request.headers
    assert "TRANSFER-ENCODING" not in dict(coming.request.headers)


def test_what_is_no_request_is_refused_with_a_status() -> None:
    chunks = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
    for sent, status in (
        (chunks + b"zz\r\n", 400),
        (chunks + b"-5\r\n", 400),
        (chunks + b"\r\n", 400),
        (chunks + b"123456789\r\n", 400),
        (chunks + b"3\r\nabcde", 400),
        (chunks + b"1" * 2000, 400),
        (chunks + b"0\r\n" + b"X: y\r\n" * 3000, 400),
        (HEAD + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
        (HEAD + b"Content-Length: -3\r\n\r\n", 400),
        (HEAD + b"Transfer-Encoding: br\r\n\r\n", 501),
        (b"nonsense\r\n\r\n", 400),
        (b"GET /" + b"a" * 5000 + b" HTTP/1.1\r\n\r\n", 414),
        (HEAD + b"X: " + b"a" * 9000 + b"\r\n\r\n", 431),
        (b"a" * (MOST_HEAD_BYTES + 1), 431),
    ):
        with pytest.raises(Refused) as refused:
            arriving().feed(sent, 0.0)
        assert refused.value.status == status, sent[:90]


def test_whatever_stumbles_over_a_head_refuses_it_and_ends_no_process() -> None:
    def stumbles(_method: str, _path: str) -> int:
        raise ZeroDivisionError

    coming = Arriving(Config(), CALLER, House(stumbles, Path("x")), number=1, now_s=0.0)
    with pytest.raises(Refused) as refused:
        coming.feed(HEAD + b"Content-Length: 9999999\r\n\r\n", 0.0)
    assert refused.value.status == 400


def test_a_head_has_ten_seconds_however_it_drips() -> None:
    silent, dripping = arriving(), arriving()
    assert not silent.is_late(HEAD_S)
    assert silent.is_late(HEAD_S + 0.1)

    dripping.feed(b"G", 5.0)
    dripping.feed(b"E", 5.0 + HEAD_S)
    assert dripping.is_late(5.1 + HEAD_S)


def test_a_body_has_as_long_as_it_keeps_coming_and_ten_minutes_at_most(
    tmp_path: Path,
) -> None:
    size = 10_000_000
    slow = arriving(size, tmp_path)
    slow.feed(HEAD + b"Content-Length: %d\r\n\r\n" % size, HEAD_S)
    assert not slow.is_late(HEAD_S + BODY_S)
    assert slow.is_late(HEAD_S + BODY_S + 0.1)

    slow.feed(b"x" * 100 * int(SLOWEST_BYTES_S), HEAD_S + BODY_S)
    assert not slow.is_late(HEAD_S + BODY_S + 100)
    assert slow.is_late(HEAD_S + BODY_S + 100.1)

    slow.feed(b"x" * (size // 2), HEAD_S + BODY_S)
    assert slow.is_late(HEAD_S + LONGEST_BODY_S + 0.1)
    slow.close()


def test_a_body_too_large_is_forgotten_as_it_comes_and_told_by_its_length() -> None:
    size = IN_MEMORY_BYTES + 1
    told = arriving(most_bytes=100)
    told.feed(HEAD + b"Content-Length: %d\r\n\r\n" % size + b"x" * (size - 1), 0.0)
    assert (told.whole, told.held_bytes) == (False, 0)
    told.feed(b"x", 0.0)
    assert told.whole

    untold = arriving(most_bytes=100)
    untold.feed(HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + chunked([b"x" * 90] * 2), 0.0)

    for coming, length in ((told, str(size)), (untold, "180")):
        assert ("CONTENT-LENGTH", length) in coming.request.headers
        assert coming.request.body.read() == b""


def test_an_answer_that_nobody_reads_takes_no_thread() -> None:
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
    answer = bytes(range(256)) * 4096
    with ours, theirs:
        outlet = Outlet(ours)
        outlet.sendall(answer[:500_000])  # would wait for ever on the bare socket
        outlet.sendall(answer[500_000:])
        assert outlet.rest

        read = b""
        while len(read) < len(answer):
            read += theirs.recv(65536)
            if outlet.rest:
                outlet.send_on()

        assert read == answer
        theirs.close()
        with pytest.raises(OSError):
            outlet.sendall(answer)
        assert outlet.broken


def test_a_large_body_waits_on_disk_and_one_for_a_full_disk_is_put_off(tmp_path: Path) -> None:
    large = arriving(2 * IN_MEMORY_BYTES, tmp_path)
    content = bytes(range(256)) * (IN_MEMORY_BYTES // 256) + b"more"
    large.feed(HEAD + b"Content-Length: %d\r\n\r\n" % len(content) + content[:-1], 0.0)
    assert (large.held_bytes, large.spooled_bytes) == (0, len(content) - 1)
    large.feed(content[-1:] + NEXT, 0.0)
    assert large.request.body.read() == content
    assert list(tmp_path.iterdir()) == [], "a file without a name"
    large.close()
    assert large.spooled_bytes == 0

    full = arriving(2 * IN_MEMORY_BYTES, tmp_path / "no such folder")
    with pytest.raises(Refused) as refused:
        full.feed(HEAD + b"Content-Length: %d\r\n\r\n" % len(content) + content, 0.0)
    assert refused.value.status == 503


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_both_proxies_take_what_the_largest_pages_take(app: HouseApp) -> None:
    mb = 1024 * 1024
    assert app.most_body_of("POST", "/s/abc/complain") == MOST_BODY
    assert app.most_body_of("POST", "/desk/unsent/preview") == LARGEST_FILE + mb
    assert app.most_body_of("POST", "/desk/county") == MOST_FORM_BYTES
    assert app.most_body_of("POST", "/nowhere") == MOST_FORM_BYTES
    for view in app.view_functions.values():
        most = getattr(view, "most_body_bytes", 0)
        assert most <= MOST_BODY or view.__name__ == "preview"

    nginx, caddy = ((ROOT / "ops" / name).read_text() for name in ("nginx.conf", "Caddyfile"))
    for most in (MOST_BODY // mb, LARGEST_FILE // mb + 1):
        assert f"client_max_body_size {most}m;" in nginx
        assert f"max_size {most}MiB" in caddy
