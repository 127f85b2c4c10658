"""The demonstration's sign-ins at the desk: each installation has passwords of its own."""

import hashlib
import hmac

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.models.county import County
from server.models.person import Person
from server.services.people.codes import CROCKFORD
from server.services.people.passwords import password_is, set_password

DEMO_DESK = (
    ("xian", "县办"),
    ("zhen", "乡镇专干"),
    ("danwei", "成员单位"),
    ("shenji", "审计（只读）"),
)
EVERYBODY_KNEW = "jingle-2023"  # printed in the first releases' own documentation
LENGTH = 12  # characters of 32: 60 bits
CHANGED = "（已由本人改过）"


def demo_desks(session: Session, *, county: County, secret: str) -> list[tuple[str, str, str]]:
    """Login, password and role of the desks that this demonstration has: an older one has fewer.

    `secret` is the installation's own; who has none yet gets a password made from it, and so does
    who still has the one that all demonstrations once had. What a person chose stays, unsaid.
    """
    there = {
        person.login: person
        for person in session.scalars(
            select(Person).where(Person.county == county.code, Person.demo, Person.active)
        )
        if person.login
    }
    told = []
    for login, who in DEMO_DESK:
        if login not in there:
            continue
        person, password = there[login], _password(secret, county.code, login)
        if person.password_hash is None or password_is(person, EVERYBODY_KNEW):
            set_password(session, person=person, password=password)
        told.append((login, password if password_is(person, password) else CHANGED, who))
    return told


def _password(secret: str, county: str, login: str) -> str:
    """The same at every start of one installation, unlike any other's."""
    made = hmac.digest(secret.encode(), f"demo {county} {login}".encode(), hashlib.sha256)
    letters = "".join(CROCKFORD[byte % 32] for byte in made[:LENGTH]).lower()
    return "-".join(letters[at : at + 4] for at in range(0, LENGTH, 4))
