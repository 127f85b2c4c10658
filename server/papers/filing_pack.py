"""备案材料包: what the opener needs from the county to file its stations, as one ZIP."""

import io
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.calendar import beijing_day, full_day_text
from server.media.blobs import BlobStore
from server.media.paper.typesetting import SCREEN, faces, typeset
from server.media.sheets.writing import Foot, write_xlsx
from server.media.zips import Entry, safe_name
from server.models.county import County, Division, Operator
from server.models.phone_event import Photo, Subject
from server.models.station import Station
from server.policy.hours import hours_lines
from server.services.common import chain
from server.services.photos.newest import FOR_FILING, newest_of
from server.services.registry.fields import SERVICES
from server.services.registry.filing_lists import FilingRow

HERE = Path(__file__).parent
SHEET = "备案资料表.pdf"
TABLE = "备案资料.xlsx"
GAPS = "还缺什么.xlsx"
TO_ADD = (
    "开办企业的营业执照、快递业务经营许可证",
    "负责人的身份证明（请直接交邮政管理部门，不要传到村站通）",
    "由分支机构开办的，另附企业的授权书",
    "当地邮政管理部门另外要求的材料，例如承诺书",
)
"""What the county does not hold; by 快递末端网点备案暂行规定 as reprinted in public."""

Newest = Mapping[tuple[int, str], tuple[Photo, str]]


def filing_pack(
    session: Session,
    blobs: BlobStore,
    rows: Sequence[FilingRow],
    *,
    county: County,
    now: datetime,
    font_dir: Path | None,
) -> list[Entry]:
    """The files of these stations' pack: sheet, table, list of what is missing, newest photos.

    The sheet has a page for each station. Everything is looked up now, so that the files can be
    sent when the session is gone.
    """
    newest = {
        key: found
        for key, found in newest_of(
            session,
            county=county.code,
            station_ids=[row.station.id for row in rows],
            subjects=[one.value for one in FOR_FILING],
        ).items()
        if blobs.stat(found[0].sha256) is not None
    }
    filled = filled_in(session, rows, county=county)
    anchor = chain.foot(session, county=county.code, at=now)
    foot = f"{county.name}村站通　{full_day_text(beijing_day(now))}　资料出自县里的登记，"
    foot = f"{foot}以邮政管理部门的网上表格为准　{anchor}".rstrip()
    pdf = sheet_pdf(rows, filled, newest, demo=county.demo, foot=foot, font_dir=font_dir)
    day = full_day_text(beijing_day(now))
    table = facts_xlsx(rows, filled, foot=Foot(f"{county.name}备案资料　{day}", anchor))
    foot_of_gaps = Foot(f"{county.name}备案材料还缺什么　{day}", anchor)
    gaps = gaps_xlsx(rows, filled, newest, foot=foot_of_gaps)
    return [
        Entry(SHEET, lambda: io.BytesIO(pdf), f"{len(rows)}个站的备案资料表"),
        Entry(TABLE, lambda: io.BytesIO(table), "同样的资料，一站一行，可以复制"),
        Entry(GAPS, lambda: io.BytesIO(gaps), "登记里没有的资料和没有的照片"),
        *(one for row in rows for one in _pictures(blobs, row.station, newest)),
    ]


def missing_pictures(
    newest: Newest, station: Station, wanted: Sequence[Subject] = FOR_FILING
) -> list[str]:
    """Which of the photos that belong to a station's pack it has not got."""
    return [one.label for one in wanted if (station.id, one.value) not in newest]


Facts = Mapping[int, list[tuple[str, str]]]


def filled_in(session: Session, rows: Sequence[FilingRow], *, county: County) -> Facts:
    """By station each field of a filing with what the register holds of it, "" for nothing."""
    operators = {
        one.name: one
        for one in session.scalars(sa.select(Operator).where(Operator.county == county.code))
    }
    villages: dict[str, str] = dict(
        session.execute(
            sa.select(Division.code, Division.short_name).where(Division.county == county.code)
        ).all()
    )
    return {row.station.id: _facts(row, operators.get(row.opener), villages) for row in rows}


def facts_xlsx(rows: Sequence[FilingRow], filled: Facts, *, foot: Foot) -> bytes:
    """The same fields as the sheets have, a line for each station."""
    heads = list(dict.fromkeys(word for one in filled.values() for word, _ in one))
    return write_xlsx(
        "备案资料",
        heads,
        ([dict(filled[row.station.id]).get(word, "") for word in heads] for row in rows),
        choices={},
        notes=(("空格", "登记里没有，请补齐再报。"),),
        foot=foot,
        guide="说明",
    )


def gaps_xlsx(rows: Sequence[FilingRow], filled: Facts, newest: Newest, *, foot: Foot) -> bytes:
    """A line for each thing that a station's filing lacks, and what every opener brings itself."""
    lines = [
        (row.station.code or "未编号", row.station.name, what, how)
        for row in rows
        for what, how in _gaps(row, filled, newest)
    ]
    lines += [("每个站", "", what, "开办企业自己准备") for what in TO_ADD]
    return write_xlsx(
        "还缺什么",
        ("编号", "站点", "缺什么", "怎么补"),
        lines,
        choices={},
        notes=(("每个站", "县里没有这些材料，由开办企业交给邮政管理部门。"),),
        foot=foot,
        guide="说明",
    )


def _gaps(row: FilingRow, filled: Facts, newest: Newest) -> Iterator[tuple[str, str]]:
    for word, value in filled[row.station.id]:
        if not value:
            yield word, "请乡镇或县专班补登记"
    for label in missing_pictures(newest, row.station):
        yield f"照片：{label}", "请站长在手机上补拍"


def sheet_pdf(
    rows: Sequence[FilingRow],
    filled: Facts,
    newest: Newest,
    *,
    demo: bool,
    foot: str,
    font_dir: Path | None,
    pictures: Sequence[Subject] = FOR_FILING,
    to_add: Sequence[str] = TO_ADD,
) -> bytes:
    """The filled sheets, a page for each station; `pictures` are those that belong to the pack."""
    given = {
        "title": "末端网点备案资料表",
        "fonts": faces(SCREEN, font_dir),
        "demo": demo,
        "foot": foot,
        "to_add": to_add,
        "sheets": [
            {
                "name": row.station.name,
                "code": row.station.code or "未编号",
                "facts": filled[row.station.id],
                "have": [
                    f"{one.label}（{full_day_text(newest[row.station.id, one.value][0].day_on)}）"
                    for one in pictures
                    if (row.station.id, one.value) in newest
                ],
                "missing": missing_pictures(newest, row.station, pictures),
            }
            for row in rows
        ],
    }
    return typeset(HERE / "filing_pack.typ", given, font_dir)


def _facts(
    row: FilingRow, operator: Operator | None, villages: Mapping[str, str]
) -> list[tuple[str, str]]:
    station = row.station
    place = " ".join(
        one for one in (row.township_name, villages.get(station.village_code or "", "")) if one
    )
    licence = ""
    if operator is not None:
        until = operator.licence_until
        licence = "　".join(
            one
            for one in (
                operator.licence_number or "",
                f"有效期至{full_day_text(until)}" if until else "",
                operator.licence_scope,
            )
            if one
        )
    position = (
        f"{station.latitude:.6f}, {station.longitude:.6f}（WGS-84）"
        if station.latitude is not None and station.longitude is not None
        else ""
    )
    last = row.clock.last_on if row.clock else None
    filed = full_day_text(station.filed_on) if station.filed_on else "还没有备案"
    facts: list[tuple[str, Any]] = [
        ("网点名称", station.name),
        ("编号", station.code),
        ("级别", station.level.label),
        ("类型（开办方式）", station.ownership.label if station.ownership else ""),
        ("开办企业", row.opener),
        ("快递业务经营许可", licence),
        ("负责人", station.head_name),
        ("联系电话", station.head_phone),
        ("所在乡镇、村", place),
        ("详细地址", station.address),
        ("位置", position),
        ("场所类型", station.venue),
        ("营业时间", "；".join(hours_lines(station.hours))),
        ("经营范围", "、".join(SERVICES.get(one, one) for one in station.services)),
        ("开办日期", full_day_text(station.opened_on) if station.opened_on else ""),
        *([("备案最后一天", full_day_text(last))] if last else ()),
        ("现在的备案", f"{filed}　{station.filing_number}　{station.filed_name}".rstrip()),
    ]
    return [(word, str(value or "")) for word, value in facts]


def _pictures(blobs: BlobStore, station: Station, newest: Newest) -> Iterator[Entry]:
    folder = safe_name(f"{station.code or '未编号'} {station.name}")
    if station.code is None:
        folder = safe_name(f"未编号{station.id} {station.name}")
    for subject in FOR_FILING:
        found = newest.get((station.id, subject.value))
        if found is None:
            continue
        photo, who = found
        yield Entry(
            f"{folder}/{subject.label}.jpg",
            lambda key=photo.sha256: blobs.open(key),  # type: ignore[misc]
            f"{full_day_text(photo.day_on)}{who}拍",
        )
