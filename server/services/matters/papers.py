"""Papers and photos handed in with a step of a problem: kept by hash, told in its history."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.errors import NotFound
from server.media.attachments import Attachment
from server.media.blobs import BlobStore
from server.models.matter import Matter, MatterPaper, MatterStep
from server.models.person import Person
from server.services.common import history
from server.services.matters.actions import MatterAction
from server.services.matters.sight import matters_visible_to
from server.services.matters.steps import number_text

MOST = 5  # with one step


def attach(
    session: Session,
    blobs: BlobStore,
    *,
    matter: Matter,
    papers: Sequence[Attachment],
    by: Person,
    now: datetime,
) -> list[MatterPaper]:
    """Keep papers with the step that this person made at this moment, in the same transaction."""
    if not papers:
        return []
    step_id = session.scalars(
        sa.select(MatterStep.id)
        .where(
            MatterStep.matter_id == matter.id,
            MatterStep.at == now,
            MatterStep.person_id == by.id,
        )
        .order_by(MatterStep.id.desc())
    ).first()
    if step_id is None:  # no deed went before: nothing to hand papers in with
        raise NotFound("matter-unknown", "没有找到这件事。请返回问题清单重新选择。")
    made = [
        MatterPaper(
            matter_id=matter.id,
            step_id=step_id,
            file_sha256=blobs.put(one.content),
            file_name=one.name,
            file_kind=one.kind,
            file_bytes=len(one.content),
            recorded_at=now,
        )
        for one in papers
    ]
    session.add_all(made)
    session.flush()
    history.write(
        session,
        of=matter,
        by=by,
        at=now,
        action=MatterAction.MATTER_PAPERS,
        summary=f"{number_text(matter)}附上{len(made)}份材料",
        changes=[
            history.Change(
                field=f"paper{one.id}",
                label=one.file_name,
                old="",
                new=f"SHA-256 {one.file_sha256}",
            )
            for one in made
        ],
    )
    return made


def papers_of(session: Session, *, matter_id: int) -> dict[int, list[MatterPaper]]:
    """The papers of one problem, by the step with which they came."""
    found: dict[int, list[MatterPaper]] = {}
    for one in session.scalars(
        sa.select(MatterPaper).where(MatterPaper.matter_id == matter_id).order_by(MatterPaper.id)
    ):
        found.setdefault(one.step_id, []).append(one)
    return found


def paper_for(session: Session, seen_by: Person, paper_id: int) -> MatterPaper:
    """One paper of a problem in somebody's sight. Raises NotFound matter-paper-unknown."""
    found = session.scalars(
        sa.select(MatterPaper)
        .join(Matter, Matter.id == MatterPaper.matter_id)
        .where(MatterPaper.id == paper_id, matters_visible_to(seen_by))
    ).one_or_none()
    if found is None:
        raise NotFound("matter-paper-unknown", "没有找到这份材料。请从办理经过里重新打开。")
    return found
