"""Which operator serves which township from when to when (静乐方案 附件2, and later changes)."""

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.calendar import full_day_text
from server.errors import Conflict, Invalid
from server.models.county import (
    County,
    Division,
    DivisionLevel,
    Operator,
    OperatorStatus,
    OperatorTerm,
)
from server.models.person import Person
from server.services.common import history
from server.services.common.written import named
from server.services.county.actions import CountyAction


@dataclass(frozen=True, slots=True)
class TermView:
    """One term with its township's and its enterprise's name."""

    term: OperatorTerm
    township: str
    operator: str


def terms_of(session: Session, *, county: str, operator_id: int | None = None) -> list[TermView]:
    """A county's terms (or one enterprise's), by township, the newest first."""
    query = (
        sa.select(OperatorTerm, Division.name, Operator.name)
        .join(Division, Division.code == OperatorTerm.township_code)
        .join(Operator, Operator.id == OperatorTerm.operator_id)
        .where(OperatorTerm.county == county)
        .order_by(OperatorTerm.township_code, OperatorTerm.from_on.desc(), OperatorTerm.id.desc())
    )
    if operator_id is not None:
        query = query.where(OperatorTerm.operator_id == operator_id)
    return [TermView(term, place, name) for term, place, name in session.execute(query)]


def give_township(
    session: Session,
    *,
    county: County,
    operator: Operator,
    township_code: str,
    from_on: date,
    source: str,
    by: Person | None,
    now: datetime,
) -> OperatorTerm:
    """Let an enterprise serve a township from a day on; who served it until then ends that day.

    Raises Invalid division-wrong, field-invalid; Conflict operator-not-active, term-overlaps,
    term-known.
    """
    # Two at once for one township: the second waits here on PostgreSQL.
    township = session.scalar(
        sa.select(Division)
        .where(
            Division.code == township_code,
            Division.county == county.code,
            Division.level == DivisionLevel.TOWNSHIP,
        )
        .with_for_update(key_share=True)
    )
    if township is None:
        raise Invalid("division-wrong", f"“{township_code}”不是本县的乡镇。请从乡镇名单里选择。")
    if operator.status is not OperatorStatus.ACTIVE:
        raise Conflict(
            "operator-not-active",
            f"{operator.name}现在是“{operator.status.label}”，不能再接乡镇。"
            "请换一家，或先恢复它的状态。",
        )
    source = named(source, "依据", field="source", into=OperatorTerm.source)
    if not source:
        raise Invalid(
            "field-invalid",
            "请写明依据，例如“附件2”或“专班会议纪要”。",
            fields={"source": "请填写"},
        )
    newest = session.scalar(
        sa.select(OperatorTerm)
        .where(OperatorTerm.township_code == township.code)
        .order_by(OperatorTerm.from_on.desc(), OperatorTerm.id.desc())
        .limit(1)
    )
    if newest is not None and newest.until_on is None and newest.operator_id == operator.id:
        raise Conflict(
            "term-known",
            f"{township.name}从{full_day_text(newest.from_on)}起就由{operator.name}服务。",
        )
    if newest is not None and from_on <= max(newest.from_on, newest.until_on or newest.from_on):
        raise Conflict(
            "term-overlaps",
            f"{township.name}在{full_day_text(newest.from_on)}以后已有登记，"
            "起始日期要在那以后。请核对日期。",
            fields={"from_on": "和已有的登记重叠"},
        )
    changes = []
    if newest is not None and newest.until_on is None:
        newest.until_on = from_on
        before = session.get_one(Operator, newest.operator_id).name
        changes = [
            history.Change(field="operator", label="运营企业", old=before, new=operator.name)
        ]
    term = OperatorTerm(
        county=county.code,
        township_code=township.code,
        operator_id=operator.id,
        from_on=from_on,
        source=source,
    )
    session.add(term)
    session.flush()
    history.write(
        session,
        of=operator,
        by=by,
        at=now,
        action=CountyAction.OPERATOR_TERM,
        summary=f"{township.name}从{full_day_text(from_on)}起由{operator.name}服务",
        changes=changes,
        reason=source,
    )
    return term
