"""样板与宣传: choosing a station as a model and ending it, and the county's publicity log."""

import hashlib
import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from server.calendar import beijing_day, full_day_text
from server.errors import Conflict, Invalid, NotFound
from server.media.attachments import Attachment
from server.media.blobs import BlobStore
from server.models.county import County, Division
from server.models.person import Person
from server.models.showcase import ModelStation, Publicity
from server.models.station import Station
from server.policy.standard.examine import Status
from server.services.common import history
from server.services.common.written import cut, named, reason_given, written
from server.services.people.scope import Everybody, stations_visible_to
from server.services.plates.numbers import code_written
from server.services.registry.actions import RegistryAction
from server.services.standing.standing import Standing

STANDS_WELL = (Status.MEETS,)


@dataclass(frozen=True, slots=True)
class ModelView:
    """A model station with the names around it."""

    model: ModelStation
    station: Station
    township: str
    who: str
    ended_who: str


@dataclass(frozen=True, slots=True)
class PublicityView:
    """One line of the publicity log, with its stations by number."""

    line: Publicity
    who: str
    stations: tuple[Station, ...]


def model_stations(
    session: Session, *, seen_by: Person | Everybody, station_id: int | None = None
) -> list[ModelView]:
    """The model stations in sight (or one's own lines), those of now first, then the newest."""
    who, ender = aliased(Person), aliased(Person)
    asked = (
        sa.select(ModelStation, Station, Division.name, who.name, ender.name)
        .join(Station, Station.id == ModelStation.station_id)
        .outerjoin(Division, Division.code == Station.township_code)
        .outerjoin(who, who.id == ModelStation.chosen_by)
        .outerjoin(ender, ender.id == ModelStation.ended_by)
        .where(stations_visible_to(seen_by))
        .order_by(ModelStation.ended_on.is_not(None), ModelStation.id.desc())
    )
    if station_id is not None:
        asked = asked.where(ModelStation.station_id == station_id)
    return [
        ModelView(model, station, place or "", by or "系统", end or "系统")
        for model, station, place, by, end in session.execute(asked)
    ]


def choose_model(
    session: Session,
    *,
    standing: Standing,
    on: date,
    reason: str,
    acknowledged: str,
    by: Person | None,
    now: datetime,
    seen: str | None = None,
) -> ModelStation:
    """Choose a station as a model, on how it stands now.

    `seen` is `standing_seal` of what the form showed, None nobody's form. One that is not 达标 or
    has open work needs a word about that. Raises Conflict model-station-already, station-closed,
    model-changed-meanwhile; Invalid reason-needed, model-needs-a-word, field-invalid.
    """
    station = session.get_one(Station, standing.station.id, with_for_update=True)
    if station.closed_on is not None:
        raise Conflict("station-closed", f"{station.name}已经停业，不能选作样板。")
    if seen is not None and seen != standing_seal(standing):
        raise Conflict(
            "model-changed-meanwhile",
            f"您看的时候，{station.name}的情况变了：现在是“{standing.told}”。"
            "还没有选定，请看过现在的情况再办。",
        )
    _refuse_coming(on, now, "选定日期")
    because = reason_given(
        reason, "请写明好在哪里，例如“送货到户、台账齐全”。", into=ModelStation.reason
    )
    acknowledged = named(
        acknowledged, "对现状的说明", field="acknowledged", into=ModelStation.acknowledged
    )
    if standing.assessed and standing.status not in STANDS_WELL and not acknowledged:
        raise Invalid(
            "model-needs-a-word",
            f"{station.name}现在是“{standing.told}”。"
            "要选作样板，请写明县里知道这个情况、打算怎么办。",
            fields={"acknowledged": "请填写"},
        )
    live = sa.select(ModelStation.id).where(
        ModelStation.station_id == station.id, ModelStation.ended_on.is_(None)
    )
    if session.scalar(live) is not None:
        raise Conflict("model-station-already", f"{station.name}已经是样板了。")
    model = ModelStation(
        county=station.county,
        station_id=station.id,
        chosen_on=on,
        reason=because,
        standing=cut(standing.told, ModelStation.standing),
        acknowledged=acknowledged,
        chosen_by=by.id if by else None,
        chosen_at=now,
        demo=station.demo,
    )
    session.add(model)
    session.flush()
    history.write(
        session,
        of=station,
        by=by,
        at=now,
        action=RegistryAction.MODEL_CHOSEN,
        summary=f"选作样板（{full_day_text(on)}），当时{model.standing}",
        reason=because,
    )
    return model


def standing_seal(standing: Standing) -> str:
    """The mark of how a station stood on the page, which is what is kept with the choice."""
    return hashlib.sha256(f"{standing.status.value} {standing.why}".encode()).hexdigest()[:32]


def end_model(
    session: Session,
    *,
    model: ModelStation,
    on: date,
    by: Person | None,
    now: datetime,
    reason: str,
) -> None:
    """A station is no model any more, from a day on, and why.

    Raises Conflict model-station-ended; Invalid reason-needed, field-invalid.
    """
    session.refresh(model, with_for_update=True)
    if model.ended_on is not None:
        raise Conflict("model-station-ended", "这个样板已经取消过了，不用再办一次。")
    _refuse_coming(on, now, "取消日期")
    if on < model.chosen_on:
        raise _wrong("on", "取消的日子比选定的日子还早，请核对。")
    because = reason_given(
        reason, "请写明为什么取消，例如“换了站长，台账不全”。", into=ModelStation.ended_because
    )
    model.ended_on, model.ended_because = on, because
    model.ended_by, model.ended_at = by.id if by else None, now
    session.flush()
    history.write(
        session,
        of=session.get_one(Station, model.station_id),
        by=by,
        at=now,
        action=RegistryAction.MODEL_ENDED,
        summary=f"不再是样板（{full_day_text(on)}起）",
        reason=because,
    )


def model_of(session: Session, *, county: str, model_id: int) -> ModelStation:
    """One model of the county. Raises NotFound model-station-unknown."""
    found = session.scalar(
        sa.select(ModelStation).where(ModelStation.id == model_id, ModelStation.county == county)
    )
    if found is None:
        raise NotFound("model-station-unknown", "没有找到这个样板。请从列表里重新选择。")
    return found


def publicity_of(session: Session, *, county: str) -> list[PublicityView]:
    """A county's publicity log, the newest day first; two queries."""
    rows = session.execute(
        sa.select(Publicity, Person.name)
        .outerjoin(Person, Person.id == Publicity.recorded_by)
        .where(Publicity.county == county)
        .order_by(Publicity.told_on.desc(), Publicity.id.desc())
    ).all()
    wanted = {one for line, _ in rows for one in line.station_ids}
    known: dict[int, Station] = {}
    if wanted:
        stations = session.scalars(
            sa.select(Station).where(Station.id.in_(wanted), Station.county == county)
        )
        known = {one.id: one for one in stations}
    return [
        PublicityView(
            line, who or "系统", tuple(known[one] for one in line.station_ids if one in known)
        )
        for line, who in rows
    ]


def record_publicity(
    session: Session,
    blobs: BlobStore,
    *,
    county: County,
    on: date,
    medium: str,
    title: str,
    link: str,
    codes: str,
    paper: Attachment | None,
    by: Person | None,
    now: datetime,
) -> Publicity:
    """Enter one line; `codes` are stations' numbers as people write them (C0001、C0002).

    Raises Invalid field-invalid, text-too-long.
    """
    medium = written(medium, "在哪里宣传", field="medium", into=Publicity.medium)
    title = written(title, "标题或内容", field="title", into=Publicity.title)
    link = written(link, "网址", field="link", into=Publicity.link)
    _refuse_coming(on, now, "宣传日期", field="told_on")
    if not medium:
        raise _wrong("medium", "请写明在哪里宣传的，例如“县融媒体中心”。")
    if not title:
        raise _wrong("title", "请写明标题或内容。")
    if link and not re.match(r"https?://\S+$", link):
        raise _wrong("link", "网址要以 http:// 或 https:// 开头，中间没有空格。")
    line = Publicity(
        county=county.code,
        told_on=on,
        medium=medium,
        title=title,
        link=link,
        station_ids=_ids_of(session, county, codes),
        recorded_by=by.id if by else None,
        recorded_at=now,
    )
    if paper is not None:
        line.file_sha256 = blobs.put(paper.content)
        line.file_name, line.file_kind = paper.name, paper.kind
    session.add(line)
    session.flush()
    history.write(
        session,
        of=line,
        by=by,
        at=now,
        action=RegistryAction.PUBLICITY_RECORDED,
        summary=f"宣传：{full_day_text(on)}，{medium}，{title}",
    )
    return line


def take_publicity_back(
    session: Session, *, line: Publicity, by: Person | None, now: datetime, reason: str
) -> None:
    """Say that a line was entered by mistake. Raises Conflict publicity-mistaken."""
    session.refresh(line, with_for_update=True)
    if line.mistaken_at is not None:
        raise Conflict("publicity-mistaken", "这一条已经标为登记有误，不用再标一次。")
    because = reason_given(
        reason, "请写明为什么，例如“登了两次”。", into=Publicity.mistaken_because
    )
    line.mistaken_at, line.mistaken_by = now, by.id if by else None
    line.mistaken_because = because
    session.flush()
    history.write(
        session,
        of=line,
        by=by,
        at=now,
        action=RegistryAction.PUBLICITY_TAKEN_BACK,
        summary=f"宣传登记有误：{line.title}",
        reason=because,
    )


def publicity_line(session: Session, *, county: str, line_id: int) -> Publicity:
    """One line of the county. Raises NotFound publicity-unknown."""
    found = session.scalar(
        sa.select(Publicity).where(Publicity.id == line_id, Publicity.county == county)
    )
    if found is None:
        raise NotFound("publicity-unknown", "没有找到这一条宣传记录。请从列表里重新选择。")
    return found


def _ids_of(session: Session, county: County, codes: str) -> list[Any]:
    """The stations of these numbers in the order written. Raises Invalid for one nobody has."""
    typed = filter(None, re.split(r"[\s,，、;；]+", codes))
    asked = list(dict.fromkeys(code_written(one, county.code) for one in typed))
    if not asked:
        return []
    known = dict(
        session.execute(
            sa.select(Station.code, Station.id).where(
                Station.county == county.code, Station.code.in_(asked)
            )
        ).all()
    )
    if missing := [one for one in asked if one not in known]:
        raise _wrong("codes", f"没有编号是{'、'.join(missing)}的站。请核对，用顿号隔开。")
    return [known[one] for one in asked]


def live_models(session: Session, ids: Collection[int]) -> set[int]:
    """Which of these stations are models now; one query."""
    return set(
        session.scalars(
            sa.select(ModelStation.station_id).where(
                ModelStation.station_id.in_(ids), ModelStation.ended_on.is_(None)
            )
        )
    )


def _refuse_coming(on: date, now: datetime, label: str, *, field: str = "on") -> None:
    if on > beijing_day(now):
        raise _wrong(field, f"“{label}”还没有到，请核对。")


def _wrong(field: str, what: str) -> Invalid:
    return Invalid("field-invalid", what, fields={field: what})
