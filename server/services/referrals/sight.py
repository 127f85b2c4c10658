"""Who sees referrals, and who may write them: the county office and its auditors alone."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.errors import NotFound
from server.models.person import Person
from server.models.referral import Referral
from server.policy.plan.duties import Deed
from server.services.people.scope import READS_HISTORY, may_do
from server.services.reporting.reports import content_hash


def may_hand_on(session: Session, by: Person) -> bool:
    """Whether somebody drafts, sends and withdraws referrals."""
    return may_do(session, by, Deed.HAND_ON)


def referrals_in_sight(session: Session, *, reader: Person) -> list[Referral]:
    """The county's referrals, the newest first; nobody but `READS_HISTORY` sees any."""
    if reader.role not in READS_HISTORY:
        return []
    own = sa.select(Referral).where(Referral.county == reader.county)
    return list(session.scalars(own.order_by(Referral.id.desc())))


def referral_for(session: Session, *, referral_id: int, reader: Person) -> Referral:
    """One that somebody may see. Raises NotFound referral-unknown."""
    found = session.get(Referral, referral_id)
    if found is None or found.county != reader.county or reader.role not in READS_HISTORY:
        raise NotFound("referral-unknown", "没有找到这份移送。请返回“问责线索”重新选择。")
    return found


def is_whole(referral: Referral) -> bool:
    """Whether a sent referral still hashes to what was sent."""
    if referral.content is None:
        return False
    return content_hash(referral.content) == referral.content_sha256
