"""A receiver of webhooks on this machine, with a certificate of its own, that answers as told."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from server.channels.webhooks.posting import Poster
from server.http import clock
from server.services.webhooks.endpoints import Whither

HOST = "hooks.example.cn"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
LOOPBACK = (ip_network("127.0.0.0/8"),)
Key = ec.EllipticCurvePrivateKey
Answering = Callable[["Asked", ssl.SSLSocket], bytes | None]


@dataclass
class Asked:
    """One request as it came, with the name that the TLS handshake asked for."""

    line: str
    headers: dict[str, str]
    body: bytes
    sni: str | None


@dataclass
class Receiver:
    """What came, and how it is answered: bytes to send, or None when the answer is made inside."""

    port: int
    ca: Path
    answer: Answering = lambda _asked, _socket: OK
    asked: list[Asked] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"https://{HOST}:{self.port}/hooks?county=140926"

    def poster(self, **more: object) -> Poster:
        """Whoever trusts it and may send to this machine."""
        given = {
            "whither": Whither((443, self.port), LOOPBACK),
            "more_trusted": self.ca,
            "resolver": lambda _host, _port: ["127.0.0.1"],
            "limit_s": 5.0,
        }
        return Poster(**(given | more))


def certificates(folder: Path, host: str = HOST) -> tuple[Path, Path]:
    """A CA and a certificate of `host` with its key, as PEM files."""
    now = clock.now()

    def made(name: str, key: Key, issuer: x509.Name, signer: Key, *, ca: bool) -> x509.Certificate:
        return (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
            .issuer_name(issuer)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
            .sign(signer, hashes.SHA256())
        )

    ca_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "ca.example.cn")])
    pem = serialization.Encoding.PEM
    ca_file, own_file = folder / "ca.pem", folder / "own.pem"
    ca_file.write_bytes(made("ca.example.cn", ca_key, issuer, ca_key, ca=True).public_bytes(pem))
    own_file.write_bytes(
        made(host, key, issuer, ca_key, ca=False).public_bytes(pem)
        + key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return ca_file, own_file


@contextmanager
def receiving(folder: Path, host: str = HOST) -> Iterator[Receiver]:
    """A receiver that listens until the block ends."""
    ca, own = certificates(folder, host)
    names: list[str | None] = []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(own)
    context.sni_callback = lambda _socket, name, _context: names.append(name)
    listener = socket.create_server(("127.0.0.1", 0))
    receiver = Receiver(listener.getsockname()[1], ca)

    def serve(raw: socket.socket) -> None:
        raw.settimeout(10)
        with suppress(OSError), context.wrap_socket(raw, server_side=True) as tls:
            asked = _read(tls, names[-1] if names else None)
            receiver.asked.append(asked)
            answer = receiver.answer(asked, tls)
            if answer is not None:
                tls.sendall(answer)
        raw.close()

    def accept() -> None:
        with suppress(OSError):
            while True:
                raw, _ = listener.accept()
                threading.Thread(target=serve, args=(raw,), daemon=True).start()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(5)


def _read(tls: ssl.SSLSocket, sni: str | None) -> Asked:
    data = b""
    while b"\r\n\r\n" not in data:
        data += tls.recv(65536) or b"\r\n\r\n"
    head, _, body = data.partition(b"\r\n\r\n")
    line, *lines = head.decode("latin-1").split("\r\n")
    headers = {key.lower(): value for key, _, value in (one.partition(": ") for one in lines)}
    while len(body) < int(headers.get("content-length", "0")):
        body += tls.recv(65536)
    return Asked(line, headers, body, sni)
