"""绑定纸条: one-time codes for keepers' phones, cut from A4 pages, township by township."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from server.media.paper.qr import qr_modules, qr_svg
from server.media.paper.typesetting import SCREEN, faces, typeset

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Slip:
    """What one slip says; `address` is what its code holds, `code` what is typed instead."""

    person: str
    stations: tuple[str, ...]
    code: str
    address: str


@dataclass(frozen=True, slots=True)
class SlipSheet:
    """One township's slips; each township begins a new page, so that its officer gets the pile."""

    township: str
    slips: tuple[Slip, ...]


def slips_pdf(
    sheets: Sequence[SlipSheet],
    *,
    county: str,
    hotline: str,
    until: str,
    demo: bool = False,
    font_dir: Path | None = None,
) -> bytes:
    """Every township's slips, eight a page, with lines to cut along and the township on top."""
    given = {
        "title": f"{county}绑定纸条",
        "fonts": faces(SCREEN, font_dir),
        "county": county,
        "help": f"不会用，请打电话 {hotline}。" if hotline else "不会用，请问镇上。",
        "until": until,
        "demo": demo,
        "sheets": [
            {
                "township": one.township or "县里直接管的站",
                "count": len(one.slips),
                "slips": [
                    {**asdict(slip), "qr": qr_svg(qr_modules(slip.address)),
                     "page": slip.address.partition("#")[0]}
                    for slip in one.slips
                ],
            }
            for one in sheets
        ],
    }  # fmt: skip
    return typeset(HERE / "bind_slips.typ", given, font_dir)
