"""A round of subscribe messages: finds what is news to whom, and tells it outside quiet hours."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from server.channels.wechat.meanings import Then
from server.channels.wechat.transport import WeChat, WeChatError
from server.channels.wechat.verbs import Edition, send_message
from server.db import writing
from server.errors import Conflict
from server.policy.messages import quiet, values
from server.services.messages.news import NewsKind
from server.services.messages.permissions import reachable
from server.services.messages.sending import (
    Came,
    Parcel,
    Templates,
    fresh_news,
    keep,
    take,
    write_down,
)
from server.services.people.wechat import openid_of
from server.wechat_settings import WeChatTemplate

ROUND_S = 40.0
"""After so long no further message is taken: photos wait for the same worker."""
PAGES = {NewsKind.PAID: "pages/money/money"}
OTHER_PAGE = "pages/today/today"

log = structlog.get_logger()


@dataclass(frozen=True)
class Postman:
    """Whoever makes the rounds; `todo` and `paid` are the owner's templates, None without."""

    wechat: WeChat
    ring: Mapping[str, bytes]
    todo: WeChatTemplate | None = None
    paid: WeChatTemplate | None = None
    edition: Edition = Edition.RELEASE
    monotonic: Callable[[], float] = time.monotonic

    @property
    def templates(self) -> Templates:
        """Their ids, as the services know them."""
        return Templates(self.todo.id if self.todo else None, self.paid.id if self.paid else None)

    def go_round(self, engine: Engine, now: datetime) -> int:
        """Tell who is to be told; how many messages WeChat took."""
        if quiet(now) or not self.templates.ids:
            return 0
        appid = self.wechat.account.appid
        with Session(engine) as session:
            people = reachable(session, appid=appid, templates=self.templates.ids, now=now)
            if not people:
                return 0
            fresh = fresh_news(session, people=people, templates=self.templates, now=now)
        if fresh:
            with writing(engine) as session:
                write_down(session, fresh, now=now)
        began, told, sent = self.monotonic(), list[int](), 0
        while self.monotonic() - began < ROUND_S:
            at = now + timedelta(seconds=self.monotonic() - began)
            with writing(engine) as session:
                taken = take(session, appid=appid, templates=self.templates, now=at, without=told)
            if taken is None:
                break
            told.append(taken.person_id)
            parcel = taken.parcel
            if parcel is None:
                continue
            came, error = self._tell(parcel, at)
            with writing(engine) as session:
                keep(session, parcel, came, number=error.number if error else None, now=at)
            sent += came is Came.SENT
            if error is not None and came is Came.LATER:
                log.warning("message not taken", number=error.number, meaning=error.meaning.office)
                break  # it is not this person: whoever comes next would hear the same
        return sent

    def _tell(self, parcel: Parcel, now: datetime) -> tuple[Came, WeChatError | None]:
        template = self.paid if parcel.template == self.templates.paid else self.todo
        fields: Sequence[str] = template.fields if template else ()
        try:
            openid = openid_of(parcel.reach.identity, self.ring)
        except Conflict as error:
            log.warning("message not sent", problem=error.code)
            return Came.LATER, None
        try:
            send_message(
                self.wechat, openid=openid, template=parcel.template,
                page=PAGES.get(parcel.kind, OTHER_PAGE), values=values(fields, parcel.words),
                now=now, edition=self.edition,
            )  # fmt: skip
        except WeChatError as error:
            match error.then:
                case Then.REFUSED:
                    return Came.REFUSED, error
                case Then.NOBODY:
                    return Came.NOBODY, error
                case _:
                    return Came.LATER, error
        return Came.SENT, None
