"""Of what two people say different things: items opened, listed, decided, counted as trust."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from server.errors import Conflict, Invalid, NotFound
from server.models.inspection import (
    Disagreement,
    DisagreementKind,
    Inspection,
    Visit,
)
from server.models.person import Keeping, Person
from server.models.station import Station
from server.policy.standard.facts import Word
from server.policy.standard.frozen import SaidOfClause
from server.policy.standard.verdicts import Verdict
from server.services.common import history
from server.services.common.queues import Asked, QueueLine, counted, waiting
from server.services.common.written import reason_given
from server.services.inspections.actions import InspectionsAction
from server.services.inspections.two_words import decided_by_both, said_of_clause
from server.services.people.scope import Everybody, stations_visible_to
from server.services.standing.open_work import record_statuses

AMENDED = "amended"
BY_ITSELF = {AMENDED: "督导记录已更正", "replaced": "县里以另一份督导记录为准"}
KEEPER_OR_INSPECTOR = {
    "inspector": "以督导员为准",
    "keeper": "以站长为准",
    "both": "两边都对（时间不同）",
}
BETWEEN_INSPECTORS = {
    "inspector": "以第二份记录为准",
    "other": "以第一份记录为准",
    "both": "两份都对（时间不同），以后去的那次为准",
}
OF_A_REFUSAL = {
    "inspector": "督导记录没有错，维持",
    "keeper": "站长说得对，请督导员更正",
    "both": "已当面说清，记录照旧",
}


@dataclass(frozen=True, slots=True)
class DisagreementView:
    """One open or settled item, ready for a screen.

    `keeper_name` and `keeper_says` are the other inspector's where two inspectors differ; `choices`
    are the decisions that a person may make.
    """

    disagreement: Disagreement
    station: Station
    keeper_name: str
    inspector_name: str
    clause: str
    title: str
    keeper_says: SaidOfClause
    inspector_says: SaidOfClause
    decision_label: str
    choices: Mapping[str, str]


def open_for(
    session: Session,
    *,
    inspection: Inspection,
    amended: Inspection | None,
    now: datetime,
    because: str = "",
    decision: str = AMENDED,
) -> list[Disagreement]:
    """Open an item for every clause on which this visit contradicts the keeper's own word.

    What the amended version (or the record that this one counts instead of) had opened and nobody
    has settled is closed with it.
    """
    if amended is not None:
        for item in session.scalars(
            sa.select(Disagreement)
            .where(
                sa.or_(
                    Disagreement.inspection_id == amended.id, Disagreement.other_id == amended.id
                ),
                Disagreement.settled_at.is_(None),
            )
            .with_for_update()  # what a person settles in this moment stays as that person said
        ):
            item.settled_at, item.decision, item.reason = now, decision, because
    keeper_id = _keeper_id(session, inspection)
    opened = [
        Disagreement(
            county=inspection.county,
            inspection_id=inspection.id,
            station_id=inspection.station_id,
            keeper_id=keeper_id,
            rule_code=str(own["code"]),
            keeper_says=said_of_clause(own),
            inspector_says=said_of_clause(seen),
            opened_at=now,
        )
        for own, seen in decided_by_both(inspection)
        if own["verdict"] != seen["verdict"]
    ]
    session.add_all(opened)
    session.flush()
    return opened


def open_refusal(
    session: Session, *, inspection: Inspection, keeper: Person, note: str, now: datetime
) -> None:
    """The keeper's no to a whole record, said on the own phone: for the office to look into."""
    whole: SaidOfClause = {
        "clause": "",
        "title": "整份督导记录",
        "verdict": Verdict.UNKNOWN,
        "label": "",
        "word": Word.INSPECTOR,
        "why": record_statuses(session, [inspection])[inspection.id].label
        + (f"，{inspection.fails}条不符合" if inspection.fails else ""),
        "since": inspection.day_on.isoformat(),
        "evidence": [],
    }
    own: SaidOfClause = {**whole, "word": Word.KEEPER, "why": note, "since": None}
    session.add(
        Disagreement(
            county=inspection.county,
            kind=DisagreementKind.REFUSAL,
            inspection_id=inspection.id,
            station_id=inspection.station_id,
            keeper_id=keeper.id,
            rule_code="",
            keeper_says=own,
            inspector_says=whole,
            opened_at=now,
        )
    )


def answer_to_refusal(session: Session, *, inspection_id: UUID) -> str:
    """What the office has said to a keeper's no, with its reason; empty before that."""
    item = session.scalars(
        sa.select(Disagreement).where(
            Disagreement.inspection_id == inspection_id,
            Disagreement.kind == DisagreementKind.REFUSAL,
            Disagreement.settled_at.is_not(None),
        )
    ).first()
    return f"{decision_text(item)}：{item.reason}" if item else ""


def disagreements_seen(
    session: Session,
    *,
    county: str,
    seen_by: Person | Everybody,
    open_only: bool = True,
    settled_only: bool = False,
    campaign_id: int | None = None,
    limit: int | None = None,
    offset: int = 0,
) -> list[DisagreementView]:
    """The county's items in somebody's sight, the oldest first, settled ones the newest first.

    One query.
    """
    keeper, inspector, colleague = aliased(Person), aliased(Person), aliased(Person)
    other = aliased(Inspection)
    query = (
        sa.select(
            Disagreement,
            Station,
            sa.func.coalesce(colleague.name, keeper.name),
            inspector.name,
        )
        .join(Station, Station.id == Disagreement.station_id)
        .join(Inspection, Inspection.id == Disagreement.inspection_id)
        .join(inspector, inspector.id == Inspection.inspector_id)
        .outerjoin(keeper, keeper.id == Disagreement.keeper_id)
        .outerjoin(other, other.id == Disagreement.other_id)
        .outerjoin(colleague, colleague.id == other.inspector_id)
        .where(*_wanted(county, campaign_id, seen_by))
        .offset(offset)
        .limit(limit)
    )
    if settled_only:
        query = query.where(Disagreement.settled_at.is_not(None)).order_by(
            Disagreement.settled_at.desc(), Disagreement.id.desc()
        )
    else:
        query = query.order_by(Disagreement.opened_at, Disagreement.id)
        if open_only:
            query = query.where(Disagreement.settled_at.is_(None))
    return [
        DisagreementView(
            disagreement=item,
            station=station,
            keeper_name=keeper_name or "",
            inspector_name=inspector_name,
            clause=str(item.inspector_says["clause"]),
            title=str(item.inspector_says["title"]),
            keeper_says=item.keeper_says,
            inspector_says=item.inspector_says,
            decision_label=_told_with(decision_text(item), keeper_name, inspector_name),
            choices={
                name: _told_with(text, keeper_name, inspector_name)
                for name, text in choices_of(item.kind).items()
            },
        )
        for item, station, keeper_name, inspector_name in session.execute(query)
    ]


def choices_of(kind: DisagreementKind) -> Mapping[str, str]:
    """How a person may decide an item of this kind, in words."""
    if kind is DisagreementKind.KEEPER:
        return KEEPER_OR_INSPECTOR
    return OF_A_REFUSAL if kind is DisagreementKind.REFUSAL else BETWEEN_INSPECTORS


def decision_text(item: Disagreement) -> str:
    """How an item was decided; empty while it is open."""
    return BY_ITSELF.get(item.decision) or choices_of(item.kind).get(item.decision, "")


def _told_with(text: str, first: str | None, second: str) -> str:
    """The same decision with the inspectors' names: the first record's and the second's."""
    return text.replace("第一份记录", first or "").replace("第二份记录", second)


def disagreement_tally(
    session: Session, *, county: str, seen_by: Person | Everybody, campaign_id: int | None = None
) -> tuple[int, int]:
    """How many items are open, and how many settled; one query."""
    settled = sa.case((Disagreement.settled_at.is_not(None), 1), else_=0)
    found: dict[int, int] = dict(
        session.execute(
            sa.select(settled, sa.func.count())
            .join(Station, Station.id == Disagreement.station_id)
            .where(*_wanted(county, campaign_id, seen_by))
            .group_by(settled)
        ).all()
    )
    return found.get(0, 0), found.get(1, 0)


@counted
def disagreements_queue(session: Session, asked: Asked) -> QueueLine:
    """How many items are open in somebody's sight, and since when; one query."""
    rows = (
        sa.select(Disagreement)
        .join(Station, Station.id == Disagreement.station_id)
        .where(*_wanted(asked.county, None, asked.seen_by), Disagreement.settled_at.is_(None))
    )
    return waiting(session, rows, Disagreement.opened_at)


def disagreement_of(session: Session, *, county: str, disagreement_id: int) -> Disagreement:
    """An item of this county. Raises NotFound disagreement-unknown."""
    found = session.scalars(
        sa.select(Disagreement).where(
            Disagreement.county == county, Disagreement.id == disagreement_id
        )
    ).one_or_none()
    if found is None:
        raise NotFound("disagreement-unknown", "没有找到这一条。请返回列表重新选择。")
    return found


def settle_disagreement(
    session: Session,
    *,
    disagreement: Disagreement,
    decision: str,
    reason: str,
    by: Person,
    now: datetime,
) -> None:
    """A person decides whose word holds, with the reason.

    The frozen inspection stays as it is; a decision for the keeper counts in the keeper's trust.
    Raises Invalid decision-unknown, reason-needed; Conflict disagreement-settled.
    """
    session.refresh(disagreement, with_for_update=True)  # of two at once, one is told
    if disagreement.settled_at is not None:
        raise Conflict("disagreement-settled", "这一条已经裁定过了，不能再改。")
    if decision not in choices_of(disagreement.kind):
        raise Invalid("decision-unknown", "请选择以哪一方为准。", fields={"decision": "请选择"})
    reason = reason_given(reason, "请写明这样裁定的理由。", label="理由", into=Disagreement.reason)
    disagreement.decision, disagreement.reason = decision, reason
    disagreement.settled_at, disagreement.settled_by = now, by.id
    session.flush()
    said = disagreement.inspector_says
    history.write(
        session,
        of=disagreement,
        by=by,
        at=now,
        action=InspectionsAction.DISAGREEMENT_SETTLED,
        summary=f"{said['clause']}{said['title']}：{decision_text(disagreement)}",
        reason=reason,
    )


def _wanted(
    county: str, campaign_id: int | None, seen_by: Person | Everybody
) -> list[sa.ColumnElement[bool]]:
    """What a list asks for, as conditions on Disagreement and its Station."""
    found = [Disagreement.county == county, stations_visible_to(seen_by)]
    if campaign_id is not None:
        found.append(
            Disagreement.inspection_id.in_(
                sa.select(Inspection.id)
                .join(Visit, Visit.id == Inspection.visit_id)
                .where(Visit.campaign_id == campaign_id)
            )
        )
    return found


def _keeper_id(session: Session, inspection: Inspection) -> int | None:
    """Who kept the station when the visit ended."""
    return session.scalar(
        sa.select(Keeping.person_id)
        .where(
            Keeping.station_id == inspection.station_id,
            Keeping.from_at <= inspection.finished_at,
            sa.or_(Keeping.until_at.is_(None), Keeping.until_at > inspection.finished_at),
        )
        .order_by(Keeping.id)
        .limit(1)
    )
