"""The texts in which a keeper is asked, and told; whatever is shown is kept, to be read later.

A text follows from the program and the county's days. It is written down before a phone first
shows it, so that a yes always names words which somebody can still open.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from server.models.consent import ConsentText, Purpose
from server.models.county import County
from server.services.county.retention_options import DataKind, retention_options


@dataclass(frozen=True, slots=True)
class Wording:
    """A text as it is shown; `sha256` over it is its version."""

    purpose: Purpose
    text: str

    @property
    def sha256(self) -> str:
        """SHA-256 of purpose and text."""
        return hashlib.sha256(f"{self.purpose.value}\n{self.text}".encode()).hexdigest()


def wordings(county: County) -> dict[Purpose, Wording]:
    """The present texts; the days in them are the county's own."""
    options = retention_options(county)
    place = (
        "位置县里现在先都留着，开始按天数删的时候再问您一次。"
        if options.paused
        else f"位置留{options.days[DataKind.CHECK_IN_POSITION]}天，到期自动删，只留离站点多远。"
    )
    texts = (
        Wording(
            Purpose.POSITION,
            "签到时手机记一次您在哪儿，只看人在不在站上，不记您去过哪儿。县里、乡镇管这个站的人看得到。"
            f"{place}"
            "不同意也照样签到，不扣补助；以后随时能改。",
        ),
        Wording(
            Purpose.MESSAGES,
            "有整改、补助到账这些事，在微信里给您发一条提醒，每次还要您在微信里点“允许”。"
            "不同意就只在这里显示，不耽误办事；以后随时能改。",
        ),
    )
    return {one.purpose: one for one in texts}


def told(county: County) -> list[str]:
    """What is collected because the work needs it: what, what for, how long."""
    options = retention_options(county)
    everyday, board, mend = (
        options.days[one]
        for one in (DataKind.EVERYDAY_PHOTO, DataKind.BOARD_PHOTO, DataKind.MEND_PHOTO)
    )
    photos = (
        "县里现在先都留着"
        if options.paused
        else f"平常拍的留{everyday}天，牌子的留{board}天，整改的留{mend}天"
    )
    return [
        "下面这些是法律规定或管站必须的，不用您同意：",
        "姓名、电话：认人、联系用，您管站的时候留着；签过字的记录长期留。",
        f"站里的照片：看设施齐不齐，请别拍到人脸和面单。{photos}；办着的事用到的，办完再删。",
        "件数、收款账号：算业务量、发补助用，账号加密存，按会计档案留。",
        "想看、想改、想删，找乡镇或县专班。",
    ]


def unkept(session: Session, county: County) -> list[Wording]:
    """The present texts that are not yet written down; one query."""
    now = wordings(county)
    held = texts_held(session, county=county.code, among=[one.sha256 for one in now.values()])
    return [one for one in now.values() if one.sha256 not in held]


def keep_wordings(session: Session, county: County, *, now: datetime) -> None:
    """Write down the present texts, each once in a county; in a writing transaction."""
    for one in unkept(session, county):
        try:
            with session.begin_nested():
                session.add(
                    ConsentText(
                        county=county.code, sha256=one.sha256, purpose=one.purpose,
                        text=one.text, first_at=now,
                    )
                )  # fmt: skip
        except IntegrityError:
            continue  # another host wrote the same one meanwhile


def texts_held(session: Session, *, county: str, among: Iterable[str]) -> dict[str, Purpose]:
    """Which of these hashes name a text of the county that can be read, and its purpose."""
    asked = sa.select(ConsentText.sha256, ConsentText.purpose).where(
        ConsentText.county == county, ConsentText.sha256.in_(among)
    )
    return {row.sha256: row.purpose for row in session.execute(asked)}


def earlier_texts(session: Session, county: County) -> list[ConsentText]:
    """The texts that were shown in a county and are not any more, the newest first."""
    now = [one.sha256 for one in wordings(county).values()]
    asked = sa.select(ConsentText).where(
        ConsentText.county == county.code, ConsentText.sha256.not_in(now)
    )
    return list(session.scalars(asked.order_by(ConsentText.first_at.desc(), ConsentText.sha256)))
