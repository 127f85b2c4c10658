"""Who sees which row of an assessment: before it is issued, after, of townships and of units."""

from typing import Any

import pytest
from sqlalchemy.orm import Session

from server.errors import NotFound
from server.models.person import Role
from server.policy.plan.assessment import Whom
from server.services.reporting.assessment_sheets import content_for
from server.services.reporting.assessments import assessment_for, assessments_in_sight
from tests.bodies import make_auditor, make_bureau_person, make_organisation
from tests.databases import ON_SQLITE
from tests.factories import Cast, make_person, make_township
from tests.services.reporting.assessed import (
    HAND,
    HERE,
    NOW,
    THERE,
    fill,
    issue,
    july,
    make_scheme,
)


@ON_SQLITE
def test_who_sees_what_before_and_after_it_is_issued(
    session: Session, cast: Cast, standards: Any
) -> None:
    make_scheme(session, cast, rows=[HAND], now=NOW)
    own = make_person(session, name="鹅城专干", role=Role.TOWNSHIP_OFFICER, township_code=HERE)
    stranger = make_person(
        session,
        name="别镇",
        role=Role.TOWNSHIP_OFFICER,
        township_code=make_township(session, code="140926102", name="双路镇").code,
    )
    bureau, auditor = make_bureau_person(session), make_auditor(session)
    sheet = july(session, cast, standards)
    everybody = (cast.office, auditor, bureau, own, stranger, cast.outsider)

    def seeing() -> list[str]:
        return [
            one.name
            for one in everybody
            if assessments_in_sight(session, county=cast.county.code, seen_by=one)
        ]

    before = seeing()
    fill(session, cast, sheet, NOW)
    issue(session, cast, sheet, NOW)
    after = seeing()
    alone = content_for(session, sheet=sheet, reader=own)["rows"]
    sheet.whole_ranking = True
    ranking = content_for(session, sheet=sheet, reader=own)["rows"]
    with pytest.raises(NotFound):
        assessment_for(session, assessment_id=sheet.id, seen_by=stranger)

    assert before == [cast.office.name, auditor.name]
    assert after == [cast.office.name, auditor.name, bureau.name, own.name]
    assert [(one["subject"], len(one["cells"])) for one in alone] == [(HERE, 1)]
    assert [(one["subject"], len(one["cells"])) for one in ranking] == [(HERE, 1), (THERE, 0)]
    assert len(content_for(session, sheet=sheet, reader=bureau)["rows"]) == 2


@ON_SQLITE
def test_units_are_assessed_apart_and_each_sees_its_own(
    session: Session, cast: Cast, standards: Any
) -> None:
    one, other = make_organisation(session), make_organisation(session, name="静乐县工信局")
    liaison = make_bureau_person(session, one, name="周联络", login="zhou")
    make_scheme(session, cast, rows=[HAND], now=NOW, whom=Whom.UNITS)
    keys = [f"u{one.id}", f"u{other.id}"]
    sheet = july(session, cast, standards, whom=Whom.UNITS, chosen=keys)
    fill(session, cast, sheet, NOW)
    issue(session, cast, sheet, NOW)

    seen = content_for(session, sheet=sheet, reader=liaison)["rows"]
    assert [row["subject"] for row in seen] == keys[:1]
    assert assessments_in_sight(session, county=cast.county.code, seen_by=cast.officer) == []
