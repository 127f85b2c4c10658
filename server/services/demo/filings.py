"""The demonstration's filings: what the register holds, one 补正, one change, one receipt."""

import io
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from server.calendar import full_day_text
from server.media.attachments import Attachment
from server.media.blobs import BlobStore
from server.media.paper.typeface import sans_path
from server.models.station import Station
from server.policy.plan.filing import StepKind
from server.policy.standard.facts import Level
from server.policy.standard.standards import Standard
from server.services.demo.cast import Character, DemoCast
from server.services.registry.fields import FIELDS
from server.services.registry.filing_register import OF_FILING, follow_register
from server.services.registry.filings import Told, record_step
from server.services.registry.stations import edit_station


def keep_filings(
    session: Session,
    blobs: BlobStore,
    cast: DemoCast,
    *,
    standards: Sequence[Standard],
    on: date,
    now: datetime,
) -> None:
    """Every filed station has its step; one has a receipt, one is to be mended, one changed."""
    points = [one for one in cast.members if one.station.level is Level.VILLAGE_POINT]
    stations = [one.station for one in cast.members]
    follow_register(
        session,
        stations,
        changed={one.id: OF_FILING for one in stations},
        by=cast.office,
        now=cast.began,
    )

    def record(station: Station, told: Told) -> None:
        record_step(
            session,
            blobs,
            station=station,
            told=told,
            standards=standards,
            by=cast.office,
            now=now,
        )

    unfiled = next((one for one in points if one.character is Character.UNFILED), None)
    if unfiled is not None:
        station = unfiled.station
        sent = Told(StepKind.SUBMITTED, on - timedelta(9), text="开办企业网上提交（演示）")
        record(station, sent)
        asked = Told(StepKind.ASKED, on - timedelta(4), text="补一张站内照片（演示）")
        record(station, asked)
    met = [one.station for one in points if one.character is Character.MET]
    kept = next((one for one in met if one.filed_on is not None), None)
    if kept is not None:
        paper = Attachment(receipt_of(kept), "png", "备案回执（演示）.png")
        told = Told(StepKind.RECEIPT, on - timedelta(2), text="补传（演示）", receipt=paper)
        record(kept, told)
    changed = next((one for one in met if "agri_outbound" not in one.services), None)
    if changed is not None:
        edit_station(
            session,
            station=changed,
            changes={"services": "、".join((FIELDS["services"].choices or {}).values())},
            by=cast.office,
            now=now,
            reason="新开了农产品上行（演示数据）",
            standards=standards,
        )


def receipt_of(station: Station) -> bytes:
    """A picture of a receipt that nobody takes for a real one."""
    from PIL import Image, ImageDraw, ImageFont

    page = Image.new("L", (720, 420), 255)
    pen, face = ImageDraw.Draw(page), ImageFont.truetype(str(sans_path()), 26)
    filed = full_day_text(station.filed_on) if station.filed_on else ""
    lines = (
        "快递末端网点备案回执", "（演示数据，不作凭证）", f"网点名称：{station.filed_name}",
        f"备案编号：{station.filing_number}", f"备案日期：{filed}",
    )  # fmt: skip
    for place, line in enumerate(lines):
        pen.text((60, 50 + 62 * place), line, font=face, fill=30)
    out = io.BytesIO()
    page.save(out, "PNG")
    return out.getvalue()
