"""One number names one letter of a county: a 通报, a 整改通知书 or a 移送."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.errors import Conflict
from server.models.circular import Circular
from server.models.county import County
from server.models.rectification import Notice
from server.models.referral import Referral
from server.services.mending.notices import notice_number


def refuse_taken_number(session: Session, *, county: str, number: str) -> None:
    """Raise Conflict circular-number-taken where a letter that went out has this number."""
    own = session.get_one(County, county)
    taken = any(
        session.scalar(
            sa.select(noun.id)
            .where(noun.county == county, noun.number == number, noun.issued_at.is_not(None))
            .limit(1)
        )
        for noun in (Circular, Referral)
    )
    letters = session.scalars(sa.select(Notice).where(Notice.county == county))
    if taken or any(notice_number(own, one) == number for one in letters):
        raise Conflict("circular-number-taken", f"发文字号{number}已经用过了，请换一个号，再印发。")
