"""The signature under which a page in WeChat may scan or take a picture (JS-SDK)."""

import hashlib
from dataclasses import dataclass


@dataclass(frozen=True)
class PageSignature:
    """What `wx.config` is given besides the list of verbs; `timestamp` in seconds."""

    appid: str
    noncestr: str
    timestamp: int
    signature: str


def sign_page(*, appid: str, ticket: str, noncestr: str, timestamp: int, url: str) -> PageSignature:
    """Sign a page: SHA-1 over ticket, noncestr, timestamp and the address without its `#…`."""
    text = (
        f"jsapi_ticket={ticket}&noncestr={noncestr}&timestamp={timestamp}"
        f"&url={url.partition('#')[0]}"
    )
    signature = hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()
    return PageSignature(appid, noncestr, timestamp, signature)
