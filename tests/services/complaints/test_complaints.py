"""A complaint's way at the office: the clock, forwarding, the regulator's word, what counts."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.errors import Conflict, Invalid, NotAllowed
from server.models.complaint import (
    Complaint,
    ComplaintKind,
    ComplaintOutcome,
    ComplaintState,
    ComplaintStep,
    FollowUp,
)
from server.models.history import HistoryLine
from server.models.matter import Matter, MatterOutcome, MatterStep
from server.models.person import Person, Role
from server.policy.plan.duties import Duty, OrganisationType
from server.services.common.seals import seal
from server.services.complaints import handling
from server.services.complaints.figures import complaint_counts, public_figures
from server.services.complaints.following import follow_up
from server.services.complaints.said import Said
from server.services.complaints.steps import complaint_shown
from server.services.complaints.taking import record
from server.services.matters.closing import check, close, outcomes_of
from server.services.matters.handling import answer as matter_answer
from server.services.matters.steps import number_text
from server.services.people.scope import EVERYBODY
from server.services.rounds.weights import sampling_weights
from server.services.standing.standing import standings
from tests.bodies import make_bureau_person, make_organisation
from tests.complaining import SECRET, WORDS, complained
from tests.databases import ON_SQLITE
from tests.factories import NOW, TODAY, Cast, make_person

pytestmark = ON_SQLITE


def of_body(session: Session, kind: OrganisationType, *duties: Duty) -> Person:
    """Somebody of a body with these duties."""
    body = make_organisation(session, name=f"静乐县{kind.label}", duties=duties, type=kind)
    return make_bureau_person(session, body, name=kind.label, login=kind.value)


def forwarded(session: Session, cast: Cast, **changed: Any) -> tuple[Complaint, Matter]:
    one = complained(session, cast, **changed).complaint
    matter = handling.forward(
        session, complaint=one, to=f"operator:{cast.c1.operator_id}",
        due_on=TODAY + timedelta(days=5), note="请核实", by=cast.office, now=NOW,
    )  # fmt: skip
    return one, matter


def firm_of(session: Session, cast: Cast) -> Person:
    return make_person(session, name="企业员", role=Role.OPERATOR, operator_id=cast.c1.operator_id)


def test_what_is_forwarded_says_no_number_but_the_telephone_that_may_be_told(
    session: Session, cast: Cast
) -> None:
    _, silent = forwarded(session, cast)
    said = Said(ComplaintKind.DELIVERY, WORDS, TODAY, 200, "13800005678", phone_shared=True)
    _, told = forwarded(session, cast, form="f22", said=said)

    notes = {
        matter.id: "".join(
            session.scalars(sa.select(MatterStep.note).where(MatterStep.matter_id == matter.id))
        )
        for matter in (silent, told)
    }
    assert "5678" not in silent.words + notes[silent.id]
    assert "3045" not in silent.words
    assert "付了：2元" in told.words
    assert "5678" not in told.words
    assert "13800005678" in notes[told.id]
    # The station's history is read by its operator; the county's by office and auditors.
    lines = session.scalars(sa.select(HistoryLine.summary)).all()
    assert not [one for one in lines if "圆通" in one or "5678" in one]


def test_a_complaint_forwarded_is_with_one_at_a_time_and_answered_within_its_own_clock(
    session: Session, cast: Cast
) -> None:
    one, _ = forwarded(session, cast)
    assert one.state is ComplaintState.HANDLING
    again = {
        "complaint": one,
        "to": f"township:{cast.township.code}",
        "note": "",
        "by": cast.office,
    }
    with pytest.raises(Conflict, match="已经转给别人在办"):
        handling.forward(session, due_on=TODAY, now=NOW, **again)
    late = complained(session, cast, form="f3").complaint
    with pytest.raises(Invalid, match="转办的期限不能比它晚"):
        handling.forward(
            session, complaint=late, to=again["to"], due_on=late.due_on + timedelta(days=1),
            note="", by=cast.office, now=NOW,
        )  # fmt: skip

    much_later = NOW + timedelta(days=20)  # what is late already is forwarded all the same
    handling.forward(
        session, complaint=late, to=again["to"], due_on=TODAY + timedelta(days=22), note="",
        by=cast.office, now=much_later,
    )  # fmt: skip

    handling.answer(
        session, complaint=one, outcome="unsolved", note="没办成", by=cast.office, now=NOW
    )
    assert (one.outcome, one.in_time) == (ComplaintOutcome.UNSOLVED, True)
    assert follow_up(session, complaint=one, said="unsolved", note="还是没送", now=NOW)
    assert (one.state, one.turns) == (ComplaintState.RECEIVED, 2)
    assert one.due_on == TODAY + timedelta(days=3)


def test_solved_is_asked_about_once_while_what_was_forwarded_is_not_closed(
    session: Session, cast: Cast
) -> None:
    one, matter = forwarded(session, cast)
    common: dict[str, Any] = {"complaint": one, "note": "送到了", "by": cast.office, "now": NOW}
    with pytest.raises(Conflict, match="还没有办结，现在是“办理中”。确实已经解决") as asked:
        handling.answer(session, outcome="solved", sure="", **common)
    assert (asked.value.code, one.outcome) == ("complaint-matter-open", None)
    assert number_text(matter) in asked.value.details["asked"]
    matter_answer(session, matter=matter, note="送了", by=firm_of(session, cast), now=NOW)
    with pytest.raises(Conflict, match="待核查"):  # a tick stands for its own sentence alone
        handling.answer(session, outcome="solved", sure=asked.value.details["asked"], **common)
    check(session, matter=matter, good=True, note="问过", by=cast.office, now=NOW)
    close(session, matter=matter, outcome="solved", note="", by=cast.office, now=NOW)
    handling.answer(session, outcome="solved", sure="", **common)
    assert one.outcome is ComplaintOutcome.SOLVED

    other, _ = forwarded(session, cast, form="f22")
    common["complaint"] = other
    handling.answer(session, outcome="partly", sure="", **common)  # nothing to ask about
    assert other.outcome is ComplaintOutcome.PARTLY


def test_a_villager_is_never_content_by_saying_nothing_and_is_heard_three_times(
    session: Session, cast: Cast
) -> None:
    one = complained(session, cast).complaint
    for turn in (1, 2, 3):
        handling.answer(
            session, complaint=one, outcome="solved", note="办好了", by=cast.office, now=NOW
        )
        assert (one.turns, one.follow_up) == (turn, None)
        heard = follow_up(session, complaint=one, said="unsolved", note="", now=NOW)
        assert heard is (turn < 3)
    assert (one.state, one.follow_up) == (ComplaintState.ANSWERED, FollowUp.UNSOLVED)
    for turn in range(7):
        follow_up(session, complaint=one, said="partly", note=f"{turn}", now=NOW)
    with pytest.raises(Conflict, match="您说的都记下了"):
        follow_up(session, complaint=one, said="partly", note="又", now=NOW)


def test_the_post_records_and_refers_and_only_the_regulator_punishes(
    session: Session, cast: Cast
) -> None:
    post = of_body(session, OrganisationType.POSTAL_ENTERPRISE, Duty.MARKET_ORDER)
    regulator = of_body(session, OrganisationType.REGULATOR, Duty.ENFORCEMENT)
    made = record(
        session, county=cast.county, channel="phone", received_on=TODAY, station=cast.c1,
        said=Said(ComplaintKind.CHARGING, WORDS), by=post, secret=SECRET, now=NOW,
    )  # fmt: skip
    one = made.complaint
    common: dict[str, Any] = {"complaint": one, "now": NOW}
    with pytest.raises(NotAllowed):
        handling.answer(session, outcome="solved", note="查处了", by=post, **common)
    with pytest.raises(NotAllowed):
        handling.look(session, by=post, **common)
    matter = handling.forward(
        session, to=f"unit:{regulator.organisation_id}", due_on=TODAY, note="", by=post, **common
    )
    with pytest.raises(NotAllowed, match="查处只能由监管部门作出"):
        matter_answer(session, matter=matter, note="罚了", by=post, now=NOW, punished=True)
    assert MatterOutcome.PUNISHED not in outcomes_of(session, matter)
    matter_answer(session, matter=matter, note="责令退款", by=regulator, now=NOW, punished=True)
    check(session, matter=matter, good=True, note="问过", by=cast.office, now=NOW)
    assert MatterOutcome.PUNISHED in outcomes_of(session, matter)
    assert "punished" not in ComplaintOutcome.labels()


def test_what_comes_by_other_ways_has_the_same_clock_from_the_day_it_came(
    session: Session, cast: Cast
) -> None:
    given: dict[str, Any] = {
        "county": cast.county, "channel": "hotline", "ref": "12345-0701",
        "received_on": TODAY - timedelta(days=3), "station": cast.c1, "by": cast.office,
        "said": Said(ComplaintKind.DELIVERY, "没送到"), "secret": SECRET, "now": NOW,
    }  # fmt: skip
    made = record(session, **given)
    assert made.complaint.due_on == TODAY + timedelta(days=4)
    assert len(made.code) == 6
    with pytest.raises(Conflict, match=made.complaint.number):
        record(session, **(given | {"said": Said(ComplaintKind.OTHER, "又打了一次")}))
    for wrong in (
        {"channel": "page"}, {"received_on": TODAY + timedelta(days=1)}, {"channel": ""},
    ):  # fmt: skip
        with pytest.raises(Invalid):
            record(session, **(given | {"ref": ""} | wrong))
    own = make_person(
        session, name="别镇", role=Role.TOWNSHIP_OFFICER, township_code=cast.other_township.code
    )
    with pytest.raises(NotAllowed):
        record(session, **(given | {"ref": "", "station": None, "by": own}))
    with pytest.raises(NotAllowed):
        record(session, **(given | {"ref": "", "by": cast.li}))


def test_looking_is_kept_with_who_and_when_and_ends(session: Session, cast: Cast) -> None:
    one = complained(session, cast).complaint
    common: dict[str, Any] = {"complaint": one, "by": cast.office}
    assert not handling.looks_now(session, now=NOW, **common)
    handling.look(session, now=NOW, **common)
    assert handling.looks_now(session, now=NOW + timedelta(minutes=9), **common)
    assert not handling.looks_now(session, now=NOW + timedelta(minutes=11), **common)
    colleague = make_person(session, name="县办乙", role=Role.COUNTY_OFFICE)
    assert not handling.looks_now(session, complaint=one, by=colleague, now=NOW)
    line = session.scalars(
        sa.select(HistoryLine).where(HistoryLine.action == "complaint-looked")
    ).one()
    assert (line.person_id, line.at, line.station_id) == (cast.office.id, NOW, None)
    assert one.number in line.summary


def test_a_flood_is_settled_together_and_what_was_taken_up_stays(
    session: Session, cast: Cast
) -> None:
    cast.county.options = {"complaints": {"network_daily": 1}}
    ids = [complained(session, cast, form=f"f{n}", source="s").complaint.id for n in range(4)]
    with pytest.raises(Invalid):
        handling.answer_held(session, ids=ids, real=False, note="", by=cast.office, now=NOW)
    assert (
        handling.answer_held(session, ids=ids[:2], real=True, note="", by=cast.office, now=NOW) == 1
    )
    settled = handling.answer_held(
        session, ids=ids, real=False, note="一部手机连发", by=cast.office, now=NOW
    )
    assert settled == 2
    found = session.scalars(sa.select(Complaint).order_by(Complaint.id)).all()
    assert [one.held for one in found] == [False] * 4
    assert [one.outcome for one in found] == [None, None, *[ComplaintOutcome.UNFOUNDED] * 2]


def test_complaints_weigh_in_draws_by_the_countys_choice_and_never_in_a_verdict(
    session: Session, cast: Cast, standards: Any
) -> None:
    def weight() -> tuple[int, str, Any]:
        found = standings(
            session, county=cast.county, on=TODAY, standards=standards, seen_by=EVERYBODY
        )
        [here] = [one for one in found if one.station.id == cast.c1.id]
        weights = sampling_weights(session, county=cast.county.code, standings=found, on=TODAY)
        return weights[cast.c1.id].tickets, weights[cast.c1.id].why, here.status

    before, _, status = weight()
    one = complained(session, cast).complaint
    complained(session, cast, form="f22")
    assert weight()[0] == before + 2
    assert "2件投诉" in weight()[1]
    assert weight()[2] == status
    cast.county.options = {"complaints": {"draw_tickets": 5}}
    assert weight()[0] == before + 6  # ten, and never more than six
    handling.answer(
        session, complaint=one, outcome="unfounded", note="查无此事", by=cast.office, now=NOW
    )
    assert weight()[0] == before + 5
    cast.county.options = {"complaints": {"draw_tickets": 0}}
    assert weight()[0] == before


def test_fewer_than_five_of_a_township_are_not_told_and_no_total_gives_them_away(
    session: Session, cast: Cast
) -> None:
    for turn in range(5):
        one = complained(session, cast, form=f"f{turn}", source=f"s{turn}").complaint
        handling.answer(
            session, complaint=one, outcome="solved" if turn else "partly", note="办了",
            by=cast.office, now=NOW,
        )  # fmt: skip
    complained(session, cast, form="other", source="x", station=cast.c3)

    def told() -> dict[str, tuple[bool, int, int]]:
        found = public_figures(session, county=cast.county.code, on=TODAY + timedelta(days=31))
        return {one.name: (one.enough, one.received, one.solved) for one in found}

    assert told() == {"鹅城镇": (True, 5, 4), "杜家村镇": (False, 0, 0)}
    this_month = public_figures(session, county=cast.county.code, on=TODAY)
    assert [one.enough for one in this_month] == [False, False]
    session.scalars(sa.select(Complaint)).first().held = True  # type: ignore[union-attr]
    assert told()["鹅城镇"] == (False, 0, 0)


def test_every_deed_leaves_a_step_and_two_at_once_are_told_of_each_other(
    session: Session, cast: Cast
) -> None:
    one = complained(session, cast).complaint
    sealed = seal(complaint_shown(session, one))
    handling.look(session, complaint=one, by=cast.office, now=NOW)  # changes nothing of the form
    handling.accept(session, complaint=one, note="", by=cast.office, now=NOW, sealed=sealed)
    with pytest.raises(Conflict, match="别人已经改过"):
        handling.answer(
            session, complaint=one, outcome="solved", note="好了", by=cast.office, now=NOW,
            sealed=sealed,
        )  # fmt: skip
    deeds = session.scalars(sa.select(ComplaintStep.deed).order_by(ComplaintStep.id)).all()
    assert [deed.value for deed in deeds] == ["received", "looked", "accepted"]
    assert complaint_counts(session, county=cast.county.code, on=TODAY, seen_by=cast.office) == {
        cast.c1.id: 1
    }


def test_a_form_sent_again_is_the_same_however_its_number_was_spelt_when_it_first_came(
    session: Session, cast: Cast
) -> None:
    said = Said(ComplaintKind.CHARGING, WORDS, phone="0350-6521234转801")
    first = complained(session, cast, said=said).complaint
    first.phone, first.words = "03506521234-801", f"{WORDS} "  # by an earlier rule
    session.flush()

    assert complained(session, cast, said=said).complaint.id == first.id
    for other in (replace(said, phone="0350-6521235"), replace(said, phone_shared=True)):
        with pytest.raises(Conflict, match="那一件不能再改"):
            complained(session, cast, said=other)
