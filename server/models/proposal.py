"""Changes of the register that a township proposes and the county office accepts or returns."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base, coded
from server.labelled import Labelled
from server.models.sealed import SealedJson
from server.policy.standard.frozen import FrozenProposal


class ProposalKind(Labelled):
    """What a township asks for."""

    EDIT = "edit", "改登记"
    NEW = "new", "登记新站"
    CLOSE = "close", "停业"
    REOPEN = "reopen", "恢复营业"
    ACCEPT = "accept", "验收"


class ProposalState(Labelled):
    """Where a proposal stands; only a waiting one can still be decided."""

    WAITING = "waiting", "待审"
    ACCEPTED = "accepted", "已采纳"
    RETURNED = "returned", "已退回"
    REPLACED = "replaced", "已改后重交"
    WITHDRAWN = "withdrawn", "已撤回"

    @property
    def at_township(self) -> bool:
        """Whether its proposer may still withdraw it, or hand it in anew."""
        return self in (ProposalState.WAITING, ProposalState.RETURNED)


class Proposal(Base):
    """One version of a proposal. `change` is what was proposed, frozen under `change_sha256`.

    A row is never changed but for its state and who decided. Handing it in anew is a row of its own
    that names this one in `replaces_id`. `written` are the history.Change rows that accepting
    made, `kept` the labels of the fields where the office kept what the register says.
    `station_id` of a new station is empty until it is accepted.
    """

    __tablename__ = "proposals"
    __table_args__ = (
        sa.UniqueConstraint("replaces_id"),
        sa.Index("ix_proposals_county_state", "county", "state", "id"),
        sa.Index("ix_proposals_station_id", "station_id"),
        sa.Index("ix_proposals_proposed_by", "proposed_by", "state"),
        # One person has one open wish of a kind for a station; a form sent twice is one proposal.
        sa.Index(
            "uq_proposals_waiting",
            "station_id",
            "kind",
            "proposed_by",
            unique=True,
            sqlite_where=sa.text("state = 'waiting'"),
            postgresql_where=sa.text("state = 'waiting'"),
        ),
        sa.Index(
            "uq_proposals_waiting_change",
            "county",
            "change_sha256",
            unique=True,
            sqlite_where=sa.text("state = 'waiting'"),
            postgresql_where=sa.text("state = 'waiting'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    county: Mapped[str] = mapped_column(sa.ForeignKey("counties.code"))
    township_code: Mapped[str | None] = mapped_column(sa.ForeignKey("divisions.code"))
    station_id: Mapped[int | None] = mapped_column(sa.ForeignKey("stations.id"))
    kind: Mapped[ProposalKind] = mapped_column(coded(ProposalKind))
    state: Mapped[ProposalState] = mapped_column(coded(ProposalState))
    change: Mapped[FrozenProposal] = mapped_column(SealedJson("proposals.change"))
    change_sha256: Mapped[str] = mapped_column(sa.String(64))
    reason: Mapped[str] = mapped_column(sa.String(200))
    proposed_by: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    proposed_at: Mapped[datetime]
    replaces_id: Mapped[int | None] = mapped_column(sa.ForeignKey("proposals.id"))
    decided_by: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    decided_at: Mapped[datetime | None]
    because: Mapped[str] = mapped_column(sa.String(400), default="")
    written: Mapped[list[Any]] = mapped_column(SealedJson("proposals.written"), default=list)
    kept: Mapped[list[Any]] = mapped_column(default=list)
    withdrawn_at: Mapped[datetime | None]
    demo: Mapped[bool] = mapped_column(default=False)
