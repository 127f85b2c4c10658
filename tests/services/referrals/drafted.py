"""A draft over one doubted question about C0001, for pages that need its ids."""

from sqlalchemy.orm import Session

from server.models.referral import Referral, ReferralItem
from server.models.signal import SignalState
from server.policy.plan.referral import FactKind
from server.services.referrals.referrals import draft_referral, items_of, pick
from tests.factories import NOW, Cast
from tests.services.asked import raised


def drafted(session: Session, cast: Cast) -> tuple[Referral, ReferralItem]:
    """The draft and its only fact."""
    doubted = raised(session, cast.c1, "doubted", decision="doubtful", state=SignalState.SETTLED)
    made = draft_referral(session, county=cast.county, by=cast.office, now=NOW)
    facts = [(FactKind.SIGNAL, str(doubted.id))]
    pick(session, referral=made, facts=facts, by=cast.office, now=NOW)
    return made, items_of(session, made)[0]
