"""Where each queue of the office leads: the list that holds exactly what it counts."""

from typing import Any, NamedTuple

from flask import g, url_for

from desk.frame.access import me
from desk.frame.menu import UNDER
from server.http import clock
from server.http.database import session
from server.http.rulebook import working_days_here
from server.services.common.queues import Asked
from server.services.office.queues import Waiting, queues_of

# By the key of `server/services/office/queues.py`: the page, and the filters that make it the list.
LINKS: dict[str, tuple[str, dict[str, Any]]] = {
    "chain": ("desk_chain.chain", {}),
    "webhooks": ("desk_webhooks.webhooks", {"waits": 1}),
    "mends-late": ("desk_rectifications.rectifications", {"state": "late"}),
    "mends-answered": ("desk_rectifications.rectifications", {"state": "answered"}),
    "matters-refer": ("desk_matters.matters", {"state": "registered"}),
    "matters-mine": ("desk_matters.matters", {"state": "mine"}),
    "matters-late": ("desk_matters.matters", {"state": "late"}),
    "matters-red": ("desk_matters.matters", {"state": "red"}),
    "matters-extend": ("desk_matters.matters", {"state": "extension"}),
    "matters-check": ("desk_matters.matters", {"state": "to_check"}),
    "matters-close": ("desk_matters.matters", {"state": "checked"}),
    "complaints-late": ("desk_complaints.complaints", {"state": "late"}),
    "complaints-new": ("desk_complaints.complaints", {"state": "new"}),
    "complaints-working": ("desk_complaints.complaints", {"state": "working"}),
    "complaints-held": ("desk_complaints.complaints", {"state": "held"}),
    "letters": ("desk_notices.letters", {}),
    "disagreements": ("desk_disagreements.disagreements", {}),
    "doubles": ("desk_doubles.doubles", {}),
    "differing": ("desk_differing.records", {}),
    "rounds-unreported": ("desk_rounds.rounds", {}),
    "agreements": ("desk_agreements.agreements", {"state": "waiting"}),
    "filings-late": ("desk_filings.filings", {"state": "overdue"}),
    "filings-soon": ("desk_filings.filings", {"state": "soon"}),
    "filings-asked": ("desk_filings.filings", {"state": "asked"}),
    "filings-pending": ("desk_filings.filings", {"state": "pending"}),
    "reports-due": ("desk_reports.waiting", {"state": "missing"}),
    "reports-returned": ("desk_reports.waiting", {"state": "returned"}),
    "reports": ("desk_reports.waiting", {"state": "received"}),
    "months": ("desk_months.month", {}),
    "reconciliation": ("desk_reconciliation.month", {"month": "recent"}),
    "money-review": ("desk_subsidies.waiting", {"what": "review"}),
    "money-approve": ("desk_subsidies.waiting", {"what": "approve"}),
    "money-list": ("desk_subsidy_batches.batches", {}),
    "money-release": ("desk_subsidy_batches.batches", {}),
    "money-record": ("desk_subsidy_batches.batches", {}),
    "money-accounts": ("desk_subsidy_accounts.accounts", {}),
    "photos": ("desk_reviews.queue", {}),
    "signals": ("desk_signals.signals", {}),
    "proposals": ("desk_proposals.proposals", {}),
    "requests": ("desk_requests.requests", {}),
    "proposals-returned": ("desk_proposals.proposals", {"state": "returned", "mine": 1}),
    "acceptances": ("desk_acceptances.acceptances", {"stage": "waiting"}),
    "unbound": ("desk_unbound.unbound", {}),
    "without-keeper": ("desk_unbound.unbound", {}),
    "unsent-cut": ("desk_unsent.unsent", {}),
}


class Shown(NamedTuple):
    """A queue as the first page tells it."""

    waiting: Waiting
    href: str
    part: str


def queues_here() -> tuple[Shown, ...]:
    """The queues of the person at the desk, counted once per request."""
    if "queues" not in g:
        found = queues_of(session(), Asked(me(), clock.now(), working_days_here()))
        g.queues = tuple(Shown(one, *_link(one.queue.key)) for one in found)
    shown: tuple[Shown, ...] = g.queues
    return shown


def waits_by_part() -> dict[str, int]:
    """How much is to be done by the person at the desk, by line of the menu.

    These are deeds, not things: a problem that is late and asks for more time is two. The menu
    and the first page say so.
    """
    found: dict[str, int] = {}
    for one in queues_here():
        found[one.part] = found.get(one.part, 0) + one.waiting.line.number
    return found


def _link(key: str) -> tuple[str, str]:
    endpoint, filters = LINKS[key]
    blueprint = endpoint.partition(".")[0]
    return url_for(endpoint, **filters), UNDER.get(blueprint, blueprint)
