"""The demonstration's 考核 by an example of a scheme, said to be one, and a 通报 of it."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from server.models.county import County
from server.models.person import Person
from server.policy.plan.assessment import Period, Whom
from server.policy.standard.standards import Standard
from server.services.reporting.assessment_sheets import (
    give_points,
    issue_assessment,
    rows_hash,
    rows_of,
)
from server.services.reporting.assessments import Asked, CountBook, open_assessment, subjects_of
from server.services.reporting.circulars import (
    Wording,
    content_of,
    draft_of_assessment,
    draft_shown,
    issue_circular,
    save_draft,
)
from server.services.reporting.reports import content_hash
from server.services.reporting.schemes import SchemeTyped, save_scheme

NAME = "演示用乡镇考核办法（项目和分值只是举例，请换成本县的）"
ITEMS = (
    {"title": "村级点备案", "points": "40", "way": "share", "measure": "village_point.filed"},
    {"title": "没有未办结的事", "points": "30", "way": "share", "measure": "village_point.settled"},
    {"title": "日常工作", "points": "30", "basis": "例会、台账、材料报送"},
)
DEMANDS = "请各乡镇对照名单，把没有做到的逐站补齐。"
DAYS = timedelta(days=29)
SAID = (
    ("27", "台账齐全，例会按时开。"),
    ("25", "材料晚交过一次。"),
    ("28.5", "主动帮村里找场地。"),
)


def assess_townships(
    session: Session,
    office: Person,
    *,
    county: County,
    standards: Sequence[Standard],
    on: date,
    now: datetime,
) -> None:
    """The thirty days until yesterday, held against an example of a scheme and issued."""
    subjects = subjects_of(session, county=county.code, whom=Whom.TOWNSHIPS)
    if not subjects:
        return
    last = on - timedelta(days=1)
    save_scheme(
        session, county=county, seen=0, by=office, now=now,
        typed=SchemeTyped(Whom.TOWNSHIPS, NAME, "演示数据", last - DAYS, ITEMS),
    )  # fmt: skip
    sheet = open_assessment(
        session, county=county, by=office, now=now, book=CountBook(tuple(standards), None),
        asked=Asked(Whom.TOWNSHIPS, Period.MONTH, last - DAYS, last, set(subjects)),
    )  # fmt: skip
    for index, row in enumerate(rows_of(session, sheet)):
        typed = {
            cell["item"]: SAID[index % len(SAID)]
            if cell["figure"] is None
            else ("0", "没有可算的。")
            for cell in row["cells"]
            if not cell["points"]
        }
        give_points(
            session, sheet=sheet, subject=row["subject"], typed=typed, seen=rows_hash([row]),
            by=office, now=now,
        )  # fmt: skip
    issue_assessment(
        session, sheet=sheet, seen=rows_hash(rows_of(session, sheet)), whole_ranking=True,
        by=office, now=now,
    )  # fmt: skip
    circular = draft_of_assessment(session, county=county, sheet=sheet, by=office, now=now)
    said = {one.field: one.text for one in draft_shown(circular) if one.field != "dated_on"}
    number = f"演示〔{on.year}〕1号"
    wording = Wording(said | {"number": number, "demands": DEMANDS}, on)
    save_draft(session, circular=circular, wording=wording, by=office)
    issue_circular(
        session, circular=circular, seen=content_hash(content_of(session, circular)),
        as_drafted="", by=office, now=now, standards=standards,
    )  # fmt: skip
