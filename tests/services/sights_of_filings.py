"""What the lists of 末端备案 show of C0001, for tests/services/sights.py."""

from collections.abc import Callable
from typing import Any

from server.errors import NotFound
from server.policy.plan.filing import Step, StepKind
from server.policy.standard.working_days import WorkingDays
from server.services.registry import filing_lists, filings
from server.services.registry.filing_books import book_of
from tests.factories import NOW, TODAY
from tests.services.world import World


def rows_here(w: World, seen_by: dict[str, Any]) -> int:
    """How many rows of the list are C0001."""
    found = filing_lists.filing_rows(
        w.session, county=w.county, on=TODAY, calendar=WorkingDays(), **seen_by
    )
    return sum(one.station.id == w.c1.id for one in found)


def receipt_here(w: World, seen_by: dict[str, Any]) -> int:
    """Whether a receipt of C0001 is shown."""
    attempt = w.session.begin_nested()
    try:
        book = book_of(w.session, w.c1)
        step = book.add(Step(0, StepKind.RECEIPT, TODAY), by=None, now=NOW)
        step.receipt_sha256 = "0" * 64
        w.session.flush()
        return int(filings.receipt_for(w.session, step_id=step.id, **seen_by).id == step.id)
    except NotFound:
        return 0
    finally:
        attempt.rollback()


LOOKS: dict[str, Callable[[World, dict[str, Any]], int]] = {
    "registry.filing_lists.filing_rows": rows_here,
    "registry.filings.receipt_for": receipt_here,
}
