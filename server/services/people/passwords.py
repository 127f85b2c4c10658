"""Passwords of the desk: which are taken, how they are kept, and what a new one ends."""

import secrets
from datetime import datetime, timedelta
from functools import cache

import sqlalchemy as sa
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy.orm import Session

from server.errors import Conflict, Invalid
from server.models.person import Person, SignIn, SignInKind
from server.services.common import history
from server.services.people.actions import PeopleAction

SHORTEST_PASSWORD = 8
FEWEST_GUESSES_LOG10 = 7.0  # tries at the door are slowed down to a few dozen an hour
GIVEN_LASTS = timedelta(hours=72)
"""So long may somebody sign in with a password that somebody else chose, to choose an own one."""
EASILY_TOLD = "abcdefghjkmnpqrstuvwxyz23456789"  # none of them is taken for another on paper
LONGEST_LOOKED_AT = 72  # characters; zxcvbn looks at no more
OFTEN_TAKEN = (
    "woaini",
    "1314",
    "520",
    "5201314",
    "888",
    "666",
    "zhongguo",
    "kuaidi",
    "kuaidijincun",
    "youzheng",
    "cunzhantong",
    "zhuanban",
)
# OWASP's smaller choice: 41 ms here; the library's default would hold 64 MiB a thread.
HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


@cache
def nobodys_hash() -> str:
    """A password hash that no password fits."""
    return HASHER.hash(secrets.token_hex(16))


def matches(hashed: str, password: str) -> bool:
    """Whether a kept hash is this password's."""
    try:
        return HASHER.verify(hashed, password)
    except (VerificationError, InvalidHashError):
        return False


def made_up_password() -> str:
    """A password to give to somebody: three groups of four letters, 59 random bits."""
    return "-".join("".join(secrets.choice(EASILY_TOLD) for _ in range(4)) for _ in range(3))


def set_password(
    session: Session,
    *,
    person: Person,
    password: str,
    now: datetime | None = None,
    keep: SignIn | None = None,
    by: Person | None = None,
) -> None:
    """Give a desk account a password; with `now`, all its other desk sign-ins end at once.

    The history says so: who has a sign-in to `keep` changed the own password, else `by` set it
    (None: at the machine itself), and it is good for `GIVEN_LASTS`, for choosing an own one.
    Raises `Invalid` (password-too-short, password-too-plain, password-same), `Conflict`
    person-is-you: whoever gave a password to themselves would be signed out before they saw it.
    """
    if by is not None and by.id == person.id:
        raise Conflict("person-is-you", "自己的密码请在“账号与设备”里改。")
    if len(password) < SHORTEST_PASSWORD:
        raise Invalid("password-too-short", f"密码太短，至少要{SHORTEST_PASSWORD}位。请换一个。")
    if _easily_guessed(person, password):
        raise Invalid(
            "password-too-plain",
            "这个密码太好猜，别人很快就能试出来。请换一个：三四个不相干的词连起来，或者更长一些。",
        )
    if keep is not None and password_is(person, password):
        raise Invalid("password-same", "新密码和现在的一样。请换一个别人没见过的。")
    person.password_hash = HASHER.hash(password)
    person.password_given_at = now if keep is None else None
    if now is not None:
        session.execute(
            sa.update(SignIn)
            .where(
                SignIn.person_id == person.id,
                SignIn.kind != SignInKind.PHONE,
                SignIn.revoked_at.is_(None),
                SignIn.id != (keep.id if keep else 0),
            )
            .values(revoked_at=now)
        )
        history.write(
            session,
            of=person,
            by=person if keep else by,
            at=now,
            action=PeopleAction.PASSWORD_CHANGED if keep else PeopleAction.PASSWORD_SET,
            summary=f"{person.name}{'改了自己的' if keep else '的账号重设了'}密码",
        )
    session.flush()


def _easily_guessed(person: Person, password: str) -> bool:
    """Whether ten million tries, the likeliest first, would find it: zxcvbn knows what people take.

    What stands around the person, and what Chinese keyboards add, counts as known.
    """
    from zxcvbn import zxcvbn

    known = [person.login or "", person.name, person.phone or "", person.county, *OFTEN_TAKEN]
    guesses: float = zxcvbn(password[:LONGEST_LOOKED_AT], user_inputs=known)["guesses_log10"]
    return guesses < FEWEST_GUESSES_LOG10


def refuse_lapsed(person: Person, *, now: datetime) -> None:
    """Raise Invalid password-lapsed where a given password was not changed in time."""
    if person.password_given_at is not None and now - person.password_given_at > GIVEN_LASTS:
        raise Invalid(
            "password-lapsed",
            "这个密码是别人给您设的，72小时内没有换成您自己的，已经失效。"
            "请县专班重设一个，登录后马上改掉。县专班和上级查看的账号，请管服务器的人重设。",
        )


def password_is(person: Person, password: str) -> bool:
    """Whether this is the person's password; asked again before it is changed."""
    return person.password_hash is not None and matches(person.password_hash, password)
