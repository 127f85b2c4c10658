"""Make, sign, read back and draw the codes that stand on plaques."""

import hashlib
import hmac
import io
import re
import secrets
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import Literal, Protocol
from urllib.parse import unquote, urlsplit

from server.errors import Invalid

Ring = Sequence[tuple[str, bytes]]
"""Keys as (id, secret): the first one signs, all of them verify, so that keys can be changed."""

Modules = tuple[tuple[bool, ...], ...]
"""The squares of a code row by row, True for black, without the quiet zone."""

Level = Literal["L", "M", "Q", "H"]

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base 32 in lower case: no i, l, o, u. Lower case because WeChat matches the
address' path letter by letter (stack report, section 7)."""

ID_LENGTH = 7
MAC_LENGTH = 8
TOKEN_LENGTH = ID_LENGTH + MAC_LENGTH

FINEST_MODULE_MM = 0.9
"""Below this, cheap phones of the trial lost codes at arm's length."""

QUIET = 4
"""Modules of white around a code (ISO/IEC 18004, 6.3.8)."""

_TOKEN = re.compile(f"[{ALPHABET}]{{{TOKEN_LENGTH}}}")
_BETWEEN = re.compile(r"[\s·•._\-‐-―−]+")  # what people type between groups
_LOOKALIKES = str.maketrans("ilo", "110")
_LEAST_SECRET = 16


class _Chooser(Protocol):
    def choice(self, seq: Sequence[str], /) -> str: ...


def new_qr_id(rng: _Chooser = secrets) -> str:
    """Seven random characters that name one sign; whoever stores it checks that it is new."""
    return "".join(rng.choice(ALPHABET) for _ in range(ID_LENGTH))


def sign_token(ring: Ring, county: str, qr_id: str, plate_no: int) -> str:
    """The 15 characters printed on plate `plate_no` of a sign: its id and a 40-bit signature.

    The signature keeps invented numbers out. It does not prove that somebody stands in front of
    the plate: a photographed plate has it too, so a token is an identifier, never a credential.
    """
    if len(qr_id) != ID_LENGTH or set(qr_id) - set(ALPHABET):
        raise ValueError(f"not a sign's id: {qr_id!r}")
    _, secret = _checked(ring)[0]
    return qr_id + _mac(secret, county, qr_id, plate_no)


@lru_cache(maxsize=256)  # of one scan it is asked thrice
def token_in(text: str) -> str | None:
    """The 15 characters meant by a scanned address or by something typed, or None.

    Takes an address of any host (offices change theirs), WeChat's escaped form, capitals,
    full-width characters, groups with blanks or hyphens, and o, i, l for 0, 1, 1.
    """
    meant = unicodedata.normalize("NFKC", text).strip()
    if len(meant) > 2000:
        return None
    if "%" in meant:
        meant = unquote(meant)
    if "/" in meant:
        try:
            path = urlsplit(meant if "://" in meant else f"//{meant}").path
        except ValueError:
            return None
        folder, _, meant = path.rstrip("/").rpartition("/")
        if not folder.lower().endswith("/s"):
            return None
    meant = _BETWEEN.sub("", meant).lower().translate(_LOOKALIKES)
    return meant if _TOKEN.fullmatch(meant) else None


def split_token(text: str) -> str | None:
    """The sign's id in a scanned or typed token, or None when it is none of ours in form.

    Says nothing about being genuine: look the sign up, then ask `is_genuine`.
    """
    token = token_in(text)
    return token[:ID_LENGTH] if token else None


def is_genuine(ring: Ring, text: str, *, county: str, plate_no: int) -> bool:
    """Was this token signed for this county and plate with any key of the ring.

    Takes the same time whichever key fits and wherever the characters differ.
    """
    token = token_in(text)
    if token is None:
        return False
    qr_id, given = token[:ID_LENGTH], token[ID_LENGTH:]
    fits = [
        hmac.compare_digest(_mac(secret, county, qr_id, plate_no), given)
        for _, secret in _checked(ring)
    ]
    return any(fits)


def slip_url(base_url: str, code: str) -> str:
    """The address printed on a slip: WeChat's scanner opens the mini program, a browser the app.

    It lies below /s/ as a plate's does; what is behind # reaches no server and no log.
    """
    return station_url(base_url, f"#/bind/{code}")


def station_url(base_url: str, token: str) -> str:
    """The address printed in a plate's code: `https://HOST/s/<token>`, host in lower case."""
    parts = urlsplit(base_url.strip())
    if parts.scheme.lower() not in ("http", "https") or not parts.netloc:
        raise ValueError(f"not a web address: {base_url!r}")
    path = parts.path.rstrip("/")
    return f"{parts.scheme.lower()}://{parts.netloc.lower()}{path}/s/{token}"


def qr_modules(text: str, level: Level = "M") -> Modules:
    """The smallest QR code that holds `text` at this level of correction.

    Drawn by `qrcode`; plates are read back by another library (zxing-cpp), so that one's mistake
    is not confirmed by itself. `optimize=0` keeps one mode: mixed modes save nothing on our URLs.
    The mask is always the same (diagonals): weighing all eight takes six times as long, and what
    matters, that the printed code reads back, is tried on every plate before release.
    """
    import qrcode

    levels = {
        "L": qrcode.ERROR_CORRECT_L,
        "M": qrcode.ERROR_CORRECT_M,
        "Q": qrcode.ERROR_CORRECT_Q,
        "H": qrcode.ERROR_CORRECT_H,
    }
    code = qrcode.QRCode(error_correction=levels[level], border=0, mask_pattern=3)
    code.add_data(text, optimize=0)
    code.make(fit=True)
    return tuple(tuple(bool(dark) for dark in row) for row in code.get_matrix())


def module_mm(modules: Modules, width_mm: float, quiet: int = QUIET) -> float:
    """How wide one square is printed when the code with its quiet zone is `width_mm` wide."""
    return width_mm / (len(modules) + 2 * quiet)


def require_readable(modules: Modules, width_mm: float, quiet: int = QUIET) -> None:
    """Refuse a code whose squares would be printed too fine; raises `Invalid` (qr-too-fine)."""
    fine = module_mm(modules, width_mm, quiet)
    if fine < FINEST_MODULE_MM:
        raise Invalid(
            "qr-too-fine",
            f"二维码太密：网址太长，印出来每格只有 {fine:.2f} 毫米，手机扫不出。"
            "请换一个短一些的网址（域名），再打印标牌。",
            module_mm=round(fine, 3),
            least_mm=FINEST_MODULE_MM,
        )


def qr_svg(modules: Modules, quiet: int = QUIET) -> str:
    """The code as one black path on nothing, neighbouring squares of a row merged into one."""
    side = len(modules) + 2 * quiet
    strokes = []
    for y, row in enumerate(modules):
        x = 0
        while x < len(row):
            start = x
            while x < len(row) and row[x]:
                x += 1
            if x > start:
                strokes.append(f"M{start + quiet} {y + quiet}h{x - start}v1h{start - x}z")
            x += 1
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" '
        f'shape-rendering="crispEdges"><path d="{"".join(strokes)}"/></svg>'
    )


def qr_png(modules: Modules, scale: int = 8, quiet: int = QUIET) -> bytes:
    """The code as a black-and-white PNG, `scale` pixels a square."""
    from PIL import Image, ImageOps

    side = len(modules)
    code = Image.new("1", (side, side), 1)
    code.putdata([not black for row in modules for black in row])
    code = ImageOps.expand(code, quiet, 1).resize(
        ((side + 2 * quiet) * scale,) * 2, Image.Resampling.NEAREST
    )
    out = io.BytesIO()
    code.save(out, "PNG")
    return out.getvalue()


def qr_text(modules: Modules, quiet: int = 2) -> str:
    """The code for a dark terminal, two rows a line; light squares are drawn, dark ones left."""
    width = len(modules) + 2 * quiet
    empty = (False,) * width
    padded = [
        *[empty] * quiet,
        *((False,) * quiet + row + (False,) * quiet for row in modules),
        *[empty] * quiet,
    ]
    if len(padded) % 2:
        padded.append(empty)
    glyphs = {(False, False): "█", (False, True): "▀", (True, False): "▄", (True, True): " "}
    return "".join(
        "".join(glyphs[pair] for pair in zip(upper, lower, strict=True)) + "\n"
        for upper, lower in zip(padded[::2], padded[1::2], strict=True)
    )


def _checked(ring: Ring) -> Ring:
    if not ring:
        raise ValueError("the key ring is empty: plates cannot be signed")
    if any(len(secret) < _LEAST_SECRET for _, secret in ring):
        raise ValueError(f"a signing secret needs at least {_LEAST_SECRET} bytes")
    return ring


def _mac(secret: bytes, county: str, qr_id: str, plate_no: int) -> str:
    """HMAC-SHA-256 over `v1|county|id|plate`, cut to 40 bits, as eight characters."""
    said = f"v1|{county}|{qr_id}|{plate_no}".encode()
    bits = int.from_bytes(hmac.digest(secret, said, hashlib.sha256)[:5])
    return "".join(ALPHABET[bits >> shift & 31] for shift in range(35, -1, -5))
