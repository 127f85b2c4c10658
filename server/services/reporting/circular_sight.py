"""Who may write circulars, and who sees which: drafts the writers alone, issued ones everybody."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.calendar import beijing_day, full_day_text
from server.errors import NotFound
from server.models.assessment import Assessment
from server.models.circular import Circular
from server.models.person import Person, Role
from server.policy.plan.duties import Deed
from server.services.people.scope import EVERYBODY, Everybody, may_do
from server.services.reporting.reports import content_hash


def may_circulate(session: Session, by: Person) -> bool:
    """Whether somebody drafts, issues and withdraws circulars."""
    return may_do(session, by, Deed.CIRCULATE)


def circulars_in_sight(
    session: Session, *, county: str, reader: Person | Everybody
) -> list[Circular]:
    """The circulars that somebody may see, the newest first: drafts for who writes them alone."""
    rows = session.scalars(
        sa.select(Circular).where(Circular.county == county).order_by(Circular.id.desc())
    )
    return [one for one in rows if _shown(session, one, reader)]


def circular_for(session: Session, *, circular_id: int, reader: Person | Everybody) -> Circular:
    """One that somebody may see. Raises NotFound circular-unknown."""
    found = session.get(Circular, circular_id)
    if found is None or not _shown(session, found, reader):
        raise NotFound("circular-unknown", "没有找到这份通报。请返回“通报”重新选择。")
    return found


def is_whole(circular: Circular) -> bool:
    """Whether an issued circular still hashes to what was issued."""
    if circular.content is None:
        return False
    return content_hash(circular.content) == circular.content_sha256


def circulars_over(session: Session, sheet: Assessment) -> list[Circular]:
    """The circulars that were issued over an assessment and not taken back."""
    issued = sa.select(Circular).where(
        Circular.assessment_id == sheet.id,
        Circular.issued_at.is_not(None),
        Circular.withdrawn_at.is_(None),
    )
    return list(session.scalars(issued.order_by(Circular.id)))


def source_withdrawn(session: Session, circular: Circular) -> str:
    """That the assessment of an issued circular was taken back since, in a sentence; "" else."""
    if circular.assessment_id is None or circular.issued_at is None:
        return ""
    sheet = session.get_one(Assessment, circular.assessment_id)
    if sheet.withdrawn_at is None:
        return ""
    day = full_day_text(beijing_day(sheet.withdrawn_at))
    still = "" if circular.withdrawn_at else "这份通报还没有撤回。"
    return f"所依据的考核结果已于{day}撤回：{sheet.withdrawn_because}。{still}"


def _shown(session: Session, circular: Circular, reader: Person | Everybody) -> bool:
    if reader is EVERYBODY:
        return True
    if reader.county != circular.county:
        return False
    return (
        circular.issued_at is not None
        or reader.role is Role.AUDITOR
        or may_circulate(session, reader)
    )
