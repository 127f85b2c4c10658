"""At night: which problem's day is near, which is late, and which is told to the 专班's head."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.calendar import beijing_day, full_day_text
from server.models.county import County
from server.models.matter import Matter, MatterDeed, MatterStage, MatterStep
from server.services.common.written import cut
from server.services.county.matter_options import matter_options
from server.services.matters.actions import MatterAction
from server.services.matters.heads import head_on
from server.services.matters.steps import step

LEVELS = (MatterDeed.REMINDED, MatterDeed.YELLOW, MatterDeed.RED)  # levels 1, 2 and 3
HEAD = "专班负责人"


def escalate(session: Session, *, county: County, now: datetime) -> list[MatterStep]:
    """Each level once a stage; after nights without power only the highest that is due.

    Reminded before the day, yellow when it has passed, red when that was `red_days` ago: then it is
    told to the 专班's head.
    """
    today = beijing_day(now)
    made: list[MatterStep] = []
    options = matter_options(county)
    head = head_on(session, county=county.code, on=today)
    told_to = cut(f"{HEAD}{head.name}" if head else HEAD, MatterStep.handed_to)
    nearest = today + timedelta(days=options.remind_days_before)
    for matter in session.scalars(
        sa.select(Matter)
        .where(
            Matter.county == county.code,
            Matter.stage != MatterStage.CLOSED,
            Matter.escalation < len(LEVELS),
            Matter.due_on <= nearest,
        )
        .order_by(Matter.id)
        .with_for_update()
    ):
        late = (today - matter.due_on).days
        level = 3 if late >= options.red_days else 2 if late > 0 else 1
        if level <= matter.escalation:
            continue
        matter.escalation = level
        deed = LEVELS[level - 1]
        made.append(
            step(
                session, matter, deed, MatterAction.MATTER_ESCALATED, by=None, now=now,
                note=f"期限{full_day_text(matter.due_on)}",
                handed_to=told_to if deed is MatterDeed.RED else "",
            )
        )  # fmt: skip
    return made
