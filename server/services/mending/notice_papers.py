"""The files of issued letters: kept once by SHA-256 in the database, served as kept (0014)."""

import hashlib
from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, undefer

from server.errors import Conflict
from server.models.rectification import Notice, NoticePaper

KINDS = ("pdf", "docx")


def keep_papers(
    session: Session,
    *,
    notice: Notice,
    made: Mapping[str, bytes],
    now: datetime,
    later: bool = False,
) -> None:
    """Keep what was made of a letter, in the transaction that numbers it; what is kept stays.

    `later` marks papers of a letter that was issued before papers were kept.
    """
    known = set(
        session.scalars(sa.select(NoticePaper.kind).where(NoticePaper.notice_id == notice.id))
    )
    session.add_all(
        NoticePaper(
            notice_id=notice.id,
            kind=kind,
            sha256=hashlib.sha256(content).hexdigest(),
            content=content,
            made_at=now,
            made_later=later,
        )
        for kind, content in made.items()
        if kind not in known
    )
    session.flush()


def kept_paper(session: Session, *, notice: Notice, kind: str) -> NoticePaper | None:
    """A letter's file as it was made, None where none was kept yet.

    Raises Conflict notice-paper-changed when its bytes no longer are those that were made.
    """
    paper = session.scalars(
        sa.select(NoticePaper)
        .where(NoticePaper.notice_id == notice.id, NoticePaper.kind == kind)
        .options(undefer(NoticePaper.content))
    ).one_or_none()
    if paper is not None and hashlib.sha256(paper.content).hexdigest() != paper.sha256:
        raise Conflict(
            "notice-paper-changed",
            "这份文件与签发时留的校验码对不上，可能被人改过，没有给出。"
            "请用盖了章的原件，并联系技术人员。",
        )
    return paper


def since_said(session: Session, notice: Notice) -> str:
    """What has become of a letter, beside the name of its file, which stays as it was issued."""
    took_back = sa.select(Notice.id).where(Notice.revokes_id == notice.id).exists()
    return "（已发撤销通知）" if session.scalar(sa.select(took_back)) else ""


def papers_of(session: Session, *, notice: Notice) -> list[NoticePaper]:
    """What is kept of a letter, without the bytes."""
    return list(
        session.scalars(
            sa.select(NoticePaper)
            .where(NoticePaper.notice_id == notice.id)
            .order_by(NoticePaper.kind)
        )
    )


def no_papers_yet() -> sa.ColumnElement[bool]:
    """Which letters were issued before papers were kept and have none."""
    return ~sa.select(NoticePaper.notice_id).where(NoticePaper.notice_id == Notice.id).exists()


def without_papers(
    session: Session, *, county: str, after: int = 0, most: int | None = None
) -> list[int]:
    """A county's letters without papers, the oldest first."""
    found = sa.select(Notice.id).where(Notice.county == county, Notice.id > after, no_papers_yet())
    return list(session.scalars(found.order_by(Notice.id).limit(most)))
