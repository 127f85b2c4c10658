"""How one record of a batch is answered: kept, here already, or refused and why."""

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy.orm import Session

from server.errors import Conflict, Problem
from server.models.person import Person
from server.models.phone_event import PhoneEvent
from server.services.common import history
from server.services.common.phone_items import Arrived, CheckInEntry, ItemResult, PhoneItem
from server.services.intake.actions import IntakeAction
from server.services.intake.batches import Batch, Row

# Contradictions with what is kept; everything else a person can mend is "invalid".
CONFLICTS = frozenset(
    {
        "event-differs",
        "photo-differs",
        "arrived-meanwhile",
        "inspection-amended-already",
        "month-approved",
    }
)
NOT_ITS_PLATE = frozenset(
    {"sign-unknown", "sign-retired", "sign-foreign", "plate-of-another-station"}
)


def kept(event: Row, message: str | None = None) -> ItemResult:
    """The answer to a new record, from its receipt's row."""
    late = event["received_at"] - event["occurred_at"]
    arrived = Arrived(event["county"], event["kind"].value, late.total_seconds())
    return ItemResult(
        str(event["id"]),
        event["result"],
        message=message,
        arrived=arrived if event["time_verified"] else None,
    )


def of_another(item: PhoneItem) -> ItemResult:
    """The answer to what somebody else recorded on this phone: it is theirs to send.

    `later`, which every app understands: the record stays on the phone as it is.
    """
    return ItemResult(
        str(item.id),
        "later",
        "record-of-another",
        "这条是另一个人在这部手机上记的，没有记到您的名下。还在手机里，等本人登录再交。",
    )


def refused(session: Session, batch: Batch, item: PhoneItem, problem: Problem) -> ItemResult:
    """The answer to a record that is not kept; what the office should know of it is told."""
    _tell_the_office(session, batch, item, problem)
    fields = problem.details.get("fields")
    return ItemResult(
        str(item.id),
        "conflict" if problem.code in CONFLICTS else "invalid",
        problem.code,
        problem.message,
        tuple(fields) if fields else None,
    )


def _tell_the_office(session: Session, batch: Batch, item: PhoneItem, problem: Problem) -> None:
    """A plate that a keeper calls new and that is none of the station's: the township sees it.

    One line a day says it in the station's history, however often the plate is scanned.
    """
    found = batch.known.kept.get(item.station_id)
    entry = item.entry
    if found is None or not isinstance(entry, CheckInEntry) or not entry.new_plate:
        return
    if problem.code not in NOT_ITS_PLATE:
        return
    station, action = found.station, IntakeAction.PLATE_DOUBTED
    summary = f"{batch.person.name}说扫的是{station.name}的新牌子，没对上：{problem.message}"
    since = batch.now - timedelta(days=1)
    if not history.said_since(session, of=station, action=action, since=since):
        history.write(
            session, of=station, by=batch.person, at=batch.now, action=action, summary=summary
        )


def refuse_another(before: PhoneEvent, person: Person, item: PhoneItem) -> None:
    """Let only the same thing pass under an id that is here already.

    Raises `Conflict` (event-differs) for something else under its name.
    """
    if before.person_id == person.id and before.content_sha256 == item.content_sha256:
        return
    # Another person's event is not described, not even by what differs.
    fields = list(_differing(before, item)) if before.person_id == person.id else ["id"]
    raise Conflict(
        "event-differs",
        "同一个编号的记录内容不一样，没有改动原来的。请核对后当作新的一条再交。",
        fields=fields,
    )


def _differing(before: PhoneEvent, item: PhoneItem) -> Iterator[str]:
    """The names of the fields in which an item differs from the event under its id."""
    found = False
    for name, old, new in (
        ("kind", before.kind, item.kind),
        ("station_id", before.station_id, item.station_id),
        ("device_at", before.device_at, item.device_at),
    ):
        if old != new:
            found = True
            yield name
    payload = item.payload
    for name in sorted(before.payload.keys() | payload.keys()):
        if before.payload.get(name) != payload.get(name):
            found = True
            yield f"payload.{name}"
    if not found:
        yield "photos"
