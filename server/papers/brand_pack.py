"""品牌共用资料包: what the contract of a courier brand needs of a station, as one ZIP.

一次拍照，多家可用: the same paper and photos for every brand, so that nobody takes them again.
"""

import io
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from server.calendar import beijing_day, full_day_text, moment_text
from server.errors import Conflict, Invalid
from server.media.blobs import BlobStore
from server.media.paper.plaques import plaques_pdf
from server.media.sheets.writing import Foot
from server.media.zips import Entry
from server.models.county import County
from server.models.hub import HubBrand
from server.models.person import Person
from server.models.phone_event import Subject
from server.papers.filing_pack import SHEET, TABLE, facts_xlsx, filled_in, sheet_pdf
from server.services.common import chain
from server.services.common.written import written
from server.services.plates.orders import refuse_without_hotline, sheets_for
from server.services.plates.signs import Ring
from server.services.registry.filing_lists import FilingRow
from server.services.review.accepted import AcceptedPhoto, accepted_photos

ALL_BRANDS = "各品牌"
PHOTOS = (Subject.SIGNBOARD, Subject.HOURS_BOARD)
PLATE, README = "编号和二维码牌.pdf", "说明.txt"


def brand_named(text: str) -> str:
    """The brand as an address names it; `ALL_BRANDS` for none. Raises Invalid text-too-long."""
    return written(text, "品牌", field="brand", into=HubBrand.brand) or ALL_BRANDS


def brand_pack(
    session: Session,
    blobs: BlobStore,
    row: FilingRow,
    *,
    brand: str,
    county: County,
    by: Person,
    now: datetime,
    ring: Ring,
    base_url: str,
    font_dir: Path | None,
) -> list[Entry]:
    """The files of one station's pack for a brand, or for all of them (`ALL_BRANDS`).

    No 身份证, no bank account: the house gives what the register and the plates say. Photos leave
    byte for byte as they came. Everything is looked up now, so that the files can be sent when the
    session is gone.
    """
    station, today = row.station, full_day_text(beijing_day(now))
    kept = {
        subject: found
        for subject, found in accepted_photos(session, station=station, subjects=PHOTOS).items()
        if blobs.stat(found.photo.sha256) is not None
    }
    pictures = {(station.id, subject.value): (one.photo, one.by) for subject, one in kept.items()}
    filled = filled_in(session, [row], county=county)
    anchor = chain.foot(session, county=county.code, at=now)
    foot = f"{county.name}村站通　{today}　给{brand}　资料出自县里的登记　{anchor}".rstrip()
    pdf = sheet_pdf(
        [row], filled, pictures, demo=county.demo, foot=foot, font_dir=font_dir,
        pictures=PHOTOS, to_add=(),
    )  # fmt: skip
    table = facts_xlsx([row], filled, foot=Foot(f"{county.name}备案资料　{today}", anchor))
    entries = [
        Entry(SHEET, lambda: io.BytesIO(pdf), "站点备案资料"),
        Entry(TABLE, lambda: io.BytesIO(table), "同样的资料，可以复制"),
    ]
    missing: list[str] = []
    try:
        refuse_without_hotline(county)
        sheets = sheets_for(
            session, county=county, ring=ring, base_url=base_url, seen_by=by,
            station_ids=[station.id],
        )  # fmt: skip
        plate = plaques_pdf(sheets, "a4", font_dir)
        entries.append(Entry(PLATE, lambda: io.BytesIO(plate), "统一编号和二维码，可以照着印"))
    except (Conflict, Invalid) as problem:
        missing.append(f"{PLATE}：{problem.message}")
    for subject in PHOTOS:
        if found := kept.get(subject):
            entries.append(
                Entry(
                    f"{subject.label}.jpg",
                    lambda key=found.photo.sha256: blobs.open(key),  # type: ignore[misc]
                    f"{moment_text(found.photo.taken_at)}拍；{found.said}",
                )
            )
        else:
            missing.append(f"{subject.label}照片：还没有核对相符的。请站长补拍，县里看过就有。")
    text = _readme(row, list(kept.values()), missing, brand=brand, county=county, foot=foot)
    return [Entry(README, lambda: io.BytesIO(text.encode("utf-8-sig")), "先看这一份"), *entries]


def _readme(
    row: FilingRow,
    photos: Sequence[AcceptedPhoto],
    missing: Sequence[str],
    *,
    brand: str,
    county: County,
    foot: str,
) -> str:
    """What the pack is, where each photo comes from, and what is not in it."""
    station = row.station
    lines = [
        f"{station.code or '未编号'} {station.name}：给{brand}的资料包",
        "",
        "一次拍照，多家可用：站点的资料和照片由县里统一登记、核对，各快递品牌和站点签约、",
        "巡检时直接用，不用站长再拍、再填。",
        "",
        "照片",
        *(
            f"- {one.subject.label}.jpg：{moment_text(one.photo.taken_at)}拍；{one.said}"
            f"（{moment_text(one.at)}）\r\n  SHA-256 {one.photo.sha256}"
            for one in photos
        ),
        *(f"- 没有 {one}" for one in missing),
        "",
        "照片是手机交上来的原件，没有改动。清单.csv 里有每个文件的 SHA-256，可以核对。",
        "这里没有身份证和银行账号，签约要用请直接向站点负责人要。电话只为签约联系，不要转给别人。",
        *(["演示数据，不是真实情况。"] if county.demo else []),
        "",
        foot,
        "",
    ]
    return "\r\n".join(lines)
