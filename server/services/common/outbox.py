"""The outbox of 数据推送: what happened is put in by the very transaction in which it happens.

As with the chain, nobody has to remember to call this: what is new is seen while it is flushed.
Written inside the savepoint that wrote the cause, a message is undone with it. Where a county has
no receiver, a transaction asks so once and writes nothing.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, NamedTuple
from uuid import uuid4

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import Session, SessionTransaction, UOWTransaction

from server import jobs
from server.db import Base
from server.models.acceptance import Acceptance
from server.models.chain import ChainAnchor
from server.models.complaint import Complaint, ComplaintDeed, ComplaintStep
from server.models.county import Division
from server.models.history import HistoryLine
from server.models.month import MonthApproval
from server.models.monthly_report import MonthlyReport, MonthlyReportStep, MonthlyReportVersion
from server.models.organisation import Organisation
from server.models.phone_event import CheckIn, ParcelCount
from server.models.rectification import Rectification, RectificationStep
from server.models.station import Station
from server.models.subsidy import EntitlementState, SubsidyEntitlement
from server.models.subsidy_payment import PaymentState, SubsidyPayment
from server.models.webhook import WebhookEndpoint, WebhookEvent, WebhookKind, WebhookState
from server.services.common.batch_sums import batch_that_paid, sums_of_batch
from server.services.common.chain_canonical import canonical
from server.services.common.closures import times_away
from server.services.common.corrected import CORRECTED, NEVER_CLOSED, TOLD_AGAIN, WAS_CLOSED

SEND = "send_webhooks"
"""The kind of job that sends what is due."""
SCHEMA = 1
"""The version of what messages hold (docs/webhooks.md): fields may be added within it."""
LISTENED = "outbox: who listens"
ONCE = "the job of this transaction"
HUSHED = "outbox: hushed"
"""In a session's info: it brings in what happened long ago, and nobody is told."""
STAYS_CLOSED = "outbox: stays closed"
"""In a session's info: a station that is opened only to be closed from its true day on."""
LISTENING = (WebhookState.ACTIVE, WebhookState.PAUSED, WebhookState.GONE)
"""For whom messages are kept: also while nothing is sent, until a person says that it is over."""
STATION_LINES = {
    "station-closed": WebhookKind.STATION_CLOSED,
    "station-reopened": WebhookKind.STATION_REOPENED,
    CORRECTED: WebhookKind.STATION_CORRECTED,
}
"""Lines of the history that alone know the moment of what they tell."""
MOVES = frozenset(ComplaintDeed) - {
    ComplaintDeed.NOTED, ComplaintDeed.LOOKED, ComplaintDeed.NEW_CODE,
}  # fmt: skip


class Told(NamedTuple):
    """What happened in a county: `data` is plain values, no floats, nothing of any person."""

    kind: WebhookKind
    county: str
    at: datetime
    data: Mapping[str, Any]


Teller = Callable[[Session, Any], Told | None]


def tell(session: Session, told: Told, *, only_to: int | None = None) -> str:
    """Put a message in, for all receivers of its county or for one; its `webhook-id`."""
    uid = f"evt_{uuid4().hex}"
    said = {
        "type": told.kind.value,
        "timestamp": told.at,
        "data": {"schema": SCHEMA, "county": told.county, **told.data},
    }
    session.execute(
        sa.insert(WebhookEvent).values(
            uid=uid,
            county=told.county,
            kind=told.kind,
            at=told.at,
            body=canonical(said),
            endpoint_id=only_to,
        )
    )
    return uid


@event.listens_for(Session, "after_flush")
def _notice(session: Session, _context: UOWTransaction) -> None:
    """Tell of what has just been written."""
    for row, teller in _concerned(session):
        if not _somebody_listens(session, _county_of(session, row)):
            continue
        _send(session, teller(session, row))


def _send(session: Session, told: Told | None) -> None:
    """Put a message in, with the one job of its transaction that sends it."""
    if told is None:
        return
    tell(session, told)
    known = session.info[LISTENED]
    if SEND not in known:
        # What a savepoint may take back is put in again with the next message: as the same job.
        once = known.setdefault(ONCE, f"{SEND}:{uuid4().hex}")
        jobs.enqueue(session, SEND, {}, now=told.at, dedupe=once)
        if not session.in_nested_transaction():
            known[SEND] = True


def listens(session: Session, county: str, *, somebody: bool) -> None:
    """Say whether a county has receivers, where another question of this transaction asked it."""
    session.info.setdefault(LISTENED, {})[county] = somebody


def tell_of(session: Session, noun: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    """Tell of one county's rows that were written by a statement which no flush sees.

    They are new, or new under another number; each has the columns that its message names.
    """
    if not rows or not _somebody_listens(session, rows[0]["county"]):
        return
    teller = NEW[noun]
    for row in rows:
        if not row.get("demo"):
            _send(session, teller(session, noun(**row)))


@event.listens_for(Session, "after_transaction_end")
def _forget(session: Session, transaction: SessionTransaction) -> None:
    if transaction.parent is None:
        session.info.pop(LISTENED, None)


def _concerned(session: Session) -> Iterator[tuple[Any, Teller]]:
    if session.info.get(HUSHED):
        return
    for row in list(session.new):
        teller = NEW.get(type(row))
        if isinstance(row, HistoryLine) and row.action not in STATION_LINES:
            continue
        if isinstance(row, RectificationStep) and row.due_on is None:
            continue
        if teller is not None and not getattr(row, "demo", False):
            yield row, teller
    for row in list(session.dirty):
        changed = CHANGED.get(type(row))
        if changed is not None and sa.inspect(row).attrs[changed[0]].history.has_changes():
            yield row, changed[1]


def _county_of(session: Session, row: Any) -> str:
    if isinstance(row, ComplaintStep):
        asked = sa.select(Complaint.county).where(Complaint.id == row.complaint_id)
        return session.execute(asked).scalar_one()
    if isinstance(row, RectificationStep):
        return session.get_one(Rectification, row.rectification_id).county
    county: str = row.county
    return county


def _somebody_listens(session: Session, county: str) -> bool:
    known = session.info.setdefault(LISTENED, {})
    if county not in known:
        known[county] = session.scalar(sa.select(somebody_listens(county)))
    return bool(known[county])


def somebody_listens(county: str | sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
    """The question whether a county has receivers, for a statement that asks other things too."""
    return sa.exists().where(WebhookEndpoint.county == county, WebhookEndpoint.state.in_(LISTENING))


def _station(session: Session, station_id: int | None) -> dict[str, Any] | None:
    """A station as messages name it; None for a demonstration's."""
    if station_id is None:
        return None
    asked = (
        sa.select(
            Station.code, Station.name, Station.level, Station.demo, Division.code, Division.name
        )
        .outerjoin(Division, Division.code == Station.township_code)
        .where(Station.id == station_id)
    )
    code, name, level, demo, township, township_name = session.execute(asked).one()
    if demo:
        return None
    return {
        "id": station_id, "code": code, "name": name, "level": level,
        "township": township, "township_name": township_name,
    }  # fmt: skip


def _of_station(
    kind: WebhookKind, at: str, data: Callable[[Any], Mapping[str, Any]]
) -> Callable[[Session, Any], Told | None]:
    """How a row of a station is told of, where it is no demonstration's."""

    def teller(session: Session, row: Any) -> Told | None:
        station = _station(session, row.station_id)
        if station is None:
            return None
        return Told(kind, row.county, getattr(row, at), {"station": station, **data(row)})

    return teller


@contextmanager
def stays_closed(session: Session, station_id: int, *, when: bool) -> Iterator[None]:
    """Where `when`, tell nobody within that this station has opened: the same deed closes it."""
    session.info[STAYS_CLOSED] = station_id if when else None
    try:
        yield
    finally:
        session.info.pop(STAYS_CLOSED)


def _line(session: Session, row: HistoryLine) -> Told | None:
    """A station closed, opened, or of whose closings the register was wrong: then all of them."""
    station, kind = _station(session, row.station_id), STATION_LINES[row.action]
    if station is None or row.station_id is None:
        return None
    if kind is WebhookKind.STATION_REOPENED and session.info.get(STAYS_CLOSED) == row.station_id:
        return None
    asked = sa.select(Station.closed_on).where(Station.id == row.station_id)
    data: dict[str, Any] = {"station": station, "closed_on": session.scalar(asked)}
    if kind is WebhookKind.STATION_CORRECTED:
        of_closing = (NEVER_CLOSED, WAS_CLOSED, TOLD_AGAIN)
        if not any(one["field"].startswith(of_closing) for one in row.changes):
            return None  # the hours were wrong: no message tells of them
        with session.no_autoflush:  # what is being told of is being flushed
            times = times_away(session, county=row.county).times.get(row.station_id, ())
        data["closings"] = [
            {"closed_on": first, "reopened_on": back} for first, back in sorted(times)
        ]
    return Told(kind, row.county, row.at, data)


def _step(session: Session, row: ComplaintStep) -> Told | None:
    """How far a complaint has come; never what was said or by whom. 待核 is told when released."""
    asked = sa.select(
        Complaint.county, Complaint.number, Complaint.kind, Complaint.state, Complaint.outcome,
        Complaint.follow_up, Complaint.due_on, Complaint.station_id, Complaint.held, Complaint.demo,
    ).where(Complaint.id == row.complaint_id)  # fmt: skip
    one = session.execute(asked).one()
    if row.deed not in MOVES or one.held or one.demo:
        return None
    data = {
        "number": one.number, "kind": one.kind, "step": row.deed, "state": one.state,
        "outcome": one.outcome, "follow_up": one.follow_up, "due_on": one.due_on,
        "station": _station(session, one.station_id),
    }  # fmt: skip
    return Told(WebhookKind.COMPLAINT, one.county, row.at, data)


def _report(session: Session, row: MonthlyReportStep) -> Told | None:
    kinds = {"accepted": WebhookKind.REPORT, "reopened": WebhookKind.REPORT_REOPENED}
    if row.deed not in kinds:
        return None
    asked = (
        sa.select(
            MonthlyReport.month_on, Organisation.id, Organisation.name,
            MonthlyReportVersion.content_sha256,
        )
        .join(Organisation, Organisation.id == MonthlyReport.organisation_id)
        .join(
            MonthlyReportVersion,
            (MonthlyReportVersion.report_id == MonthlyReport.id)
            & (MonthlyReportVersion.version == row.version),
        )
        .where(MonthlyReport.id == row.report_id)
    )  # fmt: skip
    month_on, unit_id, unit, content_sha256 = session.execute(asked).one()
    data = {
        "month": f"{month_on:%Y-%m}", "version": row.version, "content_sha256": content_sha256,
        "unit": {"id": unit_id, "name": unit},
    }  # fmt: skip
    return Told(kinds[row.deed], row.county, row.at, data)


def _payment(session: Session, row: SubsidyPayment) -> Told | None:
    """A batch of which no line waits any more; told again when a paid line comes back."""
    at = row.recorded_at if row.state is PaymentState.PAID else row.ended_at
    return _batch(session, row.county, row.batch_id, at)


def _taken_back(session: Session, row: SubsidyEntitlement) -> Told | None:
    """The batch that had paid what is now taken back from its payee, whose line stays paid."""
    if row.state is not EntitlementState.REVERSED:
        return None
    return _batch(session, row.county, batch_that_paid(session, row.id), row.ended_at)


def _batch(session: Session, county: str, batch_id: int | None, at: datetime | None) -> Told | None:
    data = None if batch_id is None else sums_of_batch(session, batch_id)
    return None if data is None or at is None else Told(WebhookKind.BATCH_PAID, county, at, data)


def _mend(row: Rectification) -> dict[str, Any]:
    return {
        "rectification": row.id, "standard": row.standard_id, "rule": row.rule_code,
        "title": row.title, "due_on": row.due_on, "state": row.state,
    }  # fmt: skip


def _moved(session: Session, row: RectificationStep) -> Told | None:
    """A 整改 of which the last day is another than was told."""
    if row.due_on is None:
        return None
    one = session.get_one(Rectification, row.rectification_id)
    station = _station(session, one.station_id)
    if station is None:
        return None
    data = {"station": station, **_mend(one), "before_on": row.before_on, "due_on": row.due_on}
    return Told(WebhookKind.MEND_MOVED, one.county, row.at, data)


_closed = _of_station(WebhookKind.MEND_CLOSED, "closed_at", _mend)
_unbuilt = _of_station(
    WebhookKind.STATION_UNBUILT,
    "withdrawn_at",
    lambda row: {"acceptance": row.id, "stage": row.stage_before},
)
NEW: Mapping[type, Teller] = {
    Acceptance: _of_station(
        WebhookKind.STATION_BUILT,
        "accepted_at",
        lambda row: {
            "acceptance": row.id, "stage": row.grade, "accepted_on": row.accepted_on,
            "record_sha256": row.record_sha256,
        },
    ),
    HistoryLine: _line,
    CheckIn: _of_station(
        WebhookKind.CHECK_IN,
        "occurred_at",
        lambda row: {
            "event": row.id, "day": row.day_on, "time_verified": row.time_verified,
            "method": row.method,
        },
    ),
    ParcelCount: _of_station(
        WebhookKind.COUNT,
        "entered_at",
        lambda row: {
            "event": row.id, "day": row.day_on, "version": row.version, "received": row.received,
            "sent": row.sent, "agri_sent": row.agri_sent, "on_hand": row.on_hand,
        },
    ),
    MonthApproval: lambda _session, row: Told(
        WebhookKind.MONTH, row.county, row.approved_at,
        {"month": f"{row.month_on:%Y-%m}", "figures_sha256": row.figures_sha256},
    ),
    Rectification: _of_station(WebhookKind.MEND_OPENED, "opened_at", _mend),
    RectificationStep: _moved,
    MonthlyReportStep: _report,
    ComplaintStep: _step,
    ChainAnchor: lambda _session, row: Told(
        WebhookKind.ANCHOR, row.county, row.at,
        {"on": row.on, "seq": row.seq, "hash": row.hash},
    ),
}  # fmt: skip
CHANGED: Mapping[type, tuple[str, Teller]] = {
    Acceptance: (
        "withdrawn_at",
        lambda session, row: _unbuilt(session, row) if row.withdrawn_at else None,
    ),
    Rectification: (
        "closed_at",
        lambda session, row: _closed(session, row) if row.closed_at else None,
    ),
    SubsidyPayment: ("state", _payment),
    SubsidyEntitlement: ("state", _taken_back),
}
"""By the column whose change tells that something happened."""
