"""The villages with their people and the stations serving them, as a table."""

from collections.abc import Iterable, Sequence
from datetime import date

from server.calendar import full_day_text
from server.media.sheets.writing import TAKEN, Foot, write_csv, write_xlsx
from server.models.coverage import PopulationBasis
from server.services.coverage.serving import VillageServed
from server.services.registry.fields import COOP_MODES

HEADERS = (
    "乡镇", "村", "区划代码", "建制村", "户籍人口", "户籍统计日期", "户籍来源", "常住人口",
    "常住统计日期", "常住来源", "口径未记的人口", "怎么服务", "服务的站点", "合作模式",
)  # fmt: skip


def sheet_rows(villages: Iterable[VillageServed]) -> list[list[str]]:
    """One line a village; an empty cell is what nobody knows."""
    return [_row(one) for one in villages]


def sheet_csv(
    rows: Iterable[Sequence[str]], *, on: date, which: str, untold: Sequence[str], taken: str
) -> bytes:
    """The lines, each with what the page says above all of them: a table has no other place.

    `taken` is the minute at which it was taken out.
    """
    told = (full_day_text(on), which, "；".join(untold), taken)
    headers = (*HEADERS, "按哪一天", "列了哪些", "注意", TAKEN)
    return write_csv(headers, [(*row, *told) for row in rows])


def sheet_xlsx(
    rows: Sequence[Sequence[str]], *, on: date, which: str, untold: Sequence[str], anchor: str
) -> bytes:
    """The lines as a workbook that says of which day it tells, and what nobody can tell of it.

    `which` says in words what the list was narrowed to.
    """
    day = full_day_text(on)
    return write_xlsx(
        "村庄覆盖",
        HEADERS,
        rows,
        choices={},
        notes=[
            ("按哪一天", day),
            ("人口", "到那天为止最新的数；空着是没有登记，不是没有人"),
            ("怎么服务", "只有验收过、没有停业的站才算覆盖；拟建的、没有验收的分开写"),
            ("辐射村", "按现在登记的辐射村"),
            ("列了哪些", which),
            *(("注意", one) for one in untold),
        ],
        foot=Foot(f"村庄覆盖 {day}", anchor),
        numbers=("户籍人口", "常住人口", "口径未记的人口"),
        guide="说明",
    )


def _row(one: VillageServed) -> list[str]:
    cells = [one.township, one.name, one.code, "是" if one.committee else "否"]
    for basis in (PopulationBasis.REGISTERED, PopulationBasis.RESIDENT):
        held = one.people.get(basis)
        day = held.counted_on.isoformat() if held and held.counted_on else ""
        cells += [str(held.people) if held else "", day, held.source if held else ""]
    unstated = one.people.get(PopulationBasis.UNSTATED)
    cells.append(str(unstated.people) if unstated else "")
    modes = dict.fromkeys(mode for server in one.servers for mode in server.modes)
    cells += [
        one.how.label,
        "、".join(
            f"{server.code or ''}{server.name or '其他乡镇的站点'}（{server.built.label}"
            f"{'' if server.here else '，辐射'}）"
            for server in one.servers
        ),
        "、".join(COOP_MODES.get(mode, mode) for mode in modes),
    ]
    return cells
