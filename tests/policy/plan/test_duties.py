"""Duties and what may be done by them: 查处 is a regulator's alone (静乐方案 四（四）)."""

import pytest

from server.policy.plan.duties import (
    DEEDS,
    OFFICE_DEEDS,
    Deed,
    Duty,
    OrganisationType,
    cannot_have,
    deeds_of,
)
from server.policy.plan.reading import programme_of, programmes_in

ENTERPRISES = (OrganisationType.POSTAL_ENTERPRISE, OrganisationType.ENTERPRISE)


def test_every_duty_says_what_follows_from_it() -> None:
    assert set(DEEDS) == set(Duty)


@pytest.mark.parametrize("kind", [one for one in OrganisationType if one != "regulator"])
def test_only_a_regulator_punishes_whatever_its_duties_say(kind: OrganisationType) -> None:
    everything = list(Duty)

    assert Deed.PUNISH not in deeds_of(kind, everything)
    assert Deed.PUNISH in deeds_of(OrganisationType.REGULATOR, everything)
    assert "只能由监管部门负责" in cannot_have(kind, Duty.ENFORCEMENT)


def test_an_enterprise_with_the_market_to_look_after_records_and_refers() -> None:
    for kind in ENTERPRISES:
        assert deeds_of(kind, [Duty.MARKET_ORDER]) == {Deed.RECORD_PROBLEM, Deed.REFER}


def test_no_enterprise_pays_and_none_audits() -> None:
    for kind in ENTERPRISES:
        assert Deed.PAY not in deeds_of(kind, list(Duty))
        assert cannot_have(kind, Duty.AUDIT)
    assert cannot_have(OrganisationType.DEPARTMENT, Duty.SUBSIDY_PAYMENT) == ""


def test_the_office_neither_punishes_nor_pays_nor_reviews_materials() -> None:
    assert not OFFICE_DEEDS & {
        Deed.PUNISH, Deed.PAY, Deed.REVIEW_INBOUND, Deed.REVIEW_OUTBOUND, Deed.REVIEW_ONCE
    }  # fmt: skip


def test_the_reviews_of_jingle_lie_with_the_bodies_that_the_plan_names() -> None:
    jingle = programme_of(programmes_in(), "140926")
    assert jingle is not None
    may = {
        one.short: deeds_of(one.type, one.roles) & {Deed.REVIEW_INBOUND, Deed.REVIEW_OUTBOUND}
        for one in jingle.organisations
    }

    assert {name for name, deeds in may.items() if Deed.REVIEW_INBOUND in deeds} == {
        "供销社", "邮政公司"
    }  # fmt: skip
    assert {name for name, deeds in may.items() if Deed.REVIEW_OUTBOUND in deeds} == {"工信局"}
    assert may["财政局"] == frozenset()


def test_only_a_regulator_says_what_became_of_a_filing() -> None:
    for kind in OrganisationType:
        deeds = deeds_of(kind, [Duty.FILING])
        assert Deed.RECORD_PROBLEM in deeds
        assert (Deed.RECORD_FILINGS in deeds) is (kind is OrganisationType.REGULATOR)
