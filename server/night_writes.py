"""The chores that only write: each loads what it needs before the lock, and gives the verb back."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from server import jobs

DONE_JOBS_KEPT = timedelta(days=60)
Write = Callable[[Session, datetime], object]
"""What is done under the write lock; nothing else may be."""


def forget_done_jobs() -> Write:
    """Keep the tables of jobs and of messages to people and receivers outside short."""
    from server.services.messages.sending import forget_old as forget_messages
    from server.services.webhooks.sending import forget_old

    def forget(session: Session, now: datetime) -> None:
        jobs.forget_done(session, before=now - DONE_JOBS_KEPT)
        forget_old(session, now=now)
        forget_messages(session, now=now)

    return forget


def forget_kept_forms() -> Write:
    """Forms that were not taken wait a day; then what was typed into them is gone."""
    from server.services.people.kept_forms import forget_old

    return lambda session, now: forget_old(session, now=now)
