"""Lets keepers agree, or not, as their phones would have them."""

from typing import Any

from sqlalchemy.orm import Session

from server.models.consent import Consent, ConsentWay, Purpose
from server.models.county import County
from server.models.person import Person
from server.services.retention.consents import holds
from server.services.retention.wordings import keep_wordings, wordings


def agree(
    session: Session,
    person: Person,
    *,
    at: Any,
    agreed: bool = True,
    purposes: tuple[Purpose, ...] = tuple(Purpose),
) -> None:
    """The person's answer to the present texts of the county."""
    county = session.get_one(County, person.county)
    keep_wordings(session, county, now=at)
    for purpose in purposes:
        session.add(
            Consent(
                county=county.code, person_id=person.id, purpose=purpose, agreed=agreed,
                text_sha256=wordings(county)[purpose].sha256, way=ConsentWay.WEB,
                device_id="phone-1", said_at=at, received_at=at,
            )
        )  # fmt: skip
    session.flush()
    holds(session, person_id=person.id)
