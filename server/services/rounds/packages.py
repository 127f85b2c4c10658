"""Puts together what an inspector takes along offline: forms, register, evidence, plates."""

import base64
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.errors import Conflict, Problem
from server.media.apart.pictures import rendition
from server.media.blobs import BlobStore, StoreFailed
from server.models.county import County
from server.models.inspection import Campaign
from server.models.person import Person
from server.models.phone_event import TO_SHOW, Photo, Subject
from server.models.rectification import Rectification
from server.models.sign import LIVE_STATES, Sign
from server.models.station import Station
from server.policy.standard.examine import Finding, examine
from server.policy.standard.facts import Fact, StationFacts
from server.policy.standard.frozen import RegisterWords
from server.policy.standard.inspection_form import UNITS, asked_of, on_keepers_word, rules_asked
from server.policy.standard.on_phone import (
    CheckData,
    facts_in,
    known_facts,
    phone_check,
    station_data,
)
from server.policy.standard.open_work import NOTHING_OPEN
from server.policy.standard.options import CountyOptions
from server.policy.standard.standards import Rule, Standard, standards_for
from server.policy.standard.verdicts import Look
from server.services.county.counties import policy_options
from server.services.county.round_options import round_options
from server.services.days.activity import Activity, activity
from server.services.inspections.register_words import register_words_of
from server.services.mending.rectifications import OPEN_STATES, one_a_clause
from server.services.people.colleagues import colleagues_of
from server.services.people.scope import EVERYBODY
from server.services.photos.photos import picture, subject_of
from server.services.review.reading_views import ReadingView, readings_of
from server.services.rounds.campaigns import standards_of
from server.services.rounds.earlier import EarlierVisit, earlier_visits
from server.services.rounds.ready_remarks import RemarkAt, remarks_at
from server.services.rounds.visits import visit_views
from server.services.standing.facts import Known, facts_of
from server.services.standing.open_work import open_work_of

ACTIVITY_DAYS = timedelta(days=29)  # thirty days with today
POCKET_SIDE = 240
POCKET_QUALITY = 50
THUMBS_AT_MOST_BYTES = 1_050_000  # of JPEG a package; the rest is seen when there is a net


@dataclass(frozen=True, slots=True)
class Asked:
    """One thing an inspector is asked for on a rule."""

    fact: Fact

    @property
    def unit(self) -> str:
        """Square metres and the like; empty for a yes or no."""
        return UNITS.get(self.fact.name, "")


@dataclass(frozen=True, slots=True)
class FormRow:
    """One rule of the form, the same for all stations to which it applies."""

    rule: Rule
    asks: tuple[Asked, ...]
    subject: str | None
    check: CheckData


@dataclass(frozen=True, slots=True)
class PackedStation:
    """All that is known of one station, small enough to carry thirty of them.

    `findings` are all rules, `own_word` the same on nobody's word but the keeper's; `facts` is what
    the phone's checks need (`policy/standard/on_phone.py`).
    """

    visit_id: int | None  # None for a visit outside any round
    known: Known
    findings: tuple[Finding, ...]
    own_word: tuple[Finding, ...]
    register: RegisterWords
    facts: Mapping[str, Any]
    asked: tuple[str, ...]
    plates: tuple[Sign, ...]
    photos: tuple[Photo, ...]
    mends: tuple[Rectification, ...]
    open_work: str  # what keeps it from being called 达标, in words; empty for nothing
    month: Activity
    earlier: tuple[EarlierVisit, ...]


@dataclass(frozen=True, slots=True)
class Package:
    """What an inspector takes along; `thumbs` are small JPEGs by photo id.

    One township of a round, or one station outside any round (`campaign` None).
    """

    campaign: Campaign | None
    standards: tuple[Standard, ...]
    form: tuple[FormRow, ...]
    options: CountyOptions
    presence: Mapping[str, int]  # from how far and how short on a visit needs a reason
    taken_on: date
    stations: tuple[PackedStation, ...]
    readings: Mapping[UUID, ReadingView]
    thumbs: Mapping[UUID, str]
    remarks: tuple[RemarkAt, ...]
    colleagues: tuple[Person, ...]


def package_for(
    session: Session,
    blobs: BlobStore,
    *,
    campaign: Campaign,
    person: Person,
    on: date,
    standards: Iterable[Standard],
    township_code: str | None = None,
    with_thumbs: bool = True,
    everybodys: bool = False,
) -> Package:
    """The stations of a round that this person is to visit, with everything the form needs.

    A fixed number of queries, whatever the number of stations. `everybodys` adds colleagues'
    stations within the person's scope.
    """
    pinned = standards_of(campaign, standards)
    views = {
        one.station.id: one
        for one in visit_views(
            session, campaign=campaign, on=on, seen_by=person, township_code=township_code
        )
        if one.visit.withdrawn_at is None
        and (everybodys or one.visit.inspector_id in (person.id, None))
    }
    return _packed(
        session,
        blobs,
        county=session.get_one(County, campaign.county),
        campaign=campaign,
        visit_ids={station_id: one.visit.id for station_id, one in views.items()},
        on=on,
        standards=pinned,
        person=person,
        with_thumbs=with_thumbs,
    )


def package_outside(
    session: Session,
    blobs: BlobStore,
    *,
    station: Station,
    person: Person,
    on: date,
    standards: Iterable[Standard],
    with_thumbs: bool = True,
) -> Package:
    """The same for one station outside any round, under the standards in force on that day.

    Raises Conflict inspection-without-standard where the county has none for stations.
    """
    county = session.get_one(County, station.county)
    pinned = standards_for(standards, on, county.code, county.standard_id)
    if not any(one.basis != "national" for one in pinned):
        raise Conflict(
            "inspection-without-standard",
            "本县今天没有可用的站点标准，没法逐条核查。请先请县专班在县设置里选定标准。",
        )
    return _packed(
        session,
        blobs,
        county=county,
        campaign=None,
        visit_ids={station.id: None},
        on=on,
        standards=pinned,
        person=person,
        with_thumbs=with_thumbs,
    )


def _packed(
    session: Session,
    blobs: BlobStore,
    *,
    county: County,
    campaign: Campaign | None,
    visit_ids: Mapping[int, int | None],
    on: date,
    standards: tuple[Standard, ...],
    person: Person,
    with_thumbs: bool,
) -> Package:
    ids = list(visit_ids)
    options = policy_options(county)
    known = facts_of(
        session, county=county, on=on, options=options, seen_by=EVERYBODY, station_ids=ids
    )
    pictures = newest_pictures_of(session, county=county.code, station_ids=ids)
    plates = plates_of(session, ids)
    still_open = open_work_of(session, county=county.code, on=on, station_ids=ids)
    mends = _open_mends(session, ids)
    months = activity(
        session, county=county.code, since=on - ACTIVITY_DAYS, until=on, station_ids=ids
    )
    found = {one.station.id: examine(standards, one.facts, on) for one in known}
    rules = {one.station.id: rules_asked(found[one.station.id], one.facts) for one in known}
    asked = {one: tuple(rule.code for rule in every) for one, every in rules.items()}
    earlier = earlier_visits(session, station_ids=ids, campaign=campaign, on=on, asked=asked)
    form = tuple(form_of(standards, options, [one.facts for one in known]))
    used = list(dict.fromkeys(name for row in form for name in facts_in(row.check)))
    registers = register_words_of(session, [one.station for one in known])
    stations = []
    for one in known:
        station_id = one.station.id
        findings = found[station_id]
        stations.append(
            PackedStation(
                visit_id=visit_ids[station_id],
                known=one,
                findings=tuple(findings),
                own_word=tuple(on_keepers_word(standards, one.facts, on)),
                register=registers[station_id],
                facts=station_data(
                    one.facts, known_facts(Look(one.facts, on), used), rules[station_id]
                ),
                asked=asked[station_id],
                plates=tuple(plates.get(station_id, ())),
                photos=tuple(pictures.get(station_id, ())),
                mends=tuple(mends.get(station_id, ())),
                open_work=still_open.get(station_id, NOTHING_OPEN).text,
                month=months.get(station_id, Activity()),
                earlier=earlier.get(station_id, ()),
            )
        )
    chosen = round_options(county)
    return Package(
        campaign=campaign,
        standards=standards,
        form=form,
        options=options,
        presence={
            "visit_far_m": chosen.visit_far_m,
            "visit_short_minutes": chosen.visit_short_minutes,
        },
        taken_on=on,
        stations=tuple(stations),
        readings=readings_of(session, [one.id for every in pictures.values() for one in every]),
        thumbs=_thumbs(session, blobs, stations) if with_thumbs else {},
        colleagues=tuple(colleagues_of(session, person)),
        remarks=tuple(remarks_at(county, [one.rule for one in form])),
    )


def form_of(
    standards: Iterable[Standard], options: CountyOptions, stations: Sequence[StationFacts]
) -> list[FormRow]:
    """The rules that any of these stations is asked, in the standard's order."""
    levels = {facts.level for facts in stations}
    return [
        FormRow(rule, tuple(map(Asked, asks)), subject_of(rule), phone_check(rule, options))
        for standard in standards
        for rule in standard.rules
        if (asks := asked_of(rule, options)) and levels & set(_levels(rule))
    ]


def newest_pictures_of(
    session: Session, *, county: str, station_ids: Collection[int]
) -> dict[int, list[Photo]]:
    """The newest photo of each subject per station whose bytes are here; one query."""
    rank = sa.func.row_number().over(
        partition_by=(Photo.station_id, Photo.subject),
        order_by=(Photo.taken_at.desc(), Photo.id),
    )
    ranked = (
        sa.select(Photo.id, rank.label("rank"))
        .where(
            Photo.county == county,
            Photo.station_id.in_(list(station_ids)),
            Photo.state.in_(TO_SHOW),
            Photo.subject != Subject.CLAUSE,
        )
        .subquery()
    )
    found: dict[int, list[Photo]] = defaultdict(list)
    for photo in session.scalars(
        sa.select(Photo)
        .join(ranked, ranked.c.id == Photo.id)
        .where(ranked.c.rank == 1)
        .order_by(Photo.station_id, Photo.subject)
    ):
        found[photo.station_id].append(photo)
    return found


def plates_of(session: Session, station_ids: Collection[int]) -> dict[int, list[Sign]]:
    """Every plate these stations ever had, the current one first: a phone offline knows both."""
    found: dict[int, list[Sign]] = defaultdict(list)
    for sign in session.scalars(
        sa.select(Sign)
        .where(Sign.station_id.in_(list(station_ids)))
        .order_by(Sign.state.in_(LIVE_STATES).desc(), Sign.plate_no.desc())
    ):
        found[sign.station_id].append(sign)
    return found


def pocket_thumb(session: Session, blobs: BlobStore, photo: Photo) -> bytes | None:
    """A photo at 240 px for the way; None where its bytes cannot be shown."""
    kept = blobs.rendition("pocket", photo.sha256)
    if kept is not None:
        return kept
    try:
        made = rendition(
            picture(session, blobs, photo, "thumb"), POCKET_SIDE, quality=POCKET_QUALITY
        )
        blobs.put_rendition("pocket", photo.sha256, made)
    except (Problem, StoreFailed):
        return None
    return made


def _thumbs(
    session: Session, blobs: BlobStore, stations: Iterable[PackedStation]
) -> dict[UUID, str]:
    """Small pictures as base64, subject by subject over all stations, until the bag is full."""
    queue = sorted(
        (
            (turn, index, photo)
            for index, station in enumerate(stations)
            for turn, photo in enumerate(station.photos)
        ),
        key=lambda one: one[:2],
    )
    found: dict[UUID, str] = {}
    size = 0
    for _, _, photo in queue:
        thumb = pocket_thumb(session, blobs, photo)
        if thumb is None:
            continue
        size += len(thumb)
        if size > THUMBS_AT_MOST_BYTES:
            break
        found[photo.id] = base64.b64encode(thumb).decode()
    return found


def _open_mends(session: Session, station_ids: Collection[int]) -> dict[int, list[Rectification]]:
    found: dict[int, list[Rectification]] = defaultdict(list)
    for one in one_a_clause(
        session.scalars(
            sa.select(Rectification).where(
                Rectification.station_id.in_(list(station_ids)),
                Rectification.state.in_(OPEN_STATES),
            )
        )
    ):
        found[one.station_id].append(one)
    return found


def _levels(rule: Rule) -> tuple[Any, ...]:
    wider = rule.extends_to.levels if rule.extends_to else ()
    return (*rule.applies_to, *wider)


def registered_name(station: Station) -> str:
    """What should stand on the sign: the filed name, or the station's own."""
    return station.filed_name or station.name
