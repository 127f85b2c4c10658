"""What a fact rests on, by its hashes: records, photos, letters, counts, lines of the chain."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.calendar import file_day, full_day_text, moment_text
from server.media.zips import safe_name
from server.models.chain import ChainLine
from server.models.history import HistoryLine
from server.models.inspection import Inspection
from server.models.kept_paper import KeptPaper
from server.models.phone_event import GIVEN_UP, NEVER_CAME, ParcelCount, Photo, Subject
from server.models.rectification import NoticePaper
from server.models.station import Station
from server.policy.plan.referral import UNHEARD, Fact, FactKind, Kept, Link, Piece
from server.services.common.chain_payloads import HISTORY
from server.services.inspections.kept_papers import since_said
from server.services.inspections.versions import photos_of

PAPERS: Mapping[str, type[KeptPaper] | type[NoticePaper]] = {
    KeptPaper.__tablename__: KeptPaper,
    NoticePaper.__tablename__: NoticePaper,
}
"""Tables whose rows hold a file; a piece's key names one of their rows."""


@dataclass(slots=True)
class Gathering:
    """One fact while it is put together; `number` is its place in the paper, from 1.

    `records` are those that it rests on.
    """

    session: Session
    county: str
    number: int
    title: str
    station: Station | None
    day: date
    records: list[Inspection] = field(default_factory=list)
    told: list[list[str]] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    pieces: list[Piece] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)

    def tell(self, label: str, words: str) -> None:
        """One recorded thing; what is empty is left out."""
        if words:
            self.told.append([label, words])

    def record(self, inspection: Inspection, what: str = "督导记录") -> None:
        """A record: its papers as kept, its photos, and its line of the chain."""
        day = full_day_text(inspection.day_on)
        if since := since_said(self.session, inspection):
            self.tell(f"{day}{what}现在", since.strip("（）"))
        kept = self.session.execute(
            sa.select(KeptPaper.id, KeptPaper.kind, KeptPaper.sha256, KeptPaper.made_at)
            .where(KeptPaper.inspection_id == inspection.id)
            .order_by(KeptPaper.id)
        )
        for key, kind, sha256, made_at in kept:
            about = f"{day}{what}（{moment_text(made_at)}留存）"
            self._add(about, (Kept.PAPER, f"{KeptPaper.__tablename__}:{key}"), sha256, kind)
        for photo in photos_of(self.session, inspection):
            self.photo(photo)
        self.link(f"{day}{what}", Inspection.__tablename__, str(inspection.id))

    def photos(self, ids: Iterable[UUID]) -> None:
        """Photos by their ids, as far as they are there."""
        wanted = list(ids)
        rows = sa.select(Photo).where(Photo.id.in_(wanted), Photo.county == self.county)
        for photo in self.session.scalars(rows.order_by(Photo.taken_at, Photo.id)):
            self.photo(photo)

    def photo(self, photo: Photo) -> None:
        """A photo as it arrived; one whose bytes never came is told and gives no file."""
        shows = next((one.label for one in Subject if one == photo.subject), "照片")
        about = f"{shows}照片（{moment_text(photo.taken_at)}拍）"
        if photo.state in GIVEN_UP:
            self.tell("照片已按规定删除", about)
        elif photo.state in NEVER_CAME:
            self.tell("照片没有收到", about)
        else:
            self.blob(about, photo.sha256, "jpg")

    def blob(self, what: str, sha256: str, kind: str) -> None:
        """A file of the store by its SHA-256."""
        self._add(what, (Kept.BLOB, sha256), sha256, kind)

    def letters(self, notice_id: int, what: str) -> None:
        """The papers of a 整改通知书."""
        kept = self.session.execute(
            sa.select(NoticePaper.id, NoticePaper.kind, NoticePaper.sha256)
            .where(NoticePaper.notice_id == notice_id)
            .order_by(NoticePaper.id)
        )
        for key, kind, sha256 in kept:
            self._add(what, (Kept.PAPER, f"{NoticePaper.__tablename__}:{key}"), sha256, kind)

    def data(self, what: str, said: Any) -> None:
        """Numbers as they stand now, written down as text."""
        text = json.dumps(said, ensure_ascii=False, sort_keys=True, indent=1) + "\n"
        sha256 = hashlib.sha256(text.encode()).hexdigest()
        self._add(what, (Kept.TEXT, text), sha256, "txt")

    def counts(self, first: date, last: date) -> None:
        """A station's counts of some days, every version with its reason."""
        if self.station is None:
            return
        rows = self.session.scalars(
            sa.select(ParcelCount)
            .where(
                ParcelCount.county == self.county,
                ParcelCount.station_id == self.station.id,
                ParcelCount.day_on.between(first, last),
            )
            .order_by(ParcelCount.day_on, ParcelCount.version)
        )
        said = [
            {
                "日期": file_day(one.day_on), "第几版": one.version, "收到": one.received,
                "寄出": one.sent, "农产品上行": one.agri_sent, "滞留": one.on_hand,
                "更正原因": one.reason, "填写时间": moment_text(one.entered_at),
                "编号": str(one.id),
            }
            for one in rows
        ]  # fmt: skip
        if said:
            self.data(f"{full_day_text(first)}至{full_day_text(last)}的件数，各版都在", said)

    def link(self, what: str, kind: str, ref: str) -> None:
        """The line of the chain that tells of a row."""
        line = self.session.execute(
            sa.select(ChainLine.seq, ChainLine.hash).where(
                ChainLine.county == self.county, ChainLine.kind == kind, ChainLine.ref == ref
            )
        ).one_or_none()
        self.links.append(
            {"what": what, "seq": line.seq if line else 0, "hash": line.hash if line else ""}
        )

    def deed(self, what: str, at: datetime | None) -> None:
        """The line of the history that was written at a moment, by what it tells of a station."""
        if at is None:
            return
        asked = sa.select(HistoryLine.id).where(
            HistoryLine.county == self.county, HistoryLine.at == at
        )
        if self.station is not None:
            asked = asked.where(HistoryLine.station_id == self.station.id)
        for key in self.session.scalars(asked.order_by(HistoryLine.id).limit(1)):
            self.link(what, HISTORY, str(key))

    def fact(self, kind: FactKind, ref: str) -> Fact:
        """All of it, as it is frozen."""
        where = "" if self.station is None else f"{self.station.code or ''} {self.station.name}"
        return {
            "kind": kind.value,
            "ref": ref,
            "title": self.title,
            "station": where.strip(),
            "day": full_day_text(self.day),
            "told": self.told,
            "said": "；".join(self.said) or UNHEARD,
            "heard": bool(self.said),
            "pieces": self.pieces,
            "links": self.links,
        }

    def _add(self, what: str, held: tuple[Kept, str], sha256: str, ending: str) -> None:
        """One file; `held` is where its bytes stand, with their key or themselves."""
        if any(one["sha256"] == sha256 for one in self.pieces):
            return
        code = f"{self.number}-{len(self.pieces) + 1}"
        self.pieces.append(
            {
                "code": code,
                "what": what,
                "name": f"{safe_name(f'证据{code} {what}')}.{ending}",
                "kept": held[0].value,
                "key": held[1],
                "sha256": sha256,
            }
        )
