"""How many people live in a village on whose word, and the agreements of the cooperation modes."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base, coded
from server.labelled import Labelled


class PopulationBasis(Labelled):
    """Who is counted. The two are never mixed; 西平方案 does not say which its 2,500 means."""

    REGISTERED = "registered", "户籍人口", "户籍"
    RESIDENT = "resident", "常住人口", "常住"
    UNSTATED = "unstated", "口径没有记的人口", "口径未记"


class PopulationList(Base):
    """One list of populations as it was entered; taken back as a whole, by a person who says why.

    `file_sha256` is that of the file; `basis`, `counted_on` and `source` of its lines stand in
    their rows.
    """

    __tablename__ = "population_lists"
    __table_args__ = (sa.Index("ix_population_lists_county", "county", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    county: Mapped[str] = mapped_column(sa.ForeignKey("counties.code"))
    file_name: Mapped[str] = mapped_column(sa.String(120))
    file_sha256: Mapped[str] = mapped_column(sa.String(64))
    lines: Mapped[int]
    entered_by: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    entered_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    withdrawn_because: Mapped[str] = mapped_column(sa.String(400), default="")


class VillagePopulation(Base):
    """One figure for one village: so many people, of this basis, on this day, after this source.

    Rows are only added. Of a village and basis the row with the newest `counted_on` holds (without
    a day it is the oldest), of one day the one entered last; one that was taken back holds never.
    """

    __tablename__ = "village_populations"
    __table_args__ = (
        sa.CheckConstraint("people >= 0", name="people_not_negative"),
        sa.Index("ix_village_populations_county", "county", "village_code"),
        sa.Index("ix_village_populations_list_id", "list_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    county: Mapped[str] = mapped_column(sa.ForeignKey("counties.code"))
    village_code: Mapped[str] = mapped_column(sa.ForeignKey("divisions.code"))
    basis: Mapped[PopulationBasis] = mapped_column(coded(PopulationBasis))
    people: Mapped[int]
    counted_on: Mapped[date | None]
    source: Mapped[str] = mapped_column(sa.String(200))
    list_id: Mapped[int | None] = mapped_column(sa.ForeignKey("population_lists.id"))
    recorded_by: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    recorded_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    withdrawn_because: Mapped[str] = mapped_column(sa.String(400), default="")
    demo: Mapped[bool] = mapped_column(default=False)


class Agreement(Base):
    """合作协议: who agreed on which mode of cooperation, from when to when, and the signed paper.

    What was agreed is never changed here: a new agreement follows an old one (`follows_id`), and
    one that ended early or was entered by mistake says so. `until_on` None: no end was written.
    The paper is kept by its SHA-256 in the store of photos.
    """

    __tablename__ = "agreements"
    __table_args__ = (
        sa.Index(
            "ux_agreements_follows_id",
            "follows_id",
            unique=True,
            sqlite_where=sa.text("NOT mistaken"),
            postgresql_where=sa.text("NOT mistaken"),
        ),
        sa.CheckConstraint("until_on IS NULL OR until_on >= from_on", name="until_after_from"),
        sa.Index("ix_agreements_county", "county", "mode"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    county: Mapped[str] = mapped_column(sa.ForeignKey("counties.code"))
    mode: Mapped[str] = mapped_column(sa.String(40))  # a key of COOP_MODES
    parties: Mapped[str] = mapped_column(sa.String(400))
    covers: Mapped[str] = mapped_column(sa.String(200), default="")
    from_on: Mapped[date]
    until_on: Mapped[date | None]
    note: Mapped[str] = mapped_column(sa.String(400), default="")
    file_sha256: Mapped[str | None] = mapped_column(sa.String(64))
    file_name: Mapped[str] = mapped_column(sa.String(120), default="")
    file_kind: Mapped[str] = mapped_column(sa.String(4), default="")  # pdf, jpeg, png
    file_bytes: Mapped[int | None]
    follows_id: Mapped[int | None] = mapped_column(sa.ForeignKey("agreements.id"))
    recorded_by: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    recorded_at: Mapped[datetime]
    ended_on: Mapped[date | None]
    ended_because: Mapped[str] = mapped_column(sa.String(400), default="")
    ended_by: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    ended_at: Mapped[datetime | None]
    mistaken: Mapped[bool] = mapped_column(default=False)
    demo: Mapped[bool] = mapped_column(default=False)
