"""The demonstration's 问责线索: one draft over what was doubted and what is overdue, not sent."""

from datetime import datetime

from sqlalchemy.orm import Session

from server.calendar import beijing_day
from server.models.county import County
from server.models.person import Person
from server.policy.plan.referral import FactKind
from server.services.referrals.picking import offers
from server.services.referrals.referrals import draft_referral, pick

SHOWN = (FactKind.SIGNAL, FactKind.OVERDUE, FactKind.DIFFERING)


def draft_a_referral(session: Session, office: Person, *, county: County, now: datetime) -> None:
    """The newest fact of a few kinds, as far as the demonstration has them."""
    found = {
        one.kind: one.shown for one in offers(session, county=county.code, on=beijing_day(now))
    }
    facts = [(kind, found[kind][0].ref) for kind in SHOWN if found[kind]]
    if facts:
        made = draft_referral(session, county=county, by=office, now=now)
        pick(session, referral=made, facts=facts, by=office, now=now)
