"""Keeps a form that was not taken, for its owner alone and for a day, until it is sent again."""

import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.models.kept_form import KeptForm
from server.models.person import Person, SignIn, SignInKind
from server.services.people.codes import sha256

KEPT_FOR = timedelta(hours=24)
MOST_FORMS = 20  # of one person; the oldest goes first
MOST_CHARACTERS = 100_000  # of one form
NEVER_KEPT = frozenset({"csrf", "password", "old", "new", "again", "account_number", "factor_code"})
"""Fields that are secrets: a page's token, every password and code, an account's number."""


def keep_form(
    session: Session,
    *,
    person_id: int,
    path: str,
    fields: Iterable[tuple[str, str]],
    problem: Mapping[str, Any],
    now: datetime,
) -> str | None:
    """Put a form aside and answer the token under which its owner finds it; None if too large.

    Secrets (`NEVER_KEPT`) are left out, and what no database keeps: texts with a NUL.
    """
    kept = [
        [name, text]
        for name, text in fields
        if name not in NEVER_KEPT and "\0" not in f"{name}{text}"
    ]
    if sum(len(name) + len(text) for name, text in kept) > MOST_CHARACTERS or len(path) > 400:
        return None
    forget_old(session, now=now)
    of_person = sa.select(KeptForm.id).where(KeptForm.person_id == person_id)
    newest = of_person.order_by(KeptForm.id.desc()).limit(MOST_FORMS - 1)
    session.execute(
        sa.delete(KeptForm).where(
            KeptForm.person_id == person_id, KeptForm.id.not_in(newest.scalar_subquery())
        )
    )
    token = secrets.token_urlsafe(18)
    session.add(
        KeptForm(
            person_id=person_id,
            token_sha256=sha256(token),
            path=path,
            fields=kept,
            problem=dict(problem),
            kept_at=now,
        )
    )
    session.flush()
    return token


def kept_form(session: Session, *, token: str, person_id: int, now: datetime) -> KeptForm | None:
    """The form behind a token of this person; None for another's, a used one and an old one."""
    return session.scalar(
        sa.select(KeptForm).where(
            KeptForm.token_sha256 == sha256(token),
            KeptForm.person_id == person_id,
            KeptForm.kept_at > now - KEPT_FOR,
        )
    )


def forget_forms(session: Session, *, person_id: int, path: str) -> None:
    """The form was taken: what earlier tries of this person left of it is gone."""
    session.execute(
        sa.delete(KeptForm).where(KeptForm.person_id == person_id, KeptForm.path == path)
    )


def forget_old(session: Session, *, now: datetime) -> None:
    """Forget the forms of more than a day ago, and those of a clock that was set back."""
    session.execute(
        sa.delete(KeptForm).where(
            (KeptForm.kept_at <= now - KEPT_FOR) | (KeptForm.kept_at > now + KEPT_FOR)
        )
    )


def writer_of(session: Session, *, csrf: str, token: str | None = None) -> Person | None:
    """Whose page a form came from, told by its token; also after that sign-in has ended.

    With a cookie's `token` both must be of one sign-in: then nobody needs to be signed in.
    """
    if not csrf:
        return None
    asked = (
        sa.select(Person)
        .join(SignIn, SignIn.person_id == Person.id)
        .where(SignIn.csrf == csrf, SignIn.kind == SignInKind.DESK, Person.active)
    )
    if token is not None:
        asked = asked.where(SignIn.token_sha256 == sha256(token))
    return session.scalars(asked.limit(1)).first()
