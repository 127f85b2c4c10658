"""One problem on its way: who may do what, what each stage's day is, what is refused in words."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from server.errors import Conflict, Invalid, NotAllowed, NotFound, Problem
from server.models.matter import Holder, Matter, MatterDeed, MatterStage, MatterStep
from server.models.person import Person, Role
from server.policy.plan.duties import Duty, OrganisationType
from server.services.common import history
from server.services.common.seals import seal
from server.services.matters.closing import add_note, check, close, reopen
from server.services.matters.handling import (
    answer,
    ask_for_time,
    decide_time,
    pass_on,
    refer,
    return_it,
)
from server.services.matters.rights import Move, moves_open_to
from server.services.matters.sight import matter_for, matter_shown
from server.services.matters.steps import number_text
from tests.at_once import Press, pressed_at_once
from tests.bodies import make_organisation
from tests.databases import ON_SQLITE
from tests.factories import NOW, TODAY, Cast, make_person
from tests.services.matters.brought import IN_TEN_DAYS, WORDS, answered, brought, referred

LATER = NOW + timedelta(days=5)


@pytest.fixture
def own(session: Session, cast: Cast) -> Person:
    return make_person(
        session, name="鹅城专干", role=Role.TOWNSHIP_OFFICER, township_code=cast.township.code
    )


@pytest.fixture
def clerk(session: Session, cast: Cast) -> Person:
    return make_person(session, name="企业员", role=Role.OPERATOR, operator_id=cast.c1.operator_id)


def code_of(deed: Callable[[], Any]) -> str:
    try:
        deed()
    except Problem as refused:
        return refused.code
    return "done"


def deeds(session: Session, matter: Matter) -> list[MatterDeed]:
    steps = select(MatterStep.deed).where(MatterStep.matter_id == matter.id)
    return list(session.scalars(steps.order_by(MatterStep.id)))


def test_a_problem_goes_from_the_county_through_township_and_operator_to_its_end(
    session: Session, cast: Cast, own: Person, clerk: Person
) -> None:
    matter = referred(session, cast)
    assert (matter.stage, matter.holder, matter.township_code) == (
        MatterStage.HANDLING, Holder.TOWNSHIP, cast.township.code
    )  # fmt: skip
    pass_on(
        session, matter=matter, to=f"operator:{cast.c1.operator_id}",
        due_on=TODAY + timedelta(days=6), note="请直接送到家", by=own, now=NOW,
    )  # fmt: skip
    assert (matter.due_on, matter.outer_due_on) == (TODAY + timedelta(days=6), IN_TEN_DAYS)
    answer(session, matter=matter, note="已送到家。", by=clerk, now=LATER)
    check(session, matter=matter, good=True, note="打电话问过了", by=own, now=LATER)
    close(session, matter=matter, outcome="solved", note="", by=cast.office, now=LATER)

    assert matter.stage is MatterStage.CLOSED
    assert deeds(session, matter) == [
        MatterDeed.REGISTERED, MatterDeed.REFERRED, MatterDeed.PASSED, MatterDeed.ANSWERED,
        MatterDeed.CHECKED, MatterDeed.CLOSED,
    ]  # fmt: skip
    told = history.lines(session, county="140926", station_id=cast.c1.id, limit=20)
    assert [one.who for one in told][:3] == ["县办", "鹅城专干", "企业员"]
    assert told[0].summary.startswith("问2023-0001“快件到村三天了")


def test_nobody_checks_the_own_answer_and_only_the_office_ends_it(
    session: Session, cast: Cast, own: Person, clerk: Person
) -> None:
    matter = answered(session, cast, by=own)

    def checked(by: Person) -> str:
        return code_of(
            lambda: check(session, matter=matter, good=True, note="看过", by=by, now=NOW)
        )

    assert Move.CHECK not in moves_open_to(session, own, matter)
    assert checked(own) == "matter-own-work"
    assert checked(clerk) == "matter-not-yours"
    assert checked(cast.office) == "done"
    for who in (own, clerk):
        with pytest.raises(NotAllowed, match="不归您办结"):
            close(session, matter=matter, outcome="solved", note="", by=who, now=NOW)


def test_a_no_of_the_check_sends_it_back_and_the_county_s_day_stays(
    session: Session, cast: Cast, own: Person
) -> None:
    matter = answered(session, cast, by=own)
    with pytest.raises(Invalid, match="什么时候以前"):
        check(session, matter=matter, good=False, note="没有送到", by=cast.office, now=NOW)
    much_later = TODAY + timedelta(days=30)

    check(
        session, matter=matter, good=False, note="没有送到", by=cast.office, now=NOW,
        due_on=much_later,
    )  # fmt: skip

    assert (matter.stage, matter.due_on) == (MatterStage.HANDLING, much_later)
    assert (matter.outer_due_on, matter.answered_on) == (IN_TEN_DAYS, None)


def test_the_township_s_day_stays_within_the_county_s(
    session: Session, cast: Cast, own: Person
) -> None:
    matter = referred(session, cast)
    to = f"operator:{cast.c1.operator_id}"
    late = IN_TEN_DAYS + timedelta(days=1)
    for day, said in ((late, "不能比它晚"), (TODAY - timedelta(days=1), "已经过去")):
        with pytest.raises(Invalid, match=said) as refused:
            pass_on(session, matter=matter, to=to, due_on=day, note="", by=own, now=NOW)
        assert set(refused.value.details["fields"]) == {"due_on"}
    pass_on(session, matter=matter, to="keeper", due_on=IN_TEN_DAYS, note="", by=own, now=NOW)
    assert matter.holder is Holder.KEEPER
    with pytest.raises(Invalid, match="只能交办给"):
        pass_on(
            session, matter=matter, to=f"township:{cast.other_township.code}", due_on=TODAY,
            note="", by=own, now=NOW,
        )  # fmt: skip


def test_what_is_returned_goes_to_whoever_gave_it(
    session: Session, cast: Cast, own: Person, clerk: Person
) -> None:
    matter = referred(session, cast)
    pass_on(
        session, matter=matter, to=f"operator:{cast.c1.operator_id}", due_on=TODAY, note="",
        by=own, now=NOW,
    )  # fmt: skip
    return_it(session, matter=matter, note="这条线不是我们跑的", by=clerk, now=NOW)
    assert (matter.holder, matter.due_on) == (Holder.TOWNSHIP, IN_TEN_DAYS)
    with pytest.raises(NotFound):
        matter_for(session, clerk, matter.id)
    with pytest.raises(Invalid, match="为什么退回"):
        return_it(session, matter=matter, note=" ", by=own, now=NOW)
    return_it(session, matter=matter, note="归邮政公司管", by=own, now=NOW)

    assert (matter.stage, matter.holder, matter.outer_due_on) == (
        MatterStage.REGISTERED, None, None
    )  # fmt: skip
    assert matter.due_on == TODAY + timedelta(days=2)


def test_more_time_is_asked_for_with_a_reason_and_the_old_day_holds_until_the_yes(
    session: Session, cast: Cast, own: Person
) -> None:
    matter = referred(session, cast)
    later = IN_TEN_DAYS + timedelta(days=7)

    def ask(day: Any, note: str = "大雪封路") -> None:
        ask_for_time(session, matter=matter, until=day, note=note, by=own, now=NOW)

    assert code_of(lambda: ask(IN_TEN_DAYS)) == "matter-day-wrong"
    assert code_of(lambda: ask(later, "")) == "reason-needed"
    ask(later)
    assert (matter.due_on, matter.wanted_on) == (IN_TEN_DAYS, later)
    assert code_of(lambda: ask(later)) == "matter-extension-open"
    with pytest.raises(Invalid, match="不同意延期"):
        decide_time(session, matter=matter, granted=False, note="", by=cast.office, now=NOW)
    assert code_of(
        lambda: decide_time(session, matter=matter, granted=True, note="", by=own, now=NOW)
    ) == "matter-not-yours"  # fmt: skip
    decide_time(session, matter=matter, granted=True, note="", by=cast.office, now=NOW)

    assert (matter.due_on, matter.outer_due_on, matter.wanted_on) == (later, later, None)
    [granted] = session.scalars(
        select(MatterStep).where(MatterStep.deed == MatterDeed.EXTENSION_GRANTED)
    )
    assert (granted.before_on, granted.due_on) == (IN_TEN_DAYS, later)


@ON_SQLITE
def test_an_enterprise_records_and_refers_but_only_a_regulator_punishes(
    session: Session, cast: Cast
) -> None:
    postal = make_organisation(
        session, name="静乐县邮政公司", type=OrganisationType.POSTAL_ENTERPRISE,
        duties=[Duty.MARKET_ORDER, Duty.ENFORCEMENT],
    )  # fmt: skip
    bureau = make_organisation(
        session, name="忻州市邮政管理局", type=OrganisationType.REGULATOR,
        duties=[Duty.ENFORCEMENT],
    )  # fmt: skip
    post, regulator = (
        make_person(session, name=name, role=Role.BUREAU, organisation_id=body.id)
        for name, body in (("邮政员", postal), ("监管员", bureau))
    )
    matter = brought(
        session, cast, source="complaint", kind="charging", words="取件要收两块钱", by=post
    )
    refer(
        session,
        matter=matter,
        to=f"unit:{postal.id}",
        due_on=IN_TEN_DAYS,
        note="",
        by=post,
        now=NOW,
    )
    with pytest.raises(NotAllowed, match="查处只能由监管部门"):
        answer(session, matter=matter, note="罚款", by=post, now=NOW, punished=True)
    return_it(session, matter=matter, note="该由监管部门查处", by=post, now=NOW)
    refer(
        session, matter=matter, to=f"unit:{bureau.id}", due_on=IN_TEN_DAYS, note="", by=cast.office,
        now=NOW,
    )  # fmt: skip
    with pytest.raises(NotAllowed):
        answer(session, matter=matter, note="罚款", by=cast.office, now=NOW, punished=True)
    answer(session, matter=matter, note="责令退还", by=regulator, now=NOW, punished=True)
    check(session, matter=matter, good=True, note="已退", by=cast.office, now=NOW)
    with pytest.raises(NotAllowed):
        close(session, matter=matter, outcome="punished", note="", by=post, now=NOW)
    close(session, matter=matter, outcome="punished", note="", by=cast.office, now=NOW)

    assert matter.outcome == "punished"


@ON_SQLITE
def test_the_county_cannot_call_punished_what_no_regulator_did(
    session: Session, cast: Cast, own: Person
) -> None:
    matter = answered(session, cast, by=own)
    check(session, matter=matter, good=True, note="看过", by=cast.office, now=NOW)

    with pytest.raises(Invalid, match="怎么办结的"):
        close(session, matter=matter, outcome="punished", note="", by=cast.office, now=NOW)


@ON_SQLITE
def test_the_same_problem_is_registered_once(session: Session, cast: Cast) -> None:
    first = brought(session, cast)
    by_number = brought(session, cast, ref="12345-0701", words="一件")
    with pytest.raises(Conflict, match="编号是问2023-0001"):
        brought(session, cast)
    with pytest.raises(Conflict, match="问2023-0002"):
        brought(session, cast, ref="12345-0701", words="另一种说法")
    other = brought(session, cast, words=f"{WORDS}又来电话了。")

    assert [number_text(one) for one in (first, by_number, other)] == [
        "问2023-0001", "问2023-0002", "问2023-0003"
    ]  # fmt: skip
    new_year = brought(session, cast, now=NOW + timedelta(days=200), words="新年第一件")
    assert number_text(new_year) == "问2024-0001"


@ON_SQLITE
@pytest.mark.parametrize(
    ("changed", "code", "field"),
    [
        ({"source": "round"}, "matter-incomplete", "source"),
        ({"kind": "x"}, "matter-incomplete", "kind"),
        ({"words": " "}, "matter-incomplete", "words"),
        ({"words": "长" * 2001}, "text-too-long", "words"),
        ({"heard_on": TODAY + timedelta(days=1)}, "matter-incomplete", "heard_on"),
        ({"station": None, "township_code": "411721101"}, "matter-incomplete", "township"),
    ],
)
def test_what_is_not_complete_is_refused_in_words(
    session: Session, cast: Cast, changed: dict[str, Any], code: str, field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        brought(session, cast, **changed)

    assert (refused.value.code, set(refused.value.details["fields"])) == (code, {field})


@ON_SQLITE
def test_who_registers_what(session: Session, cast: Cast, own: Person, clerk: Person) -> None:
    brought(session, cast, source="complaint", by=own)
    for by, changed in (
        (own, {"source": "complaint", "station": cast.c3}),
        (clerk, {"source": "complaint"}),
        (cast.outsider, {}),
    ):
        with pytest.raises((NotAllowed, NotFound)):
            brought(session, cast, by=by, **changed)
    with pytest.raises(Invalid, match="从哪里来"):
        brought(session, cast, source="hotline", by=own)


@ON_SQLITE
def test_a_closed_problem_is_opened_again_with_all_its_steps(session: Session, cast: Cast) -> None:
    matter = brought(session, cast)
    with pytest.raises(Invalid, match="凭什么"):
        close(session, matter=matter, outcome="unfounded", note="", by=cast.office, now=NOW)
    close(session, matter=matter, outcome="unfounded", note="查无此人", by=cast.office, now=NOW)
    assert code_of(
        lambda: add_note(session, matter=matter, note="又来电话", by=cast.office, now=NOW)
    ) == "matter-moved-on"  # fmt: skip

    reopen(session, matter=matter, note="又来电话了", by=cast.office, now=LATER)

    assert (matter.stage, matter.outcome, matter.closed_at) == (MatterStage.REGISTERED, None, None)
    assert len(deeds(session, matter)) == 3


@ON_SQLITE
def test_a_form_over_which_somebody_else_was_quicker_is_told_so(
    session: Session, cast: Cast, own: Person
) -> None:
    matter = referred(session, cast)
    seen = seal(matter_shown(session, matter))
    add_note(session, matter=matter, note="电话打不通", by=cast.office, now=NOW)

    with pytest.raises(Conflict, match="办理经过”从“2步”改成了“3步") as refused:
        answer(session, matter=matter, note="办好了", by=own, now=NOW, sealed=seen)

    assert refused.value.code == "matter-changed"


def test_of_two_answers_at_once_the_second_is_told(
    engine: Engine, session: Session, cast: Cast, own: Person
) -> None:
    matter_id = referred(session, cast).id
    session.commit()

    def press(said: str) -> Press:
        return lambda own_session, by: answer(
            own_session, matter=own_session.get_one(Matter, matter_id), note=said, by=by, now=NOW
        )

    assert pressed_at_once(engine, own, press("送到了"), press("没送")) == [
        "kept", "matter-moved-on"
    ]  # fmt: skip
