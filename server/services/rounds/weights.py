"""What makes a station likelier in a weighted round: flags, missed rounds, questions, voices."""

from collections.abc import Iterable
from datetime import date, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.models.county import County
from server.models.inspection import Campaign, Inspection, InspectionOutcome, Visit
from server.policy.rounds.sampling import Weights
from server.services.complaints.figures import complaint_counts
from server.services.county.complaint_options import complaint_options
from server.services.people.scope import EVERYBODY
from server.services.signals.questions import open_counts
from server.services.standing.standing import Standing

LOOKS_BACK = timedelta(days=731)  # two years: four rounds of July and November


def sampling_weights(
    session: Session, *, county: str, standings: Iterable[Standing], on: date
) -> dict[int, Weights]:
    """The weights by station id as of a Beijing day; four queries for any number of stations."""
    missed = missed_rounds(session, county=county, on=on)
    signals = open_counts(session, county=county, seen_by=EVERYBODY)
    complaints = complaint_counts(session, county=county, on=on, seen_by=EVERYBODY)
    per_complaint = complaint_options(session.get_one(County, county)).draw_tickets
    return {
        one.station.id: Weights(
            flags=len(one.fails),
            missed=missed.get(one.station.id, 0),
            signals=signals.get(one.station.id, 0),
            complaints=complaints.get(one.station.id, 0),
            per_complaint=per_complaint,
        )
        for one in standings
    }


def missed_rounds(session: Session, *, county: str, on: date) -> dict[int, int]:
    """In how many rounds of the last two years nobody got into a station, by station.

    A round counts once its last day is over; a locked door is no look inside.
    """
    looked = (
        sa.select(Inspection.id)
        .where(
            Inspection.visit_id == Visit.id,
            Inspection.outcome.not_in([InspectionOutcome.CLOSED_DOOR, InspectionOutcome.COVERT]),
        )
        .exists()
    )
    return dict(
        session.execute(
            sa.select(Visit.station_id, sa.func.count())
            .join(Campaign, Campaign.id == Visit.campaign_id)
            .where(
                Campaign.county == county,
                Campaign.due_on < on,
                Campaign.due_on >= on - LOOKS_BACK,
                Visit.withdrawn_at.is_(None),
                ~looked,
            )
            .group_by(Visit.station_id)
        ).all()
    )
