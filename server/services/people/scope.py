"""Who may see which stations and manage which people; everything else looks as if not there."""

from datetime import date, datetime
from enum import Enum
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.errors import NotAllowed, NotFound
from server.models.county import Division
from server.models.inspection import Inspection
from server.models.organisation import Organisation
from server.models.person import Keeping, Person, Role
from server.models.phone_event import Photo
from server.models.proposal import Proposal
from server.models.station import Station
from server.policy.plan.duties import DEEDS, OFFICE_DEEDS, Deed, Duty

# The access groups, said once: guards, menus, lists and papers ask these.
OFFICE = (Role.COUNTY_OFFICE,)
TOWNSHIP = (Role.COUNTY_OFFICE, Role.TOWNSHIP_OFFICER)
SEES_ROUNDS = (Role.COUNTY_OFFICE, Role.TOWNSHIP_OFFICER, Role.BUREAU, Role.AUDITOR)
WHOLE_COUNTY = (Role.COUNTY_OFFICE, Role.BUREAU, Role.AUDITOR)  # every station, first to last
SPEAKS_FOR_A_BODY = (Role.BUREAU, Role.COUNTY_OFFICE, Role.TOWNSHIP_OFFICER)  # a 联络员
FOR_A_BODY = (Role.BUREAU, Role.AUDITOR)  # whose account may name a body of the plan
MAY_HEAD = (Role.COUNTY_OFFICE, Role.BUREAU)  # whose account may be the 专班's head's
READS_HISTORY = (Role.COUNTY_OFFICE, Role.AUDITOR)
REPORTS = SEES_ROUNDS  # 每月报送: of these each sees the own unit's, who sees the county all
REPORTING = (Role.COUNTY_OFFICE, Role.TOWNSHIP_OFFICER, Role.BUREAU)  # may be a unit's liaison
READS_ONLY = (Role.AUDITOR,)  # no deed at all, but for the own account
AT_DESK = (
    Role.COUNTY_OFFICE,
    Role.TOWNSHIP_OFFICER,
    Role.OPERATOR,
    Role.BUREAU,
    Role.AUDITOR,
)
OVER_COUNTIES = (Role.VIEWER,)  # see what the nights wrote down of several counties, nothing else
SITS_AT_DESK = (*AT_DESK, *OVER_COUNTIES)  # who signs in with a password
GIVES_TOTALS = (Role.COUNTY_OFFICE, Role.OPERATOR)  # enter an operator's own totals
HANDLING = (Role.COUNTY_OFFICE, Role.TOWNSHIP_OFFICER, Role.OPERATOR)  # put stations right
SEES_PROPOSALS = (Role.COUNTY_OFFICE, Role.TOWNSHIP_OFFICER, Role.AUDITOR)
SEES_REQUESTS = SEES_PROPOSALS  # what keepers ask for; the office does it
PROPOSING = (Role.TOWNSHIP_OFFICER,)  # what the office accepts or returns
PAYS = (Role.BUREAU,)  # the people of 财政局, by its duty
KEEPS_MONEY = (Role.COUNTY_OFFICE, Role.BUREAU)  # batches and accounts; the duty is asked again
REVIEWS_MONEY = (Role.BUREAU, Role.TOWNSHIP_OFFICER)  # by the duties of their bodies
LISTS_ORDERS = (Role.COUNTY_OFFICE, Role.OPERATOR)  # 上行订单清单
KEEPS_WEBHOOKS = (Role.COUNTY_OFFICE,)  # 数据推送: who outside is told what
HANDS = (Role.TOWNSHIP_OFFICER, Role.OPERATOR, Role.BUREAU)  # to whom problems are referred
INSPECTING = (Role.INSPECTOR, Role.TOWNSHIP_OFFICER, Role.COUNTY_OFFICE)  # in the order of lists
ON_PHONES = (Role.KEEPER, Role.INSPECTOR, Role.TOWNSHIP_OFFICER)
KEEPERS = (Role.KEEPER,)
AT_THE_STATION = (Role.KEEPER, Role.OPERATOR)  # who are not told of a 暗访


class Everybody(Enum):
    """Nobody in particular: what a paper, the worker or the command line sees is the whole."""

    EVERYBODY = "everybody"


# Said aloud wherever nobody's sight narrows the answer; no service assumes it.
EVERYBODY: Final = Everybody.EVERYBODY


def let_in_on(today: date | sa.BindParameter[date]) -> sa.ColumnElement[bool]:
    """The WHERE clause on `Person` for those who may be signed in on a day (Beijing)."""
    return Person.active & (Person.until_on.is_(None) | (Person.until_on >= today))


def stations_visible_to(seen_by: Person | Everybody) -> sa.ColumnElement[bool]:
    """The WHERE clause on `Station` that holds for what somebody may see.

    EVERYBODY sees everything, a person always the own county alone; of it the office, bureaus and
    auditors see all, a township officer sees the own township (none given: nothing), an
    inspector too if bound to one, an operator's clerk that operator's stations, a keeper the own.
    """
    if seen_by is EVERYBODY:
        return sa.true()
    return (Station.county == seen_by.county) & _part_seen_by(seen_by)


def _part_seen_by(person: Person) -> sa.ColumnElement[bool]:
    """Which stations of the own county."""
    match person.role:
        case Role.COUNTY_OFFICE | Role.BUREAU | Role.AUDITOR:
            return sa.true()
        case Role.INSPECTOR if person.township_code is None:
            return sa.true()
        case Role.INSPECTOR | Role.TOWNSHIP_OFFICER if person.township_code:
            return Station.township_code == person.township_code
        case Role.OPERATOR if person.operator_id is not None:
            return Station.operator_id == person.operator_id
        case Role.KEEPER:
            return Station.id.in_(
                sa.select(Keeping.station_id).where(
                    Keeping.person_id == person.id, Keeping.until_at.is_(None)
                )
            )
    return sa.false()


def told_of_secret_visits(seen_by: Person | Everybody) -> bool:
    """Whether somebody may hear of a 暗访: everybody but the people of the station."""
    return seen_by is EVERYBODY or seen_by.role not in AT_THE_STATION


def photos_told_to(seen_by: Person | Everybody) -> sa.ColumnElement[bool]:
    """The WHERE clause on `Photo` that keeps a 暗访 from the people of its station."""
    if told_of_secret_visits(seen_by):
        return sa.true()
    return ~Inspection.is_secret(Photo.event_id)


def proposals_visible_to(seen_by: Person | Everybody) -> sa.ColumnElement[bool]:
    """The WHERE clause on `Proposal`: a township officer sees the own township's.

    The office and auditors see the county's, EVERYBODY all.
    """
    if seen_by is EVERYBODY:
        return sa.true()
    own_county = Proposal.county == seen_by.county
    if seen_by.role in OFFICE or seen_by.role in READS_ONLY:
        return own_county
    if seen_by.role not in TOWNSHIP or not seen_by.township_code:
        return sa.false()
    return own_county & (Proposal.township_code == seen_by.township_code)


def sees_whole_county(seen_by: Person | Everybody, county: str) -> bool:
    """Whether nothing of this county is hidden, so that its totals and its plan may be shown."""
    return seen_by is EVERYBODY or (seen_by.county == county and seen_by.role in WHOLE_COUNTY)


def station_ids(session: Session, seen_by: Person | Everybody) -> set[int]:
    """The ids of the stations, open and closed, that somebody may see; one query."""
    return set(session.scalars(sa.select(Station.id).where(stations_visible_to(seen_by))))


def station_for(session: Session, seen_by: Person, station_id: int) -> Station:
    """A station, if this person may see it.

    Raises `NotFound` (station-unknown): other people's stations look the same as none at all.
    """
    found = session.scalars(
        sa.select(Station).where(Station.id == station_id, stations_visible_to(seen_by))
    ).one_or_none()
    if found is None:
        raise NotFound("station-unknown", "没有找到这个站点。请返回列表重新选择。")
    return found


_KEPT_BY = (  # built once, for every keeper's home
    sa.select(Station)
    .join(Keeping, Keeping.station_id == Station.id)
    .where(
        Station.county == sa.bindparam("county"),
        Keeping.person_id == sa.bindparam("person"),
        Keeping.from_at <= sa.bindparam("now"),
        sa.or_(Keeping.until_at.is_(None), Keeping.until_at > sa.bindparam("now")),
    )
    .order_by(Station.code, Station.id)
    .distinct()
)


def stations_kept_by(session: Session, person: Person, now: datetime) -> list[Station]:
    """The stations a keeper keeps at this moment, by number."""
    asked = {"county": person.county, "person": person.id, "now": now}
    return list(session.scalars(_KEPT_BY, asked))


def villages_visible_to(seen_by: Person | Everybody) -> sa.ColumnElement[bool]:
    """The WHERE clause on `Division` that holds for the villages somebody may see.

    EVERYBODY sees every one, whoever sees the whole county that county's, a township officer those
    of the own township; others none.
    """
    if seen_by is EVERYBODY:
        return sa.true()
    own_county = Division.county == seen_by.county
    if seen_by.role in WHOLE_COUNTY:
        return own_county
    if seen_by.role in TOWNSHIP and seen_by.township_code:
        return own_county & (Division.parent == seen_by.township_code)
    return sa.false()


def people_visible_to(seen_by: Person | Everybody) -> sa.ColumnElement[bool]:
    """The WHERE clause on `Person` that holds for whom somebody may see and look after.

    EVERYBODY sees everybody, the county office the county's people, a township officer the keepers
    who live or keep a station in the own township (none given: nobody); others nobody.
    """
    if seen_by is EVERYBODY:
        return sa.true()
    own_county = Person.county == seen_by.county
    if seen_by.role in OFFICE:
        return own_county
    if seen_by.role not in TOWNSHIP or not seen_by.township_code:
        return sa.false()
    keeping_there = (
        sa.select(Keeping.person_id)
        .join(Station, Station.id == Keeping.station_id)
        .where(Station.township_code == seen_by.township_code, Keeping.until_at.is_(None))
    )
    there = (Person.township_code == seen_by.township_code) | Person.id.in_(keeping_there)
    return own_county & (Person.role == Role.KEEPER) & there


def organisations_visible_to(seen_by: Person | Everybody) -> sa.ColumnElement[bool]:
    """The WHERE clause on `Organisation` that holds for whose reports somebody may read.

    EVERYBODY sees all, the county office and auditors the county's, somebody of a bureau the own
    body, a township officer that of the own township, and everybody whose liaison they are.
    """
    if seen_by is EVERYBODY:
        return sa.true()
    own = Organisation.liaison_id == seen_by.id
    if seen_by.role in (Role.COUNTY_OFFICE, Role.AUDITOR):
        own = sa.true()
    elif seen_by.role is Role.BUREAU and seen_by.organisation_id is not None:
        own |= Organisation.id == seen_by.organisation_id
    elif seen_by.role is Role.TOWNSHIP_OFFICER and seen_by.township_code:
        own |= Organisation.township_code == seen_by.township_code
    return (Organisation.county == seen_by.county) & own


def deeds_open_to(session: Session, person: Person) -> frozenset[Deed]:
    """What a person may do here by what the own body answers for; at most one query.

    The county office may do its own, somebody of a bureau what the duties of that body carry
    (nothing while no body is named), a township officer what a responsible body does, an
    operator's clerk what an operator does. Who only reads does nothing.
    """
    match person.role:
        case Role.COUNTY_OFFICE:
            return OFFICE_DEEDS
        case Role.TOWNSHIP_OFFICER:
            return DEEDS[Duty.RESPONSIBLE_BODY]
        case Role.OPERATOR:
            return DEEDS[Duty.OPERATOR]
        case Role.BUREAU if person.organisation_id is not None:
            own = session.get(Organisation, person.organisation_id)
            return own.deeds if own is not None and own.county == person.county else frozenset()
    return frozenset()


def may_do(session: Session, person: Person, deed: Deed) -> bool:
    """Whether a person may do this; 查处 (`Deed.PUNISH`) is a regulator's alone."""
    return deed in deeds_open_to(session, person)


def refuse_unless_may_do(session: Session, person: Person, deed: Deed) -> None:
    """Raise `NotAllowed` (deed-not-yours) unless the person's body may do this."""
    if may_do(session, person, deed):
        return
    if deed is Deed.PUNISH:
        raise NotAllowed(
            "deed-not-yours", "查处只能由监管部门作出。您可以把问题记下来，移交给监管部门。"
        )
    if person.role is Role.BUREAU and person.organisation_id is None:
        raise NotAllowed(
            "deed-not-yours",
            f"还没有登记您属于哪个成员单位，所以不能{deed.label}。请联系县专班办公室登记。",
        )
    raise NotAllowed(
        "deed-not-yours",
        f"“{deed.label}”不在您单位的职责里。如果职责有变，请联系县专班办公室更正。",
    )


def refuse_unless_manages(session: Session, by: Person, person: Person) -> None:
    """Raise unless `by` may hand out or take away this person's sign-ins.

    The county office may for everybody of the county, everybody for themselves, a township officer
    for the people of the own township. Raises `NotFound` (person-unknown) across counties and
    `NotAllowed` (person-not-yours) within.
    """
    if by.id == person.id:
        return
    if by.county != person.county:
        raise NotFound("person-unknown", "没有找到这个人。请返回列表重新选择。")
    seen = sa.select(Person.id).where(Person.id == person.id, people_visible_to(by))
    if session.scalar(seen) is None:
        raise NotAllowed("person-not-yours", "这个人不归您管。如需办理，请联系县专班。")
