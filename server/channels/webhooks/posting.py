"""One careful POST: the name is resolved once, judged, and that very address is spoken to.

What answers is a stranger: whatever bytes, for however long. It gets a limited time over all, a few
kilobytes are read, nothing of it is followed, unpacked or believed but the status.
"""

import asyncio
import ipaddress
import socket
import ssl
import time
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import certifi

if TYPE_CHECKING:  # loaded with the first message: most counties send none
    import httpx

from server.errors import Invalid
from server.policy.webhooks import Address, read_url, refused, target_of
from server.services.webhooks.endpoints import Whither
from server.services.webhooks.sending import Answer

LIMIT_S = 15.0
"""From looking the name up to the last byte that is read: the standard asks for 15 to 30."""
CONNECT_S = 5.0
MOST_BYTES = 4096
SAID = 300
ADDRESSES_TRIED = 3
LONGEST_PATIENCE_S = 10**6
TOO_LONG = "等太久没有答复"
AGENT = "cunzhantong-webhooks/1"
Resolver = Callable[[str, int], Sequence[str]]


def resolve(host: str, port: int) -> list[str]:
    """The addresses of a name, as the system says, each once."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    return list(dict.fromkeys(str(one[4][0]) for one in found))


@dataclass(frozen=True)
class Poster:
    """Whoever sends, `whither` the machine lets it; `more_trusted` are CAs beside the usual."""

    whither: Whither = field(default_factory=Whither)
    more_trusted: Path | None = None
    resolver: Resolver = resolve
    limit_s: float = LIMIT_S

    @cached_property
    def _trust(self) -> ssl.SSLContext:
        context = ssl.create_default_context()
        if not context.cert_store_stats()["x509_ca"]:
            context.load_verify_locations(certifi.where())  # a machine without any of its own
        if self.more_trusted is not None:
            context.load_verify_locations(self.more_trusted)
        return context

    def post_all(self, messages: Sequence[tuple[str, Mapping[str, str], bytes]]) -> list[Answer]:
        """Post each (address, headers, body) at once; their answers in the same order."""

        async def all_of_them() -> list[Answer]:
            return await asyncio.gather(*(self._post(*one) for one in messages))

        # In a thread of its own: whoever calls may have a loop running already.
        with ThreadPoolExecutor(1) as beside:
            return beside.submit(asyncio.run, all_of_them()).result()

    async def _post(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        import httpx

        began = time.monotonic()
        answer: httpx.Response | None = None
        said = b""
        trouble = ""
        try:
            async with asyncio.timeout(self.limit_s):
                addresses = await self._let(url)
                async with httpx.AsyncClient(
                    verify=self._trust, trust_env=False, follow_redirects=False,
                    timeout=httpx.Timeout(self.limit_s, connect=CONNECT_S),
                ) as client:  # fmt: skip
                    answer = await self._first(client, addresses, url, headers, body)
                    try:
                        said = await _beginning(answer)
                    finally:
                        await answer.aclose()
        except Exception as error:  # noqa: BLE001 - whatever a stranger does is only an answer
            trouble = _words(error)
        took_ms = int((time.monotonic() - began) * 1000)
        if answer is None:
            return Answer(None, took_ms, trouble=trouble or "没有答复")
        return Answer(
            answer.status_code,
            took_ms,
            said=cleaned(said),
            trouble=trouble,
            retry_after_s=_patience(answer.headers.get("retry-after", "")),
        )

    async def _let(self, url: str) -> list[Address]:
        """The addresses to speak to; raises Invalid webhook-url where any is not let."""
        read_url(url, ports=self.whither.ports, intranet=self.whither.intranet)
        host, port = target_of(url)
        loop = asyncio.get_running_loop()
        texts = await loop.run_in_executor(None, self.resolver, host, port)
        found = [ipaddress.ip_address(one) for one in texts]
        if not found:
            raise OSError("no address")
        if any(refused(one, intranet=self.whither.intranet) for one in found):
            raise Invalid("webhook-url", "这个网址指向没有放行的内网地址，没有发。")
        return found[:ADDRESSES_TRIED]

    async def _first(
        self, client: "httpx.AsyncClient", addresses: Sequence[Address], url: str,
        headers: Mapping[str, str], body: bytes,
    ) -> "httpx.Response":  # fmt: skip
        """The answer of the first address that lets itself be connected to."""
        import httpx

        host = target_of(url).host
        named = urlsplit(url).netloc.removesuffix(":443")
        for left, address in zip(range(len(addresses) - 1, -1, -1), addresses, strict=True):
            request = client.build_request(
                "POST",
                httpx.URL(url).copy_with(host=str(address)),
                headers={
                    **headers, "Host": named, "User-Agent": AGENT, "Connection": "close",
                    "Content-Type": "application/json; charset=utf-8",
                    "Accept-Encoding": "identity",
                },
                content=body,
                # The certificate is asked of the name, though the address is what is spoken to.
                extensions={"sni_hostname": host},
            )  # fmt: skip
            try:
                return await client.send(request, stream=True)
            except (httpx.ConnectError, httpx.ConnectTimeout):
                if not left:
                    raise
        raise OSError("no address")


async def _beginning(answer: "httpx.Response") -> bytes:
    """The first of what is answered, as it came: nothing is unpacked."""
    said = b""
    async for part in answer.aiter_raw():
        said += part
        if len(said) >= MOST_BYTES:
            break
    return said[:MOST_BYTES]


def cleaned(said: bytes) -> str:
    """The first of an answer as it may be kept and shown: one line, no signs that steer."""
    text = said.decode("utf-8", errors="replace")
    seen = "".join(sign if unicodedata.category(sign)[0] != "C" else " " for sign in text)
    return " ".join(seen.split())[:SAID]


def _patience(text: str) -> int | None:
    """Retry-After in seconds; dates and nonsense are no patience asked for."""
    plain = text.strip()
    if not (plain.isascii() and plain.isdigit()):
        return None
    return min(int(plain[:12]), LONGEST_PATIENCE_S)


def _words(error: Exception) -> str:
    """Why there was no whole answer, in a clerk's words; never what the stranger said."""
    if isinstance(error, Invalid):
        return error.message
    if isinstance(error, TimeoutError):
        return TOO_LONG  # ours over all; what it interrupted is no news
    causes = _down([error, error.__cause__, error.__context__])
    for kinds, words in _troubles():
        if any(isinstance(one, kinds) for one in causes):
            return words
    return "对方的答复不合规矩"


def _troubles() -> tuple[tuple[tuple[type[BaseException], ...], str], ...]:
    """What went wrong, the most telling first: one error is another's cause."""
    import httpx

    return (
        ((ssl.SSLCertVerificationError,), "对方的证书不对或过期"),
        ((ssl.SSLError,), "和对方谈不成加密连接"),
        ((socket.gaierror, UnicodeError), "查不到这个域名"),
        ((TimeoutError, httpx.TimeoutException), TOO_LONG),
        ((httpx.ConnectError, OSError), "连不上对方"),
    )


def _down(errors: Sequence[BaseException | None]) -> list[BaseException]:
    """These and what caused them."""
    found: list[BaseException] = []
    queue = [one for one in errors if one is not None]
    while queue and len(found) < 20:
        one = queue.pop()
        if one not in found:
            found.append(one)
            queue += [cause for cause in (one.__cause__, one.__context__) if cause is not None]
    return found
