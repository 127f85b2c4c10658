"""The shapes of what a round freezes name every state, verdict and change that there is."""

from datetime import date

from server.policy.rounds.frozen import ChangeCounts, Totals, VerdictCounts
from server.policy.rounds.visits import ChangeKind, VisitState
from server.policy.standard.examine import Status, examine, finding_json
from server.policy.standard.facts import Level, Ownership, StationFacts
from server.policy.standard.frozen import FrozenFinding
from server.policy.standard.standards import Standard
from server.policy.standard.verdicts import Verdict


def test_totals_count_every_state_of_a_visit_and_of_a_station() -> None:
    states = {state.value for state in VisitState if state is not VisitState.WITHDRAWN}

    assert set(Totals.__annotations__) == {
        "total",
        "inspected",
        "late_days",
        "time_unverified",
        "off_round",
        "presence",
        *states,
        *(status.value for status in Status),
    }


def test_every_verdict_and_every_kind_of_change_is_counted() -> None:
    assert list(VerdictCounts.__annotations__) == [verdict.value for verdict in Verdict]
    assert list(ChangeCounts.__annotations__) == [kind.value for kind in ChangeKind]


def test_a_finding_is_kept_with_exactly_the_keys_of_its_shape(
    standards: tuple[Standard, ...],
) -> None:
    facts = StationFacts(level=Level.VILLAGE_POINT, ownership=Ownership.COOPERATIVE)

    for finding in examine(standards, facts, date(2026, 11, 20)):
        assert set(finding_json(finding)) == set(FrozenFinding.__annotations__)
