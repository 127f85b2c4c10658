"""A name is more than its letters: what only sounds like it stays, what was it once goes as well."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from server.db import Base, open_engine
from server.errors import Conflict, Invalid, SealLost
from server.models.complaint import Complaint, ComplaintState
from server.models.consent import Consent, ConsentWay, Purpose
from server.models.erasure import PersonErasure
from server.models.history import HistoryLine
from server.models.job import Job, JobState
from server.models.person import Keeping, Person, Role
from server.services.audit.verifying import verify
from server.services.common import history
from server.services.erasing.erasing import JOB, begin_erasure, seek_again
from server.services.erasing.places import Sought
from server.services.erasing.preview import preview_of
from server.services.erasing.running import go_on
from server.services.people.actions import PeopleAction
from server.services.people.others import Others, digits_of
from server.services.people.people import add_person, edit_person
from server.services.retention import consents
from server.services.upkeep.sealed_numbers import forget_lost_numbers
from tests.complaining import complained
from tests.databases import ON_SQLITE, everything
from tests.factories import LONG_AGO, NOW, Cast, make_person
from tests.proposals import own_officer, proposed
from tests.queries import plan_of

NAME, DIGITS = "王平", "13800007777"
ASKED = "本人到县专班申请，看过身份证"


def keeper_until_yesterday(session: Session, cast: Cast, name: str) -> Person:
    """Somebody who kept C0001 until yesterday, switched off."""
    person = add_person(
        session, county=cast.county, name=name, role=Role.KEEPER, by=cast.office, now=NOW,
        phone=f"+86 {DIGITS}", township_code=cast.township.code,
    )  # fmt: skip
    session.add(
        Keeping(
            person_id=person.id, station_id=cast.c1.id, from_at=LONG_AGO,
            until_at=NOW - timedelta(days=1),
        )
    )  # fmt: skip
    person.active = False
    session.flush()
    return person


def erased(engine: Engine, session: Session, cast: Cast, person: Person) -> str:
    """Erase a person to the end; answers the mark that stands for them."""
    key = begin_erasure(session, person=person, by=cast.office, reason=ASKED, now=NOW).id
    session.commit()
    go_on(engine, key, now=NOW)
    session.expire_all()
    return person.name


def told(session: Session, cast: Cast, summary: str) -> HistoryLine:
    """A line of C0001's history."""
    return history.write(
        session, of=cast.c1, by=cast.office, at=NOW, action=PeopleAction.KEEPERS_ENTERED,
        summary=summary,
    )  # fmt: skip


def test_a_station_a_village_and_another_person_keep_names_that_hold_the_name(
    engine: Engine, session: Session, cast: Cast
) -> None:
    """The station that the person kept is called after its village, and so is its history."""
    cast.c1.name, cast.c1.address, cast.c1.head_name = "王平村站", "王平村委会院里", "王平"
    cast.c1.closed_on = NOW.date()
    make_person(session, name="王平安", login="wpa")
    person = keeper_until_yesterday(session, cast, NAME)
    place, other = told(session, cast, "王平村站改了营业时间"), told(session, cast, "王平安来过")
    own = told(session, cast, "王平任王平村站站长")
    session.commit()
    assert "王平" in preview_of(session, person).namesake

    mark = erased(engine, session, cast, person)

    assert (cast.c1.name, cast.c1.head_name) == ("王平村站", mark)
    assert (place.summary, other.summary) == ("王平村站改了营业时间", "王平安来过")
    assert NAME not in own.summary
    # "王平村" alone is nobody's name in the register: in a row that is tied to the person it goes.
    assert not any(
        NAME in row.replace("王平村站", "").replace("王平安", "") for row in _named(engine)
    )


def _named(engine: Engine) -> Iterator[str]:
    return (row for row in everything(engine) if row.startswith(("people", "stations")))


@ON_SQLITE
def test_a_name_of_one_letter_is_taken_only_where_it_stands_alone(
    engine: Engine, session: Session, cast: Cast
) -> None:
    cast.c1.head_name, cast.c1.address, cast.c1.closed_on = "李", "李家庄", NOW.date()
    person = keeper_until_yesterday(session, cast, "李")
    line = told(session, cast, "李家庄的李四换了牌子")
    session.commit()
    mark = erased(engine, session, cast, person)
    assert (cast.c1.head_name, cast.c1.address) == (mark, "李家庄")
    assert line.summary == "李家庄的李四换了牌子"


@ON_SQLITE
def test_the_name_before_a_correction_goes_too_but_never_another_persons(
    engine: Engine, session: Session, cast: Cast
) -> None:
    make_person(session, name="孙大有", login="sdy")
    person = keeper_until_yesterday(session, cast, "孙大有")
    for name in ("秦满苍", "秦满仓"):
        edit_person(session, person=person, changes={"name": name}, by=cast.office, now=NOW)
    wrong = told(session, cast, "秦满苍任C0001站长")
    session.commit()
    erased(engine, session, cast, person)
    assert "秦满苍" not in wrong.summary
    said = session.scalars(sa.select(HistoryLine.summary + sa.cast(HistoryLine.changes, sa.Text)))
    assert not [one for one in said if "秦满" in one]
    assert session.scalar(sa.select(Person.name).where(Person.login == "sdy")) == "孙大有"


@pytest.mark.parametrize(
    "spelt",
    ["+8613800007777", "8613800007777", "008613800007777", "138—0000—7777", "+86 138 0000 7777"],
)
def test_a_number_is_known_with_the_country_before_it_and_with_any_dash(spelt: str) -> None:
    assert digits_of(spelt) == DIGITS
    sought = Sought("140926", 1, {}, {DIGITS: "〔已删除〕"}, sure=True)
    assert sought.left_of(f"打{spelt}。", tied=False) == "打〔已删除〕。"
    assert sought.left_of("913800007777", tied=False) == "913800007777"
    others = Others(frozenset(), frozenset({DIGITS}), 0)
    assert others.hidden_in(spelt) == spelt, "the own number stays, however it is spelt"
    hidden = Others(frozenset(), frozenset(), 0).hidden_in(f"打{spelt}。")
    assert "7777" not in hidden


@ON_SQLITE
def test_nobody_is_erased_while_a_court_or_an_open_complaint_needs_what_they_did(
    session: Session, cast: Cast
) -> None:
    person = keeper_until_yesterday(session, cast, NAME)
    session.commit()
    assert preview_of(session, person).against == ()

    complained(session, cast, "of their time", now=NOW - timedelta(days=2))
    complained(session, cast, "of another's")
    assert preview_of(session, person).against == ("当站长的时候收到的投诉还没有办完。请先办完。",)
    session.query(Complaint).update({Complaint.state: ComplaintState.ANSWERED})
    cast.county.options = {**cast.county.options, "retention": {"paused": True}}
    session.flush()
    with pytest.raises(Conflict, match="到期也先不删"):
        begin_erasure(session, person=person, by=cast.office, reason=ASKED, now=NOW)
    session.rollback()


def test_an_erasure_excuses_no_proposal_that_somebody_changed_before(
    engine: Engine, session: Session, cast: Cast
) -> None:
    person = keeper_until_yesterday(session, cast, "秦满仓")
    own = own_officer(session, cast, "王专干")
    one = proposed(session, cast.c2, own, head_name="秦满仓", head_phone=DIGITS)
    session.commit()
    table = Base.metadata.tables["proposals"]
    session.execute(
        sa.update(table).where(table.c.id == one.id).values(change={"head_name": "秦满仓改过"})
    )
    session.commit()
    before = verify(session, county=cast.county.code).faults
    assert before
    erased(engine, session, cast, person)
    assert verify(session, county=cast.county.code).faults == before, "still said"
    assert "秦满仓" not in str(session.get_one(type(one), one.id).change)


@ON_SQLITE
def test_the_file_and_its_log_hold_the_name_no_more(
    engine: Engine, session: Session, cast: Cast
) -> None:
    """Neither a page that was freed nor a log that was not yet taken over."""
    person = keeper_until_yesterday(session, cast, "秦满仓")
    told(session, cast, "秦满仓任站长，" * 50)
    session.commit()
    file = Path(engine.url.database or "")
    name = "秦满仓".encode()
    assert any(name in one.read_bytes() for one in file.parent.glob(f"{file.name}*"))
    session.close()
    with Session(engine) as other:
        erased(engine, other, cast, other.get_one(Person, person.id))
    left = [one.name for one in file.parent.glob(f"{file.name}*") if name in one.read_bytes()]
    assert left == []


@ON_SQLITE
def test_what_is_asked_of_one_person_never_goes_through_all_of_a_countys_records(
    session: Session, cast: Cast
) -> None:
    """The page's questions, and a late no, which is taken in while nobody else may write."""
    li, at = cast.li, LONG_AGO
    said = {"county": li.county, "person_id": li.id, "purpose": Purpose.POSITION}
    session.add(
        Consent(
            **said, agreed=False, text_sha256="0" * 64, way=ConsentWay.WEB, said_at=at,
            received_at=at,
        )
    )  # fmt: skip
    session.commit()
    plan = plan_of(session, lambda: preview_of(session, li))
    plan += plan_of(
        session, lambda: consents._forget_declined(session, person_id=li.id, on=NOW.date())
    )
    assert "check_ins" in plan
    for large in ("phone_events", "check_ins", "photos", "review_items"):
        assert f"SCAN {large}" not in plan, large


def _begun(session: Session, cast: Cast, person: Person) -> int:
    key = begin_erasure(session, person=person, by=cast.office, reason=ASKED, now=NOW).id
    session.commit()
    return key


@ON_SQLITE
def test_an_erasure_whose_key_is_lost_is_not_ended_unsearched(
    engine: Engine, session: Session, cast: Cast
) -> None:
    person = keeper_until_yesterday(session, cast, NAME)
    line, note = told(session, cast, "王平任C0001站长"), told(session, cast, f"打{DIGITS}")
    key = _begun(session, cast, person)
    other = open_engine(engine.url.render_as_string(hide_password=False), [b"8" * 32])
    with Session(other) as there:
        with pytest.raises(Conflict, match=f"P-{person.id}的个人信息还没有删完") as unsearched:
            forget_lost_numbers(there)
        assert unsearched.value.code == "erasure-unfinished"
    with pytest.raises(SealLost):
        go_on(other, key, now=NOW)

    with Session(other) as there:
        again = there.get_one(Person, person.id)
        with pytest.raises(Invalid, match="请写要找的姓名"):
            seek_again(there, person=again, name=" ", phone="", now=NOW)
        waiting = sa.select(sa.func.count()).where(Job.kind == JOB, Job.state == JobState.DUE)
        there.execute(sa.update(Job).values(state=JobState.DONE))
        seek_again(there, person=again, name=NAME, phone=DIGITS, now=NOW)
        assert there.scalar(waiting) == 1  # it does not wait for the night
        assert forget_lost_numbers(there) > 1
        there.commit()
    go_on(other, key, now=NOW)
    session.expire_all()
    assert NAME not in line.summary
    assert DIGITS not in note.summary
    with Session(other) as there, pytest.raises(Conflict, match="没有还没做完的删除"):
        again = there.get_one(Person, person.id)
        seek_again(there, person=again, name=NAME, phone=DIGITS, now=NOW)
    other.dispose()


@ON_SQLITE
def test_an_erasure_that_lost_whom_it_looks_for_is_no_finished_one(
    engine: Engine, session: Session, cast: Cast
) -> None:
    key = _begun(session, cast, keeper_until_yesterday(session, cast, NAME))
    session.execute(sa.update(PersonErasure).values(sought={}))
    session.commit()
    with pytest.raises(Conflict) as lost:
        go_on(engine, key, now=NOW)
    assert lost.value.code == "erasure-unfinished"


@ON_SQLITE
def test_of_two_that_are_erased_at_once_neither_takes_the_others_name(
    engine: Engine, session: Session, cast: Cast
) -> None:
    """王平安 is still looked for when 王平 is erased, and a new 王平 comes in the middle."""
    longer = make_person(session, name="王平安", login="wpa", active=False)
    first = _begun(session, cast, longer)
    person = keeper_until_yesterday(session, cast, NAME)
    assert "正在删除的另一个人" in preview_of(session, person).namesake
    own, other = told(session, cast, "王平安来过"), told(session, cast, "王平来过")
    untied = history.write(
        session, of=cast.c2, by=cast.office, at=NOW, action=PeopleAction.KEEPERS_ENTERED,
        summary="王平路过",
    )  # fmt: skip
    second = _begun(session, cast, person)
    go_on(engine, second, now=NOW)
    session.expire_all()
    assert (own.summary, untied.summary) == ("王平安来过", "王平路过")
    assert NAME not in other.summary
    session.commit()
    go_on(engine, first, now=NOW)
    session.expire_all()
    assert "王平安" not in own.summary

    alone = make_person(session, name="秦满仓", login="qmc", active=False)
    third = _begun(session, cast, alone)
    make_person(session, name="秦满仓", login="qmc2")
    theirs = history.write(
        session, of=cast.c2, by=cast.office, at=NOW, action=PeopleAction.KEEPERS_ENTERED,
        summary="秦满仓任站长",
    )  # fmt: skip
    session.commit()
    go_on(engine, third, now=NOW)
    session.expire_all()
    assert theirs.summary == "秦满仓任站长"
