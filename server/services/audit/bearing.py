"""Whether the chain still bears out one anchor, as somebody reads it off a paper."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.errors import Invalid
from server.models.chain import ChainLine
from server.services.audit.anchors import Anchor, anchors_in
from server.services.audit.excuses import excuses_of


@dataclass(frozen=True, slots=True)
class Borne:
    """What the chain says to an anchor: it holds, or `why` not; `at` is its line's moment."""

    mark: Anchor
    holds: bool
    why: str
    at: datetime | None


def first_anchor(text: str) -> Anchor:
    """The anchor that somebody typed. Raises Invalid anchor-unreadable."""
    found = anchors_in(text, source="纸上")
    if not found:
        raise Invalid("anchor-unreadable", "没有写存证。请照纸上页脚的那一行写。")
    return found[0]


def borne_out(session: Session, *, county: str, mark: Anchor) -> Borne:
    """Look the anchor's line up; that the lines before it hold too is what verifying shows."""
    if mark.county not in ("", county):
        return Borne(mark, False, f"这条存证是{mark.county}的，不是本县的。", None)
    line = session.execute(
        sa.select(ChainLine.at, ChainLine.hash).where(
            ChainLine.county == county, ChainLine.seq == mark.seq
        )
    ).one_or_none()
    if line is not None and line.hash.startswith(mark.hash):
        return Borne(mark, True, "", line.at)
    why = excuses_of(session, county=county).lost(mark.on, mark.seq)
    if not why:
        why = (
            "链上没有这一行，末尾可能被截断过。"
            if line is None
            else "链上这一行的校验不一样。请先看是不是抄错了；没有抄错，就是记录被改写过。"
        )
    return Borne(mark, False, why, line.at if line else None)
