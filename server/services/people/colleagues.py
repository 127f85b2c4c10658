"""Who may sign an inspection as the second inspector: the county's others who inspect."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.errors import Invalid
from server.models.person import Person
from server.services.people.scope import INSPECTING


def colleagues_of(session: Session, person: Person) -> Sequence[Person]:
    """The others who inspect in this person's county, inspectors first; one query."""
    found = session.scalars(
        sa.select(Person).where(
            Person.county == person.county,
            Person.role.in_(INSPECTING),
            Person.active,
            Person.id != person.id,
        )
    )
    return sorted(found, key=lambda one: (INSPECTING.index(one.role), one.name, one.id))


def second_inspector(session: Session, *, first: Person, person_id: int) -> Person:
    """The colleague who signs beside `first`, also if switched off since.

    Raises Invalid second-inspector-unknown.
    """
    found = session.get(Person, person_id)
    fits = (
        found is not None
        and found.county == first.county
        and found.id != first.id
        and found.role in INSPECTING
    )
    if found is None or not fits:
        raise Invalid(
            "second-inspector-unknown",
            "一同督导的人不在本县能督导的人里。请重新选，请他再签一次名。",
            fields=["payload.second_inspector_id"],
        )
    return found
