"""The demonstration's acceptances: what has a number is built, and who meets all is 标准化."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from server.models.county import County
from server.models.station import Stage
from server.policy.standard.standards import Standard
from server.services.demo.cast import DemoCast
from server.services.people.scope import EVERYBODY
from server.services.registry.acceptance_views import candidates
from server.services.registry.acceptances import accept_stations

PRESENT = "供销社、邮政公司、智通园区各一人（演示）"
AGO = timedelta(days=20)


def accept_built(
    session: Session,
    cast: DemoCast,
    *,
    county: County,
    on: date,
    now: datetime,
    standards: Sequence[Standard],
) -> None:
    """Accept every numbered station; those without a number stay 拟建."""
    found = candidates(session, county=county, on=on, standards=standards, seen_by=EVERYBODY)
    numbered = [one for one in found if one.station.code]
    best = {one.station.id for one in numbered if not one.no_standardised}
    for grade, ids in (
        (Stage.STANDARDISED, best),
        (Stage.BUILT, {one.station.id for one in numbered} - best),
    ):
        if ids:
            accept_stations(
                session,
                county=county,
                seen=dict.fromkeys(ids),
                grade=grade,
                on=on - AGO,
                present=PRESENT,
                by=cast.office,
                now=now,
                standards=standards,
            )
