"""成员单位: brought in from the plan, changed with a seal, ended only when nobody acts for them."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from server.errors import Conflict, Invalid
from server.models.county import County
from server.models.organisation import Organisation
from server.policy.plan.duties import Deed, Duty, OrganisationType
from server.policy.plan.nouns import Programme
from server.policy.plan.reading import programme_of, programmes_in
from server.services.common import history
from server.services.common.seals import seal
from server.services.county.organisation_plan import bring_organisations, still_to_bring
from server.services.people.organisations import (
    add_organisation,
    edit_organisation,
    end_organisation,
    organisation_named,
    organisation_shown,
    organisations_of,
    resume_organisation,
    task_force_of,
)
from tests.bodies import make_bureau_person, make_organisation
from tests.factories import NOW, TODAY, Cast, make_county, make_township


def plan_of(county: str) -> Programme:
    found = programme_of(programmes_in(), county)
    assert found is not None
    return found


def brought(session: Session, county: County) -> list[Organisation]:
    return bring_organisations(
        session, county=county, programme=plan_of(county.code), by=None, now=NOW
    )


def form(**fields: Any) -> dict[str, Any]:
    return {
        "name": "静乐县邮政公司", "short": "邮政公司", "type": "postal_enterprise",
        "duties": ["task_force", "market_order"], "liaison_id": None, "source": "附件1",
    } | fields  # fmt: skip


def test_the_bodies_of_jingle_come_from_its_plan_with_their_duties(
    session: Session, cast: Cast
) -> None:
    brought(session, cast.county)

    found = {one.short: one for one in organisations_of(session, county="140926")}
    assert list(found) == [
        "发改局", "财政局", "工信局", "供销社", "邮政公司", "邮政管理局", "智通园区", "壹公里",
        "鹅城镇", "杜家村镇",
    ]  # fmt: skip
    assert [one.short for one in task_force_of(session, county="140926")] == [
        "发改局", "财政局", "工信局", "供销社", "邮政公司", "智通园区",
    ]  # fmt: skip
    postal = found["邮政公司"]
    assert postal.deeds == {
        Deed.RECORD_PROBLEM, Deed.REFER, Deed.SPOT_CHECK, Deed.REVIEW_INBOUND,
        Deed.DECIDE_OPERATORS, Deed.REPORT,
    }  # fmt: skip
    assert Deed.DISPATCH in found["发改局"].deeds
    assert (found["财政局"].held_duties, found["工信局"].held_duties) == (
        (Duty.TASK_FORCE, Duty.SUBSIDY_PAYMENT),
        (Duty.TASK_FORCE, Duty.OUTBOUND_REVIEW),
    )
    assert Duty.RESPONSIBLE_BODY in found["鹅城镇"].held_duties
    assert (found["鹅城镇"].name, found["鹅城镇"].township_code) == ("鹅城镇人民政府", "140926100")
    assert postal.from_on == date(2023, 4, 11)
    assert all(Deed.PUNISH not in one.deeds for one in found.values())


def test_xiping_counts_townships_and_streets_as_members_and_not_the_supply_cooperative(
    session: Session,
) -> None:
    county = make_county(session, "411721", "西平县")
    make_township(session, county, "411721101", "五沟营镇")
    street = make_township(session, county, "411721001", "柏城街道")
    street.kind = "subdistrict"
    session.flush()

    brought(session, county)

    members = [one.name for one in task_force_of(session, county="411721")]
    assert "西平县供销社" not in members
    assert members[-2:] == ["柏城街道办事处", "五沟营镇人民政府"]
    union = organisation_named(session, county="411721", name="供销社")
    assert union.held_duties == (Duty.MODES,)
    assert organisation_named(session, county="411721", name="商务局").deeds >= {Deed.DISPATCH}


def test_bringing_them_again_touches_nothing_that_was_changed(session: Session, cast: Cast) -> None:
    brought(session, cast.county)
    finance = organisation_named(session, county="140926", name="财政局")
    end_organisation(session, organisation=finance, reason="合并", by=cast.office, now=NOW)
    gone = organisation_named(session, county="140926", name="工信局")
    session.delete(gone)
    session.flush()
    assert still_to_bring(session, county=cast.county, programme=plan_of("140926")) == 1

    assert [one.short for one in brought(session, cast.county)] == ["工信局"]
    assert brought(session, cast.county) == []
    assert finance.until_on == TODAY


def test_no_enterprise_is_given_punishment_and_is_told_why(session: Session, cast: Cast) -> None:
    given = form(duties=["market_order", "enforcement"])
    with pytest.raises(Invalid, match="只能由监管部门负责，邮政企业不能勾选") as told:
        add_organisation(session, county=cast.county, given=given, by=cast.office, now=NOW)
    assert list(told.value.details["fields"]) == ["duties"]
    assert session.scalars(select(Organisation)).all() == []

    regulator = form(name="忻州市邮政管理局", type="regulator", duties=["enforcement"])
    made = add_organisation(session, county=cast.county, given=regulator, by=cast.office, now=NOW)
    assert Deed.PUNISH in made.deeds
    # Turned into an enterprise it loses 查处, whatever is ticked.
    with pytest.raises(Invalid, match="只能由监管部门负责"):
        edit_organisation(
            session, organisation=made, given=regulator | {"type": "enterprise"},
            by=cast.office, now=NOW,
        )  # fmt: skip
    session.refresh(made)
    assert made.type is OrganisationType.REGULATOR


def test_a_form_with_nothing_in_it_names_all_that_is_missing(session: Session, cast: Cast) -> None:
    with pytest.raises(Invalid) as told:
        add_organisation(session, county=cast.county, given={}, by=cast.office, now=NOW)
    assert set(told.value.details["fields"]) == {"name", "source", "type"}
    with pytest.raises(Invalid, match="最多能记80个字"):
        add_organisation(
            session, county=cast.county, given=form(name="局" * 5000), by=None, now=NOW
        )


def test_two_at_once_are_told_what_the_first_changed(session: Session, cast: Cast) -> None:
    body = add_organisation(session, county=cast.county, given=form(), by=cast.office, now=NOW)
    seen = seal(organisation_shown(session, body))
    edit_organisation(
        session, organisation=body, given=form(short="邮政"), by=cast.office, now=NOW, seal=seen
    )
    with pytest.raises(Conflict, match="“简称”从“邮政公司”改成了“邮政”"):
        edit_organisation(
            session, organisation=body, given=form(source="会议纪要"), by=cast.office, now=NOW,
            seal=seen,
        )  # fmt: skip
    lines = history.lines(session, county="140926", station_id=None, organisation_id=body.id)
    assert [one.summary for one in lines] == [
        "修改静乐县邮政公司的简称", "登记单位：静乐县邮政公司（邮政企业）",
    ]  # fmt: skip


def test_a_body_ends_only_when_nobody_acts_for_it(session: Session, cast: Cast) -> None:
    body = make_organisation(session)
    clerk = make_bureau_person(session, body)
    with pytest.raises(Conflict, match="静乐县财政局还有账号在用：财政"):
        end_organisation(session, organisation=body, reason="合并", by=cast.office, now=NOW)
    clerk.active = False
    session.flush()
    with pytest.raises(Invalid, match="请写明为什么停用"):
        end_organisation(session, organisation=body, reason="  ", by=cast.office, now=NOW)

    end_organisation(session, organisation=body, reason="合并", by=cast.office, now=NOW)
    assert (body.until_on, body.deeds) == (TODAY, frozenset())
    with pytest.raises(Conflict, match="已经由别人停用了，您写的原因没有记下"):
        end_organisation(session, organisation=body, reason="撤销", by=cast.office, now=NOW)
    resume_organisation(session, organisation=body, reason="又分开了", by=cast.office, now=NOW)
    with pytest.raises(Conflict, match="已经由别人恢复了"):
        resume_organisation(session, organisation=body, reason="还在", by=cast.office, now=NOW)
    assert body.until_on is None
    with pytest.raises(Conflict, match="已经登记过了"):
        add_organisation(session, county=cast.county, given=form(name=body.name), by=None, now=NOW)
