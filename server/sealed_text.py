"""Short texts kept sealed, the key outside: telephones, bank accounts, secrets of 推送 and 动态码.

The key lies in the home folder, not in the database: whoever has one of them alone reads nothing.
Each sealed text names its key, so that a newer key can take over while old texts stay readable.
"""

import base64
import hashlib
import hmac
import os
from collections.abc import Mapping
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, AESSIV
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from server.errors import Conflict

NONCE = 12


def key_id(key: bytes) -> str:
    """What a sealed text calls its key: told by the key itself, so another one is never taken."""
    return hashlib.sha256(b"czt text key" + key).hexdigest()[:8]


def key_ring(keys: list[bytes]) -> Mapping[str, bytes]:
    """Keys by their ids, the one that seals first."""
    return {key_id(key): key for key in keys}


def seal_text(ring: Mapping[str, bytes], text: str, *, about: str) -> str:
    """A text sealed with the first key; only with the same `about` (whose it is) it opens again."""
    name = next(iter(ring))
    nonce = os.urandom(NONCE)
    sealed = AESGCM(ring[name]).encrypt(nonce, text.encode(), about.encode())
    return f"{name}.{base64.urlsafe_b64encode(nonce + sealed).decode()}"


def open_text(ring: Mapping[str, bytes], sealed: str, *, about: str) -> str:
    """The text; raises Conflict text-key-lost, text-seal-broken, each in words."""
    key, body = _key_of(ring, sealed)
    try:
        raw = base64.urlsafe_b64decode(body)
        return AESGCM(key).decrypt(raw[:NONCE], raw[NONCE:], about.encode()).decode()
    except (InvalidTag, ValueError) as error:
        raise _broken() from error


def seal_same(ring: Mapping[str, bytes], text: str, *, about: str) -> str:
    """A text sealed so that the same one always gives the same (AES-SIV, RFC 5297).

    For what has to be compared without being opened, as telephone numbers are: whoever has the
    database alone sees which two are the same, and cannot try numbers against them.
    """
    name = next(iter(ring))
    sealed = _siv(ring[name]).encrypt(text.encode(), [about.encode()])
    return f"{name}.{base64.urlsafe_b64encode(sealed).decode()}"


def open_same(ring: Mapping[str, bytes], sealed: str, *, about: str) -> str:
    """What `seal_same` sealed; raises Conflict text-key-lost, text-seal-broken."""
    key, body = _key_of(ring, sealed)
    try:
        return _siv(key).decrypt(base64.urlsafe_b64decode(body), [about.encode()]).decode()
    except (InvalidTag, ValueError) as error:
        raise _broken() from error


@lru_cache(maxsize=16)
def _siv(key: bytes) -> AESSIV:
    """A key of its own for this kind of seal, made of the kept one."""
    made = HKDF(algorithm=SHA256(), length=64, salt=None, info=b"czt seal_same").derive(key)
    return AESSIV(made)


def _key_of(ring: Mapping[str, bytes], sealed: str) -> tuple[bytes, str]:
    name, _, body = sealed.partition(".")
    key = ring.get(name)
    if key is None:
        raise Conflict(
            "text-key-lost",
            f"这里要用的内容是加密保存的，解开它的钥匙（{name}）不在数据文件夹的 secrets 里了。"
            "请从备份里找回 secrets 文件夹；找不回来，只能重新登记电话、账户，换推送密钥，"
            "重设动态码。",
        )
    return key, body


def _broken() -> Conflict:
    return Conflict(
        "text-seal-broken",
        "加密保存的内容在数据库里被改动过，解不开。请重新登记电话、账户，换推送密钥或重设动态码。",
    )


def text_marks(ring: Mapping[str, bytes], text: str, *, about: str) -> list[str]:
    """What finds a sealed text again without opening it: an HMAC by each key, the newest first.

    64 hex digits; whoever has the database alone cannot try texts against it.
    """
    said = f"{about}\0{text}".encode()
    return [hmac.new(key, said, hashlib.sha256).hexdigest() for key in ring.values()]
