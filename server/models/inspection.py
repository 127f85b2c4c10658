"""The July and November rounds: campaigns, who visits which station, and inspections as signed."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, aliased, mapped_column

from server.db import Base, Json, coded
from server.labelled import Labelled
from server.policy.rounds.frozen import FrozenMark, FrozenPresence, ReportFigures
from server.policy.rounds.marks import minutes_on_site
from server.policy.rounds.sampling import SampleKind
from server.policy.standard.frozen import (
    AsSigned,
    Difference,
    Entered,
    FrozenFinding,
    PinnedStandard,
    SaidOfClause,
)


class Campaign(Base):
    """One round of 督导验收, such as 2026-11.

    `standards` are the ids and hashes in force when it was opened: its inspections are held against
    these, whatever comes later. `seed` and `drum` repeat a sample exactly: the drum holds every
    station that could have been drawn as [number, tickets, why, name]; None before it was recorded,
    and without names in the first releases. `draw_text` is the draw as one text, `commitment` its
    SHA-256, which may be seen before the round ends; both are empty where all stations are visited.
    A round deleted before any record came is only marked so: a record may still be on a phone.
    """

    __tablename__ = "campaigns"
    __table_args__ = (sa.UniqueConstraint("county", "period", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    county: Mapped[str] = mapped_column(sa.ForeignKey("counties.code"))
    period: Mapped[str] = mapped_column(sa.String(7))  # 2026-11
    name: Mapped[str] = mapped_column(sa.String(60))
    standards: Mapped[list[PinnedStandard]] = mapped_column(Json)
    opens_on: Mapped[date]
    due_on: Mapped[date]  # the last day that is in time
    sample: Mapped[SampleKind] = mapped_column(coded(SampleKind))
    seed: Mapped[str] = mapped_column(sa.String(40), default="")
    sample_size: Mapped[int]
    drawn_from: Mapped[int]  # how many stations could have been drawn
    drum: Mapped[list[Any] | None] = mapped_column(deferred=True)
    draw_text: Mapped[str | None] = mapped_column(sa.Text, deferred=True)
    commitment: Mapped[str] = mapped_column(sa.String(64), default="")
    closed_at: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]
    made_by: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    made_at: Mapped[datetime]
    demo: Mapped[bool] = mapped_column(default=False)

    @property
    def salt(self) -> str:
        """What was drawn with besides the seed, as it stands in the draw's text; empty before."""
        heads = (line.partition("\t") for line in (self.draw_text or "").splitlines())
        return next((text for name, _, text in heads if name == "盐"), "")

    @property
    def closed(self) -> bool:
        """Whether the office has ended it."""
        return self.closed_at is not None


class DrawPreview(Base):
    """A draw that somebody looked at before a round was opened, so that no seed is shopped for.

    `stations` are [number, name] of those drawn; `campaign_id` the round that was opened next, None
    before that. The round is drawn with the same `salt`, which nobody knows before it is opened.
    `deleted_round` names the round where it was not looked at but opened and deleted.
    """

    __tablename__ = "draw_previews"
    __table_args__ = (sa.Index("ix_draw_previews_county_campaign_id", "county", "campaign_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    county: Mapped[str] = mapped_column(sa.ForeignKey("counties.code"))
    campaign_id: Mapped[int | None] = mapped_column(sa.ForeignKey("campaigns.id"))
    made_by: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    made_at: Mapped[datetime]
    opens_on: Mapped[date]
    sample: Mapped[SampleKind] = mapped_column(coded(SampleKind))
    seed: Mapped[str] = mapped_column(sa.String(40))
    salt: Mapped[str] = mapped_column(sa.String(32), default="")
    drawn_from: Mapped[int]
    stations: Mapped[list[Any]]
    deleted_round: Mapped[str] = mapped_column(sa.String(80), default="")


class Visit(Base):
    """A station in a round, and who is to go there; what became of it follows from inspections."""

    __tablename__ = "visits"
    __table_args__ = (
        sa.UniqueConstraint("campaign_id", "station_id"),
        sa.Index("ix_visits_inspector_id", "inspector_id", "campaign_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(sa.ForeignKey("campaigns.id"))
    county: Mapped[str] = mapped_column(sa.ForeignKey("counties.code"))
    station_id: Mapped[int] = mapped_column(sa.ForeignKey("stations.id"))
    inspector_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    drawn_because: Mapped[str] = mapped_column(sa.String(200), default="")
    withdrawn_at: Mapped[datetime | None]
    withdrawn_because: Mapped[str] = mapped_column(sa.String(200), default="")


class InspectionOutcome(Labelled):
    """How a visit ended."""

    SIGNED = "signed", "双方已签字"  # both signed on the glass
    TO_CONFIRM = "to_confirm", "等站长确认"  # the keeper will confirm on the own phone
    REFUSED = "refused", "站长拒绝签字"  # the keeper would not sign; the reason stands beside it
    CLOSED_DOOR = "closed_door", "锁门，没有人"  # nobody there
    COVERT = "covert", "暗访，没有惊动站长"  # the keeper was not told and has not signed


class Counted(Labelled):
    """Whether a record settles anything: of the records of one visit only one does."""

    YES = "yes", "计入"
    WAITS = "waits", "重复的一份，等县里定", "", "同一次督导先收到过一份；县里定以前，这一份不算数"
    SET_ASIDE = "set_aside", "县里没有采用", "", "同一次督导以另一份为准；这一份留着，不算数"
    APART = "apart", "暗访，单独统计", "", "站长没有看过、签过；不算站点的结论，不发整改通知书"


class SignedHow(Labelled):
    """What a record's findings rest on; None for records from before the phone sent a text."""

    ON_DOCUMENT = "on_document", "按双方签字的文本"
    OLDER_APP = "older_app", "旧版手机程序交来", "", "旧版手机程序交来，签字时看到的没有这里全"
    UNREADABLE = "document_unreadable", "签字文本读不懂", "", "签字文本读不懂，按提交的内容核算"
    OF_ANOTHER = (
        "document_of_another",
        "签字文本是另一次的",
        "",
        "签字文本是另一次的，按提交的内容核算",
    )


class LookedAt(Labelled):
    """What a person of the office found of a record's differences."""

    SEEN = "seen", "看过了"
    AMEND = "amend", "要更正"


class Inspection(Base):
    """One visit as it was recorded; frozen the moment it arrives, amended only by a new version.

    `answers` is what the inspector entered per rule; `findings` the whole standing with those
    answers in it, `keeper_findings` the standing on the keeper's word alone at the same moment.
    `frozen_sha256` covers everything signed (services/inspections: what_is_signed);
    what the keeper answers afterwards on the own phone stands beside it.
    """

    __tablename__ = "inspections"
    __table_args__ = (
        sa.UniqueConstraint("amends_id"),  # one line of versions, no branches
        sa.Index("ix_inspections_visit_id", "visit_id"),
        sa.Index("ix_inspections_county_station", "county", "station_id", "finished_at"),
        # Few records part; without it every standing would read all of them whole.
        sa.Index(
            "ix_inspections_differing",
            "county",
            sqlite_where=sa.text("differing > 0"),
            postgresql_where=sa.text("differing > 0"),
        ),
    )

    id: Mapped[UUID] = mapped_column(sa.Uuid, primary_key=True)
    county: Mapped[str] = mapped_column(sa.ForeignKey("counties.code"))
    visit_id: Mapped[int | None] = mapped_column(sa.ForeignKey("visits.id"))
    station_id: Mapped[int] = mapped_column(sa.ForeignKey("stations.id"))
    inspector_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    version: Mapped[int]
    amends_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("inspections.id"))
    amended_because: Mapped[str] = mapped_column(sa.String(400), default="")
    outcome: Mapped[InspectionOutcome] = mapped_column(coded(InspectionOutcome))
    outcome_note: Mapped[str] = mapped_column(sa.String(400), default="")
    arrived_at: Mapped[datetime]
    finished_at: Mapped[datetime]
    time_verified: Mapped[bool]
    day_on: Mapped[date]
    received_at: Mapped[datetime]
    method: Mapped[str] = mapped_column(sa.String(12))  # a ScanMethod
    sign_id: Mapped[int | None] = mapped_column(sa.ForeignKey("signs.id"))
    sign_remark: Mapped[str] = mapped_column(sa.String(200), default="")
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    accuracy_m: Mapped[float | None]
    distance_m: Mapped[float | None]
    answers: Mapped[dict[str, Entered]] = mapped_column(Json)
    findings: Mapped[list[FrozenFinding]] = mapped_column(Json)
    keeper_findings: Mapped[list[FrozenFinding]] = mapped_column(Json)
    status: Mapped[str] = mapped_column(sa.String(20))
    fails: Mapped[int]  # how many findings count against the station
    standards: Mapped[list[PinnedStandard]] = mapped_column(Json)
    keeper_name: Mapped[str] = mapped_column(sa.String(40), default="")
    witness_name: Mapped[str] = mapped_column(sa.String(40), default="")  # beside a keeper's mark
    inspector_signature: Mapped[list[Any]] = mapped_column(default=list)  # strokes of [x, y]
    keeper_signature: Mapped[list[Any]] = mapped_column(default=list)
    second_inspector_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    second_signature: Mapped[list[Any] | None]  # None where nobody went along
    confirmed_by: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    confirmed_at: Mapped[datetime | None]
    refused_at: Mapped[datetime | None]  # the keeper declined on the own phone
    refusal: Mapped[str] = mapped_column(sa.String(400), default="")
    # Words of the register, photos and labels of that moment; None in the first frozen shape.
    as_signed: Mapped[AsSigned | None] = mapped_column(Json)
    # The text that was signed, byte for byte as the phone wrote it; None where none came along.
    document: Mapped[str | None] = mapped_column(sa.Text, deferred=True)
    document_sha256: Mapped[str | None] = mapped_column(sa.String(64))
    signed_how: Mapped[SignedHow | None] = mapped_column(coded(SignedHow))
    # Where the county's own reckoning parts from what was signed, and what a person made of it.
    differences: Mapped[list[Difference]] = mapped_column(Json, default=list)
    differing: Mapped[int] = mapped_column(default=0)  # how many
    looked_at: Mapped[datetime | None]
    looked_by: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    looked_decision: Mapped[LookedAt | None] = mapped_column(coded(LookedAt))
    looked_reason: Mapped[str] = mapped_column(sa.String(400), default="")
    presence: Mapped[FrozenPresence | None] = mapped_column(Json)  # None in older records
    # The house's own, beside what was signed; of older records only the time's was known.
    marks: Mapped[list[FrozenMark] | None] = mapped_column(Json)
    frozen_sha256: Mapped[str] = mapped_column(sa.String(64))
    position_erased_on: Mapped[date | None]  # positions lawfully blanked, here and in `document`
    left_sha256: Mapped[str | None] = mapped_column(sa.String(64))  # of what was left that day
    content_sha256: Mapped[str] = mapped_column(sa.String(64))
    counted: Mapped[Counted] = mapped_column(coded(Counted), default=Counted.YES)
    # What a record that does not count has to say of facts: fact, value, note, photo.
    withheld: Mapped[list[Any] | None]
    heard_at: Mapped[datetime | None]  # when the office let it count; None: when it came
    demo: Mapped[bool] = mapped_column(default=False)

    @property
    def spoke_at(self) -> datetime:
        """When its word was taken down."""
        return self.heard_at or self.received_at

    @property
    def minutes(self) -> int | None:
        """How long somebody was there, in whole minutes; None where the times are no good."""
        return minutes_on_site(self.arrived_at, self.finished_at, verified=self.time_verified)

    @staticmethod
    def is_current() -> sa.ColumnElement[bool]:
        """In a query over inspections: the newest version, which nothing amends."""
        return _NOTHING_AMENDS_IT

    @staticmethod
    def is_secret(record_id: Any) -> sa.ColumnElement[bool]:
        """In a query over what came with a record, such as photos: whether that was a 暗访.

        Nobody at the station was told of one, neither keeper nor operator.
        """
        return sa.exists().where(
            Inspection.id == record_id, Inspection.outcome == InspectionOutcome.COVERT
        )

    @staticmethod
    def holds() -> sa.ColumnElement[bool]:
        """In a query over inspections: the newest version of a record that counts."""
        return sa.and_(_NOTHING_AMENDS_IT, Inspection.counted == Counted.YES)

    @staticmethod
    def amended_at() -> sa.ScalarSelect[datetime]:
        """In a query over inspections: when the version arrived that amends it; null for none."""
        return _AMENDED_AT


_Amending = aliased(Inspection)  # made once: building an alias costs more than its query
_NOTHING_AMENDS_IT = ~(
    sa.select(_Amending.id)
    .where(_Amending.amends_id == Inspection.id)
    .correlate(Inspection)
    .exists()
)
_AMENDED_AT = (
    sa.select(_Amending.received_at)
    .where(_Amending.amends_id == Inspection.id)
    .correlate(Inspection)
    .scalar_subquery()
)


class DoubleRecord(Base):
    """A second record of a visit that had one: it counts for nothing until the office decides.

    `inspection_id` is the first version of what came second, `beside_id` that of the record which
    counts beside it. `decision` is first or second.
    """

    __tablename__ = "double_records"
    __table_args__ = (
        sa.UniqueConstraint("inspection_id"),
        sa.Index("ix_double_records_county_open", "county", "settled_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    county: Mapped[str] = mapped_column(sa.ForeignKey("counties.code"))
    station_id: Mapped[int] = mapped_column(sa.ForeignKey("stations.id"))
    inspection_id: Mapped[UUID] = mapped_column(sa.ForeignKey("inspections.id"))
    beside_id: Mapped[UUID] = mapped_column(sa.ForeignKey("inspections.id"))
    opened_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    decision: Mapped[str] = mapped_column(sa.String(10), default="")
    reason: Mapped[str] = mapped_column(sa.String(400), default="")


class DisagreementKind(Labelled):
    """Who says different things."""

    KEEPER = "keeper", "站长和督导员说的不一样"
    INSPECTORS = "inspectors", "两位督导员说的不一样"
    REFUSAL = "refusal", "站长不同意督导记录"


class Disagreement(Base):
    """Two people say different things of one clause: an open item for the office.

    Of two inspectors on one day, `other_id` is the other one's inspection and `keeper_says` holds
    that one's words. A REFUSAL is the keeper's no to a whole record, with no rule.
    """

    __tablename__ = "disagreements"
    __table_args__ = (
        sa.UniqueConstraint("inspection_id", "kind", "rule_code"),
        sa.Index("ix_disagreements_county_open", "county", "settled_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    county: Mapped[str] = mapped_column(sa.ForeignKey("counties.code"))
    kind: Mapped[DisagreementKind] = mapped_column(
        coded(DisagreementKind), default=DisagreementKind.KEEPER
    )
    inspection_id: Mapped[UUID] = mapped_column(sa.ForeignKey("inspections.id"))
    other_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("inspections.id"))
    station_id: Mapped[int] = mapped_column(sa.ForeignKey("stations.id"))
    keeper_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    rule_code: Mapped[str] = mapped_column(sa.String(20))
    keeper_says: Mapped[SaidOfClause] = mapped_column(Json)
    inspector_says: Mapped[SaidOfClause] = mapped_column(Json)
    opened_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    decision: Mapped[str] = mapped_column(sa.String(20), default="")  # inspector, keeper, both …
    reason: Mapped[str] = mapped_column(sa.String(400), default="")


class RoundReport(Base):
    """A round's result as it went up: figures frozen, to whom, when, by whom.

    A later correction is a new version with its reason; the old one stays readable.
    """

    __tablename__ = "round_reports"
    __table_args__ = (sa.UniqueConstraint("campaign_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    county: Mapped[str] = mapped_column(sa.ForeignKey("counties.code"))
    campaign_id: Mapped[int] = mapped_column(sa.ForeignKey("campaigns.id"))
    version: Mapped[int]
    figures: Mapped[ReportFigures] = mapped_column(Json)
    figures_sha256: Mapped[str] = mapped_column(sa.String(64))
    reported_to: Mapped[str] = mapped_column(sa.String(80))
    reported_at: Mapped[datetime]
    reported_by: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    because: Mapped[str] = mapped_column(sa.String(400), default="")


class PhotoRequest(Base):
    """“今天请拍这一张”: a look between rounds, answered or not; `seed` repeats the draw.

    A seed that begins with 加抽 or 点名 was asked for by hand (services/photos/requests.py).
    """

    __tablename__ = "photo_requests"
    __table_args__ = (
        sa.UniqueConstraint("station_id", "asked_on", "subject"),
        sa.Index("ix_photo_requests_county_asked_on", "county", "asked_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    county: Mapped[str] = mapped_column(sa.ForeignKey("counties.code"))
    station_id: Mapped[int] = mapped_column(sa.ForeignKey("stations.id"))
    subject: Mapped[str] = mapped_column(sa.String(20))
    seed: Mapped[str] = mapped_column(sa.String(40))
    asked_on: Mapped[date]
    asked_at: Mapped[datetime]
    until_at: Mapped[datetime]
    photo_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("photos.id"))
    answered_at: Mapped[datetime | None]
