"""Keeps plain records together: one question a kind of thing, and one statement a table.

Check-ins, counts, notes and opening news say nothing of one another but through the days' counts,
which are put in order here in memory. Whatever their number, the database is asked as often.
"""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.calendar import beijing_day
from server.db import table_of
from server.errors import Invalid, Problem
from server.models.phone_event import CheckIn, PhoneEvent, Photo
from server.models.station import Station
from server.prepared import prepared
from server.services.common.outbox import tell_of
from server.services.common.phone_items import (
    CheckInEntry,
    CountEntry,
    ItemResult,
    NoteEntry,
    OpeningEntry,
    PhoneItem,
)
from server.services.days.check_ins import check_in_row
from server.services.days.closed_months import approved_among
from server.services.days.count_versions import DayCounts
from server.services.days.counts import count_row, refuse_count, tell_count, to_tell
from server.services.intake import answers
from server.services.intake.batches import Batch, Row
from server.services.photos.photos import announced_rows, photos_under

PLAIN = (CheckInEntry, CountEntry, NoteEntry, OpeningEntry)
_KNOWN = sa.select(PhoneEvent).where(PhoneEvent.id.in_(sa.bindparam("ids", expanding=True)))
_INTO = {noun: prepared(sa.insert(table_of(noun))) for noun in (PhoneEvent, CheckIn, Photo)}


def keep_together(
    session: Session, batch: Batch, items: Sequence[PhoneItem], *, all_new: bool = False
) -> list[ItemResult]:
    """Keep plain records; one answer each, in order, as if they had come one after another.

    `all_new` says that none of their ids is here yet. A record that is refused leaves nothing
    behind; what breaks us breaks all, and is raised: then they are kept one by one.
    """
    return _Run(session, batch, items, all_new=all_new).keep()


class _Run:
    """What is known of some records, and the rows that they become."""

    def __init__(
        self, session: Session, batch: Batch, items: Sequence[PhoneItem], *, all_new: bool
    ) -> None:
        self.session, self.batch, self.items = session, batch, items
        self.before: dict[UUID, PhoneEvent] = {} if all_new else _events_under(session, items)
        self.photo_ids = photos_under(session, [one.id for item in items for one in item.photos])
        counted = [
            (item.station_id, item.entry.day_on)
            for item in items
            if isinstance(item.entry, CountEntry) and item.station_id in batch.known.kept
        ]
        county = batch.person.county
        self.counts = DayCounts(session, county=county, days=counted)
        self.approved = approved_among(session, county=county, days={day for _, day in counted})
        self.rows: dict[Any, list[Row]] = {noun: [] for noun in _INTO}
        self.new: dict[UUID, Row] = {}
        self.tell: list[Callable[[], None]] = []

    def keep(self) -> list[ItemResult]:
        results = [self._answer(item) for item in self.items]
        for noun in (PhoneEvent, CheckIn):
            self._insert(noun)
        tell_of(self.session, CheckIn, self.rows[CheckIn])
        self.counts.write()
        self._insert(Photo)
        for tell in self.tell:
            tell()
        return results

    def _insert(self, noun: Any) -> None:
        if self.rows[noun]:
            self.session.connection().execute(_INTO[noun], self.rows[noun])

    def _answer(self, item: PhoneItem) -> ItemResult:
        try:
            before = self.before.get(item.id) or self._twice(item.id)
            if before is not None:
                answers.refuse_another(before, self.batch.person, item)
                return ItemResult(str(item.id), "same")
            return answers.kept(self._row(item))
        except Problem as problem:
            return answers.refused(self.session, self.batch, item, problem)

    def _row(self, item: PhoneItem) -> Row:
        """Make a record's rows; all that may refuse it comes before anything is noted."""
        batch, entry = self.batch, item.entry
        moment = batch.moment(item.device_at, item)
        station = batch.kept_station(item)
        batch.refuse_outside_its_time(station, moment)
        event = batch.receipt(item, station, moment)
        own = self._own_row(item, event, station, proven=moment.proven)
        announced = announced_rows(
            event,
            [(photo, batch.moment(photo.taken_at, item)) for photo in item.photos],
            taken=self.photo_ids,
        )
        if isinstance(entry, CountEntry) and own is not None:
            self._count(entry, event, own, station)
        elif own is not None:
            self.rows[CheckIn].append(own)
        self.rows[PhoneEvent].append(event)
        self.rows[Photo] += announced
        self.photo_ids.update(photo.id for photo in item.photos)
        self.new[item.id] = event
        return event

    def _twice(self, event_id: UUID) -> PhoneEvent | None:
        """What the same batch has under this id further up."""
        event = self.new.get(event_id)
        return PhoneEvent(**event) if event is not None else None

    def _own_row(
        self, item: PhoneItem, event: Row, station: Station, *, proven: bool
    ) -> Row | None:
        """What this kind of event says, as its own kind's row."""
        entry = item.entry
        if isinstance(entry, CheckInEntry):
            return check_in_row(
                self.session,
                event=event,
                proven=proven,
                station=station,
                entry=entry,
                ring=self.batch.ring,
                plates=self.batch.known.plates,
            )
        if isinstance(entry, CountEntry):
            refuse_count(entry, today=beijing_day(self.batch.now), approved=self.approved)
            return count_row(event, entry)
        if isinstance(entry, NoteEntry) and not item.photos:
            raise Invalid(
                "photo-note-empty", "这条记录里没有照片。请先拍照再交。", fields=["photos"]
            )
        return None

    def _count(self, entry: CountEntry, event: Row, row: Row, station: Station) -> None:
        """Put a count among its day's versions, and remember what is to be told of it."""
        others, below = self.counts.add(row, corrects=entry.corrects)
        if others:
            event["result"] = "merged"
        how = to_tell(entry, others=others, below=below)
        if how:
            self.tell.append(
                lambda: tell_count(
                    self.session,
                    event=event,
                    station=station,
                    entry=entry,
                    by=self.batch.person,
                    below=below,
                    how=how,
                )
            )


def _events_under(session: Session, items: Sequence[PhoneItem]) -> dict[UUID, PhoneEvent]:
    """The events that are here already under these records' ids."""
    ids = [item.id for item in items]
    found = session.scalars(_KNOWN, {"ids": ids}, execution_options={"populate_existing": True})
    return {event.id: event for event in found}
