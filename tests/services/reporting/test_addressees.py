"""Whom a circular goes to: everybody by name, or said in a word, never cut off in a name."""

import pytest
from sqlalchemy.orm import Session

from server.models.circular import Circular
from server.services.reporting.circulars import draft_of_assessment
from tests.databases import ON_SQLITE
from tests.factories import Cast
from tests.services.reporting.assessed import JULY_31, NOW, issued_sheet


@ON_SQLITE
@pytest.mark.parametrize("long", [False, True])
def test_addressees_are_whole_names(
    session: Session, cast: Cast, standards: object, *, long: bool
) -> None:
    sheet = issued_sheet(session, cast, standards, now=NOW, until_on=JULY_31)
    names = [one["name"] for one in sheet.subjects]
    if long:
        sheet.subjects = [
            {**sheet.subjects[0], "name": f"静乐县第{n}农村寄递物流体系建设有关单位"}
            for n in range(30)
        ]
    made = draft_of_assessment(session, county=cast.county, sheet=sheet, by=cast.office, now=NOW)

    assert made.to == ("各有关单位（共30个）" if long else "、".join(names))
    assert session.get_one(Circular, made.id).to == made.to
