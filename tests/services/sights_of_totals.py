"""What the services of 对账 show of C0001: a part of tests/services/sights.py."""

from collections.abc import Callable
from typing import Any

from server.errors import NotFound
from server.models.county import Operator
from server.services.days import (
    operator_file_lists,
    operator_files,
    payable,
    reconciliation,
    reconciliation_lists,
)
from tests.factories import NOW, TODAY
from tests.services.days.of_june import JUNE
from tests.services.days.scanned import scanned
from tests.services.world import World

Looks = dict[str, Callable[[World, dict[str, Any]], int]]


def _scanned(w: World, look: Callable[[int], int]) -> int:
    """What a look shows while an operator has said of C0001's June what its keeper did not."""
    attempt = w.session.begin_nested()
    try:
        [line] = scanned(w.session, w.c1, {3: (99, 0)})
        return look(line.file_id)
    except NotFound:
        return 0
    finally:
        attempt.rollback()


def _planned(w: World, seen_by: dict[str, Any]) -> int:
    return operator_files.plan_totals(
        w.session, county=w.county, operator=w.session.get_one(Operator, w.c1.operator_id),
        month_on=JUNE, content="编号,日期,下行,上行\nC0001,2023-06-03,9,0\n".encode(),
        filename="6月.csv", now=NOW, **seen_by,
    ).count("new")  # fmt: skip


LOOKS: Looks = {
    "days.reconciliation.reconciled_month": lambda w, a: sum(
        one.station.id == w.c1.id
        for one in reconciliation.reconciled_month(
            w.session, county=w.county.code, month_on=JUNE, today=TODAY, **a
        ).stations
    ),
    "days.reconciliation_lists.recent_waiting": lambda w, a: _scanned(
        w,
        lambda _: len(
            reconciliation_lists.recent_waiting(w.session, county=w.county.code, today=TODAY, **a)
        ),
    ),
    "days.payable.payable_days": lambda w, a: len(
        payable.payable_days(
            w.session, county=w.county.code, month_on=JUNE, today=TODAY, station_ids=[w.c1.id], **a
        ).stations
    ),
    "days.operator_files.plan_totals": _planned,
    "days.operator_file_lists.files_entered": lambda w, a: _scanned(
        w,
        lambda _: len(operator_file_lists.files_entered(w.session, county=w.county.code, **a)),
    ),
    "days.operator_file_lists.file_for": lambda w, a: _scanned(
        w,
        lambda file_id: operator_file_lists.file_for(w.session, file_id=file_id, **a).lines,
    ),
}
