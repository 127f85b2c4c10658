"""The erasure of a person, step by step: the house goes on meanwhile.

Each step is a short transaction; whoever is killed in the middle is followed by the next.
"""

from collections.abc import Collection, Iterator
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from server.calendar import beijing_day
from server.chain_guards import ERASED
from server.db import Base, empty_the_log, writing
from server.models.consent import Consent
from server.models.county import County
from server.models.erasure import PersonErasure
from server.models.history import HistoryLine
from server.models.person import Person
from server.models.phone_event import CheckIn, PhoneEvent, Photo
from server.models.proposal import Proposal
from server.models.sealed import SHORT, SealedText
from server.models.subsidy_payment import SubsidyAccount, SubsidyPayment
from server.services.audit.contents import unsound
from server.services.audit.excuses import excuses_of
from server.services.audit.marking import erase, note_contents_erased
from server.services.erasing.kept import KEPT_EVENTS, KEPT_LINES
from server.services.erasing.names import longer_names, namesake_of
from server.services.erasing.places import Sought, here, may_hold, swept, texts_of, tied
from server.services.retention.blanking import blank_check_ins
from server.services.upkeep.sealed_numbers import erasure_lost

A_LOOK, A_STEP = 2000, 150
OWN = ("own check-ins", "own events", "own answers", "own photos", "accounts")
HISTORY, DONE = "history", "done"
LAW = "个人信息保护法第四十七条，本人申请"


def go_on(engine: Engine, erasure_id: int, *, now: datetime) -> None:
    """Do what is left of an erasure; again, and by two at once, it comes to the same."""
    for step in _steps():
        with Session(engine) as session:
            row = session.get_one(PersonErasure, erasure_id)
            if row.done_at is not None:
                return
            if _place(row.step) >= _place(step):
                continue
            sought = sought_of(session, row)
        _step(engine, step, sought, now=now)
        with writing(engine) as session:
            row = session.get_one(PersonErasure, erasure_id)
            if row.done_at is None:
                row.step = step
    with writing(engine) as session:
        row = session.get_one(PersonErasure, erasure_id)
        row.done_at, row.step, row.sought = row.done_at or now, DONE, {}
    empty_the_log(engine)


def unfinished(engine: Engine) -> list[int]:
    """Erasures that somebody has still to go on with, the oldest first."""
    with Session(engine) as session:
        asked = sa.select(PersonErasure.id).where(PersonErasure.done_at.is_(None))
        return list(session.scalars(asked.order_by(PersonErasure.id)))


def sought_of(session: Session, row: PersonErasure) -> Sought:
    """What is still looked for, as the row keeps it sealed.

    Who got the same name since it began is not taken for the person. Raises Conflict
    erasure-unfinished where the name is lost: nobody is told that it was looked for.
    """
    held = row.sought
    if not held.get("texts"):
        raise erasure_lost([row.person_id])
    person = session.get_one(Person, row.person_id)
    names = list(held["texts"])
    sure = bool(held.get("sure")) and not any(namesake_of(session, person, one) for one in names)
    longer = {*held.get("longer", ())}
    longer |= {found for one in names for found in longer_names(session, person, one)}
    return Sought(
        row.county, row.person_id, held["texts"], held.get("numbers", {}), sure,
        tuple(sorted(longer - {*names})),
    )  # fmt: skip


def _steps() -> list[str]:
    return [*OWN, *(one.name for one in swept()), HISTORY]


def _place(step: str) -> int:
    """How far a step is; after an update a step that is not there any more is done again."""
    names = _steps()
    return names.index(step) if step in names else -1


def _step(engine: Engine, step: str, sought: Sought, *, now: datetime) -> None:
    match step:
        case "own check-ins":
            _blank_places(engine, sought, on=beijing_day(now))
        case "own events":
            _blank_events(engine, sought)
        case "own answers":
            _blank_answers(engine, sought)
        case "own photos":
            _blank_photos(engine, sought)
        case "accounts":
            _blank_accounts(engine, sought)
        case "history":
            _blank_history(engine, sought, now=now)
        case _:
            _sweep(engine, Base.metadata.tables[step], sought, now=now)


def _blank_places(engine: Engine, sought: Sought, *, on: date) -> None:
    """Forget where the person checked in, some at a time."""
    own = (
        sa.select(CheckIn.id)
        .join(PhoneEvent, PhoneEvent.id == CheckIn.id)  # by whose index on people they are found
        .where(PhoneEvent.person_id == sought.person_id, CheckIn.latitude.is_not(None))
    )
    while True:
        with writing(engine) as session:
            keys = session.scalars(own.limit(A_STEP)).all()
            if not keys:
                return
            blank_check_ins(session, keys, on=on)


def _blank_photos(engine: Engine, sought: Sought) -> None:
    """Forget what phone and camera wrote beside the person's photos."""
    untold = sa.cast(Photo.exif, sa.Text) + sa.cast(Photo.phone_notes, sa.Text) != "{}{}"
    own = sa.select(Photo.id).where(Photo.person_id == sought.person_id, untold)
    while True:
        with writing(engine) as session:
            keys = session.scalars(own.limit(A_STEP)).all()
            if not keys:
                return
            session.execute(
                sa.update(Photo).where(Photo.id.in_(keys)).values(exif={}, phone_notes={}),
                execution_options={"synchronize_session": False},
            )


def _blank_events(engine: Engine, sought: Sought) -> None:
    """Take positions and the phone's own id out of what the person sent; signed records stay."""
    last: Any = None
    while True:
        with writing(engine) as session:
            asked = sa.select(PhoneEvent).where(
                PhoneEvent.person_id == sought.person_id, PhoneEvent.kind.not_in(KEPT_EVENTS)
            )
            if last is not None:
                asked = asked.where(PhoneEvent.id > last)
            some = session.scalars(asked.order_by(PhoneEvent.id).limit(A_STEP)).all()
            if not some:
                return
            for one in some:
                one.device_id = ""
                if one.payload.get("position"):
                    one.payload = one.payload | {"position": None}
            last = some[-1].id


def _blank_answers(engine: Engine, sought: Sought) -> None:
    """Forget on which phone the person agreed or not; what was answered, and when, stays."""
    with writing(engine) as session:
        session.execute(
            sa.update(Consent).where(Consent.person_id == sought.person_id).values(device_id=""),
            execution_options={"synchronize_session": False},
        )


def _blank_accounts(engine: Engine, sought: Sought) -> None:
    """Forget a bank account to which no payment ever named."""
    used = sa.select(SubsidyPayment.account_id).where(
        SubsidyPayment.account_id == SubsidyAccount.id
    )
    with writing(engine) as session:
        session.execute(
            sa.update(SubsidyAccount)
            .where(
                SubsidyAccount.county == sought.county,
                SubsidyAccount.payee_key == f"person:{sought.person_id}",
                ~used.exists(),
            )
            .values(
                holder="", bank="", number_sealed="", last4="", ended_because="",
                ended_at=sa.func.coalesce(SubsidyAccount.ended_at, SubsidyAccount.entered_at),
            ),
            execution_options={"synchronize_session": False},
        )  # fmt: skip


def _found(
    engine: Engine, table: sa.Table, sought: Sought, narrowed: sa.ColumnElement[bool]
) -> Iterator[list[tuple[Any, bool]]]:
    """Keys of rows that name the person, and whether each is tied; read without the lock."""
    key = table.primary_key.columns[0]
    texts = list(texts_of(table))
    held = sa.or_(sa.false(), *(may_hold(one, sought.signs) for one in texts))
    asked = (
        sa.select(key, tied(table, sought).label("is_tied"), *texts)
        .where(here(table, sought), held, narrowed)
        .order_by(key)
        .limit(A_LOOK)
    )
    last: Any = None
    while True:
        with Session(engine) as session:
            rows = session.execute(asked if last is None else asked.where(key > last)).all()
        if not rows:
            return
        last = rows[-1][0]
        named = [
            (row[0], bool(row[1]))
            for row in rows
            if any(_changes(one, sought, tied=bool(row[1])) for one in row[2:])
        ]
        for first in range(0, len(named), A_STEP):
            yield named[first : first + A_STEP]


def _changes(value: Any, sought: Sought, *, tied: bool) -> bool:
    return bool(value) and sought.left_of(value, tied=tied) != value


def _sweep(engine: Engine, table: sa.Table, sought: Sought, *, now: datetime) -> None:
    """Put the person's mark where the name stands, in all texts of a table."""
    key, texts = table.primary_key.columns[0], list(texts_of(table))
    for some in _found(engine, table, sought, sa.true()):
        own = dict(some)
        with writing(engine) as session:
            tampered = _tampered(session, table, sought, own)
            asked = sa.select(key, *texts).where(key.in_(own)).with_for_update()
            for row in session.execute(asked).all():
                values = {
                    column.name: _fitting(column, left)
                    for column, value in zip(texts, row[1:], strict=True)
                    if value and (left := sought.left_of(value, tied=own[row[0]])) != value
                }
                if values:
                    session.execute(sa.update(table).where(key == row[0]).values(values))
            if table.name == Proposal.__tablename__ and (sound := [*own.keys() - tampered]):
                _excuse(session, sought, sorted(sound), now=now)


def _tampered(session: Session, table: sa.Table, sought: Sought, keys: Collection[Any]) -> set[int]:
    """Frozen proposals that somebody changed behind the house: no erasure excuses those."""
    if table.name != Proposal.__tablename__:
        return set()
    unlike = unsound(
        session, kind=table.name, refs=[str(one) for one in keys], county=sought.county,
        excuses=excuses_of(session, county=sought.county),
    )  # fmt: skip
    return {int(one) for one in unlike}


def _fitting(column: sa.Column[Any], left: Any) -> Any:
    """A blanked value as its column takes it: no part of a number, no text that is too long."""
    if isinstance(column.type, SealedText) and column.type.length <= SHORT:
        return ""
    return left[: getattr(column.type, "length", None)] if isinstance(left, str) else left


def _excuse(session: Session, sought: Sought, ids: list[int], *, now: datetime) -> None:
    """Say in the chain what these frozen proposals hold from now on."""
    note_contents_erased(
        session, county=session.get_one(County, sought.county), kind=Proposal.__tablename__,
        refs=[str(one) for one in ids], reason=LAW, now=now,
    )  # fmt: skip


def _blank_history(engine: Engine, sought: Sought, *, now: datetime) -> None:
    """Blank lines that name the person, but those that are kept with what they tell of."""
    table = Base.metadata.tables[HISTORY]
    kept = sa.or_(*(table.c.action.startswith(one, autoescape=True) for one in KEPT_LINES))
    for some in _found(engine, table, sought, ~kept & (table.c.summary != ERASED)):
        with writing(engine) as session:
            ids = session.scalars(
                sa.select(HistoryLine.id).where(
                    HistoryLine.id.in_([key for key, _ in some]), HistoryLine.summary != ERASED
                )
            ).all()
            if ids:
                erase(
                    session, county=session.get_one(County, sought.county), ids=ids, reason=LAW,
                    by=None, now=now,
                )  # fmt: skip
