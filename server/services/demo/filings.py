"""The demonstration's filings: what the register holds as first steps, one 补正, one change."""

from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from server.media.blobs import BlobStore
from server.policy.plan.filing import StepKind
from server.policy.standard.facts import Level
from server.services.demo.cast import Character, DemoCast
from server.services.registry.fields import FIELDS
from server.services.registry.filing_register import OF_FILING, follow_register
from server.services.registry.filings import Told, record_step
from server.services.registry.stations import edit_station


def keep_filings(
    session: Session, blobs: BlobStore, cast: DemoCast, *, on: date, now: datetime
) -> None:
    """Every filed station has its step; one filing waits to be mended, one change to be judged."""
    points = [one for one in cast.members if one.station.level is Level.VILLAGE_POINT]
    stations = [one.station for one in cast.members]
    follow_register(
        session,
        stations,
        changed={one.id: OF_FILING for one in stations},
        by=cast.office,
        now=cast.began,
    )
    unfiled = next((one for one in points if one.character is Character.UNFILED), None)
    if unfiled is not None:
        station = unfiled.station
        sent = Told(StepKind.SUBMITTED, on - timedelta(9), text="开办企业网上提交（演示）")
        record_step(session, blobs, station=station, told=sent, by=cast.office, now=now)
        asked = Told(StepKind.ASKED, on - timedelta(4), text="补一张站内照片（演示）")
        record_step(session, blobs, station=station, told=asked, by=cast.office, now=now)
    met = [one.station for one in points if one.character is Character.MET]
    changed = next((one for one in met if "agri_outbound" not in one.services), None)
    if changed is not None:
        edit_station(
            session,
            station=changed,
            changes={"services": "、".join((FIELDS["services"].choices or {}).values())},
            by=cast.office,
            now=now,
            reason="新开了农产品上行（演示数据）",
        )
