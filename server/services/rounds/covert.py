"""暗访 beside a round's result: what was found without the keeper's knowledge, told apart."""

from collections.abc import Mapping
from uuid import UUID

from server.policy.rounds.frozen import CovertFigures, Figures, StationFigures
from server.policy.standard.examine import Status
from server.policy.standard.frozen import FrozenFinding
from server.services.rounds.visits import VisitView


def with_covert(
    row: StationFigures, one: VisitView, findings: Mapping[UUID, list[FrozenFinding]]
) -> StationFigures:
    """The row with its 暗访, the earliest first; as it was where there was none."""
    if one.covert:
        row["covert"] = [
            {
                "day_on": each.day_on.isoformat(),
                "inspector": each.inspector_name,
                "status_label": Status(each.status).label,
                "fails": [
                    f"{found['clause']}{found['title']}"
                    for found in findings[each.id]
                    if found["counts_against"]
                ],
            }
            for each in one.covert
        ]
    return row


def covert_visits(figures: Figures) -> list[tuple[StationFigures, CovertFigures]]:
    """Every 暗访 of a round beside its station; none in reports of earlier releases."""
    return [(one, each) for one in figures["stations"] for each in one.get("covert", ())]


def covert_text(figures: Figures) -> str:
    """What 暗访 found, in one sentence; empty where there was none."""
    visits = covert_visits(figures)
    if not visits:
        return ""
    wanting = sum(bool(each["fails"]) for _, each in visits)
    found = f"{wanting}次发现不符合" if wanting else "没有发现不符合"
    return f"另有暗访{len(visits)}次，{found}，不计入以上结果"
