"""A round of sending: numbers what was committed, sends what is due, keeps what came of each."""

import random
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from server import jobs
from server.channels.webhooks.posting import Poster
from server.db import writing
from server.policy.webhooks import headers
from server.services.common.outbox import SEND
from server.services.webhooks.endpoints import Ring
from server.services.webhooks.sending import (
    Answer,
    Taken,
    anything_due,
    keep,
    next_due,
    put_in_order,
    take,
)

AT_ONCE = 6
"""So many receivers are spoken to at once, each of them about one message."""
ROUND_S = 30.0
"""After so long no further message is taken: photos wait for the same worker."""
KEY_LOST = "这个接收方的密钥解不开，请换密钥"

log = structlog.get_logger()
Clock = Callable[[], datetime]


def steady(now: datetime) -> Clock:
    """A clock that goes on from `now`, for work that outlasts the moment it was told."""
    began = time.monotonic()
    return lambda: now + timedelta(seconds=time.monotonic() - began)


@dataclass(frozen=True)
class Courier:
    """Whoever makes the rounds, with the keys that open the receivers' secrets."""

    poster: Poster
    ring: Ring

    def send_due(self, engine: Engine, clock: Clock) -> int:
        """Send what is due until nothing is, or the round is over; how many were taken (2xx).

        A receiver that does not answer, or asks for patience, is left alone for the rest of the
        round: one that is away holds nobody else up.
        """
        began = clock()
        with Session(engine) as session:
            if not anything_due(session, now=began):
                return 0
        with writing(engine) as session:
            put_in_order(session, now=began)
        owner, away, sent = secrets.token_hex(8), set[int](), 0
        while clock() - began < timedelta(seconds=ROUND_S):
            taken = _take_some(engine, owner, self.ring, away, clock())
            if not taken:
                break
            answers = _post(self.poster, taken, clock())
            with writing(engine) as session:
                for one, answer in zip(taken, answers, strict=True):
                    if not keep(session, one, answer, now=clock(), chance=random.random()):
                        log.warning("webhook lost to another sender", delivery=one.id)
                    sent += answer.taken
            away |= {
                one.endpoint_id for one, answer in zip(taken, answers, strict=True) if answer.away
            }
        return sent


def come_again(session: Session, *, now: datetime) -> None:
    """Have the next round made when the next message is due, unless one comes before."""
    due = next_due(session)
    if due is None:
        return
    moment = min(max(due, now), now + jobs.LONGEST_PAUSE)
    if not jobs.comes_before(session, SEND, moment):
        jobs.enqueue(session, SEND, {}, now=now, run_at=moment)


def _take_some(
    engine: Engine, owner: str, ring: Ring, away: set[int], now: datetime
) -> list[Taken]:
    """The next messages, each for another receiver."""
    found: list[Taken] = []
    with writing(engine) as session:
        for _ in range(AT_ONCE):
            busy = away | {one.endpoint_id for one in found}
            one = take(session, owner=owner, now=now, ring=ring, without=busy)
            if one is None:
                break
            found.append(one)
    return found


def _post(poster: Poster, taken: list[Taken], now: datetime) -> list[Answer]:
    """Post each that can be signed."""
    at_s = int(now.timestamp())
    signed = [
        (one.url, headers(one.secrets, uid=one.uid, at_s=at_s, body=one.body), one.body)
        for one in taken
        if one.secrets
    ]
    answers = iter(poster.post_all(signed) if signed else [])
    return [next(answers) if one.secrets else Answer(None, 0, trouble=KEY_LOST) for one in taken]
