"""One careful POST, against a receiver on this machine and against whatever it may answer."""

import ipaddress
import ssl
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.channels.webhooks.posting import SAID, Poster, cleaned, resolve
from server.errors import Invalid
from server.policy.webhooks import read_url, refused
from server.services.webhooks.endpoints import Whither
from server.services.webhooks.sending import Answer
from tests.channels.receiver import HOST, OK, Asked, Receiver, receiving

HEADERS = {"webhook-id": "evt_1", "webhook-timestamp": "1", "webhook-signature": "v1,x"}
BODY = '{"type":"webhook.test","data":{"名":"马家沟"}}'.encode()
NOT_PUBLIC = [
    "127.0.0.1",
    "127.9.9.9",
    "0.0.0.0",
    "10.0.0.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "100.127.255.254",
    "192.0.0.8",
    "192.0.0.9",
    "192.0.2.1",
    "192.88.99.1",
    "198.18.0.1",
    "198.51.100.7",
    "203.0.113.9",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::ffff:10.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:8.8.8.8",
    "::7f00:1",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "fc00::1",
    "fd12:3456::1",
    "ff02::1",
    "64:ff9b::7f00:1",
    "64:ff9b::a00:1",
    "64:ff9b:1::a00:1",
    "2002:7f00:1::",
    "2002:a00:1::",
    "2001::1",
    "2001:0:7f00:1::",
    "2001:20::1",
    "2001:db8::1",
    "100::1",
    "3fff::1",
    "5f00::1",
]


@pytest.fixture(scope="module")
def listening(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Receiver]:
    with receiving(tmp_path_factory.mktemp("receiver")) as receiver:
        yield receiver


@pytest.fixture
def receiver(listening: Receiver) -> Receiver:
    listening.answer = lambda _asked, _socket: OK
    listening.asked.clear()
    return listening


def post(poster: Poster, url: str) -> Answer:
    return poster.post_all([(url, HEADERS, BODY)])[0]


def test_it_speaks_to_the_address_it_judged_and_asks_for_the_name(receiver: Receiver) -> None:
    """A name that turns to another address at its second look-up: there is no second look-up."""
    looked_up: list[str] = []

    def turning(host: str, _port: int) -> list[str]:
        looked_up.append(host)
        return ["127.0.0.1"] if len(looked_up) == 1 else ["10.0.0.1"]

    answer = post(receiver.poster(resolver=turning), receiver.url)

    assert (answer.status, answer.said, answer.trouble) == (200, "ok", "")
    assert looked_up == [HOST]
    [asked] = receiver.asked
    assert asked.line == "POST /hooks?county=140926 HTTP/1.1"
    assert asked.sni == HOST
    assert asked.headers["host"] == f"{HOST}:{receiver.port}"
    assert asked.body == BODY
    assert {key: asked.headers[key] for key in HEADERS} == HEADERS


def test_nothing_goes_to_an_address_that_is_not_public(receiver: Receiver) -> None:
    for text in NOT_PUBLIC:
        assert refused(ipaddress.ip_address(text), intranet=()), text
        poster = receiver.poster(
            whither=Whither((receiver.port,)), resolver=lambda _h, _p, text=text: [text]
        )
        answer = post(poster, receiver.url)
        assert answer.status is None, text
        assert "内网地址" in answer.trouble, text
    mixed = receiver.poster(
        whither=Whither((receiver.port,)), resolver=lambda _h, _p: ["8.8.8.8", "10.0.0.1"]
    )
    assert "内网地址" in post(mixed, receiver.url).trouble  # one is enough
    assert receiver.asked == []
    for text in ("8.8.8.8", "114.114.114.114", "2400:3200::1", "2606:4700::1"):
        assert not refused(ipaddress.ip_address(text), intranet=()), text
    tens = (ipaddress.ip_network("10.20.0.0/16"),)
    assert not refused(ipaddress.ip_address("10.20.3.4"), intranet=tens)
    assert refused(ipaddress.ip_address("10.21.0.1"), intranet=tens)


def test_an_address_is_refused_before_anything_is_kept_or_sent(receiver: Receiver) -> None:
    for wrong in (
        "http://hooks.example.cn/", "ftp://a.cn", "//a.cn/", "hooks.example.cn", "https://",
        "https://a.cn:80/", "https://a.cn:0/", "https://a.cn:99999/", "https://a.cn:x/",
        "https://user:secret@a.cn/", "https://@a.cn/", "https://a.cn\\@10.0.0.1/",
        "https://a.cn/ b", "https://a.cn/\nb", "https://例子.cn/", "https://127.0.0.1/",
        "https://[::1]/", "https://[::ffff:10.0.0.1]/", "https://10.1.2.3/", "https://2130706433/",
        "https://0x7f000001/", "https://0x7f.1/", "https://127.1/", "https://0177.0.0.1/",
        "https://0/", "https://169.254.169.254/latest/meta-data", "https://-a.cn/",
        "https://a..cn/", "https://[fe80::1%25eth0]/", "https://[::1/",
    ):  # fmt: skip
        with pytest.raises(Invalid, match="网址用不了"):
            read_url(wrong, ports=(443,))
        assert post(receiver.poster(), wrong).status is None, wrong
    assert receiver.asked == []
    assert read_url(" https://a.cn/x?y=1#z ", ports=(443,)) == "https://a.cn/x?y=1"
    assert read_url("https://a.cn:8443/", ports=(443, 8443)) == "https://a.cn:8443/"
    tens = (ipaddress.ip_network("10.20.0.0/16"),)
    assert read_url("https://10.20.1.2/", ports=(443,), intranet=tens) == "https://10.20.1.2/"
    assert "127.0.0.1" in resolve("localhost", 443)


def test_nothing_is_followed_and_the_certificate_must_be_the_names(
    receiver: Receiver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")  # an environment's proxy is not asked
    for status in (301, 302, 303, 307, 308):
        head = f"HTTP/1.1 {status} Go\r\nLocation: {receiver.url}&again=1\r\n"
        receiver.answer = lambda _a, _s, head=head: f"{head}Content-Length: 0\r\n\r\n".encode()
        assert post(receiver.poster(), receiver.url).status == status
    assert len(receiver.asked) == 5

    untrusting = receiver.poster(more_trusted=None)
    assert post(untrusting, receiver.url).trouble == "对方的证书不对或过期"
    other = tmp_path / "other"
    other.mkdir()
    with receiving(other, "someone-else.cn") as impostor:
        assert post(impostor.poster(), impostor.url).trouble == "对方的证书不对或过期"
        assert impostor.asked == []
    nobody = receiver.poster(resolver=lambda _h, _p: [])
    assert post(nobody, receiver.url).trouble == "连不上对方"
    unreachable = receiver.poster(resolver=lambda _h, _p: ["127.0.0.2", "127.0.0.1"])
    assert post(unreachable, receiver.url).status in {200, 308}  # the second address is tried


def test_a_huge_a_slow_and_a_silent_answer_cost_little(receiver: Receiver) -> None:
    def huge(_asked: Asked, tls: ssl.SSLSocket) -> None:
        tls.sendall(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n")
        for _ in range(2000):
            tls.sendall(b"\0" * 65536)

    receiver.answer = huge
    began = time.monotonic()
    answer = post(receiver.poster(), receiver.url)
    assert answer.status == 200
    assert len(answer.said) <= SAID

    def dripping(_asked: Asked, tls: ssl.SSLSocket) -> None:
        for sign in b"HTTP/1.1 200 OK\r\nX-A: " + b"a" * 400:
            tls.sendall(bytes([sign]))
            time.sleep(0.05)

    receiver.answer = dripping
    slow = post(receiver.poster(limit_s=0.7), receiver.url)
    assert (slow.status, slow.trouble) == (None, "等太久没有答复")

    def silent(_asked: Asked, _tls: ssl.SSLSocket) -> None:
        time.sleep(2)

    receiver.answer = silent
    assert post(receiver.poster(limit_s=0.7), receiver.url).trouble == "等太久没有答复"
    assert time.monotonic() - began < 8


def test_patience_is_read_and_words_are_cleaned(receiver: Receiver) -> None:
    receiver.answer = lambda _a, _s: (
        b"HTTP/1.1 503 Busy\r\nRetry-After: 120\r\nContent-Length: 13\r\n\r\n\x00<b>\x1b[2J\xff\r\n!!"
    )
    answer = post(receiver.poster(), receiver.url)
    assert (answer.status, answer.retry_after_s, answer.away) == (503, 120, True)
    assert answer.said == "<b> [2J� !!"
    assert cleaned("好\u202e\u200b\ue000".encode() * 400) == ("好 " * 200)[:SAID]
    for said in ("Wed, 21 Oct 2026 07:28:00 GMT", "-5", "1e9", "９", ""):
        head = f"HTTP/1.1 503 Busy\r\nRetry-After: {said}\r\nContent-Length: 0\r\n\r\n"
        receiver.answer = lambda _a, _s, head=head: head.encode()
        assert post(receiver.poster(), receiver.url).retry_after_s is None


ODD_HEAD = st.one_of(
    st.binary(max_size=200),
    st.binary(max_size=60).map(lambda one: b"HTTP/1.1 " + one),
    st.binary(max_size=60).map(lambda one: b"HTTP/1.1 200 OK\r\n" + one + b"\r\n\r\n"),
    st.tuples(st.integers(-1, 1000), st.binary(max_size=200)).map(
        lambda one: b"HTTP/1.1 %d X\r\nTransfer-Encoding: chunked\r\n\r\n" % one[0] + one[1]
    ),
    st.tuples(st.integers(100, 999), st.integers(0, 10**20), st.binary(max_size=400)).map(
        lambda one: (
            b"HTTP/1.1 %d X\r\nContent-Length: %d\r\nRetry-After: %d\r\n\r\n"
            % (one[0], one[1], one[1])
            + one[2]
        )
    ),
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(said=ODD_HEAD)
def test_whatever_is_answered_is_only_an_answer(receiver: Receiver, said: bytes) -> None:
    receiver.answer = lambda _asked, _socket: said
    answer = post(receiver.poster(limit_s=3), receiver.url)
    assert answer.status is None or 100 <= answer.status <= 999
    assert answer.status is not None or answer.trouble
    assert len(answer.said) <= SAID
    assert len(answer.trouble) <= 80
    assert answer.said.isprintable()
    answer.said.encode()
    assert answer.retry_after_s is None or 0 <= answer.retry_after_s <= 10**6
