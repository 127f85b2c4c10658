"""What a record freezes: the text that was signed, or, from older apps, what is worked out here."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from server.models.inspection import InspectionOutcome, SignedHow
from server.models.person import Person
from server.models.station import Station
from server.policy.standard.differences import (
    answers_told,
    contradictions,
    differences,
    is_of_another,
    looked_behind_a_locked_door,
    older_app,
    status_of,
    unreadable,
    values_otherwise,
)
from server.policy.standard.examine import Finding, Status, finding_json, status
from server.policy.standard.frozen import Difference, FrozenFinding
from server.policy.standard.inspection_form import UNITS, Answer, Heard
from server.policy.standard.options import CountyOptions
from server.policy.standard.signed_text import SignedText, read_signed, text_sha256
from server.policy.standard.standards import Standard
from server.services.common.phone_items import InspectionEntry
from server.services.inspections.values import values_told


@dataclass(frozen=True, slots=True)
class Frozen:
    """What is to be frozen, and what the office is told beside it.

    `signed` is the text read, where the findings are those of the text.
    """

    how: SignedHow
    signed: SignedText | None
    findings: list[FrozenFinding]
    keeper_findings: list[FrozenFinding]
    status: Status
    fails: int
    differences: list[Difference]


def frozen(
    entry: InspectionEntry,
    *,
    id: UUID,
    station: Station,
    by: Person,
    heard: Heard,
    own_word: Sequence[Finding],
    answers: Sequence[Answer],
    standards: Sequence[Standard],
    photos: Mapping[str, str],
    drawings: Mapping[str, Any],
    published: Iterable[Standard],
    options: CountyOptions,
    day: date,
) -> Frozen:
    """Findings as signed where a text came along that can be read and is of this visit.

    Otherwise those that `heard` comes to: a visit is kept whatever came with it. What parts from
    the county's own reckoning is told and changes nothing. A text that finds anything of a rule
    that no `published` standard has cannot be understood; one that finds anything behind a locked
    door is not of this visit.
    """
    if entry.document is None:
        return _worked_out(SignedHow.OLDER_APP, heard, own_word, older_app(heard, answers))
    signed = read_signed(entry.document)
    if signed is None or not _of_rules(signed, published):
        told = [unreadable(text_sha256(entry.document)), *older_app(heard, answers)]
        return _worked_out(SignedHow.UNREADABLE, heard, own_word, told)
    sent = {
        "id": str(id),
        "station_id": station.id,
        "inspector_id": by.id,
        "visit_id": entry.visit_id,
        "amends_id": str(entry.amends_id) if entry.amends_id else None,
        "amended_because": entry.amended_because.strip(),
        "keeper_name": entry.keeper_name.strip(),
        "photos": dict(photos),
        "answers": answers_told({str(one["rule"]): one for one in entry.answers}),
        "second_inspector_id": entry.second_inspector_id,
        "covert": entry.outcome == InspectionOutcome.COVERT.value,
        "drawings": dict(drawings),
        "inspector": by.name,
        "level": station.level.value,
        "method": entry.method,
        "text": entry.text.strip(),
    }
    against = contradictions(signed, sent)
    against += values_otherwise(signed, _spellings(entry, options))
    if entry.outcome == InspectionOutcome.CLOSED_DOOR.value and signed.findings:
        told = [*against, looked_behind_a_locked_door(signed)]
        return _worked_out(SignedHow.OF_ANOTHER, heard, own_word, told)
    if is_of_another(signed, sent):
        told = [*against, *older_app(heard, answers)]
        return _worked_out(SignedHow.OF_ANOTHER, heard, own_word, told)
    rules = [rule for standard in standards for rule in standard.rules]
    findings = list(signed.findings)
    return Frozen(
        how=SignedHow.ON_DOCUMENT,
        signed=signed,
        findings=findings,
        keeper_findings=signed.own_words(),
        status=status_of(findings, rules) if findings else Status.NOT_ASSESSED,
        fails=sum(one["counts_against"] for one in findings),
        differences=against
        + differences(
            signed,
            heard,
            day=day.isoformat(),
            standards=[{"id": one.id, "sha256": one.sha256} for one in standards],
            answers=answers,
        ),
    )


def _of_rules(signed: SignedText, published: Iterable[Standard]) -> bool:
    """Whether all that the text finds is of rules that there are."""
    known = {(one.id, rule.code) for one in published for rule in one.rules}
    return all((one["standard"], one["code"]) in known for one in signed.findings)


def _spellings(
    entry: InspectionEntry, options: CountyOptions
) -> dict[str, dict[str, tuple[str, ...]]]:
    """How what was entered may be worded, by rule and fact: as the house does, or as typed."""
    return {
        str(one["rule"]): {
            told.fact: (told.text, f"{one['values'][told.fact]}{UNITS.get(told.fact, '')}".strip())
            for told in values_told(one, options)
        }
        for one in entry.answers
    }


def _worked_out(
    how: SignedHow, heard: Heard, own_word: Sequence[Finding], told: list[Difference]
) -> Frozen:
    return Frozen(
        how=how,
        signed=None,
        findings=[finding_json(finding) for finding in heard.findings],
        keeper_findings=[finding_json(finding) for finding in own_word],
        status=status(heard.findings) if heard.findings else Status.NOT_ASSESSED,
        fails=sum(finding.counts_against for finding in heard.findings),
        differences=told,
    )
