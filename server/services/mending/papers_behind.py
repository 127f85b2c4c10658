"""Which records and letters nobody has made a file of, although their night is over."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.calendar import beijing_day, full_day_text
from server.models.county import County
from server.models.inspection import Inspection
from server.models.rectification import Notice
from server.models.station import Station
from server.services.inspections.kept_papers import no_paper_yet
from server.services.mending.notice_papers import no_papers_yet
from server.services.mending.notices import notice_number

A_NIGHT_LATER = timedelta(hours=30)
"""Whatever is so old was there when the last night began, and that night had hours for it."""
_ASK = "每天夜里会再试一次，别的照常存；总是不成，请看日志里的 paper not made。"


def papers_behind(session: Session, *, now: datetime) -> list[str]:
    """What should be kept as a file by now and is not, county by county in words.

    It is asked of the papers themselves: whatever was the matter, once the file is there, nothing
    is said any more.
    """
    before = now - A_NIGHT_LATER
    newest = sa.func.coalesce(
        Inspection.confirmed_at, Inspection.refused_at, Inspection.received_at
    )
    number = sa.func.count()
    records = session.execute(
        sa.select(County, number, sa.func.min(newest))
        .join(Inspection, Inspection.county == County.code)
        .where(newest < before, no_paper_yet())
        .group_by(County.code)
        .order_by(County.code)
    ).all()
    said = []
    for county, many, oldest in records:
        name = session.scalars(
            sa.select(Station.name)
            .join(Inspection, Inspection.station_id == Station.id)
            .where(Inspection.county == county.code, newest == oldest, no_paper_yet())
            .limit(1)
        ).one()
        said.append(
            f"{county.name}：有{many}份督导记录过了一夜还没有存成文件，"
            f"最早的是{full_day_text(beijing_day(oldest))}{name}的。{_ASK}"
        )
    letters = session.execute(
        sa.select(County, number, sa.func.min(Notice.id))
        .join(Notice, Notice.county == County.code)
        .where(Notice.issued_on < beijing_day(before), no_papers_yet())
        .group_by(County.code)
        .order_by(County.code)
    ).all()
    for county, many, first in letters:
        letter = notice_number(county, session.get_one(Notice, first))
        said.append(
            f"{county.name}：有{many}份整改通知书过了一夜还没有存成文件，最早的是{letter}。{_ASK}"
        )
    return said
