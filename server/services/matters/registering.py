"""Registers a problem: where it comes from, in whose words, at which station or township."""

from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.calendar import beijing_day
from server.errors import Conflict, Invalid, NotAllowed
from server.models.county import County, Division, DivisionLevel
from server.models.matter import Matter, MatterDeed, MatterKind, MatterSource, MatterStage
from server.models.person import Person
from server.models.station import Station
from server.services.common.written import written
from server.services.county.choices import hold_still
from server.services.county.matter_options import matter_options
from server.services.matters.actions import MatterAction
from server.services.matters.rights import sources_open_to
from server.services.matters.steps import count_of_year, in_county, number_text, step
from server.services.people.scope import WHOLE_COUNTY, station_for


def register(
    session: Session,
    *,
    county: County,
    source: str,
    kind: str,
    heard_on: date,
    words: str,
    by: Person,
    now: datetime,
    said_by: str = "",
    ref: str = "",
    station: Station | None = None,
    township_code: str | None = None,
    demo: bool = False,
) -> Matter:
    """Take down a problem under the year's next number; it waits to be referred.

    A station brings its township. Raises NotAllowed matter-not-yours; Invalid matter-incomplete
    (`fields`), text-too-long; NotFound station-unknown; Conflict matter-known, where the sender's
    number or the very same words are there already.
    """
    allowed = sources_open_to(session, by)
    if not allowed or by.county != county.code:
        raise NotAllowed("matter-not-yours", "您的账号不能登记问题。如需登记，请联系县专班。")
    if station is not None:
        station_for(session, by, station.id)
    place = station.township_code if station else township_code or None
    if place is not None and station is None:
        found = in_county(session, county.code, Division, place)
        if not isinstance(found, Division) or found.level is not DivisionLevel.TOWNSHIP:
            raise _incomplete("township", "没有这个乡镇，请重新选择。")
    if by.role not in WHOLE_COUNTY and place != by.township_code:
        raise NotAllowed("matter-not-yours", "您只能登记本乡镇的问题。别的乡镇的，请转告县专班。")
    if source not in allowed:
        raise _incomplete("source", "请选择问题从哪里来。")
    if kind not in MatterKind.labels():
        raise _incomplete("kind", "请选择是哪一类问题。")
    today = beijing_day(now)
    if heard_on > today:
        raise _incomplete("heard_on", "收到的日期还没有到，请核对。")
    told = written(words, "问题的原话", field="words", into=Matter.words)
    if not told:
        raise _incomplete("words", "请把问题写下来，最好照来人或来文的原话。")
    hold_still(session, county)  # of two who press at once, the second finds the first's
    options = matter_options(county)
    matter = Matter(
        county=county.code,
        year=today.year,
        number=count_of_year(session, county.code, today.year) + 1,
        source=MatterSource(source),
        ref=written(ref, "来文或工单编号", field="ref", into=Matter.ref),
        kind=MatterKind(kind),
        heard_on=heard_on,
        said_by=written(said_by, "谁反映的", field="said_by", into=Matter.said_by),
        words=told,
        station_id=station.id if station else None,
        township_code=place,
        stage=MatterStage.REGISTERED,
        due_on=today + timedelta(days=options.refer_days),
        opened_at=now,
        opened_by=by.id,
        demo=demo,
    )
    _refuse_known(session, matter)
    session.add(matter)
    step(session, matter, MatterDeed.REGISTERED, MatterAction.MATTER_REGISTERED, by=by, now=now)
    return matter


def _refuse_known(session: Session, new: Matter) -> None:
    same = (Matter.source == new.source) & (Matter.ref == new.ref)
    if not new.ref:
        same &= (
            (Matter.heard_on == new.heard_on)
            & (Matter.words == new.words)
            & Matter.station_id.is_not_distinct_from(new.station_id)
            & Matter.township_code.is_not_distinct_from(new.township_code)
        )
    known = session.scalars(
        sa.select(Matter).where(Matter.county == new.county, same).order_by(Matter.id)
    ).first()
    if known is not None:
        raise Conflict(
            "matter-known",
            f"这件事已经登记过了，编号是{number_text(known)}。"
            "请在问题清单里打开它，有新情况就补充。",
            fields={"ref" if new.ref else "words": "已经登记过"},
        )


def _incomplete(field: str, sentence: str) -> Invalid:
    return Invalid("matter-incomplete", sentence, fields={field: sentence})
