"""Shows a frozen inspection: the copy that keeper, inspector and office read."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.media.paper.signature import signature_path
from server.models.county import County, Division
from server.models.inspection import (
    Campaign,
    Inspection,
    InspectionOutcome,
    LookedAt,
    SignedHow,
    Visit,
)
from server.models.person import Person
from server.models.rectification import Rectification, RectificationState
from server.models.station import Station
from server.policy.rounds.frozen import FrozenMark
from server.policy.rounds.visits import ClauseChange, compare
from server.policy.standard.examine import Status, examine, finding_json
from server.policy.standard.facts import Level
from server.policy.standard.frozen import PinnedStandard
from server.policy.standard.options import CountyOptions
from server.policy.standard.standards import Standard
from server.policy.standard.verdicts import Verdict
from server.services.county.counties import policy_options
from server.services.inspections.answers import outcome_text, waits_for_keeper
from server.services.inspections.disagreements import answer_to_refusal
from server.services.inspections.presence import PresenceTold, marks_told, presence_told
from server.services.inspections.register_words import Since, changed_since, words_frozen
from server.services.inspections.values import ValueTold, asked_codes, note_on, values_of
from server.services.inspections.versions import ids_so_far, newer_than, photos_of
from server.services.people.scope import EVERYBODY
from server.services.standing.facts import facts_of
from server.services.standing.open_work import record_statuses


@dataclass(frozen=True, slots=True)
class CopyStation:
    """Whose inspection it is."""

    id: int
    code: str | None
    name: str
    level: Level
    township_name: str
    demo: bool
    operator: str
    keeper: str
    address: str


@dataclass(frozen=True, slots=True)
class CopyRow:
    """One clause as frozen, with what was entered on it and what the keeper had said.

    `verdict`, `label` and `word` are the frozen ones, `since` the day (ISO 8601) of that word;
    `insisted` after the phone had told what the standard says. `keeper_label` is empty
    where the keeper had said nothing.
    """

    code: str
    clause: str
    title: str
    text: str
    level: str
    verdict: str
    label: str
    counts_against: bool
    word: str | None
    why: str
    mend: str
    note: str
    values: tuple[ValueTold, ...]
    keeper_label: str
    photo_ids: tuple[UUID, ...]
    since: str | None
    insisted: bool


@dataclass(frozen=True, slots=True)
class Signatures:
    """The signatures as SVG paths in a box of 600 x 200; empty where nobody signed."""

    inspector: str
    keeper: str
    second: str


@dataclass(frozen=True, slots=True)
class InspectionCopy:
    """One version of an inspection, ready for a screen or for paper.

    `outcome_label` has the keeper's later answer in it; `campaign` is None for a visit outside any
    round; `unanswered` names the clauses that were to be answered on the spot and were not; `since`
    tells where the register no longer says what was signed.
    """

    id: UUID
    version: int
    station: CopyStation
    since: tuple[Since, ...]
    campaign: Campaign | None
    inspector_name: str
    second_name: str  # the second inspector's; empty where one went alone
    keeper_name: str
    arrived_at: datetime
    finished_at: datetime
    time_verified: bool
    day_on: date
    method: str
    sign_remark: str
    distance_m: float | None
    presence: PresenceTold
    marks: Sequence[FrozenMark]
    witness_name: str
    outcome: InspectionOutcome
    outcome_label: str
    outcome_note: str
    status: Status
    fails: int
    answered: int
    unanswered: tuple[str, ...]
    rows: tuple[CopyRow, ...]
    signatures: Signatures
    standards: Sequence[PinnedStandard]
    frozen_sha256: str
    document_sha256: str | None
    position_erased_on: date | None
    signed_how: SignedHow | None
    signed_how_label: str
    office_asks: str
    waits_for_keeper: bool
    confirmed_at: datetime | None
    refused_at: datetime | None
    refusal: str
    refusal_answer: str  # what the office said to it
    amends_id: UUID | None
    amended_because: str
    newer_id: UUID | None
    mends: tuple[Rectification, ...]


def copy_of(
    session: Session, inspection: Inspection, *, standards: Iterable[Standard]
) -> InspectionCopy:
    """The whole record as keeper, inspector and office read it; only frozen words in it."""
    station = session.get_one(Station, inspection.station_id)
    options = policy_options(session.get_one(County, station.county))
    rows = _rows(session, inspection, options)
    newer = newer_than(session, inspection)
    return InspectionCopy(
        id=inspection.id,
        version=inspection.version,
        station=_station(session, inspection, station),
        since=changed_since(session, inspection),
        campaign=_campaign(session, inspection),
        inspector_name=inspection.as_signed["inspector"]
        if inspection.as_signed
        else session.get_one(Person, inspection.inspector_id).name,
        second_name=inspection.as_signed.get("second_inspector", "")
        if inspection.as_signed
        else "",
        keeper_name=inspection.keeper_name,
        arrived_at=inspection.arrived_at,
        finished_at=inspection.finished_at,
        time_verified=inspection.time_verified,
        day_on=inspection.day_on,
        method=inspection.method,
        sign_remark=inspection.sign_remark,
        distance_m=inspection.distance_m,
        presence=presence_told(inspection),
        marks=marks_told(inspection),
        witness_name=inspection.witness_name,
        outcome=inspection.outcome,
        outcome_label=outcome_text(inspection),
        outcome_note=inspection.outcome_note,
        status=record_statuses(session, [inspection])[inspection.id],
        fails=inspection.fails,
        answered=len(inspection.answers),
        unanswered=_unanswered(inspection, rows, standards, options),
        rows=rows,
        signatures=Signatures(
            inspector=signature_path(inspection.inspector_signature),
            keeper=signature_path(inspection.keeper_signature),
            second=signature_path(inspection.second_signature or []),
        ),
        standards=inspection.standards,
        frozen_sha256=inspection.frozen_sha256,
        document_sha256=inspection.document_sha256,
        position_erased_on=inspection.position_erased_on,
        signed_how=inspection.signed_how,
        signed_how_label=inspection.signed_how.label if inspection.signed_how else "",
        office_asks=inspection.looked_reason
        if inspection.looked_decision is LookedAt.AMEND and newer is None
        else "",
        waits_for_keeper=waits_for_keeper(inspection),
        confirmed_at=inspection.confirmed_at,
        refused_at=inspection.refused_at,
        refusal=inspection.refusal,
        refusal_answer=answer_to_refusal(session, inspection_id=inspection.id)
        if inspection.refused_at
        else "",
        amends_id=inspection.amends_id,
        amended_because=inspection.amended_because,
        newer_id=newer.id if newer else None,
        mends=_mends(session, inspection),
    )


def rerun(
    session: Session, *, inspection: Inspection, standards: Iterable[Standard]
) -> list[ClauseChange]:
    """The same visit under other standards, beside what was frozen; nothing is changed (E3).

    Facts are those known of that day, with what the inspectors said in them.
    """
    county = session.get_one(County, inspection.county)
    found = facts_of(
        session,
        county=county,
        on=inspection.day_on,
        options=policy_options(county),
        seen_by=EVERYBODY,
        station_ids=[inspection.station_id],
    )
    anew = [
        finding_json(finding)
        for known in found
        for finding in examine(tuple(standards), known.facts, inspection.day_on)
    ]
    return compare(inspection.findings, anew)


def _rows(session: Session, inspection: Inspection, options: CountyOptions) -> tuple[CopyRow, ...]:
    own_word = {str(one["code"]): one for one in inspection.keeper_findings}
    pictures: dict[str, tuple[UUID, ...]] = {}
    for photo in photos_of(session, inspection):
        code = str(photo.phone_notes.get("rule_code"))
        pictures[code] = (*pictures.get(code, ()), photo.id)
    return tuple(
        CopyRow(
            code=one["code"],
            clause=one["clause"],
            title=one["title"],
            text=one["text"],
            level=one["level"],
            verdict=one["verdict"],
            label=one["label"],
            counts_against=one["counts_against"],
            word=one["word"],
            why=one["why"],
            mend=one["mend"],
            note=note_on(inspection, one["code"]),
            values=values_of(inspection, one["code"], options),
            keeper_label=Verdict(own_word[one["code"]]["verdict"]).label
            if one["code"] in own_word
            else "",
            photo_ids=pictures.get(one["code"], ()),
            since=one["since"],
            insisted=_insisted(inspection, one["code"]),
        )
        for one in inspection.findings
        if one["verdict"] != Verdict.NOT_APPLICABLE
    )


def _insisted(inspection: Inspection, code: str) -> bool:
    answer = inspection.answers.get(code)
    return bool(answer and answer.get("insisted"))


def _mends(session: Session, inspection: Inspection) -> tuple[Rectification, ...]:
    """What this version and those before it found wanting."""
    return tuple(
        session.scalars(
            sa.select(Rectification)
            .where(
                Rectification.inspection_id.in_(ids_so_far(session, inspection)),
                # What an amendment took back stands on the version that had found it.
                (Rectification.inspection_id == inspection.id)
                | (Rectification.state != RectificationState.WITHDRAWN),
            )
            .order_by(Rectification.id)
        )
    )


def _unanswered(
    inspection: Inspection,
    rows: Iterable[CopyRow],
    standards: Iterable[Standard],
    options: CountyOptions,
) -> tuple[str, ...]:
    """Clauses that were to be answered on the spot and were not, as frozen or worked out anew."""
    if inspection.as_signed is not None:
        return tuple(inspection.as_signed["unanswered"])
    used = {str(one["id"]) for one in inspection.standards}
    asked = asked_codes([one for one in standards if one.id in used], options)
    return tuple(
        f"{row.clause}{row.title}"
        for row in rows
        if row.code in asked and row.code not in inspection.answers
    )


def _station(session: Session, inspection: Inspection, station: Station) -> CopyStation:
    """The station as signed; as registered now for records that froze its id alone."""
    kept = words_frozen(inspection)
    return CopyStation(
        id=station.id,
        code=(kept["code"] or None) if kept else station.code,
        name=kept["name"] if kept else station.name,
        level=Level(kept["level"]) if kept else station.level,
        township_name=kept["township"] if kept else _township(session, station),
        demo=inspection.demo if kept else station.demo,
        operator=kept["operator"] if kept else "",
        keeper=kept["keeper"] if kept else "",
        address=kept["address"] if kept else "",
    )


def _campaign(session: Session, inspection: Inspection) -> Campaign | None:
    if inspection.visit_id is None:
        return None
    return session.scalars(
        sa.select(Campaign)
        .join(Visit, Visit.campaign_id == Campaign.id)
        .where(Visit.id == inspection.visit_id)
    ).one()


def _township(session: Session, station: Station) -> str:
    if station.township_code is None:
        return ""
    return session.get_one(Division, station.township_code).name
