"""What two people sign of an inspection, and the hash that proves it unchanged."""

import hashlib
import json
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from server.models.inspection import Campaign, Inspection
from server.models.person import Person
from server.models.station import Station
from server.policy.drawings import FrozenDrawing
from server.policy.standard.frozen import AsSigned, RegisterWords
from server.policy.standard.options import CountyOptions
from server.policy.standard.signed_text import SignedText
from server.policy.standard.verdicts import Verdict
from server.services.inspections.values import values_told
from server.services.inspections.versions import photos_of


def as_signed(
    inspection: Inspection,
    *,
    signed: SignedText | None,
    station: RegisterWords | None,
    register: RegisterWords,
    inspector: Person,
    second: str,
    campaign: Campaign | None,
    photos: Mapping[str, str],
    drawings: Mapping[str, list[FrozenDrawing]],
    asked: Collection[str],
    options: CountyOptions,
) -> AsSigned:
    """What the record says in words that the house could change later.

    They are those of the text that was signed. Where none was (`signed` None), they are the words
    of this moment; `station` are those of the version that this one amends, for it speaks of the
    same day. `asked` are the rules that were to be answered on the spot, `second` is the second
    inspector's name, empty where one went alone.
    """
    kept: AsSigned = {
        "station": signed.station if signed else station or register,
        "inspector": signed.inspector if signed else inspector.name,
        "round": f"{campaign.period} {campaign.name}" if campaign else "",
        "photos": dict(photos),
        "unanswered": list(signed.unanswered)
        if signed
        else [
            f"{one['clause']}{one['title']}"
            for one in inspection.findings
            if one["verdict"] != Verdict.NOT_APPLICABLE
            and one["code"] in asked
            and one["code"] not in inspection.answers
        ],
        "values": {
            code: [[one.fact, one.title, one.text] for one in values_told(answer, options)]
            for code, answer in inspection.answers.items()
        },
    }
    if signed:
        kept["round"] = signed.round or kept["round"]
        kept["values"] |= {
            rule: [list(told) for told in one["values_told"] if len(told) == 3]
            for rule, one in signed.answers.items()
        }
    if second:
        kept["second_inspector"] = second
    if drawings:
        kept["drawings"] = dict(drawings)
    return kept


def what_is_signed(
    inspection: Inspection, *, station: Station, inspector: Person, photos: Mapping[str, str]
) -> dict[str, Any]:
    """Everything the signatures stand under, as JSON; `photos` are SHA-256 by photo id.

    The second shape (`as_signed`) holds the words of the register and the photos itself, so that
    nothing that happens to station, person or photo later can reach it. The third holds the very
    text that was signed as well. Records of the first shape keep theirs.
    """
    shape: dict[str, Any] = (
        {
            "station": {"id": station.id, "level": station.level.value},
            "photos": dict(photos),
        }
        if inspection.as_signed is None
        else {"shape": 2, **inspection.as_signed}
    )
    if inspection.document is not None:
        shape |= {
            "shape": 3,
            "document": inspection.document,
            "document_sha256": inspection.document_sha256,
        }
    # Only where it was told: records without keep the bytes that they always had.
    along: dict[str, Any] = (
        {}
        if inspection.second_inspector_id is None
        else {
            "second_inspector_id": inspection.second_inspector_id,
            "second_signature": inspection.second_signature,
        }
    )
    if inspection.presence is not None:
        along["presence"] = inspection.presence
    if inspection.witness_name:
        along["witness_name"] = inspection.witness_name
    return (
        shape
        | along
        | {
            "id": str(inspection.id),
            "county": inspection.county,
            "visit_id": inspection.visit_id,
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
        }
    )


def frozen_hash(
    inspection: Inspection, *, station: Station, inspector: Person, photos: Mapping[str, str]
) -> str:
    """SHA-256 over what is signed, in one canonical spelling."""
    signed = what_is_signed(inspection, station=station, inspector=inspector, photos=photos)
    text = json.dumps(signed, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def frozen_is_whole(session: Session, inspection: Inspection) -> bool:
    """Whether the kept record still hashes to what was frozen on arrival.

    One whose positions were blanked lawfully: to what was left then. That a line of the history
    bears this out is for `audit verify` to see.
    """
    blanked = inspection.position_erased_on is not None
    wanted = inspection.left_sha256 if blanked else inspection.frozen_sha256
    return wanted == frozen_hash(
        inspection,
        station=session.get_one(Station, inspection.station_id),
        inspector=session.get_one(Person, inspection.inspector_id),
        photos={str(photo.id): photo.sha256 for photo in photos_of(session, inspection)},
    )


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()
