"""One problem as a page tells it: what was said, where it stands, every step by whom."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.errors import Invalid
from server.models.county import Division, Operator
from server.models.matter import Holder, Matter, MatterDeed, MatterPaper, MatterStage, MatterStep
from server.models.organisation import Organisation
from server.models.person import Person
from server.models.station import Station
from server.plain_text import narrow_text
from server.services.matters.papers import papers_of
from server.services.matters.steps import number_text
from server.services.people.scope import stations_visible_to


@dataclass(frozen=True, slots=True)
class StepTold:
    """One move; `who` is 系统 where the night's clock made it."""

    deed: MatterDeed
    at: datetime
    who: str
    note: str
    handed_to: str
    before_on: date | None
    due_on: date | None
    papers: tuple[MatterPaper, ...] = ()


@dataclass(frozen=True, slots=True)
class MatterView:
    """A problem with the names around it; `days_left` is None once it is closed."""

    matter: Matter
    number: str
    station: Station | None
    township: str
    holder: str
    opened_by: str
    days_left: int | None
    steps: tuple[StepTold, ...]


def matter_view(session: Session, *, matter: Matter, on: date) -> MatterView:
    """All of one problem; `days_left` is counted from the Beijing day `on`."""
    rows = session.execute(
        sa.select(MatterStep, Person.name)
        .outerjoin(Person, Person.id == MatterStep.person_id)
        .where(MatterStep.matter_id == matter.id)
        .order_by(MatterStep.id)
    ).all()
    closed = matter.stage is MatterStage.CLOSED
    papers = papers_of(session, matter_id=matter.id)
    return MatterView(
        matter=matter,
        number=number_text(matter),
        station=session.get(Station, matter.station_id) if matter.station_id else None,
        township=_name(session, Division, matter.township_code),
        holder=_holder(session, matter),
        opened_by=_name(session, Person, matter.opened_by),
        days_left=None if closed else (matter.due_on - on).days,
        steps=tuple(
            StepTold(
                one.deed,
                one.at,
                who or "系统",
                one.note,
                one.handed_to,
                one.before_on,
                one.due_on,
                tuple(papers.get(one.id, ())),
            )
            for one, who in rows
        ),
    )


def units_holding(session: Session, *, county: str) -> list[tuple[str, str]]:
    """Operators and units with whom any problem is or was last: operator:ID, its name."""
    found: list[tuple[str, str]] = []
    for kind, column, model in (
        (Holder.OPERATOR, Matter.holder_operator_id, Operator),
        (Holder.UNIT, Matter.holder_unit_id, Organisation),
    ):
        rows = session.execute(
            sa.select(model.id, model.name)
            .where(model.id.in_(sa.select(column).where(Matter.county == county)))
            .order_by(model.id)
        )
        found += [(f"{kind.value}:{key}", name) for key, name in rows]
    return found


def receivers(
    session: Session, *, county: str, kinds: Collection[Holder]
) -> list[tuple[str, list[tuple[str, str]]]]:
    """To whom a problem may be given, group by group: township:CODE, operator:ID, unit:ID."""
    groups: list[tuple[str, list[tuple[str, str]]]] = []
    queries = {
        Holder.TOWNSHIP: sa.select(Division.code, Division.name)
        .where(Division.county == county, Division.level == "township")
        .order_by(Division.code),
        Holder.OPERATOR: sa.select(Operator.id, Operator.name)
        .where(Operator.county == county)
        .order_by(Operator.id),
        Holder.UNIT: sa.select(Organisation.id, Organisation.name)
        .where(
            Organisation.county == county,
            Organisation.until_on.is_(None),
            Organisation.township_code.is_(None),
        )
        .order_by(Organisation.id),
    }
    for kind, query in queries.items():
        if kind in kinds:
            rows = [(f"{kind.value}:{key}", name) for key, name in session.execute(query)]
            if rows:
                groups.append((kind.label, rows))
    return groups


def _holder(session: Session, matter: Matter) -> str:
    township = _name(session, Division, matter.holder_township)
    match matter.holder:
        case Holder.TOWNSHIP:
            return township
        case Holder.KEEPER:
            return f"{township}（站长办理）"
        case Holder.OPERATOR:
            name = _name(session, Operator, matter.holder_operator_id)
            return f"{name}（{township}交办）" if township else name
        case Holder.UNIT:
            return _name(session, Organisation, matter.holder_unit_id)
    return "县专班"


def _name(session: Session, model: type, key: object) -> str:
    found = session.get(model, key) if key else None
    return str(getattr(found, "name", "")) if found is not None else ""


_CODE = re.compile(r"([A-Z]+)0*(\d{1,6})")


def stations_to_name(session: Session, *, seen_by: Person) -> list[tuple[str, str]]:
    """Number and name of the numbered stations in sight, open and closed, for a form."""
    rows = session.execute(
        sa.select(Station.code, Station.name)
        .where(stations_visible_to(seen_by), Station.code.is_not(None))
        .order_by(Station.code)
    )
    return [(code or "", name) for code, name in rows]


def station_called(session: Session, *, seen_by: Person, text: str) -> Station | None:
    """The station in sight that somebody named by number (c7 is C0007) or name; None for "".

    Raises Invalid matter-incomplete (`fields`: station) where there is none, or more than one.
    """
    wanted = narrow_text(text)
    if not wanted:
        return None
    first, *_ = wanted.split(" ")
    code = _CODE.fullmatch(first.upper())
    name = Station.name == wanted
    named = name | (Station.code == f"{code[1]}{int(code[2]):04d}") if code else name
    found = session.scalars(sa.select(Station).where(stations_visible_to(seen_by), named)).all()
    if len(found) == 1:
        return found[0]
    sentence = f"没有找到“{wanted[:30]}”这个站。请写编号，如C0001；说不清是哪个站，就空着。"
    raise Invalid("matter-incomplete", sentence, fields={"station": sentence})
