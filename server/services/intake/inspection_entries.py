"""Reads an inspection as a phone sends it, and refuses what cannot be kept."""

from collections.abc import Iterable, Mapping

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.errors import Conflict, Invalid
from server.models.inspection import Campaign, Inspection, InspectionOutcome, Visit
from server.models.person import Person
from server.models.station import Station
from server.policy.standard.inspection_form import Answer
from server.policy.standard.standards import Standard
from server.policy.standard.verdicts import Verdict
from server.services.common.phone_items import InspectionEntry
from server.services.common.written import reason_given
from server.services.inspections.versions import newer_than
from server.services.people.scope import INSPECTING, stations_visible_to

STROKES_AT_MOST = 80
POINTS_AT_MOST = 3000
SIGNED_BY_INSPECTOR = (
    InspectionOutcome.SIGNED,
    InspectionOutcome.TO_CONFIRM,
    InspectionOutcome.COVERT,
)


def station_to_inspect(session: Session, *, person: Person, station_id: int) -> Station:
    """The station, if this person inspects and may see it.

    Raises Invalid: inspection-not-yours, and station-not-yours, the same for other people's
    stations as for none at all.
    """
    if person.role not in INSPECTING:
        raise Invalid(
            "inspection-not-yours", "督导记录要由督导员来交。请用督导员自己的手机登录后再交。"
        )
    station = session.scalars(
        sa.select(Station).where(Station.id == station_id, stations_visible_to(person))
    ).one_or_none()
    if station is None:
        raise Invalid(
            "station-not-yours",
            "这个站点不在您的督导范围内，没有收下。如果弄错了，请找县专班。",
            fields=["station_id"],
        )
    return station


def refuse_incomplete(entry: InspectionEntry, outcome: InspectionOutcome) -> None:
    """Raise Invalid signature-too-big, signature-missing, reason-needed."""
    second = entry.second_signature or []
    for strokes in (entry.inspector_signature, entry.keeper_signature, second):
        if len(strokes) > STROKES_AT_MOST or sum(map(len, strokes)) > POINTS_AT_MOST:
            raise Invalid(
                "signature-too-big",
                "签名的笔画太多了，没有收下。请清除后重新签。",
                fields=["payload"],
            )
    signs = outcome in SIGNED_BY_INSPECTOR
    if signs and not entry.inspector_signature:
        raise Invalid("signature-missing", "督导员还没有签名。请签名后再交。", fields=["payload"])
    if signs and entry.second_inspector_id is not None and not second:
        raise Invalid(
            "signature-missing",
            "一同督导的人还没有签名。请他签名，或者改成一个人督导，再交。",
            fields=["payload"],
        )
    if outcome is InspectionOutcome.SIGNED and not entry.keeper_signature:
        raise Invalid(
            "signature-missing",
            "站长还没有签名。请站长签名，或者选“等站长确认”“拒绝签字”后再交。",
            fields=["payload"],
        )
    if outcome is InspectionOutcome.REFUSED:
        reason_given(
            entry.outcome_note,
            "请写明站长为什么不签字。",
            field="payload.outcome_note",
            into=Inspection.outcome_note,
        )


def amended_version(
    session: Session, entry: InspectionEntry, by: Person, station: Station
) -> Inspection | None:
    """The version that this one replaces, if any.

    Raises Invalid inspection-unknown, inspection-covert-changed, reason-needed; Conflict
    inspection-amended-already.
    """
    if entry.amends_id is None:
        return None
    before = session.get(Inspection, entry.amends_id)
    if before is None or before.station_id != station.id or before.inspector_id != by.id:
        raise Invalid(
            "inspection-unknown", "没有找到要更正的那份督导记录。请从自己的记录里点“更正”。"
        )
    covert = InspectionOutcome.COVERT
    if (before.outcome is covert) != (entry.outcome == covert.value):
        raise Invalid(
            "inspection-covert-changed",
            "暗访的记录，更正以后还是暗访；不是暗访的，也不能更正成暗访。请照原来的样子更正。",
            fields=["payload.outcome"],
        )
    reason_given(
        entry.amended_because,
        "请写明为什么更正。",
        field="payload.amended_because",
        into=Inspection.amended_because,
    )
    if newer_than(session, before) is not None:
        raise Conflict(
            "inspection-amended-already",
            "这份记录已经更正过了。请打开最新的一版，在它上面再更正。",
            fields=["payload.amends_id"],
        )
    return before


def visit_of(
    session: Session, entry: InspectionEntry, station: Station, amended: Inspection | None
) -> tuple[Visit | None, Campaign | None]:
    """The visit and its round; none for a visit outside any. Raises Invalid visit-unknown."""
    visit_id = amended.visit_id if amended else entry.visit_id
    if visit_id is None:
        return None, None
    found = session.execute(
        sa.select(Visit, Campaign)
        .join(Campaign, Campaign.id == Visit.campaign_id)
        .where(Visit.id == visit_id, Visit.station_id == station.id)
    ).one_or_none()
    if found is None:
        raise Invalid(
            "visit-unknown",
            "这一轮督导里没有这个站点。请更新督导名单后再交。",
            fields=["payload.visit_id"],
        )
    return found


def answers_of(
    given: Iterable[Mapping[str, object]], standards: Iterable[Standard]
) -> list[Answer]:
    """The answers in types. Raises Invalid inspection-rule-unknown."""
    known = {rule.code for standard in standards for rule in standard.rules}
    answers = []
    for one in given:
        code = str(one["rule"])
        if code not in known:
            raise Invalid(
                "inspection-rule-unknown",
                f"这一轮的标准里没有“{code[:20]}”这一条。请更新督导名单后再交。",
                fields=["payload.answers"],
            )
        values = one.get("values")
        answers.append(
            Answer(
                code,
                Verdict(str(one["verdict"])),
                values if isinstance(values, Mapping) else {},
                str(one.get("note") or ""),
            )
        )
    return answers
