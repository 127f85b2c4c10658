"""What WeChat sends to us by itself: is it WeChat, what does it say (plain and in "safe mode")."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

BLOCK = 32
"""Bytes: WeChat pads to 32, not to AES's own 16."""
BEFORE = 16 + 4
"""Bytes before a message: 16 by chance, 4 for its length."""
SIGNED_PARTS = 40


class NotFromWeChat(Exception):  # noqa: N818 - an answer, not a fault
    """Whoever sent this does not know the token, or the key, or means another mini program."""


@dataclass(frozen=True)
class Keys:
    """What was entered in the mini program's back office for pushed messages.

    `aes_key` has 43 characters; empty means that messages come in the clear.
    """

    appid: str
    token: str
    aes_key: str = ""


@dataclass(frozen=True)
class Verdict:
    """What a look at a picture gave: `suggest` is pass, review or risky."""

    trace_id: str
    suggest: str
    label: int


@dataclass(frozen=True)
class Unwanted:
    """Somebody has switched messages of these templates off, in WeChat's own settings."""

    openid: str
    templates: tuple[str, ...]


def _signed(token: str, *parts: str) -> str:
    text = "".join(sorted([token, *parts]))
    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()


def _same(told: str, made: str) -> bool:
    return len(told) == SIGNED_PARTS and hmac.compare_digest(told.encode(), made.encode())


def check(keys: Keys, query: Mapping[str, str]) -> None:
    """Raise NotFromWeChat unless the query (signature, timestamp, nonce) knows our token."""
    made = _signed(keys.token, query.get("timestamp", ""), query.get("nonce", ""))
    if not keys.token or not _same(query.get("signature", ""), made):
        raise NotFromWeChat


def message_of(keys: Keys, query: Mapping[str, str], body: bytes) -> dict[str, Any]:
    """What a pushed message says (JSON format); raises NotFromWeChat.

    With a key only sealed messages count: one in the clear could come from whoever saw one address.
    """
    check(keys, query)
    said = _object(body)
    if not keys.aes_key:
        return said
    sealed = said.get("Encrypt")
    if not isinstance(sealed, str):
        raise NotFromWeChat
    made = _signed(keys.token, query.get("timestamp", ""), query.get("nonce", ""), sealed)
    if not _same(query.get("msg_signature", ""), made):
        raise NotFromWeChat
    return _object(opened(keys, sealed))


def opened(keys: Keys, sealed: str) -> bytes:
    """The message inside a sealed one; raises NotFromWeChat."""
    try:
        key = base64.b64decode(keys.aes_key + "=", validate=True)
        cipher = Cipher(algorithms.AES(key), modes.CBC(key[:16])).decryptor()
        plain = cipher.update(base64.b64decode(sealed, validate=True)) + cipher.finalize()
    except ValueError as error:
        raise NotFromWeChat from error
    padded = plain[-1] if plain else 0
    if not 1 <= padded <= BLOCK or len(plain) < BEFORE + padded:
        raise NotFromWeChat
    plain = plain[:-padded]
    length = int.from_bytes(plain[16:BEFORE], "big")
    message, appid = plain[BEFORE : BEFORE + length], plain[BEFORE + length :]
    if len(message) != length or appid != keys.appid.encode():
        raise NotFromWeChat
    return message


def verdict_of(message: Mapping[str, Any]) -> Verdict | None:
    """What a message says about a picture that was looked at; None when it says something else."""
    if message.get("MsgType") != "event" or message.get("Event") != "wxa_media_check":
        return None
    trace, result = message.get("trace_id"), message.get("result")
    if not isinstance(trace, str) or not isinstance(result, dict):
        return None
    suggest, label = result.get("suggest"), result.get("label")
    if suggest not in {"pass", "review", "risky"} or not isinstance(label, int):
        return None
    return Verdict(trace, suggest, label)


def unwanted_by(message: Mapping[str, Any]) -> Unwanted | None:
    """Who wants which messages no more (subscribe_msg_change_event); None for anything else."""
    if message.get("Event") != "subscribe_msg_change_event":
        return None
    openid, listed = message.get("FromUserName"), message.get("List")
    rows = listed if isinstance(listed, list) else [listed]
    templates = tuple(
        one["TemplateId"]
        for one in rows
        if isinstance(one, dict)
        and one.get("SubscribeStatusString") == "reject"
        and isinstance(one.get("TemplateId"), str)
    )
    return Unwanted(openid, templates) if isinstance(openid, str) and templates else None


def _object(body: bytes) -> dict[str, Any]:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise NotFromWeChat from error
    if not isinstance(said, dict):
        raise NotFromWeChat
    return said
