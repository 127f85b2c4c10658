"""How the counties stand, in numbers for those who keep watch over the machines; no names."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.calendar import beijing_day
from server.models.chain import ChainCheck
from server.models.complaint import Complaint
from server.models.job import Heartbeat, Job, JobState
from server.models.matter import Matter, MatterStage
from server.models.snapshot import SnapshotDay, StationSnapshot
from server.models.subsidy_payment import PaymentState, SubsidyBatch, SubsidyPayment
from server.models.webhook import DeliveryState, WebhookDelivery
from server.services.backup.place import told_by_others
from server.services.complaints.rights import OPEN
from server.services.county.counties import with_stations
from server.services.office.rollup import newest_nights


class Gauge(NamedTuple):
    """One series: its name without the house's prefix, what it says, its labels, its values."""

    name: str
    told: str
    labels: tuple[str, ...]
    values: tuple[tuple[tuple[str, ...], float], ...]


def gauges(session: Session, *, now: datetime) -> Iterator[Gauge]:
    """Twelve queries, each of a few rows; stations as the last night wrote them down."""
    number = sa.func.count()
    standing = StationSnapshot.county, StationSnapshot.stage, StationSnapshot.status
    yield _by(
        session, "stations", "Stations by stage and standing, as of the last night",
        ("county", "stage", "standing"),
        sa.select(*standing, number).where(StationSnapshot.until_on.is_(None)).group_by(*standing),
    )  # fmt: skip
    yield Gauge(
        "county_age_seconds", "Since a county was set up, whatever has become of it", ("county",),
        tuple(
            ((one.code,), (now - one.created_at).total_seconds()) for one in with_stations(session)
        ),
    )  # fmt: skip
    nights = session.scalars(newest_nights().order_by(SnapshotDay.county))
    yield Gauge(
        "snapshot_age_seconds", "Since a county's stations were last written down", ("county",),
        tuple(((one.county,), (now - one.taken_at).total_seconds()) for one in nights),
    )  # fmt: skip
    yield _by(
        session, "complaints_late", "Open complaints past the day they were to be answered by",
        ("county",),
        sa.select(Complaint.county, number)
        .where(
            Complaint.state.in_(list(OPEN)),
            Complaint.due_on < beijing_day(now),
            Complaint.held.is_(False),
        )
        .group_by(Complaint.county),
    )  # fmt: skip
    yield _by(
        session, "matters_late", "Problems past their day in somebody's hands", ("county",),
        sa.select(Matter.county, number)
        .where(Matter.stage == MatterStage.HANDLING, Matter.due_on < beijing_day(now))
        .group_by(Matter.county),
    )  # fmt: skip
    yield _by(
        session, "payments_waiting", "Released lines of which nobody knows whether they were paid",
        ("county",),
        sa.select(SubsidyPayment.county, number)
        .join(SubsidyBatch, SubsidyBatch.id == SubsidyPayment.batch_id)
        .where(SubsidyPayment.state == PaymentState.LISTED, SubsidyBatch.released_at.is_not(None))
        .group_by(SubsidyPayment.county),
    )  # fmt: skip
    looks = session.execute(sa.select(ChainCheck.county, ChainCheck.faulty, ChainCheck.at)).all()
    yield Gauge(
        "chain_faulty", "Places of a county's chain that the last look found wrong", ("county",),
        tuple(((one.county,), one.faulty) for one in looks),
    )  # fmt: skip
    yield Gauge(
        "chain_look_age_seconds", "Since a county's chain was last looked at", ("county",),
        tuple(((one.county,), (now - one.at).total_seconds()) for one in looks),
    )  # fmt: skip
    yield _by(
        session, "messages_unsent", "Messages to other platforms that wait, or were given up",
        ("state",),
        sa.select(WebhookDelivery.state, number)
        .where(WebhookDelivery.state.in_((DeliveryState.DUE, DeliveryState.DEAD)))
        .group_by(WebhookDelivery.state),
    )  # fmt: skip
    yield _by(
        session, "jobs_due", "Jobs whose time has come, by kind", ("kind",),
        sa.select(Job.kind, number)
        .where(Job.state == JobState.DUE, Job.run_at <= now)
        .group_by(Job.kind),
    )  # fmt: skip
    beat = session.scalar(sa.select(sa.func.max(Heartbeat.at)))
    copies = told_by_others(session)
    for name, told, at in (
        ("worker_silent_seconds", "Since any worker's last sign of life", beat),
        ("backup_age_seconds", "Since the last copy that went well", copies and copies.backup_at),
        (
            "backup_drill_age_seconds",
            "Since a copy was last restored and proved",
            copies and copies.drill_at,
        ),
    ):
        # What a wrong clock dated into the future is not fresh.
        yield Gauge(name, told, (), (((), abs((now - at).total_seconds())),) if at else ())


def _by(
    session: Session,
    name: str,
    told: str,
    labels: tuple[str, ...],
    rows: sa.Select[*tuple[object, ...]],
) -> Gauge:
    """A gauge whose rows end with their number."""
    found = session.execute(rows).all()
    values = ((tuple(str(one) for one in row[:-1]), float(str(row[-1]))) for row in found)
    return Gauge(name, told, labels, tuple(values))
