"""What two people sign of an inspection, and the hash that proves it unchanged."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from server.models.inspection import Inspection
from server.models.person import Person
from server.models.station import Station
from server.services.inspections.versions import photos_of


def what_is_signed(
    inspection: Inspection, *, station: Station, inspector: Person, photos: Mapping[str, str]
) -> dict[str, Any]:
    """Everything the signatures stand under, as JSON; `photos` are SHA-256 by photo id."""
    return {
        "id": str(inspection.id),
        "county": inspection.county,
        "visit_id": inspection.visit_id,
        "station": {"id": station.id, "level": station.level.value},
        "inspector_id": inspector.id,
        "version": inspection.version,
        "amends_id": str(inspection.amends_id) if inspection.amends_id else None,
        "amended_because": inspection.amended_because,
        "outcome": inspection.outcome.value,
        "outcome_note": inspection.outcome_note,
        "arrived_at": _moment(inspection.arrived_at),
        "finished_at": _moment(inspection.finished_at),
        "day_on": inspection.day_on.isoformat(),
        "method": inspection.method,
        "sign_id": inspection.sign_id,
        "sign_remark": inspection.sign_remark,
        "position": [inspection.latitude, inspection.longitude, inspection.accuracy_m],
        "answers": inspection.answers,
        "findings": inspection.findings,
        "keeper_findings": inspection.keeper_findings,
        "status": inspection.status,
        "standards": inspection.standards,
        "keeper_name": inspection.keeper_name,
        "inspector_signature": inspection.inspector_signature,
        "keeper_signature": inspection.keeper_signature,
        "photos": dict(photos),
    }


def frozen_hash(
    inspection: Inspection, *, station: Station, inspector: Person, photos: Mapping[str, str]
) -> str:
    """SHA-256 over what is signed, in one canonical spelling."""
    signed = what_is_signed(inspection, station=station, inspector=inspector, photos=photos)
    text = json.dumps(signed, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def frozen_is_whole(session: Session, inspection: Inspection) -> bool:
    """Whether the kept record still hashes to what was frozen on arrival."""
    return inspection.frozen_sha256 == frozen_hash(
        inspection,
        station=session.get_one(Station, inspection.station_id),
        inspector=session.get_one(Person, inspection.inspector_id),
        photos={str(photo.id): photo.sha256 for photo in photos_of(session, inspection)},
    )


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()
