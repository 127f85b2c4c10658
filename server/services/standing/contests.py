"""Clauses of which two inspectors said opposite things on one day, as standings need them."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date, datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from server.calendar import full_day_text
from server.models.inspection import Disagreement, DisagreementKind, Inspection
from server.models.person import Person
from server.policy.standard.contests import Contest
from server.policy.standard.frozen import SaidOfClause

_First, _Second = aliased(Inspection), aliased(Inspection)
_FirstInspector, _SecondInspector = aliased(Person), aliased(Person)
_QUERY = (
    sa.select(
        Disagreement,
        _Second.day_on,
        _First.finished_at,
        _Second.finished_at,
        _FirstInspector.name,
        _SecondInspector.name,
    )
    .join(_Second, _Second.id == Disagreement.inspection_id)
    .join(_First, _First.id == Disagreement.other_id)
    .join(_SecondInspector, _SecondInspector.id == _Second.inspector_id)
    .join(_FirstInspector, _FirstInspector.id == _First.inspector_id)
    .where(
        Disagreement.kind == DisagreementKind.INSPECTORS,
        Disagreement.county == sa.bindparam("county", type_=sa.String),
        _Second.day_on <= sa.bindparam("on", type_=sa.Date),
        # What was amended is held anew against the other's record, and is an item of its own.
        *(
            sa.select(Inspection.id).where(Inspection.id == one.id, Inspection.holds()).exists()
            for one in (_First, _Second)
        ),
    )
    .order_by(_Second.day_on, Disagreement.settled_at.is_(None), Disagreement.id)
)
_QUERY_OF = _QUERY.where(
    Disagreement.station_id.in_(sa.bindparam("ids", type_=sa.Integer, expanding=True))
)


class Sides(NamedTuple):
    """Both inspectors' words of one clause, the first record's and the second's, by arrival."""

    first: SaidOfClause
    second: SaidOfClause
    first_at: datetime
    second_at: datetime

    def holds(self, decision: str) -> SaidOfClause | None:
        """Whose words the office's decision lets stand; None while there is none.

        Where both are right at their own time, the later visit tells how it is now.
        """
        if decision == "both":
            return self.second if self.second_at >= self.first_at else self.first
        return {"inspector": self.second, "other": self.first}.get(decision)


def contests_of(
    session: Session, *, county: str, on: date, station_ids: Collection[int] | None
) -> dict[int, dict[str, Contest]]:
    """By station and rule, what inspectors differed about on a day up to `on`; one query.

    The newest day counts, and on one day what is still undecided.
    """
    query, asked = _QUERY, {"county": county, "on": on}
    if station_ids is not None:
        query, asked = _QUERY_OF, asked | {"ids": list(station_ids)}
    found: dict[int, dict[str, Contest]] = defaultdict(dict)
    for item, day, first_at, second_at, first, second in session.execute(query, asked):
        sides = Sides(item.keeper_says, item.inspector_says, first_at, second_at)
        found[item.station_id][item.rule_code] = _contest(item, sides, day, first, second)
    return found


def _contest(item: Disagreement, sides: Sides, day: date, first: str, second: str) -> Contest:
    won = sides.holds(item.decision)
    if won is None:
        return Contest(
            day,
            f"{full_day_text(day)}{first}说“{sides.first['label']}”，"
            f"{second}说“{sides.second['label']}”，等县办裁定",
            (*sides.first["evidence"], *sides.second["evidence"]),
        )
    return Contest(
        day,
        f"{won['why']}（{full_day_text(day)}两位督导员说法不一，县办裁定以"
        f"{second if won is sides.second else first}为准）",
        tuple(won["evidence"]),
        holds=won["verdict"] == "pass",
        since=date.fromisoformat(won["since"]) if won["since"] else None,
    )
