"""How long a county's plaques take, beside the ceilings: codes, layout and reading back alone."""

import dataclasses
import os
import platform
import time
from collections.abc import Callable
from typing import NamedTuple

from server.media.paper import plaques
from server.media.paper.plaques import PlaqueSheet, plaques_pdf
from server.media.paper.qr import qr_modules, sign_token, station_url
from server.media.paper.typeface import font_files

STATIONS = 251  # the villages of 西平县 that are 村民委员会
RING = [("bench", b"a secret for the benchmark only")]


class Row(NamedTuple):
    """One line of the table; `share` is of the whole job's time."""

    what: str
    seconds: float
    share: float
    note: str


def sheets(count: int = STATIONS) -> list[PlaqueSheet]:
    """As many different plaques as a county has stations."""
    return [
        PlaqueSheet(
            name=f"重渠第{number}村快递便民服务点",
            number=f"C{number:04d}",
            level_label="村级快递便民服务点",
            hours=("上午 8:00—12:00", "下午 14:00—18:00"),
            hotline="0396-4922345",
            url=station_url(
                "https://kd.xiping.gov.cn", sign_token(RING, "411721", f"{number:07d}", 1)
            ),
            county="西平县",
            township="重渠乡",
            plate_no=1,
            operator="西平县某快递有限公司",
            demo=True,
        )
        for number in range(1, count + 1)
    ]


def best_of(times: int, work: Callable[[], object]) -> float:
    """The shortest of several runs: the machine is shared."""
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        taken.append(time.perf_counter() - began)
    return min(taken)


def run() -> list[Row]:
    """The first print of a process, later ones, and what each step alone would take."""
    county = sheets()
    form = plaques._FORMS["a4"]  # noqa: SLF001
    fonts = font_files()

    began = time.perf_counter()
    pdf = plaques_pdf(county)
    first = time.perf_counter() - began
    later = best_of(3, lambda: plaques_pdf(county))

    entries = [plaques._entry(sheet, form) for sheet in county]  # noqa: SLF001
    empty = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><path d="M0 0h1v1z"/></svg>'
    bare = [{**entry, "qr": empty} for entry in entries]
    steps = (
        ("ceiling: bare QR codes", lambda: [qr_modules(s.url, "Q") for s in county], "zxing-cpp"),
        (
            "ceiling: bare typst layout",
            lambda: plaques._typeset(bare, form, fonts, title="x"),  # noqa: SLF001
            "the same pages without codes",
        ),
        (
            "ceiling: bare reading back",
            lambda: plaques._read_back(pdf, county, form),  # noqa: SLF001
            "pdfium + zxing-cpp on the finished PDF",
        ),
    )
    stickers = [dataclasses.replace(sheet, demo=False) for sheet in county]
    return [
        Row(f"{STATIONS} A4 plaques, first in a process", first, first / later, "target 5 s"),
        Row(f"{STATIONS} A4 plaques", later, 1.0, f"{len(pdf) / 1e6:.2f} MB, all codes read back"),
        *(
            Row(what, seconds, seconds / later, note)
            for what, work, note in steps
            for seconds in [best_of(3, work)]
        ),
        Row(
            f"{STATIONS} door stickers",
            seconds := best_of(2, lambda: plaques_pdf(stickers, "sticker")),
            seconds / later,
            "eight a page",
        ),
    ]


def main() -> None:
    """Print the table with the machine it came from."""
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    print(f"{'':42}{'seconds':>8}{'share':>8}  note")
    for row in run():
        print(f"{row.what:42}{row.seconds:8.2f}{row.share:8.0%}  {row.note}")


if __name__ == "__main__":
    main()
