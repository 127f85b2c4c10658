"""A person's WeChat: bound by a one-time code, and alive only as long as its sign-in."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from server.calendar import beijing_day
from server.db import writing
from server.errors import Conflict, NotFound
from server.models.person import Person, SignIn
from server.models.sealed_by_hand import of_wechat
from server.models.wechat import WeChatIdentity, WeChatToken
from server.sealed_text import open_text, seal_text, text_marks
from server.services.common import history
from server.services.people.actions import PeopleAction
from server.services.people.scope import let_in_on
from server.services.people.sign_ins import new_phone, sign_out


@dataclass(frozen=True)
class InWeChat:
    """Somebody in one mini program, and the keys that keep who they are sealed."""

    appid: str
    openid: str
    ring: Mapping[str, bytes]

    @property
    def marks(self) -> list[str]:
        """What finds this person again; the first is how they are kept from now on."""
        return text_marks(self.ring, self.openid, about=self._about)

    def sealed(self) -> str:
        """The openid for the database."""
        return seal_text(self.ring, self.openid, about=self._about)

    @property
    def _about(self) -> str:
        return of_wechat(self.appid)


@dataclass(frozen=True)
class TokenShelf:
    """Keeps WeChat's tokens where all processes of the house look for them, sealed.

    Each act is a transaction of its own: a call to WeChat happens outside of any.
    """

    engine: Engine
    ring: Mapping[str, bytes]

    def held(self, name: str, now: datetime) -> str | None:
        """The token that is good beyond `now`, if there is one."""
        with Session(self.engine) as session:
            kept = session.get(WeChatToken, name)
            if kept is None or kept.until_at <= now:
                return None
            return self._opened(kept)

    def keep(self, name: str, token: str, until: datetime) -> None:
        """Put a token there in place of an older one."""
        insert = postgres_insert if self.engine.dialect.name == "postgresql" else sqlite_insert
        fresh = {"sealed": seal_text(self.ring, token, about=name), "until_at": until}
        with writing(self.engine) as session:
            session.execute(
                insert(WeChatToken)
                .values(name=name, **fresh)
                .on_conflict_do_update(index_elements=["name"], set_=fresh)
            )

    def drop(self, name: str, token: str) -> None:
        """Take a token away, if it is still this one."""
        with writing(self.engine) as session:
            kept = session.get(WeChatToken, name)
            if kept is not None and self._opened(kept) in (None, token):
                session.delete(kept)

    def _opened(self, kept: WeChatToken) -> str | None:
        """What was kept; None where its key is gone: WeChat gives another, nobody need mend it."""
        try:
            return open_text(self.ring, kept.sealed, about=kept.name)
        except Conflict:
            return None


def bind_wechat(
    session: Session, *, who: InWeChat, sign_in: SignIn, person: Person, now: datetime
) -> None:
    """Make a WeChat this person's, through the phone that a one-time code has just bound.

    Whose it was before is signed out there at once.
    """
    for old, theirs in _bound(session, who):
        old.ended_at = now
        if old.sign_in_id != sign_in.id:
            sign_out(session, sign_in=theirs, now=now)
    session.flush()  # the old one ends before the new one begins: there is only one
    session.add(
        WeChatIdentity(
            appid=who.appid,
            mark=who.marks[0],
            openid_sealed=who.sealed(),
            person_id=person.id,
            sign_in_id=sign_in.id,
            bound_at=now,
        )
    )
    history.write(
        session,
        of=person,
        by=person,
        at=now,
        action=PeopleAction.WECHAT_BOUND,
        summary=f"{person.name}绑定了自己的微信（小程序）",
    )
    session.flush()


def sign_in_by_wechat(
    session: Session, *, who: InWeChat, device_id: str, device_label: str, now: datetime
) -> tuple[SignIn, str, Person]:
    """A new token for a WeChat that is bound; its older one ends. The token is said only now.

    Raises `NotFound` (wechat-unbound) too where its phone was revoked or signed out, or its person
    switched off.
    """
    bound = [
        (identity, sign_in)
        for identity, sign_in in _bound(session, who)
        if sign_in.revoked_at is None and sign_in.expires_at > now
    ]
    person = session.scalars(
        sa.select(Person).where(
            Person.id.in_([identity.person_id for identity, _ in bound]),
            let_in_on(beijing_day(now)),
        )
    ).one_or_none()
    if person is None:
        raise NotFound(
            "wechat-unbound",
            "这个微信还没有绑定站点，或者已经停用。请输入纸条上的绑定码；没有的话，请镇上发一个。",
        )
    [(identity, old)] = bound
    sign_out(session, sign_in=old, now=now)
    sign_in, token = new_phone(
        session, person=person, device_id=device_id, device_label=device_label, now=now
    )
    identity.sign_in_id = sign_in.id
    session.flush()
    return sign_in, token, person


def openid_of(identity: WeChatIdentity, ring: Mapping[str, bytes]) -> str:
    """Whom WeChat is told to reach; raises Conflict where the key is lost."""
    return open_text(ring, identity.openid_sealed, about=of_wechat(identity.appid))


def _bound(session: Session, who: InWeChat) -> list[tuple[WeChatIdentity, SignIn]]:
    """The identity of this WeChat that has not ended, with its sign-in: one at most.

    First held, then joined: PostgreSQL drops a joined row from the answer where whoever held it
    before gave it another sign-in, and the second of two taps would hear that nothing is bound.
    """
    held = session.scalars(
        sa.select(WeChatIdentity)
        .where(
            WeChatIdentity.appid == who.appid,
            WeChatIdentity.mark.in_(who.marks),
            WeChatIdentity.ended_at.is_(None),
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    return [(one, session.get_one(SignIn, one.sign_in_id)) for one in held]
