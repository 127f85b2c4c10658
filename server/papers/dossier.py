"""一站一档: all that the county holds of a station as one printed file, for one or a township."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.calendar import beijing_day, full_day_text, moment_text
from server.errors import Invalid, Problem
from server.media.apart.pictures import thumbnail
from server.media.blobs import BlobStore
from server.media.paper.qr import Ring, qr_modules, qr_svg, station_url
from server.media.paper.reading_back import refuse_unless_it_reads
from server.media.paper.typeface import font_files, unprintable
from server.media.paper.typesetting import SCREEN, faces, picture_svg, typeset
from server.media.zips import Entry, safe_name
from server.models.county import County
from server.models.person import Person
from server.models.station import Station
from server.papers import dossier_records as records
from server.papers import dossier_station as own
from server.papers.dossier_parts import NOT_ENTERED, Around, Attached, Folder, Section
from server.policy.standard.standards import Standard
from server.policy.standard.working_days import WorkingDays
from server.services.common import chain
from server.services.county.counties import policy_options
from server.services.coverage.agreements import agreements_of
from server.services.coverage.serving import villages_served
from server.services.days.station_months import months_told
from server.services.people.keepings import keepings_of
from server.services.people.scope import stations_visible_to
from server.services.photos.newest import newest_of
from server.services.plates.signs import live_signs, token_of
from server.services.registry.fields import names_of
from server.services.registry.filing_lists import filing_rows
from server.services.standing.standing import NO_STANDARD, standing_of, standings

HERE = Path(__file__).parent
MOST_STATIONS = 100
"""So many stations are printed at once: a township's."""
MONTHS = 12

SECTIONS = (
    own.register,
    own.spoken,
    own.standing,
    own.acceptance,
    own.filing,
    own.cooperation,
    own.villages,
    records.keepers,
    records.plates,
    records.photos,
    records.months,
    records.inspections,
    records.mends,
    records.matters,
    records.complaints,
    records.changes,
    records.attached,
)
"""The parts in the order of the print; a further one takes its place here, before the last."""


@dataclass(frozen=True, slots=True)
class Dossier:
    """One station's file in words; `pictures` are names in the paper with their SHA-256.

    `address` is what the code on the first page holds, "" where none is printed.
    """

    station_id: int
    number: str
    name: str
    head: tuple[tuple[str, str], ...]
    status: str
    why: str
    address: str
    about_code: str
    sections: tuple[Section, ...]
    attached: tuple[Attached, ...]
    pictures: tuple[tuple[str, str], ...]
    made: str
    demo: bool

    @property
    def file_name(self) -> str:
        """How its file is called."""
        number = self.number if self.number != "未编号" else f"未编号{self.station_id}"
        return safe_name(f"{number} {self.name} 一站一档")


@dataclass(frozen=True, slots=True)
class Press:
    """What the house prints with: `ring` and `base_url` are those of the plates."""

    blobs: BlobStore
    standards: Sequence[Standard]
    calendar: WorkingDays
    ring: Ring
    base_url: str
    font_dir: Path | None = None


def stations_of_township(
    session: Session, *, county: str, township_code: str, seen_by: Person
) -> list[Station]:
    """The open stations in sight of a township, by number.

    Raises Invalid dossier-none, dossier-too-many.
    """
    found = list(
        session.scalars(
            sa.select(Station)
            .where(
                Station.county == county,
                Station.township_code == township_code,
                Station.closed_on.is_(None),
                stations_visible_to(seen_by),
            )
            .order_by(Station.level, Station.code, Station.id)
            .limit(MOST_STATIONS + 1)
        )
    )
    if not found:
        raise Invalid("dossier-none", "这个乡镇没有您能看到的在册站点。请重新选择乡镇。")
    if len(found) > MOST_STATIONS:
        raise Invalid(
            "dossier-too-many",
            f"这个乡镇的站点超过{MOST_STATIONS}个，一次打不完。请到站点页一站一站打印。",
        )
    return found


def dossiers(
    session: Session, stations: Sequence[Station], *, press: Press, by: Person, now: datetime
) -> list[Dossier]:
    """The files of these stations of one county, in words as they are now, for who prints them.

    Everything is looked up now: what is set later needs no database.
    """
    if not stations:
        return []
    around = _around(session, stations, press=press, by=by, now=now)
    signs = live_signs(session, station_ids=[one.id for one in stations])
    anchor = chain.foot(session, county=stations[0].county, at=now)
    printed = f"{by.name}（{by.role.label}）{moment_text(now)}打印　{anchor}".rstrip()
    found = []
    for station in stations:
        folder = Folder(around, station)
        sections = tuple(part(folder) for part in SECTIONS)
        sign = signs.get(station.id)
        standing = around.standings[station.id]
        if sign is None:
            address, about = "", "没有在用的标识牌，所以没有二维码"
        elif not around.calls:
            address, about = "", "标识牌的二维码只印给县专班和乡镇"
        else:
            address = station_url(press.base_url, token_of(press.ring, sign))
            about = f"与第{sign.plate_no}块标识牌（{sign.state.label}）同一个码"
        keeping = [one.name for one in around.keepers.get(station.id, ()) if not one.until_at]
        runs = around.names.operators.get(station.operator_id or 0, NOT_ENTERED)
        found.append(
            Dossier(
                station_id=station.id,
                number=station.code or "未编号",
                name=station.name,
                head=(
                    ("级别", station.level.label),
                    ("乡镇", standing.township_name or NOT_ENTERED),
                    ("村", around.names.villages.get(station.village_code or "", "不在村里")),
                    ("运营企业", runs),
                    ("站长", "、".join(keeping) or "还没有指定"),
                    ("建设情况", station.stage.label),
                ),
                status="只记情况" if standing.why == NO_STANDARD else standing.status.label,
                why=standing.why,
                address=address,
                about_code=about,
                sections=sections,
                attached=tuple(folder.attached),
                pictures=tuple((name, photo.sha256) for name, photo in folder.pictures),
                made=printed,
                demo=station.demo or around.county.demo,
            )
        )
    return found


def _around(
    session: Session, stations: Sequence[Station], *, press: Press, by: Person, now: datetime
) -> Around:
    """What is asked once for all of them."""
    county = session.get_one(County, stations[0].county)
    ids, today = [one.id for one in stations], beijing_day(now)
    held = {
        one.station.id: one
        for one in standings(
            session, county=county, on=today, standards=press.standards, seen_by=by,
            station_ids=ids,
        )
    }  # fmt: skip
    for one in stations:
        if one.id not in held:  # closed, which a list of standings passes over
            held[one.id] = standing_of(session, station=one, on=today, standards=press.standards)
    return Around(
        session=session,
        blobs=press.blobs,
        county=county,
        by=by,
        now=now,
        today=today,
        standards=press.standards,
        options=policy_options(county),
        names=names_of(session, county.code),
        standings=held,
        filings={
            one.station.id: one
            for one in filing_rows(
                session, county=county, on=today, calendar=press.calendar, seen_by=by,
                station_ids=ids,
            )
        },
        months=months_told(
            session, county=county.code, today=today, most=MONTHS, station_ids=ids,
            holidays=press.calendar.holiday,
        ),
        villages={
            one.code: one
            for one in villages_served(session, county=county.code, on=today, seen_by=by)
        },
        agreements=agreements_of(session, county=county.code, on=today),
        keepers=keepings_of(session, station_ids=ids),
        photos=newest_of(
            session, county=county.code, station_ids=ids,
            subjects=[one.value for one in records.SHOWN],
        ),
    )  # fmt: skip


def dossier_pdf(dossier: Dossier, *, press: Press) -> bytes:
    """A station's file on A4, read again before it is given out; needs no database.

    Raises PaperUnreadable where the finished pages lack its number, a hash or its code.
    """
    pictures = {}
    for name, sha256 in dossier.pictures:
        made = _thumbnail(press.blobs, sha256)
        pictures[name] = picture_svg(made) if made else ""
    given: dict[str, Any] = {
        "fonts": faces(SCREEN, press.font_dir),
        "number": dossier.number,
        "name": dossier.name,
        "head": dossier.head,
        "status": dossier.status,
        "why": dossier.why,
        "qr": qr_svg(qr_modules(dossier.address)) if dossier.address else "",
        "about_code": dossier.about_code,
        "sections": [{"title": one.title, "blocks": one.blocks} for one in dossier.sections],
        "pictures": pictures,
        "made": dossier.made,
        "demo": dossier.demo,
    }
    pdf = typeset(HERE / "dossier.typ", given, press.font_dir)
    fonts = font_files(press.font_dir)
    wanted = [dossier.number, *(one.sha256 for one in dossier.attached)]
    wanted += [one for one in (dossier.name, dossier.made) if not unprintable(one, fonts)]
    refuse_unless_it_reads(pdf, wanted, [dossier.address] if dossier.address else [])
    return pdf


def _thumbnail(blobs: BlobStore, sha256: str) -> bytes | None:
    """A photo small enough for a print; None where its bytes are gone or are no picture."""
    kept = blobs.rendition("thumb", sha256)
    if kept is not None:
        return kept
    try:
        with blobs.open(sha256) as file:
            return thumbnail(file.read())
    except Problem:
        return None


def dossier_entries(found: Sequence[Dossier], *, press: Press) -> list[Entry]:
    """The files of a ZIP, each set when its turn comes: one PDF at a time is in memory."""
    return [
        Entry(
            f"{one.file_name}.pdf",
            lambda one=one: io.BytesIO(dossier_pdf(one, press=press)),  # type: ignore[misc]
            f"{one.number} {one.name}，{one.made}",
        )
        for one in found
    ]


def packed_name(county: County, township: str, on: datetime) -> str:
    """How the ZIP of a township is called."""
    return safe_name(f"{county.name}{township}一站一档 {full_day_text(beijing_day(on))}") + ".zip"
