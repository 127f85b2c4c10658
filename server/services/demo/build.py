"""Builds the demonstration: believable people, plates, words, days and photos, all marked."""

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.db import count_anew
from server.media.blobs import BlobStore
from server.models.county import County
from server.models.person import Keeping, Person, Role
from server.models.station import Station
from server.policy.plan.nouns import Programme
from server.policy.standard.standards import Standard
from server.services.demo.acceptances import accept_built
from server.services.demo.assessments import assess_townships
from server.services.demo.bodies import seat_bodies
from server.services.demo.cast import make_cast
from server.services.demo.complaints import hear_complaints
from server.services.demo.coverage import cover_villages
from server.services.demo.days import say_all, take_photos
from server.services.demo.filings import keep_filings
from server.services.demo.hub import share_the_hub
from server.services.demo.matters import bring_problems
from server.services.demo.month import live_the_month
from server.services.demo.proposals import propose_some
from server.services.demo.questions import ask_and_answer, habits_of
from server.services.demo.referrals import draft_a_referral
from server.services.demo.reports import report_months
from server.services.demo.requests import ask_for_things
from server.services.demo.rounds import hold_rounds
from server.services.demo.self_checks import check_phones
from server.services.demo.subsidies import pay_last_month
from server.services.demo.totals import give_totals
from server.services.people.sign_ins import make_bind_code
from server.services.programme.snapshots import end_of, keep, look


def build_demo(
    session: Session,
    blobs: BlobStore,
    *,
    county: County,
    on: date,
    now: datetime,
    standards: Iterable[Standard],
    ring: Mapping[str, bytes],
    programme: Programme | None = None,
    seed: int = 20230411,
) -> bool:
    """Fill a county's stations with a month of demonstration; False when it is there already.

    A county whose plan names no standard is shown without one: nobody there is 达标 or not. `ring`
    seals what is kept sealed (accounts).
    """
    known = session.scalar(
        select(Person.id).where(Person.county == county.code, Person.demo).limit(1)
    )
    if known is not None:
        return False
    rng = random.Random(f"{seed}-{county.code}")
    stations = list(
        session.scalars(
            select(Station)
            .where(Station.county == county.code, Station.closed_on.is_(None))
            .order_by(Station.township_code, Station.level, Station.village_code, Station.id)
        )
    )
    cast = make_cast(session, county=county, stations=stations, on=on, rng=rng)
    seat_bodies(session, county=county, office=cast.office, on=on, now=now)
    if stations:
        true = say_all(session, cast, on=on, rng=rng)
        live_the_month(session, cast, on=on, rng=rng, habits=habits_of(cast))
        take_photos(session, blobs, cast, on=on, now=now)
        session.flush()
        hold_rounds(
            session, blobs, cast, true, standards=tuple(standards), programme=programme, on=on,
            now=now,
        )  # fmt: skip
        session.flush()
        count_anew(session.connection())
        ask_and_answer(session, cast, county=county, on=on, now=now)
        accept_built(session, cast, county=county, on=on, now=now, standards=tuple(standards))
        keep_filings(session, blobs, cast, standards=tuple(standards), on=on, now=now)
        check_phones(session, cast, now=now)
        share_the_hub(session, cast, county=county, on=on, now=now)
        cover_villages(session, cast, county=county, on=on, now=now, rng=rng)
        last_night(session, county=county, on=on, standards=tuple(standards))
        propose_some(session, cast, county=county, now=now)
        ask_for_things(session, cast, now=now)
        bring_problems(session, cast, county=county, on=on)
        give_totals(session, blobs, cast, on=on, now=now)
        hear_complaints(session, cast, county=county, on=on)
        report_months(
            session, cast.office, county=county, programme=programme,
            standards=tuple(standards), on=on, now=now,
        )  # fmt: skip
        assess_townships(
            session, cast.office, county=county, standards=tuple(standards), on=on, now=now
        )
        draft_a_referral(session, cast.office, county=county, now=now)
        pay_last_month(
            session, cast.office, county=county, programme=programme, ring=ring, on=on, now=now
        )
    session.flush()
    return True


def last_night(
    session: Session, *, county: County, on: date, standards: Sequence[Standard]
) -> None:
    """Write down the day before, so that 进度 shows a day as a night found it."""
    day = on - timedelta(days=1)
    at = end_of(day) + timedelta(minutes=2)
    seen = look(session, county=county, on=day, now=at, standards=standards)
    keep(session, replace(seen, demo=True), now=at)


def demo_phones(
    session: Session, *, county: County, now: datetime
) -> list[tuple[Person, str, str | None, str]]:
    """Fresh bind codes for 老李, 小赵 and 王督导: (person, role, station's number, code)."""
    numbered = (
        select(Person, Station.code)
        .outerjoin(Keeping, (Keeping.person_id == Person.id) & Keeping.until_at.is_(None))
        .outerjoin(Station, Station.id == Keeping.station_id)
        .where(
            Person.county == county.code,
            Person.demo,
            Person.active,
            (Person.role == Role.INSPECTOR) | Station.code.in_(["C0001", "C0002"]),
        )
        .order_by(Station.code.is_(None), Station.code, Person.id)
    )
    return [
        (
            person,
            person.role.label,
            code,
            make_bind_code(session, person=person, by=None, now=now),
        )
        for person, code in session.execute(numbered)
    ]
