"""The 通报 on paper, in the frame of the office's letters; PDF and DOCX say the same words."""

from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from server.models.circular import Circular
from server.papers.table_letter import letter_as_kept, table_letter
from server.policy.plan.circular import CircularContent
from server.services.reporting.circulars import content_of


def circular_paper(
    session: Session,
    *,
    circular: Circular,
    kind: str,
    now: datetime,
    font_dir: Path | None = None,
) -> bytes:
    """An issued circular's file as kept; made and kept where it is not yet."""
    content = content_of(session, circular)

    def make(mark: str, anchor: str) -> bytes:
        return circular_file(content, kind, mark=mark, anchor=anchor, font_dir=font_dir)

    return letter_as_kept(session, of=circular, kind=kind, now=now, make=make)


def circular_file(
    content: CircularContent,
    kind: str,
    *,
    mark: str = "",
    anchor: str = "",
    font_dir: Path | None = None,
) -> bytes:
    """The letter as pdf or docx; `mark` stands in red in its corner (a draft, taken back).

    `anchor` is the day's of the chain, at the foot.
    """
    demo = "演示数据 不作为通报" if content["demo"] else ""
    marks = "　".join(filter(None, (mark, demo)))
    return table_letter(content, kind, mark=marks, anchor=anchor, font_dir=font_dir)
