"""What the demonstration's keepers agreed to when their phones were bound."""

from datetime import datetime

from sqlalchemy.orm import Session

from server.models.consent import Consent, ConsentWay, Purpose
from server.models.county import County
from server.models.person import Person
from server.services.retention.wordings import keep_wordings, wordings


def agree_at_first(session: Session, keeper: Person, *, at: datetime) -> None:
    """A yes to each present text, marked as demonstration."""
    county = session.get_one(County, keeper.county)
    keep_wordings(session, county, now=at)
    texts = wordings(county)
    session.add_all(
        Consent(
            county=keeper.county,
            person_id=keeper.id,
            purpose=purpose,
            agreed=True,
            text_sha256=texts[purpose].sha256,
            way=ConsentWay.WEB,
            said_at=at,
            received_at=at,
            demo=True,
        )
        for purpose in Purpose
    )
