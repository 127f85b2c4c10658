"""Two inspectors who say opposite things of one clause on one day: an item for the office."""

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.models.inspection import (
    Disagreement,
    DisagreementKind,
    Inspection,
    InspectionOutcome,
)
from server.models.rectification import Rectification, RectificationState
from server.policy.rounds.visits import DECIDED
from server.policy.standard.facts import Word
from server.policy.standard.frozen import FrozenFinding
from server.services.inspections.disagreements import BY_ITSELF
from server.services.inspections.two_words import said_of_clause
from server.services.inspections.versions import ids_so_far

TURNED = {"inspector": "other", "other": "inspector"}


def open_between(session: Session, *, inspection: Inspection, now: datetime) -> list[Disagreement]:
    """Open an item for every clause on which another inspector said the opposite on that day.

    Neither wins by who came last: the clause is unknown until a person decides. What was found
    wanting and accepted as mended in between is no contradiction. An amendment that leaves the
    words as they were keeps the decision about them.
    """
    if inspection.outcome is InspectionOutcome.CLOSED_DOOR:
        return []
    mine, own_ids = _seen(inspection), ids_so_far(session, inspection)
    opened: dict[str, Disagreement] = {}
    for other in _others(session, inspection):
        theirs, their_ids = _seen(other), ids_so_far(session, other)
        differing = [
            code
            for code, finding in mine.items()
            if code in theirs and theirs[code]["verdict"] != finding["verdict"]
        ]
        mended = _mended(session, differing, {*own_ids, *their_ids})
        for code in differing:
            if code in mended or code in opened:
                continue
            item = Disagreement(
                county=inspection.county,
                kind=DisagreementKind.INSPECTORS,
                inspection_id=inspection.id,
                other_id=other.id,
                station_id=inspection.station_id,
                rule_code=code,
                keeper_says=said_of_clause(theirs[code]),
                inspector_says=said_of_clause(mine[code]),
                opened_at=now,
            )
            _keep_decision(session, item, own_ids, their_ids)
            opened[code] = item
    session.add_all(opened.values())
    session.flush()
    return list(opened.values())


def _seen(inspection: Inspection) -> dict[str, FrozenFinding]:
    """What the inspector said of the clauses answered on the spot, met or not, by rule."""
    return {
        one["code"]: one
        for one in inspection.findings
        if one["code"] in inspection.answers
        and one["word"] == Word.INSPECTOR
        and one["verdict"] in DECIDED
    }


def _others(session: Session, inspection: Inspection) -> list[Inspection]:
    return list(
        session.scalars(
            sa.select(Inspection)
            .where(
                Inspection.station_id == inspection.station_id,
                Inspection.day_on == inspection.day_on,
                Inspection.inspector_id != inspection.inspector_id,
                Inspection.outcome != InspectionOutcome.CLOSED_DOOR,
                Inspection.holds(),
            )
            .order_by(Inspection.finished_at, Inspection.id)
        )
    )


def _mended(session: Session, codes: Collection[str], ids: Collection[object]) -> set[str]:
    """Of which of these rules what the records found wanting has been accepted as mended."""
    if not codes:
        return set()
    return set(
        session.scalars(
            sa.select(Rectification.rule_code).where(
                Rectification.inspection_id.in_(list(ids)),
                Rectification.rule_code.in_(list(codes)),
                Rectification.state == RectificationState.ACCEPTED,
            )
        )
    )


def _keep_decision(
    session: Session,
    item: Disagreement,
    own_ids: Collection[object],
    their_ids: Collection[object],
) -> None:
    """Let what a person decided of the same words of earlier versions stand of these as well."""
    before = session.scalars(
        sa.select(Disagreement)
        .where(
            Disagreement.kind == DisagreementKind.INSPECTORS,
            Disagreement.rule_code == item.rule_code,
            Disagreement.inspection_id.in_([*own_ids, *their_ids]),
            Disagreement.other_id.in_([*own_ids, *their_ids]),
            Disagreement.settled_at.is_not(None),
            Disagreement.decision.not_in(BY_ITSELF),
        )
        .order_by(Disagreement.settled_at.desc(), Disagreement.id.desc())
    ).first()
    if before is None:
        return
    same_way = before.inspection_id in own_ids
    mine, theirs = (
        (before.inspector_says, before.keeper_says)
        if same_way
        else (before.keeper_says, before.inspector_says)
    )
    now_mine, now_theirs = item.inspector_says, item.keeper_says
    if (mine["verdict"], theirs["verdict"]) != (now_mine["verdict"], now_theirs["verdict"]):
        return
    item.decision = before.decision if same_way else TURNED.get(before.decision, before.decision)
    item.reason, item.settled_by, item.settled_at = (
        before.reason,
        before.settled_by,
        before.settled_at,
    )
