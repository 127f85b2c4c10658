"""Slows guessing: counts wrong passwords and codes, and refuses when there are too many."""

from collections.abc import Iterable
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.errors import TooMany
from server.models.person import FailedTry, Person
from server.services.common import history
from server.services.common.written import cut
from server.services.people.actions import PeopleAction

TRIES = 10
NETWORK = "net "  # so begins the key of a whole network
NETWORK_TRIES = 60  # a village, or an office, stands behind one address; a guesser too
WINDOW = timedelta(minutes=15)
KEPT = timedelta(days=1)
TOLD = {
    "desk": "在电脑上登录没有成功",
    "password": "改密码时现在的密码没有输对",
    "code": "登录时密码对，动态码没有输对",
    "bind": "绑定码用过、过期或作废了，手机没有绑上",
}


def device_key(device_id: str) -> str:
    """The key of one phone, by the name that it made for itself.

    A guesser makes new names, and has those of the network; for everybody else this is the limit.
    """
    return f"device {device_id}"


def refuse_if_too_many(session: Session, *, what: str, keys: Iterable[str], now: datetime) -> None:
    """Raise `TooMany` (too-many-tries) when any of `keys` failed too often in fifteen minutes.

    A device, a login or a person may fail ten times; a network (`NETWORK`) sixty, for behind one
    address are many people, and one with a wrong slip must not shut the others out.

    The database counts, not the process: with four processes a counter in memory lets forty tries
    through. Tries of a time that has not come were made before the clock was set back. They lock
    nobody; whoever guesses has ten more, and no second ten.
    """
    for key in keys:
        most = NETWORK_TRIES if key.startswith(NETWORK) else TRIES
        recent = (
            sa.select(FailedTry.at)
            .where(
                FailedTry.what == what,
                FailedTry.key == cut(key, FailedTry.key),
                FailedTry.at > now - WINDOW,
                FailedTry.at <= now,
            )
            .order_by(FailedTry.at.desc())
            .limit(most)
        )
        moments = list(session.scalars(recent))
        if len(moments) >= most:
            wait_s = max(1, int((moments[-1] + WINDOW - now).total_seconds()) + 1)
            raise TooMany(
                "too-many-tries",
                f"试的次数太多了。请等{-(-wait_s // 60)}分钟再试，或者打电话问镇上、县专班。",
                retry_after_s=wait_s,
            )


def note_failure(session: Session, *, what: str, keys: Iterable[str], now: datetime) -> None:
    """Remember one wrong try under each key; forget those of yesterday, and of a clock set back.

    Two machines' clocks may be some minutes apart: what is only that far ahead is kept.
    """
    session.execute(
        sa.delete(FailedTry).where((FailedTry.at < now - KEPT) | (FailedTry.at > now + WINDOW))
    )
    session.add_all(FailedTry(what=what, key=cut(key, FailedTry.key), at=now) for key in keys)
    session.flush()


def tell_failure(
    session: Session, *, what: str, person: Person, source: str, now: datetime
) -> None:
    """Write into the history that somebody tried a person's account in vain; bounded by TRIES."""
    history.write(
        session,
        of=person,
        by=None,
        at=now,
        action=PeopleAction.SIGN_IN_FAILED,
        summary=f"{person.name}的账号{TOLD[what]}，来自{source}",
    )


def failures_since(session: Session, *, what: str, key: str, since: datetime, now: datetime) -> int:
    """How many wrong tries a key has had since a moment; none of a time that has not come."""
    return (
        session.scalar(
            sa.select(sa.func.count())
            .select_from(FailedTry)
            .where(
                FailedTry.what == what,
                FailedTry.key == cut(key, FailedTry.key),
                FailedTry.at > since,
                FailedTry.at <= now,
            )
        )
        or 0
    )
