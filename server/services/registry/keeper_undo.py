"""Takes a list of keepers back: appointments nobody used, telephones nobody changed since."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.calendar import beijing_day, full_day_text
from server.models.person import Keeping, Person
from server.models.phone_event import PhoneEvent
from server.models.sheet_import import SheetImport
from server.services.common.list_imports import (
    LineBack,
    close_undo,
    hanging_on,
    hold_for_undo,
)
from server.services.people.actions import PeopleAction


def plan_keepers_undo(session: Session, made: SheetImport) -> list[LineBack]:
    """What taking a list of keepers back would do, line by line; changes nothing."""
    looking = _Looking(session, made)
    lines = [looking.line(row) for row in made.rows]
    stays = {row["person_id"] for row, one in zip(made.rows, lines, strict=True) if one.left}
    for row, one in zip(made.rows, lines, strict=True):
        if one.removed and row["person_id"] in stays:
            one.removed = False  # another of this person's lines stays, and the person with it
            del one.back[1:]
    return lines


def undo_keepers(
    session: Session, made: SheetImport, *, by: Person | None, now: datetime
) -> list[LineBack]:
    """Take back what nobody has used or changed since; the rest stays and is named.

    Whoever the list entered and who has done nothing yet goes; nobody else does. Raises Conflict
    import-undone.
    """
    hold_for_undo(session, made)
    people = {row["person_id"] for row in made.rows}
    session.scalars(
        sa.select(Person).where(Person.id.in_(people)).order_by(Person.id).with_for_update()
    ).all()
    doing = plan_keepers_undo(session, made)
    goes = [row for row, one in zip(made.rows, doing, strict=True) if one.back]
    for row in reversed(goes):
        if row["action"] == "phone":
            session.get_one(Person, row["person_id"]).phone = row["before"] or None
    session.flush()
    gone = [row["person_id"] for row, one in zip(made.rows, doing, strict=True) if one.removed]
    for statement in (
        sa.delete(Keeping).where(
            Keeping.id.in_([row["keeping_id"] for row in goes if row["keeping_id"]])
        ),
        sa.delete(Person).where(Person.id.in_(gone)),
    ):
        session.execute(statement.execution_options(synchronize_session="fetch"))
    close_undo(session, made, doing, by=by, now=now, action=PeopleAction.KEEPERS_TAKEN_BACK)
    return doing


class _Looking:
    """What the lines of an import are held against, read once."""

    def __init__(self, session: Session, made: SheetImport) -> None:
        rows = made.rows
        self.people = self._by_id(session, Person, {row["person_id"] for row in rows})
        ids = {row["keeping_id"] for row in rows if row["keeping_id"]}
        self.keepings = self._by_id(session, Keeping, ids)
        self.used: dict[tuple[int, int], int] = {
            (person, station): count
            for person, station, count in session.execute(
                sa.select(PhoneEvent.person_id, PhoneEvent.station_id, sa.func.count())
                .where(
                    PhoneEvent.person_id.in_(self.people),
                    PhoneEvent.received_at >= made.imported_at,
                )
                .group_by(PhoneEvent.person_id, PhoneEvent.station_id)
            )
        }
        home: Any = Person.__table__.c.id
        self.hanging = hanging_on(
            session, home, {row["person_id"] for row in rows if row["new"]}, but={"keepings": ids}
        )

    @staticmethod
    def _by_id(session: Session, kind: Any, ids: set[int]) -> Mapping[int, Any]:
        return {one.id: one for one in session.scalars(sa.select(kind).where(kind.id.in_(ids)))}

    def line(self, row: Mapping[str, Any]) -> LineBack:
        """One line: what goes back, or why it stays."""
        one = LineBack(row["line"], row["name"], row["station_id"])
        person = self.people.get(row["person_id"])
        if person is None:
            one.left.append("这个人已经不在登记里了")
        elif row["action"] == "phone":
            self._phone(one, row, person)
        else:
            self._appointed(one, row, person)
        return one

    def _phone(self, one: LineBack, row: Mapping[str, Any], person: Person) -> None:
        if (person.phone or "") != row["after"]:
            one.left.append(f"电话后来又改过，现在是{person.phone or '空'}，没有动")
            return
        one.back.append(f"{person.name}的电话退回{row['before'] or '空'}")

    def _appointed(self, one: LineBack, row: Mapping[str, Any], person: Person) -> None:
        keeping = self.keepings.get(row["keeping_id"])
        used = self.used.get((person.id, row["station_id"]), 0)
        if keeping is None:
            one.left.append("这次任命已经不在登记里了")
        elif keeping.until_at is not None:
            day = full_day_text(beijing_day(keeping.until_at))
            one.left.append(f"已于{day}离任，任职的这一段留着")
        elif used:
            one.left.append(
                f"已经在{row['station']}用手机报过{used}次，没有撤回。不再任站长的，请在站点页办离任"
            )
        elif row["new"]:
            one.left += self._changed(row, person)
        if one.left:
            return
        one.back.append(f"{person.name}不再任{row['station']}站长")
        if row["new"]:
            one.removed = True
            one.back.append(f"新增的人员{person.name}（{person.phone or '没有电话'}）移除")

    def _changed(self, row: Mapping[str, Any], person: Person) -> Sequence[str]:
        """Why a person whom the list entered stays."""
        if not person.active:
            return ["这个人后来停用过，没有移除"]
        if (person.name, person.phone or "") != (row["name"], row["after"]) or person.login:
            return ["资料后来改过，没有移除"]
        if hanging := self.hanging.get(person.id):
            return [f"已经有{'、'.join(hanging)}，没有移除。不用的，请在人员页停用"]
        return []
