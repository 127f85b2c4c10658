"""Who allows which messages: a yes is good for one, a no is respected for a while."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.calendar import beijing_day
from server.errors import NotFound
from server.models.person import Person, SignIn
from server.models.wechat import WeChatIdentity, WeChatPermission
from server.policy.messages import MOST_ALLOWED
from server.services.people.scope import let_in_on
from server.services.people.wechat import InWeChat

ASKED_AGAIN_AFTER = timedelta(days=7)
"""So long nobody is asked again who said no."""
ENOUGH = 3
"""With so many left nobody is asked for more."""
ACCEPT: Final = "accept"


@dataclass(frozen=True)
class Asking:
    """One template as a phone needs it: whether the next tap may ask, and how many are left."""

    template: str
    left: int
    ask: bool


def alive(now: datetime) -> sa.ColumnElement[bool]:
    """The WHERE clause for an identity, its sign-in and its person that may be spoken to."""
    return sa.and_(
        WeChatIdentity.ended_at.is_(None),
        SignIn.revoked_at.is_(None),
        SignIn.expires_at > now,
        Person.messages_declined_at.is_(None),
        let_in_on(beijing_day(now)),
    )


def identity_of(session: Session, *, sign_in: SignIn) -> WeChatIdentity:
    """The WeChat that signed in so. Raises NotFound wechat-unbound for any other phone."""
    found = session.scalars(
        sa.select(WeChatIdentity).where(
            WeChatIdentity.sign_in_id == sign_in.id, WeChatIdentity.ended_at.is_(None)
        )
    ).one_or_none()
    if found is None:
        raise NotFound(
            "wechat-unbound",
            "这部手机不是用微信小程序登录的，收不到微信提醒。要办的事请在“今天”里看。",
        )
    return found


def askings(
    session: Session, *, identity: WeChatIdentity, templates: Sequence[str], now: datetime
) -> list[Asking]:
    """Each of the installation's templates, as the phone that asks stands to it.

    Nobody is asked in WeChat who wants no messages at all (server/models/consent.py).
    """
    known = {one.template: one for one in _of(session, identity.id, templates)}
    person = session.get_one(Person, identity.person_id)
    silent = person.messages_declined_at is not None
    return [
        Asking(one, known[one].left, not silent and _may_ask(known[one], now))
        if one in known
        else Asking(one, 0, ask=not silent)
        for one in templates
    ]


def _may_ask(one: WeChatPermission, now: datetime) -> bool:
    if one.answer != ACCEPT and one.answered_at > now - ASKED_AGAIN_AFTER:
        return False
    return one.left < ENOUGH


def note_answers(
    session: Session, *, identity: WeChatIdentity, answers: Mapping[str, str], now: datetime
) -> None:
    """Write down what somebody tapped in WeChat's question, by template."""
    one_phone = sa.select(WeChatIdentity.id).where(WeChatIdentity.id == identity.id)
    session.execute(one_phone.with_for_update(key_share=True))  # an answer sent twice comes at once
    held = {one.template: one for one in _of(session, identity.id, list(answers))}
    for template, answer in answers.items():
        one = held.get(template)
        if one is None:
            one = WeChatPermission(identity_id=identity.id, template=template, left=0)
            session.add(one)
        one.answer, one.answered_at = answer, now
        if answer == ACCEPT:
            one.left = min(one.left + 1, MOST_ALLOWED)
    session.flush()


def take_back(session: Session, *, who: InWeChat, templates: Sequence[str], now: datetime) -> None:
    """Somebody switched messages off in WeChat: nothing is left, and nobody asks for a while."""
    session.execute(
        sa.update(WeChatPermission)
        .where(
            WeChatPermission.template.in_(templates),
            WeChatPermission.identity_id.in_(
                sa.select(WeChatIdentity.id).where(
                    WeChatIdentity.appid == who.appid, WeChatIdentity.mark.in_(who.marks)
                )
            ),
        )
        .values(left=0, answer="reject", answered_at=now)
        .execution_options(synchronize_session=False)
    )


@dataclass(frozen=True)
class Reach:
    """A person, the WeChat that reaches them, and the templates of which some are left."""

    person: Person
    identity: WeChatIdentity
    templates: frozenset[str]


def reachable(
    session: Session,
    *,
    appid: str,
    templates: Collection[str],
    now: datetime,
    person_id: int | None = None,
) -> list[Reach]:
    """Everybody, or one, who allows at least one message of these templates now; one query."""
    found: dict[int, tuple[Person, WeChatIdentity, set[str]]] = {}
    for person, identity, template in session.execute(
        sa.select(Person, WeChatIdentity, WeChatPermission.template)
        .join(WeChatIdentity, WeChatIdentity.person_id == Person.id)
        .join(SignIn, SignIn.id == WeChatIdentity.sign_in_id)
        .join(WeChatPermission, WeChatPermission.identity_id == WeChatIdentity.id)
        .where(
            WeChatIdentity.appid == appid,
            WeChatPermission.template.in_(list(templates)),
            WeChatPermission.left > 0,
            alive(now),
            sa.true() if person_id is None else Person.id == person_id,
        )
        .order_by(WeChatIdentity.id)
    ):
        # Of two WeChats of one person the newer is told.
        if person.id not in found or found[person.id][1].id != identity.id:
            found[person.id] = (person, identity, set())
        found[person.id][2].add(template)
    return [Reach(person, one, frozenset(some)) for person, one, some in found.values()]


def used(session: Session, *, identity_id: int, template: str, all_of_them: bool = False) -> None:
    """One permission is used up; or all, where WeChat says that there are none."""
    session.execute(
        sa.update(WeChatPermission)
        .where(
            WeChatPermission.identity_id == identity_id,
            WeChatPermission.template == template,
            WeChatPermission.left > 0,
        )
        .values(left=0 if all_of_them else WeChatPermission.left - 1)
        .execution_options(synchronize_session=False)
    )


def _of(session: Session, identity_id: int, templates: Sequence[str]) -> list[WeChatPermission]:
    return list(
        session.scalars(
            sa.select(WeChatPermission)
            .where(
                WeChatPermission.identity_id == identity_id,
                WeChatPermission.template.in_(templates),
            )
            .execution_options(populate_existing=True)
        )
    )
