"""The proxies' files in ops/, run by the real programs in front of a house that was started."""

import contextlib
import http.client
import os
import shutil
import socket
import ssl
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from server.settings import ROOT
from tests.drills.house import Installation, Web
from tests.drills.processes import wait_until

pytestmark = pytest.mark.drill
NAME = "czt.example.cn"
TOO_LARGE = 41 * 1024 * 1024


@pytest.fixture
def web(tmp_path: Path, sqlite_template: Path) -> Iterator[Web]:
    installation = Installation(tmp_path / "home", template=sqlite_template)
    web = Web(installation, CZT_PROXIES="1", CZT_BASE_URL=f"https://{NAME}")
    yield web
    web.stop()
    installation.engine.dispose()


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def certificate(folder: Path) -> None:
    """A certificate of our own, where the shipped file looks for one."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2099, 1, 1, tzinfo=UTC))
        .sign(key, hashes.SHA256())
    )
    (folder / "fullchain.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )


def the_program(name: str) -> str:
    places = os.pathsep.join([os.environ["PATH"], "/usr/sbin", str(ROOT / ".venv/bin")])
    found = shutil.which(name, path=places)
    if found is None:
        found = shutil.which(name, path=str(ROOT / ".venv/nginx/usr/sbin"))
    if found is None and not os.environ.get("CI"):
        pytest.skip(f"no {name} here")
    assert found, f"tools/setup.sh should have brought {name}"
    return found


def replaced(text: str, **words: str) -> str:
    for old, new in words.items():
        assert old in text, old
        text = text.replace(old, new)
    return text


def nginx(folder: Path, house: int, port: int, clear: int) -> list[str]:
    """The shipped file inside the least that nginx needs; only places and ports are others."""
    certificate(folder)
    shipped = (ROOT / "ops" / "nginx.conf").read_text()
    words = {
        "127.0.0.1:8000": f"127.0.0.1:{house}",
        "listen 80;": f"listen 127.0.0.1:{clear};",
        "listen 443 ssl": f"listen 127.0.0.1:{port} ssl",
        "    listen [::]:80;\n": "",
        "    listen [::]:443 ssl http2;\n": "",
        "/etc/ssl/czt": str(folder),
        "/var/log/nginx/czt.log": str(folder / "access.log"),
    }
    (folder / "site.conf").write_text(replaced(shipped, **words))
    temporary = "\n".join(
        f"  {what}_temp_path {folder}/{what};"
        for what in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (folder / "main.conf").write_text(
        f"daemon off;\npid {folder}/pid;\nerror_log stderr;\nevents {{}}\n"
        f"http {{\n  access_log off;\n{temporary}\n  include {folder}/site.conf;\n}}\n"
    )
    command = [the_program("nginx"), "-c", str(folder / "main.conf"), "-e", "stderr"]
    subprocess.run([*command, "-t"], check=True, capture_output=True)
    return command


def caddy(folder: Path, house: int, port: int, clear: int) -> list[str]:
    """The shipped file, without the certificate that it would fetch from the net."""
    shipped = (ROOT / "ops" / "Caddyfile").read_text()
    words = {
        "127.0.0.1:8000": f"127.0.0.1:{house}",
        f"\nhttp://{NAME} {{": f"\nhttp://{NAME}:{clear} {{",
        f"\n{NAME} {{": f"\nhttp://{NAME}:{port} {{",
        "\n{\n": "\n{\n\tadmin off\n",
    }
    path = folder / "Caddyfile"
    path.write_text(replaced(shipped, **words))
    program = the_program("caddy")
    validate = [program, "validate", "--config", str(ROOT / "ops" / "Caddyfile")]
    subprocess.run(
        validate, check=True, capture_output=True, env=os.environ | {"HOME": str(folder)}
    )
    return [program, "run", "--config", str(path)]


@pytest.mark.parametrize("name", ["nginx", "caddy"])
def test_the_shipped_proxy_passes_phones_on_and_hides_what_is_the_machines_own(
    web: Web, name: str, tmp_path: Path
) -> None:
    folder, port, clear = tmp_path / "proxy", free_port(), free_port()
    folder.mkdir()
    command = {"nginx": nginx, "caddy": caddy}[name](folder, web.address[1], port, clear)

    def ask(
        method: str, path: str, body: bytes | None = None, *, port: int = port
    ) -> tuple[int, bytes]:
        line: http.client.HTTPConnection
        if name == "nginx" and port != clear:
            trust = ssl.create_default_context(cafile=str(folder / "fullchain.pem"))
            trust.check_hostname = False
            line = http.client.HTTPSConnection("127.0.0.1", port, timeout=20, context=trust)
        else:
            line = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        try:
            forged = {"Host": NAME, "X-Forwarded-For": "127.0.0.1", "Connection": "close"}
            line.request(method, path, body, forged)
            answer = line.getresponse()
            return answer.status, answer.read()
        finally:
            line.close()

    def answers() -> bool:
        try:
            return ask("GET", "/healthz")[0] == 200
        except OSError:
            return False

    process = subprocess.Popen(
        command, stderr=subprocess.DEVNULL, env=os.environ | {"HOME": str(folder)}
    )
    try:
        wait_until(answers, 20, "the proxy passes on")
        assert ask("GET", "/metrics")[0] == 404, "the proxy is on this machine, the caller is not"
        status, said = ask("POST", "/api/v1/sync", b"{}")
        assert (status, b"sign-in-needed" in said) == (401, True)
        assert "登录".encode() in ask("GET", "/desk/sign-in?next=/desk/people%3Fq=wangdaniang")[1]
        assert ask("TRACE", "/desk/sign-in")[0] == 405
        # In the clear a person is led to https; a program is not, or it would send its token again.
        assert ask("GET", "/desk/sign-in", port=clear)[0] == 301
        assert ask("POST", "/api/v1/sync", b"{}", port=clear)[0] == 403
        if name == "nginx":
            log = (folder / "access.log").read_text()
            assert '"GET /desk/sign-in" 200' in log
            assert "wangdaniang" not in log, "what was searched for is logged"
            _speaks_only(port, "ECDHE-ECDSA-AES128-GCM-SHA256", not_any="ECDHE-ECDSA-AES128-SHA256")
        with contextlib.suppress(ConnectionError):  # cut off while still sending: as good
            assert ask("PUT", "/api/v1/photos/x", bytes(TOO_LARGE))[0] == 413
    finally:
        process.terminate()
        process.wait(10)


def _speaks_only(port: int, cipher: str, *, not_any: str) -> None:
    """Whether the proxy takes one cipher of TLS 1.2 and not an older one."""
    for offered, taken in ((cipher, True), (not_any, False)):
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        context.set_ciphers(offered)
        with socket.create_connection(("127.0.0.1", port), timeout=20) as line:
            try:
                context.wrap_socket(line).close()
                spoken = True
            except ssl.SSLError:
                spoken = False
        assert spoken is taken, offered
