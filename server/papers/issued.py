"""Letters as issued: numbered, set and kept in one transaction, and given out as kept (0014)."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from server.models.inspection import Inspection
from server.models.person import Person
from server.models.rectification import Notice, NoticeQuestion
from server.papers.notice import set_notice_docx, set_notice_pdf
from server.papers.notice_contents import letter
from server.policy.standard.standards import Standard
from server.services.common import chain
from server.services.mending.notice_papers import keep_papers, papers_of
from server.services.mending.notice_questions import decide_letter
from server.services.mending.notices import issue_notice, lock_numbers


def issue(
    session: Session,
    *,
    inspection: Inspection,
    by: Person | None,
    now: datetime,
    standards: Iterable[Standard],
    font_dir: Path | None = None,
    seal: str | None = None,
) -> Notice:
    """Number an inspection's notice and keep its papers; asking again gives the same one.

    Raises what `notices.issue_notice` raises.
    """

    def keep(notice: Notice) -> None:
        made = papers(session, notice=notice, standards=standards, now=now, font_dir=font_dir)
        keep_papers(session, notice=notice, made=made, now=now)

    return issue_notice(session, inspection=inspection, by=by, now=now, keep=keep, seal=seal)


def settle_letter(
    session: Session,
    *,
    question: NoticeQuestion,
    decision: str,
    reason: str,
    by: Person,
    now: datetime,
    standards: Iterable[Standard],
    font_dir: Path | None = None,
    seal: str | None = None,
) -> Notice | None:
    """Uphold a letter or take back part of it; the 撤销通知 is kept like any letter.

    Raises what `notice_questions.decide_letter` raises.
    """
    made = decide_letter(
        session, question=question, decision=decision, reason=reason, by=by, now=now, seal=seal
    )
    if made is not None:
        files = papers(session, notice=made, standards=standards, now=now, font_dir=font_dir)
        keep_papers(session, notice=made, made=files, now=now)
    return made


def make_up(
    session: Session,
    *,
    notice: Notice,
    now: datetime,
    standards: Iterable[Standard],
    font_dir: Path | None = None,
) -> None:
    """Keep the papers of a letter that was issued before papers were kept, marked as made later."""
    lock_numbers(session, notice.county)
    if not papers_of(session, notice=notice):
        made = papers(session, notice=notice, standards=standards, now=now, font_dir=font_dir)
        keep_papers(session, notice=notice, made=made, now=now, later=True)


def papers_to_keep(
    session: Session,
    *,
    notice_id: int,
    standards: Iterable[Standard],
    font_dir: Path | None,
    now: datetime,
) -> Callable[[Session], None]:
    """The same without holding the numbers while it is set: what is given back keeps it."""
    notice = session.get_one(Notice, notice_id)
    made = papers(session, notice=notice, standards=standards, now=now, font_dir=font_dir)

    def keep(own: Session) -> None:
        issued = own.get_one(Notice, notice_id)
        lock_numbers(own, issued.county)
        keep_papers(own, notice=issued, made=made, now=now, later=True)

    return keep


def papers(
    session: Session,
    *,
    notice: Notice,
    standards: Iterable[Standard],
    now: datetime,
    font_dir: Path | None = None,
) -> Mapping[str, bytes]:
    """The letter as PDF and as DOCX, made anew, with the newest anchor at its foot."""
    anchor = chain.foot(session, county=notice.county, at=now)
    sheet = replace(letter(session, notice=notice, standards=standards), anchor=anchor)
    return {"pdf": set_notice_pdf(sheet, font_dir), "docx": set_notice_docx(sheet)}
