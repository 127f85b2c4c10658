"""Chinese words for what the desk shows: roles, states of plates, kinds of change, dates, hours."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from server import calendar
from server.models.person import Role
from server.models.phone_event import ScanMethod, Subject
from server.models.rectification import RectificationState
from server.models.station import Stage
from server.policy.plan.nouns import Track
from server.policy.rounds.marks import Mark
from server.policy.rounds.visits import ChangeKind
from server.policy.standard.examine import Status
from server.policy.standard.facts import Level, Word
from server.policy.standard.verdicts import Verdict
from server.services.common.actions import ChainAction
from server.services.complaints.actions import ComplaintAction
from server.services.county.actions import CountyAction
from server.services.coverage.actions import CoverageAction
from server.services.days.actions import DaysAction
from server.services.erasing.actions import ErasingAction
from server.services.inspections.actions import InspectionsAction
from server.services.intake.actions import IntakeAction
from server.services.matters.actions import MatterAction
from server.services.mending.actions import MendingAction
from server.services.opendata.actions import OpenDataAction
from server.services.people.actions import PeopleAction
from server.services.photos.actions import PhotosAction
from server.services.plates.actions import PlateAction
from server.services.programme.actions import ProgrammeAction
from server.services.referrals.actions import ReferralAction
from server.services.registry.actions import RegistryAction
from server.services.registry.fields import COOP_MODES, SERVICES
from server.services.reporting.actions import ReportingAction
from server.services.requests.actions import RequestAction
from server.services.retention.actions import RetentionAction
from server.services.review.actions import ReviewAction
from server.services.rounds.actions import RoundsAction
from server.services.rounds.figures import doubts_text, total_columns
from server.services.rounds.stays import stay_text
from server.services.signals.actions import SignalsAction
from server.services.standing.actions import StandingAction
from server.services.subsidies.actions import SubsidyAction
from server.services.webhooks.actions import WebhookAction

# What others word, for the templates.
__all__ = [
    "COOP_MODES",
    "SERVICES",
    "ChangeKind",
    "Level",
    "Mark",
    "RectificationState",
    "Role",
    "ScanMethod",
    "Stage",
    "Status",
    "Subject",
    "Track",
    "Verdict",
    "Word",
    "doubts_text",
    "stay_text",
    "total_columns",
]

ACTIONS: Mapping[str, str] = {
    action.value: action.label
    for wing in (
        ProgrammeAction,
        CountyAction,
        CoverageAction,
        ReferralAction,
        RegistryAction,
        RequestAction,
        StandingAction,
        ChainAction,
        PlateAction,
        PeopleAction,
        DaysAction,
        IntakeAction,
        RoundsAction,
        InspectionsAction,
        PhotosAction,
        MendingAction,
        MatterAction,
        ComplaintAction,
        ReviewAction,
        SignalsAction,
        ReportingAction,
        SubsidyAction,
        WebhookAction,
        OpenDataAction,
        RetentionAction,
        ErasingAction,
    )
    for action in wing
}
"""Every kind of line in the history, wing by wing."""

STATUS_ICONS = {
    "meets": "check",
    "meets_open": "look",
    "fails": "cross",
    "to_verify": "look",
    "not_assessed": "dash",
}
VERDICT_ICONS = {"pass": "check", "fail": "cross", "unknown": "look", "not_applicable": "dash"}
# Where a station stands in a round: which colour, which picture.
VISIT_KINDS = {
    "due": "not_assessed",
    "done": "meets",
    "late": "to_verify",
    "refused": "fails",
    "closed_door": "to_verify",
    "missed": "fails",
    "withdrawn": "not_assessed",
}
VISIT_ICONS = {
    "due": "dash",
    "done": "check",
    "late": "check",
    "refused": "cross",
    "closed_door": "look",
    "missed": "cross",
    "withdrawn": "out",
}
MEND_KINDS = {
    "open": "not_assessed",
    "answered": "to_verify",
    "returned": "fails",
    "accepted": "meets",
    "withdrawn": "not_assessed",
}
FILING_KINDS = {
    "waiting": "not_assessed",
    "submitted": "not_assessed",
    "asked": "fails",
    "filed": "meets",
    "changing": "to_verify",
    "ended": "not_assessed",
    "undecided": "to_verify",
    "not_needed": "not_assessed",
    "not_open": "not_assessed",
}
FILING_ICONS = {
    "waiting": "dash",
    "submitted": "up",
    "asked": "cross",
    "filed": "check",
    "changing": "look",
    "ended": "out",
    "undecided": "look",
    "not_needed": "dash",
    "not_open": "dash",
}
MEND_ICONS = {
    "open": "dash",
    "answered": "look",
    "returned": "cross",
    "accepted": "check",
    "withdrawn": "out",
}


def day_text(value: date | None) -> str:
    """2026-11-22 as 2026年11月22日; a dash when unknown."""
    return calendar.full_day_text(value) if value else "—"


def moment_text(value: datetime | None) -> str:
    """A UTC moment as Beijing wall time to the minute."""
    return calendar.moment_text(value) if value else "—"


def number_text(value: Any) -> str:
    """1234567 as 1,234,567; a decimal without idle zeros; a dash when unknown."""
    if value is None or value == "":
        return "—"
    if isinstance(value, Decimal):
        value = value.normalize()
        return f"{value:,f}"
    return f"{value:,}" if isinstance(value, int | float) else str(value)


def listed(words: Sequence[str]) -> str:
    """甲、乙、丙; a dash for nothing."""
    return "、".join(words) if words else "—"
