"""How an inspector was there, as the phone told it, and what is odd about it on arrival."""

from server.calendar import beijing_day
from server.models.county import County
from server.models.inspection import Campaign, Inspection, InspectionOutcome
from server.models.phone_event import ScanMethod
from server.models.station import Station
from server.policy.rounds.frozen import FrozenMark, FrozenPresence, FrozenSpot
from server.policy.rounds.marks import DOOR, OF_SIGNING, VisitSeen, marks_of
from server.services.common.phone_items import InspectionEntry, Position, PresenceEntry
from server.services.county.round_options import round_options
from server.services.days.check_ins import distance_to
from server.services.inspections.presence import marks_told


def presence_of(station: Station, entry: InspectionEntry) -> FrozenPresence:
    """Where and how the phone was at arrival and at signing; what it did not say is None."""
    told = entry.presence or PresenceEntry()
    return {
        "arrived": _spot(
            station,
            entry.position,
            asked=True,
            online=told.arrived_online,
            clock=told.arrived_clock,
        ),
        "signed": _spot(
            station,
            told.signed_position,
            asked=entry.presence is not None,
            online=told.signed_online,
            clock=told.signed_clock,
        ),
        "plate": _plate(entry),
        "why": told.why.strip(),
    }


def marks_on_arrival(
    inspection: Inspection,
    *,
    campaign: Campaign | None,
    county: County,
    amended: Inspection | None,
    pictures: int,
) -> list[FrozenMark]:
    """What is odd about the record; an amendment keeps what was odd about being there."""
    options = round_options(county)
    closed_door = inspection.outcome is InspectionOutcome.CLOSED_DOOR
    presence = inspection.presence
    seen = VisitSeen(
        closed_door=closed_door,
        arrived_at=inspection.arrived_at,
        finished_at=inspection.finished_at,
        time_verified=inspection.time_verified,
        day_on=inspection.day_on,
        opens_on=campaign.opens_on if campaign else None,
        ended_on=beijing_day(campaign.closed_at) if campaign and campaign.closed_at else None,
        presence=presence or presence_unknown(),
        inspector_strokes=inspection.inspector_signature,
        keeper_strokes=inspection.keeper_signature,
        witness=inspection.witness_name,
        word=inspection.outcome_note,
        door_photos=pictures,
    )
    found = marks_of(seen, far_m=options.visit_far_m, short_minutes=options.visit_short_minutes)
    if amended is None:
        return found
    anew = OF_SIGNING if closed_door else OF_SIGNING | DOOR
    kept = [one for one in marks_told(amended) if one["code"] not in anew]
    return kept + [one for one in found if one["code"] in OF_SIGNING]


def presence_unknown() -> FrozenPresence:
    """The presence of a record that told nothing."""
    nowhere: FrozenSpot = {
        "placed": False,
        "distance_m": None,
        "accuracy_m": None,
        "fix_age_s": None,
        "online": None,
        "clock": None,
    }
    return {"arrived": nowhere, "signed": nowhere, "plate": "none", "why": ""}


def _spot(
    station: Station,
    position: Position | None,
    *,
    asked: bool,
    online: bool | None,
    clock: str | None,
) -> FrozenSpot:
    return {
        "placed": position is not None if asked else None,
        "distance_m": distance_to(station, position),
        "accuracy_m": position.accuracy_m if position else None,
        "fix_age_s": position.fix_age_s if position else None,
        "online": online,
        "clock": clock,
    }


def _plate(entry: InspectionEntry) -> str:
    if entry.method != ScanMethod.TYPED:
        return entry.method
    return "number" if entry.text.strip() else "none"
