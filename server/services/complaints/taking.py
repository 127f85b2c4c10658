"""Takes a complaint down: from the page behind the plate, or by the office for who called or came.

A flood closes no page: what exceeds a day's numbers of one network or of one station is kept as
待核. Very many more are kept without their photos, and the receipt says so.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.calendar import beijing_day
from server.errors import Conflict, Invalid, NotAllowed
from server.models.complaint import (
    Complaint,
    ComplaintChannel,
    ComplaintDeed,
    ComplaintPhoto,
    ComplaintState,
)
from server.models.county import County, Division, DivisionLevel
from server.models.person import Person
from server.models.sealed import holds_text
from server.models.station import Station
from server.plain_text import bare_text
from server.services.common.written import written
from server.services.complaints.actions import ComplaintAction
from server.services.complaints.codes import (
    code_of_form,
    fresh_code,
    fresh_number,
    hash_of_code,
    keyed,
    network_of_day,
)
from server.services.complaints.rights import may_record
from server.services.complaints.said import Said
from server.services.complaints.steps import step
from server.services.county.choices import hold_still
from server.services.county.complaint_options import complaint_options
from server.services.people.others import digits_of
from server.services.people.scope import WHOLE_COUNTY, station_for

MOST_PHOTOS = 3
WITHOUT_PHOTOS = 3
"""So many times a day's number of one network or station, and photos are kept no more."""
COUNTY_PHOTOS = 300
"""Complaints of a county's day, after which no more photos are kept."""
LONG_AGO = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Room:
    """What a new complaint meets: why it is 待核 ("" where it is not), and whether photos fit."""

    held_because: str
    photos: bool


@dataclass(frozen=True, slots=True)
class Kept:
    """A photo whose bytes are in the store, made anew without EXIF."""

    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a villager takes along: two numbers, and by when there is an answer."""

    complaint: Complaint
    code: str
    photos: int


def room_for(session: Session, *, county: County, station: Station, network: str, on: date) -> Room:
    """How today's numbers stand for one more; three counts, each along an index."""
    options = complaint_options(county)

    def so_far(*clauses: sa.ColumnElement[bool]) -> int:
        counted = sa.select(sa.func.count()).select_from(Complaint)
        return session.scalar(counted.where(*clauses)) or 0

    from_network = so_far(Complaint.network == network) if network else 0
    of_station = so_far(
        Complaint.station_id == station.id,
        Complaint.received_on == on,
        Complaint.channel == ComplaintChannel.PAGE,
    )
    because = ""
    if from_network >= options.network_daily:
        because = f"同一个网络今天第{from_network + 1}件"
    elif of_station >= options.station_daily:
        because = f"这个站今天第{of_station + 1}件"
    many = (
        from_network >= WITHOUT_PHOTOS * options.network_daily
        or of_station >= WITHOUT_PHOTOS * options.station_daily
    )
    if not many:
        of_county = so_far(Complaint.county == county.code, Complaint.received_on == on)
        many = of_county >= COUNTY_PHOTOS
    return Room(because, not many)


def take_in(
    session: Session,
    *,
    station: Station,
    said: Said,
    photos: Sequence[Kept],
    secret: str,
    form: str,
    source: str,
    now: datetime,
    hurried: str = "",
) -> Receipt:
    """Keep a villager's complaint; a form that was sent before gives its receipt again.

    `form` names the form as it was handed out, `source` the network it came from, `hurried` why
    it looks as if a machine had written it ("" where it does not). Raises Conflict
    complaint-form-used where the form was sent before with something else on it.
    """
    session.refresh(station, with_for_update=True)  # one after the other: a number counts once
    known = of_form(session, secret=secret, form=form)
    if known is not None:
        _refuse_another(known.complaint, said)
        return known
    county, day = session.get_one(County, station.county), beijing_day(now)
    network = network_of_day(secret, day, source)
    room = room_for(session, county=county, station=station, network=network, on=day)
    complaint, code = _made(
        session, county, said, secret=secret, code=code_of_form(secret, form), station=station,
        channel=ComplaintChannel.PAGE, received_on=day, now=now,
    )  # fmt: skip
    complaint.held_because = room.held_because or hurried
    complaint.held = bool(complaint.held_because)
    complaint.network = network
    complaint.form_hash = keyed(secret, "complaint-form", form)
    session.add(complaint)
    session.flush()
    kept = photos[:MOST_PHOTOS] if room.photos else ()
    session.add_all(
        ComplaintPhoto(
            complaint_id=complaint.id, place=place, sha256=one.sha256, size_bytes=one.size
        )
        for place, one in enumerate(kept, 1)
    )
    step(session, complaint, ComplaintDeed.RECEIVED, by=None, now=now, due_on=complaint.due_on)
    return Receipt(complaint, code, len(kept))


def _refuse_another(kept: Complaint, said: Said) -> None:
    """What was changed on a form that is kept already would be lost without a word.

    How a number or a text is spelt is the house's rule, which may change between two sendings.
    """

    def told(one: Complaint | Said) -> tuple[object, ...]:
        number = digits_of(one.phone)
        words = bare_text(one.words)
        return (one.kind, words, one.happened_on, one.amount_fen, number, one.phone_shared)

    if told(kept) != told(said):
        raise Conflict(
            "complaint-form-used",
            f"刚才已经收下一件，编号是{kept.number}，那一件不能再改。下面写的和它不一样："
            "要另外反映一件，请再点一次提交。",
        )


def of_form(session: Session, *, secret: str, form: str) -> Receipt | None:
    """The receipt of a form that was sent; None for one that was not."""
    found = session.scalars(
        sa.select(Complaint).where(Complaint.form_hash == keyed(secret, "complaint-form", form))
    ).one_or_none()
    if found is None:
        return None
    photos = session.scalar(
        sa.select(sa.func.count())
        .select_from(ComplaintPhoto)
        .where(ComplaintPhoto.complaint_id == found.id)
    )
    return Receipt(found, code_of_form(secret, form), photos or 0)


def record(
    session: Session,
    *,
    county: County,
    channel: str,
    received_on: date,
    said: Said,
    by: Person,
    secret: str,
    now: datetime,
    ref: str = "",
    station: Station | None = None,
    township_code: str | None = None,
    demo: bool = False,
) -> Receipt:
    """Write down a complaint that came by telephone, visit, 12345 or 12305; the same clock runs.

    Raises NotAllowed complaint-not-yours; Invalid complaint-incomplete (`fields`), text-too-long;
    NotFound station-unknown; Conflict complaint-known, where the sender's number is there already.
    """
    if not may_record(session, by) or by.county != county.code:
        raise NotAllowed("complaint-not-yours", "您的账号不能登记投诉。如需登记，请联系县专班。")
    if channel not in ComplaintChannel.labels() or channel == ComplaintChannel.PAGE.value:
        raise _incomplete("channel", "请选择是怎么反映来的。")
    today = beijing_day(now)
    if received_on > today:
        raise _incomplete("received_on", "收到的日期还没有到，请核对。")
    if received_on < today - LONG_AGO:
        raise _incomplete("received_on", "收到的日期在一年以前，请核对。")
    if said.happened_on is not None and said.happened_on > received_on:
        raise _incomplete("happened_on", "事情发生在收到投诉以后，请核对两个日期。")
    if station is not None:
        station_for(session, by, station.id)
    place = station.township_code if station else township_code or None
    if station is None:
        place = _township(session, county, place)
    if by.role not in WHOLE_COUNTY and (place is None or place != by.township_code):
        raise NotAllowed(
            "complaint-not-yours", "您只能登记本乡镇的投诉。别的乡镇的，请转告县专班。"
        )
    hold_still(session, county)  # of two who press at once, the second finds the first's
    complaint, code = _made(
        session, county, said, secret=secret, code=fresh_code(), station=station,
        channel=ComplaintChannel(channel), received_on=received_on, now=now,
    )  # fmt: skip
    complaint.ref = written(ref, "来文或工单编号", field="ref", into=Complaint.ref)
    complaint.township_code = place
    complaint.entered_by, complaint.demo = by.id, demo
    _refuse_known(session, complaint)
    session.add(complaint)
    step(
        session, complaint, ComplaintDeed.RECEIVED, by=by, now=now, due_on=complaint.due_on,
        action=ComplaintAction.COMPLAINT_RECORDED,
    )  # fmt: skip
    return Receipt(complaint, code, 0)


def _made(
    session: Session,
    county: County,
    said: Said,
    *,
    secret: str,
    code: str,
    station: Station | None,
    channel: ComplaintChannel,
    received_on: date,
    now: datetime,
) -> tuple[Complaint, str]:
    number = fresh_number(session, beijing_day(now))
    made = Complaint(
        county=county.code,
        number=number,
        code_hash=hash_of_code(secret, number, code),
        channel=channel,
        kind=said.kind,
        station_id=station.id if station else None,
        township_code=station.township_code if station else None,
        happened_on=said.happened_on,
        amount_fen=said.amount_fen,
        words=said.words,
        phone=said.phone,
        phone_shared=said.phone_shared,
        state=ComplaintState.RECEIVED,
        received_on=received_on,
        received_at=now,
        due_on=received_on + timedelta(days=complaint_options(county).answer_days),
    )
    return made, code


def _township(session: Session, county: County, code: str | None) -> str | None:
    if code is None:
        return None
    found = session.get(Division, code)
    if found is None or found.county != county.code or found.level is not DivisionLevel.TOWNSHIP:
        raise _incomplete("township", "没有这个乡镇，请重新选择。")
    return code


def _refuse_known(session: Session, new: Complaint) -> None:
    same = Complaint.ref == new.ref
    if not new.ref:
        same &= Complaint.received_on == new.received_on
        same &= holds_text(session, Complaint.words, new.words)
        same &= Complaint.station_id.is_not_distinct_from(new.station_id)
    known = session.scalars(
        sa.select(Complaint)
        .where(Complaint.county == new.county, Complaint.channel == new.channel, same)
        .order_by(Complaint.id)
    ).first()
    if known is not None:
        raise Conflict(
            "complaint-known",
            f"这件投诉已经登记过了，编号是{known.number}。请在投诉列表里打开它。",
            fields={"ref" if new.ref else "words": "已经登记过"},
        )


def _incomplete(field: str, sentence: str) -> Invalid:
    return Invalid("complaint-incomplete", sentence, fields={field: sentence})
