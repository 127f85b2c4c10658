"""The county's own outline: handed in with its 审图号, replaced by a later one, removed."""

import hashlib
import re
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.errors import Conflict, Invalid, NotFound
from server.models.county import County
from server.models.outline import CountyOutline
from server.models.person import Person
from server.plain_text import plain_text
from server.policy.outline import Datum, Ring, outline_of
from server.services.common import history
from server.services.common.written import reason_given, written
from server.services.county.actions import CountyAction

MOST_BYTES = 2 * 1024 * 1024
NUMBER = re.compile(
    r"(?=.*[S审])[A-Z\u4e00-\u9fff]{1,8}"
    r"\s*[（(〔\[【]\s*\d{4}\s*[）)〕\]】]\s*第?\d{1,6}\s*号"
)
"""GS（2019）1822号, 晋S（2023）015号; brackets of any kind, as people type them."""
REPLACED = "换了新的轮廓"


def outline_here(session: Session, county: str) -> tuple[CountyOutline, str] | None:
    """The outline that is drawn, and who handed it in; None where there is none."""
    found = session.execute(
        sa.select(CountyOutline, Person.name)
        .outerjoin(Person, Person.id == CountyOutline.recorded_by)
        .where(CountyOutline.county == county, CountyOutline.removed_at.is_(None))
        .order_by(CountyOutline.id.desc())
        .limit(1)
    ).first()
    return (found[0], found[1] or "系统") if found else None


def datum_read(text: str | None) -> Datum:
    """In which coordinates a form says that its file is. Raises Invalid outline-wrong."""
    found = next((one for one in Datum if one == text), None)
    if found is None:
        raise _wrong("datum", "请选择文件用的是哪一种坐标，可以问制图的人。")
    return found


def rings_read(content: bytes, datum: Datum) -> list[Ring]:
    """The rings in a file; slow, and for before the write lock. Raises Invalid outline-wrong."""
    if not content:
        raise _wrong("outline", "请选择 GeoJSON 文件。")
    if len(content) > MOST_BYTES:
        raise _wrong("outline", "文件太大，最多2MB。请让制图的人简化以后再传。")
    return outline_of(content, datum)


def record_outline(
    session: Session,
    *,
    county: County,
    content: bytes,
    rings: list[Ring],
    file_name: str,
    review_number: str,
    datum: Datum,
    by: Person | None,
    now: datetime,
) -> CountyOutline:
    """Take in an outline, whose `rings` were read in its file; it replaces the one before.

    Raises Invalid outline-wrong.
    """
    number = written(
        plain_text(review_number), "审图号", field="review_number", into=CountyOutline.review_number
    )
    if not NUMBER.search(number):
        raise _wrong(
            "review_number",
            "请填写这份轮廓图的审图号，例如“晋S（2023）015号”。没有审图号的轮廓不能画到图上。",
        )
    # Who hands in another at the same time waits here; of the two the later one is drawn.
    session.execute(sa.select(County.code).where(County.code == county.code).with_for_update())
    session.execute(
        sa.update(CountyOutline)
        .where(CountyOutline.county == county.code, CountyOutline.removed_at.is_(None))
        .values(removed_at=now, removed_by=by.id if by else None, removed_because=REPLACED)
    )
    name = plain_text(file_name.replace("\\", "/").split("/")[-1]) or "轮廓.geojson"
    outline = CountyOutline(
        county=county.code,
        review_number=number,
        datum=datum,
        file_name=name[-120:],
        file_sha256=hashlib.sha256(content).hexdigest(),
        rings=rings,
        recorded_by=by.id if by else None,
        recorded_at=now,
    )
    session.add(outline)
    session.flush()
    points = sum(len(ring) for ring in rings)
    history.write(
        session,
        of=county,
        by=by,
        at=now,
        action=CountyAction.OUTLINE_RECORDED,
        summary=f"上传县域轮廓：审图号{number}，{datum.label}，{points}个点",
    )
    return outline


def remove_outline(
    session: Session, *, outline: CountyOutline, by: Person | None, now: datetime, reason: str
) -> None:
    """Take an outline off the map. Raises Conflict outline-removed; Invalid reason-needed."""
    session.refresh(outline, with_for_update=True)
    if outline.removed_at is not None:
        raise Conflict("outline-removed", "这份轮廓已经撤下了，不用再撤一次。")
    because = reason_given(
        reason, "请写明为什么撤下，例如“审图号过期”。", into=CountyOutline.removed_because
    )
    outline.removed_at, outline.removed_by = now, by.id if by else None
    outline.removed_because = because
    session.flush()
    history.write(
        session,
        of=outline,
        by=by,
        at=now,
        action=CountyAction.OUTLINE_REMOVED,
        summary=f"撤下县域轮廓：审图号{outline.review_number}",
        reason=because,
    )


def outline_for(session: Session, county: str, outline_id: int) -> CountyOutline:
    """One outline of the county. Raises NotFound outline-unknown."""
    found = session.scalar(
        sa.select(CountyOutline).where(
            CountyOutline.id == outline_id, CountyOutline.county == county
        )
    )
    if found is None:
        raise NotFound("outline-unknown", "没有找到这份轮廓。请从地图页面重新选择。")
    return found


def _wrong(field: str, sentence: str) -> Invalid:
    return Invalid("outline-wrong", sentence, fields={field: sentence})
