"""What the terminal says at start: where to go, as whom, and a QR code for the phone."""

import socket
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

LOOPBACK = {"127.0.0.1", "localhost", "::1"}
EVERYWHERE = {"0.0.0.0", "::"}  # noqa: S104 - recognised here, not bound


@dataclass(frozen=True)
class Door:
    """One way in: for whom, where, and what to sign in with."""

    who: str
    url: str
    sign_in: str = ""


@dataclass(frozen=True)
class Welcome:
    """All that is printed at start; `phone_url` is what the QR code holds, if there is one."""

    county: str
    doors: Sequence[Door]
    demo: bool = False
    phone_url: str | None = None
    reachable: bool = False
    notes: Sequence[str] = ()


def welcome_text(welcome: Welcome) -> str:
    """Lay it out for a terminal of 80 columns."""
    mark = "（演示数据）" if welcome.demo else ""
    name = f" · {welcome.county}{mark}" if welcome.county else ""
    lines = ["", f"  村站通已启动{name}", ""]
    for door in welcome.doors:
        lines.append(f"  {_padded(door.who, 12)}{door.url}")
        if door.sign_in:
            lines.append(f"  {'':12}{door.sign_in}")
    lines += [f"  {note}" for note in welcome.notes]
    if welcome.phone_url:
        from server.media.paper.qr import qr_modules, qr_text

        lines += ["", qr_text(qr_modules(welcome.phone_url)).rstrip("\n")]
        lines.append(f"  手机扫码打开：{welcome.phone_url}")
        if not welcome.reachable:
            lines.append(
                "  现在只有这台电脑自己打得开。要用手机试，请这样启动："
                "CZT_HOST=0.0.0.0 make run OPEN_DEMO=1"
            )
        elif not welcome.phone_url.startswith("https:"):
            lines.append(
                "  手机要和这台电脑连同一个网。没有 HTTPS，相机扫码和离线用不了，可以输入编号。"
            )
    return "\n".join([*lines, "", "  按 Ctrl+C 停止。", ""])


def lan_address() -> str | None:
    """This machine's address in the local network, as phones see it; None without a network."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # only picks the route; nothing is sent
        except OSError:
            return None
        return str(probe.getsockname()[0])


def phone_base(base_url: str) -> str | None:
    """The base address a phone in the same network would use; None when there is none."""
    parts = urlsplit(base_url)
    if parts.hostname not in LOOPBACK | EVERYWHERE:
        return base_url
    address = lan_address()
    return f"{parts.scheme}://{address}:{parts.port or 80}" if address else None


def _padded(text: str, columns: int) -> str:
    """Fill up with blanks; a Chinese character takes two columns."""
    return text + " " * max(1, columns - sum(2 if ord(char) > 0x2E7F else 1 for char in text))
