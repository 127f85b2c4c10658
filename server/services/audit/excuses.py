"""What may rightly differ from the chain: contents erased by law, lines lost with a backup."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.models.history import HistoryLine
from server.services.common.actions import LEFT, ChainAction

ERASED, LOST_SEQ, LOST_ON, KEPT_SEQ = "erased:", "lost_seq", "lost_on", "kept_seq"


def content_ref(kind: str, ref: str) -> str:
    """How a line that tells of an erasure names the content of something frozen."""
    return f"{kind}/{ref}"


@dataclass(frozen=True, slots=True)
class Restored:
    """A restored backup as its line of the history says it: what was kept, what was lost."""

    line_id: int
    kept_seq: int
    lost_seq: int
    lost_on: date


@dataclass(frozen=True, slots=True)
class Excuses:
    """What lines of the history say of erasures and restored backups in a county."""

    blanked: dict[str, frozenset[str]]
    left: dict[str, frozenset[str]]
    restored: tuple[Restored, ...]

    def erased(self, ref: str, sha256: str) -> bool:
        """Whether a line was blanked by law, and stands exactly as the erasure left it."""
        return sha256 in self.blanked.get(ref, ())

    def without_place(self, ref: str, sha256: str | None) -> bool:
        """Whether a line says that a record lost its positions lawfully and is this since."""
        return sha256 in self.left.get(ref, ())

    def content_erased(self, kind: str, ref: str, sha256: str) -> bool:
        """Whether something frozen was blanked by law, and holds exactly what was left of it."""
        return sha256 in self.blanked.get(content_ref(kind, ref), ())

    def lost(self, on: date, seq: int) -> str:
        """Which restored backup lost the line of an anchor; empty where none says so."""
        for one in self.restored:
            if one.kept_seq < seq <= one.lost_seq and on <= one.lost_on:
                return f"变更记录{one.line_id}号写明从备份恢复，第{one.kept_seq}行以后丢失"
        return ""


def excuses_of(session: Session, *, county: str) -> Excuses:
    """Read them from the history, whose own lines are held against the chain like all others."""
    keys = session.scalars(
        sa.select(HistoryLine.id)
        .where(
            HistoryLine.county == county,
            HistoryLine.action.in_(
                [
                    ChainAction.LINES_ERASED,
                    ChainAction.POSITIONS_ERASED,
                    ChainAction.RESTORED,
                ]
            ),
        )
        .order_by(HistoryLine.id)
    ).all()
    blanked: dict[str, frozenset[str]] = {}
    left: dict[str, frozenset[str]] = {}
    restored = []
    for key in keys:
        line = sa.select(HistoryLine.action, HistoryLine.changes).where(HistoryLine.id == key)
        try:
            action, changes = session.execute(line).one()
            said = {str(one["field"]): str(one["new"]) for one in changes}
        except (ValueError, TypeError, LookupError):
            continue  # somebody made it unreadable: it excuses nothing, and its hash says so
        if action == ChainAction.RESTORED:
            restored += _restored(key, said)
            continue
        into, mark = (blanked, ERASED) if action == ChainAction.LINES_ERASED else (left, LEFT)
        for name, sha256 in said.items():
            if name.startswith(mark):
                ref = name.removeprefix(mark)
                into[ref] = into.get(ref, frozenset()) | {sha256}
    return Excuses(blanked, left, tuple(restored))


def _restored(key: int, said: Mapping[str, str]) -> list[Restored]:
    """What a line says; nothing where somebody made it unreadable (its hash then says so)."""
    try:
        lost_on = date.fromisoformat(said[LOST_ON])
        return [Restored(key, int(said[KEPT_SEQ]), int(said[LOST_SEQ]), lost_on)]
    except (KeyError, ValueError):
        return []
