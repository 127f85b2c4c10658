"""What is news to people whose WeChat is bound: found in the house's own lists, never in the deed.

So a message can never say what no list says, and what was settled meanwhile is not told any more.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.calendar import BEIJING, beijing_day, full_day_text
from server.models.complaint import Complaint, ComplaintDeed, ComplaintState, ComplaintStep
from server.models.county import Division
from server.models.matter import Holder, Matter, MatterStage
from server.models.person import Keeping, Person, Role
from server.models.phone_event import PhoneEvent, Photo, PhotoState, Subject
from server.models.rectification import Rectification, RectificationState, RectificationStep
from server.models.station import Station
from server.models.subsidy import SubsidyEntitlement
from server.models.subsidy_payment import PaymentState, SubsidyPayment, SubsidyPaymentPart
from server.policy.messages import NEWS_FOR, UNSENT_FOR, Words
from server.policy.plan.subsidies import PayeeKind
from server.services.mending.rectifications import KEEPERS_TURN, one_a_clause
from server.services.review.questions import better_photos


class NewsKind(StrEnum):
    """The kinds of news, and with it the page of the mini program that shows more."""

    BETTER_PHOTO = "better_photo"
    MEND = "mend"
    DUE = "due"
    UNSENT = "unsent"
    COMPLAINT = "complaint"
    PAID = "paid"


@dataclass(frozen=True)
class News:
    """One piece of news for one person."""

    kind: NewsKind
    key: str
    person_id: int
    county: str
    words: Words

    @property
    def name(self) -> tuple[str, str, int]:
        """What makes it the same news on another day."""
        return self.kind.value, self.key, self.person_id


def news_for(session: Session, *, people: Collection[Person], now: datetime) -> list[News]:
    """What is news to these people now, the oldest first; at most ten queries for all of them."""
    keepers = [one.id for one in people if one.role is Role.KEEPER]
    kept = _kept(session, keepers)
    officers = [one for one in people if one.role is Role.TOWNSHIP_OFFICER and one.township_code]
    found = [
        *_better(session, kept, now),
        *_mends(session, kept, now),
        *_unsent(session, [one.id for one in people], now),
        *_complaints(session, officers, now),
        *_paid(session, kept, keepers, now),
    ]
    return sorted(found, key=lambda one: (one.words.at, one.name))


Kept = dict[int, tuple[Station, list[int]]]


def _kept(session: Session, people: Sequence[int]) -> Kept:
    """The open stations that these people keep, each with who keeps it."""
    found: Kept = {}
    for station, person_id in session.execute(
        sa.select(Station, Keeping.person_id)
        .join(Keeping, Keeping.station_id == Station.id)
        .where(
            Keeping.person_id.in_(people), Keeping.until_at.is_(None), Station.closed_on.is_(None)
        )
        .order_by(Keeping.id)
    ):
        found.setdefault(station.id, (station, []))[1].append(person_id)
    return found


def _better(session: Session, kept: Kept, now: datetime) -> Iterator[News]:
    """Photos that nobody could make out, or the office has sent back."""
    wanted = better_photos(session, station_ids=list(kept), now=now)
    ids = [one.photo_id for some in wanted.values() for one in some]
    taken = dict(
        session.execute(
            sa.select(Photo.id, Photo.taken_at).where(
                Photo.id.in_(ids), Photo.taken_at > now - NEWS_FOR
            )
        ).all()
    )
    for station_id, some in wanted.items():
        station, people = kept[station_id]
        for one in some:
            if one.photo_id not in taken:
                continue
            words = Words(
                f"{Subject(one.subject).short}照片要重拍",
                station.name,
                taken[one.photo_id],
                one.why,
            )
            for person_id in people:
                yield News(
                    NewsKind.BETTER_PHOTO, str(one.photo_id), person_id, station.county, words
                )


def _mends(session: Session, kept: Kept, now: datetime) -> Iterator[News]:
    """What is to be mended, what was sent back, and what ends tomorrow."""
    tomorrow = beijing_day(now) + timedelta(days=1)
    wanted = one_a_clause(
        session.scalars(
            sa.select(Rectification).where(
                Rectification.station_id.in_(list(kept)), Rectification.state.in_(KEEPERS_TURN)
            )
        )
    )
    returned = {
        step.rectification_id: step
        for step in session.scalars(
            sa.select(RectificationStep)
            .where(
                RectificationStep.rectification_id.in_(
                    [one.id for one in wanted if one.state is RectificationState.RETURNED]
                ),
                RectificationStep.action == "returned",
                RectificationStep.at > now - NEWS_FOR,
            )
            .order_by(RectificationStep.id)
        )
    }
    for one in wanted:
        station, people = kept[one.station_id]
        for person_id in people:
            if one.due_on == tomorrow:
                yield News(
                    NewsKind.DUE,
                    f"{one.id}:{one.due_on}",
                    person_id,
                    station.county,
                    Words(
                        f"明天到期：{one.title}",
                        station.name,
                        datetime.combine(one.due_on, time(23, 59), BEIJING),
                        one.what_to_do,
                    ),
                )
            elif one.id in returned:
                step = returned[one.id]
                yield News(
                    NewsKind.MEND,
                    f"{one.id}:{step.id}",
                    person_id,
                    station.county,
                    Words(f"退回重改：{one.title}", station.name, step.at, step.note),
                )
            elif one.state is RectificationState.OPEN and one.opened_at > now - NEWS_FOR:
                yield News(
                    NewsKind.MEND,
                    str(one.id),
                    person_id,
                    station.county,
                    Words(
                        f"要整改：{one.title}",
                        station.name,
                        one.opened_at,
                        f"请在{full_day_text(one.due_on)}前办好",
                    ),
                )


def _unsent(session: Session, people: Sequence[int], now: datetime) -> Iterator[News]:
    """Photos that a phone told of three days ago and has not brought."""
    for person_id, station_id, county, name, number, since in session.execute(
        sa.select(
            Photo.person_id,
            Photo.station_id,
            Station.county,
            Station.name,
            sa.func.count(),
            sa.func.min(PhoneEvent.received_at),
        )
        .join(PhoneEvent, PhoneEvent.id == Photo.event_id)
        .join(Station, Station.id == Photo.station_id)
        .where(
            Photo.person_id.in_(people),
            Photo.state == PhotoState.ANNOUNCED,
            PhoneEvent.received_at <= now - UNSENT_FOR,
        )
        .group_by(Photo.person_id, Photo.station_id, Station.county, Station.name)
    ):
        yield News(
            NewsKind.UNSENT,
            f"{station_id}:{beijing_day(since)}",
            person_id,
            county,
            Words(f"有{number}张照片还没传上来", name, since, "有网时打开村站通，会自己接着传"),
        )


def _complaints(session: Session, officers: Sequence[Person], now: datetime) -> Iterator[News]:
    """Complaints that the county has handed to a township; nothing of the villager's is told."""
    by_township: dict[str, list[Person]] = defaultdict(list)
    for one in officers:
        if one.township_code:
            by_township[one.township_code].append(one)
    for complaint, step_id, at, township, name in session.execute(
        sa.select(
            Complaint,
            sa.func.max(ComplaintStep.id),
            sa.func.max(ComplaintStep.at),
            Matter.holder_township,
            Division.name,
        )
        .join(ComplaintStep, ComplaintStep.complaint_id == Complaint.id)
        .join(Matter, Matter.id == Complaint.matter_id)
        .join(Division, Division.code == Matter.holder_township)
        .where(
            Complaint.state == ComplaintState.HANDLING,
            ComplaintStep.deed == ComplaintDeed.FORWARDED,
            ComplaintStep.at > now - NEWS_FOR,
            Matter.stage != MatterStage.CLOSED,
            Matter.holder.in_([Holder.TOWNSHIP, Holder.KEEPER]),
            Matter.holder_township.in_(list(by_township)),
        )
        .group_by(Complaint.id, Matter.holder_township, Division.name)
    ):
        for one in by_township[township or ""]:
            if one.county != complaint.county:
                continue
            yield News(
                NewsKind.COMPLAINT,
                str(step_id),
                one.id,
                complaint.county,
                Words(
                    f"投诉{complaint.number}转给您办",
                    name,
                    at,
                    f"{full_day_text(complaint.due_on)}前答复，请在电脑上办",
                ),
            )


def _paid(session: Session, kept: Kept, keepers: Sequence[int], now: datetime) -> Iterator[News]:
    """Subsidies that were paid to keepers, and to the stations that they keep."""
    to_whom = {f"person:{one}": [one] for one in keepers} | {
        f"station:{station_id}": people for station_id, (_, people) in kept.items()
    }
    where = (
        sa.select(
            SubsidyPaymentPart.payment_id, sa.func.min(SubsidyEntitlement.station_id).label("at")
        )
        .join(SubsidyEntitlement, SubsidyEntitlement.id == SubsidyPaymentPart.entitlement_id)
        .where(
            SubsidyEntitlement.payee_kind.in_([PayeeKind.KEEPER, PayeeKind.STATION]),
            SubsidyPaymentPart.ended_at.is_(None),
        )
        .group_by(SubsidyPaymentPart.payment_id)
        .subquery()
    )
    for payment, name in session.execute(
        sa.select(SubsidyPayment, Station.name)
        .join(where, where.c.payment_id == SubsidyPayment.id)
        .join(Station, Station.id == where.c.at)
        .where(
            SubsidyPayment.payee_key.in_(list(to_whom)),
            SubsidyPayment.state == PaymentState.PAID,
            SubsidyPayment.recorded_at > now - NEWS_FOR,
        )
    ):
        for person_id in to_whom[payment.payee_key]:
            yield News(
                NewsKind.PAID,
                str(payment.id),
                person_id,
                payment.county,
                Words(
                    "快递进村补助已付款",
                    name,
                    payment.recorded_at or now,
                    "明细请看“补助”，没到账请问镇上",
                    payment.amount_fen,
                ),
            )
