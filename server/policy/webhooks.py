"""数据推送 by the Standard Webhooks: what is signed, when it is tried again, whither it may go."""

import base64
import binascii
import hmac
import ipaddress
import re
from collections.abc import Iterable, Sequence
from datetime import timedelta
from hashlib import sha256
from typing import NamedTuple
from urllib.parse import urlsplit

from server.errors import Invalid

SECRET_PREFIX = "whsec_"  # noqa: S105 - the beginning of every secret
SECRET_BYTES = 32  # the standard asks for 24 to 64
ROTATION = timedelta(hours=24)
"""So long the former secret signs beside the new one."""

_HOURS = (2, 5, 10, 14, 20, 24)
PAUSES = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    *(timedelta(hours=one) for one in _HOURS),
    *(timedelta(days=1),) * 16,
)
"""What passes after each failed try: the standard's own schedule, then daily to the 20th day."""
MOST_TRIES = len(PAUSES) + 1
SOONER = 0.1
"""A pause is shorter by up to a tenth, so that what failed together does not come back together."""
LONGEST_ASKED = timedelta(days=1)
"""A receiver that asks for patience (Retry-After) gets no more than this."""

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
# Beside what Python calls not global (its table differs by version): RFC 6890 and what tunnels.
_NEVER = tuple(
    ipaddress.ip_network(one)
    for one in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16",
        "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16",
        "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
        "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
    )
)  # fmt: skip
_GLOBAL_6 = ipaddress.ip_network("2000::/3")  # mapped, NAT64, local and unique ones lie outside
_HOST = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*")
_NUMBER_AT_THE_END = re.compile(r"(^|\.)(\d+|0x[0-9a-f]*)$")  # some resolvers read 2130706433 so


class Target(NamedTuple):
    """Whither a message goes: `host` as the certificate names it."""

    host: str
    port: int


def new_secret(raw: bytes) -> str:
    """A secret as both sides write it: whsec_ and base64 of SECRET_BYTES random bytes."""
    return SECRET_PREFIX + base64.b64encode(raw).decode()


def signature(secrets: Iterable[str], *, uid: str, at_s: int, body: bytes) -> str:
    """The header webhook-signature: one signature for each secret that holds, the newest first.

    HMAC-SHA-256 over `webhook-id.webhook-timestamp.body`; `at_s` in seconds since 1970 (UTC).
    Raises ValueError for what is no secret.
    """
    signed = f"{uid}.{at_s}.".encode() + body
    return " ".join(
        f"v1,{base64.b64encode(hmac.digest(_key(one), signed, sha256)).decode()}" for one in secrets
    )


def _key(secret: str) -> bytes:
    try:
        return base64.b64decode(secret.removeprefix(SECRET_PREFIX), validate=True)
    except binascii.Error as error:
        raise ValueError("not a webhook secret") from error


def headers(secrets: Iterable[str], *, uid: str, at_s: int, body: bytes) -> dict[str, str]:
    """The three headers of the standard."""
    return {
        "webhook-id": uid,
        "webhook-timestamp": str(at_s),
        "webhook-signature": signature(secrets, uid=uid, at_s=at_s, body=body),
    }


def pause_after(tries: int, *, chance: float, asked_s: int | None = None) -> timedelta | None:
    """What passes after so many failed tries; None when it was the last.

    `chance` lies in [0, 1). `asked_s` is the receiver's Retry-After, in seconds.
    """
    if tries > len(PAUSES):
        return None
    own = PAUSES[tries - 1] * (1 - SOONER * chance)
    asked = min(timedelta(seconds=min(asked_s or 0, 10**6)), LONGEST_ASKED)
    return max(own, asked)


def read_url(text: str, *, ports: Sequence[int], intranet: Sequence[Network] = ()) -> str:
    """The address of a receiver as it is kept. Raises Invalid webhook-url.

    Only https, without a name or password in it; a port only if the machine's settings let it.
    What a name resolves to is judged when something is sent (`refused`).
    """
    url = text.strip()
    if re.search(r"[\s\\]", url) or not url.isascii() or not url.isprintable():
        raise _wrong("网址里有空格、反斜线或中文")
    try:
        parts = urlsplit(url)
        host, port = target_of(url)
    except ValueError as error:
        raise _wrong("网址写得不完整") from error
    if parts.scheme != "https":
        raise _wrong("要以 https:// 开头，对方要有证书")
    if parts.username is not None or parts.password is not None:
        raise _wrong("网址里不能带用户名和密码")
    if port not in ports:
        raise _wrong(f"端口{port}没有放行")
    literal = _literal(host)
    if literal is None and _NUMBER_AT_THE_END.search(host):
        raise _wrong("IP地址写得不规范")
    if literal is None and not (_HOST.fullmatch(host) and len(host) <= 253):
        raise _wrong("域名写得不对")
    if literal is not None and refused(literal, intranet=intranet):
        raise _wrong("这是内网地址，这台机器没有放行它")
    return parts._replace(fragment="").geturl()


def target_of(url: str) -> Target:
    """Host and port of an address that `read_url` took."""
    parts = urlsplit(url)
    port = 443 if parts.port is None else parts.port
    return Target((parts.hostname or "").removesuffix("."), port)


def refused(address: Address, *, intranet: Sequence[Network]) -> bool:
    """Whether nothing may be sent to an address: none but public ones, and those let by name.

    An address that carries another (IPv4 mapped, 6to4, NAT64, Teredo) or a zone is refused as well.
    """
    if getattr(address, "scope_id", None):
        return True
    if any(address in one for one in intranet if one.version == address.version):
        return False
    if address.version == 6 and address not in _GLOBAL_6:
        return True
    mine = (one for one in _NEVER if one.version == address.version)
    return not address.is_global or any(address in one for one in mine)


def _literal(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _wrong(why: str) -> Invalid:
    return Invalid(
        "webhook-url",
        f"网址用不了：{why}。请照对方给的再填一次，例如 https://api.example.gov.cn/hooks/parcels。",
        fields={"url": why},
    )
