"""After an erasure nobody finds the person anywhere but where the preview said that law keeps it."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from server.chores import HANDLERS, Workshop
from server.db import Base, writing
from server.errors import Conflict
from server.models.consent import Consent, ConsentWay, Purpose
from server.models.erasure import PersonErasure
from server.models.history import HistoryLine
from server.models.job import Job
from server.models.kept_form import KeptForm
from server.models.person import Keeping, Person, Role, SignIn
from server.models.phone_event import CheckIn, EventKind, PhoneEvent
from server.models.sealed import SHORT, SealedText
from server.models.sheet_import import SheetImport
from server.models.subsidy_payment import SubsidyAccount
from server.models.wechat import WeChatIdentity
from server.policy.plan.subsidies import PayeeKind
from server.sealed_text import key_ring
from server.services.audit.verifying import verify
from server.services.common import history
from server.services.erasing import running
from server.services.erasing.erasing import back_again, begin_erasure, erased_people, gone_in
from server.services.erasing.kept import KEPT_LINES, NOBODYS, TABLES
from server.services.erasing.places import OWN_STEPS, swept, texts_of
from server.services.erasing.preview import preview_of
from server.services.erasing.running import go_on
from server.services.people.actions import PeopleAction
from server.services.people.codes import sha256
from server.services.people.people import add_person, edit_person, switch_on_person
from server.services.people.second_factor import begin_factor
from server.services.people.sign_ins import bind_phone, make_bind_code
from tests.databases import ON_SQLITE, everything
from tests.factories import LONG_AGO, NOW, TEXT_KEYS, Cast, make_person
from tests.proposals import own_officer, proposed
from tests.services.world import make_world

NAME, NUMBER, DIGITS = "秦满仓", "138-0000 7777", "13800007777"
OPENID = "oOpenId-of-Qin"
ASKED = "本人到县专班申请，看过身份证"
ANOTHER = "138 0000 7777"
SAID = f"找{NAME}，{NUMBER}或{DIGITS}、{ANOTHER}"


@pytest.fixture
def qin(session: Session, cast: Cast) -> Person:
    """A keeper of C0001 until yesterday, with a phone, a WeChat and an account at the bank."""
    person = add_person(
        session, county=cast.county, name=NAME, role=Role.KEEPER, by=cast.office, now=NOW,
        phone=NUMBER, township_code=cast.township.code,
    )  # fmt: skip
    session.add(
        Keeping(
            person_id=person.id, station_id=cast.c1.id, from_at=LONG_AGO,
            until_at=NOW - timedelta(days=1),
        )
    )  # fmt: skip
    code = make_bind_code(session, person=person, by=cast.office, now=NOW)
    bound, _, _ = bind_phone(
        session, code=code, device_id="qin-phone", device_label=f"{NAME}的红米", now=NOW, source="s"
    )
    begin_factor(session, person=person, sign_in=bound, ring=key_ring(list(TEXT_KEYS)), now=NOW)
    session.add_all([
        WeChatIdentity(
            appid="wx", mark=sha256(OPENID), openid_sealed=OPENID, person_id=person.id,
            sign_in_id=bound.id, bound_at=NOW,
        ),
        SubsidyAccount(
            county=person.county, payee_kind=PayeeKind.KEEPER, payee_key=f"person:{person.id}",
            holder=NAME, bank="农信社", number_sealed="x", last4="7777", entered_by=cast.office.id,
            entered_at=NOW,
        ),
        KeptForm(
            person_id=cast.office.id, token_sha256="f" * 64, path="/desk/people",
            fields=[["name", NAME], ["phone", NUMBER]], problem={"message": SAID}, kept_at=NOW,
        ),
        Consent(
            county=person.county, person_id=person.id, purpose=Purpose.POSITION, agreed=True,
            text_sha256="0" * 64, way=ConsentWay.WEB, device_id="qin-phone", said_at=NOW,
            received_at=NOW,
        ),
    ])  # fmt: skip
    event = PhoneEvent(
        id=sa.Uuid().python_type(int=77), kind=EventKind.CHECK_IN, county=person.county,
        station_id=cast.c1.id, person_id=person.id, device_id="qin-phone",
        payload={"method": "scan", "position": {"latitude": 38.1, "longitude": 111.2}},
        content_sha256="0" * 64, result="ok", day_on=NOW.date(), occurred_at=NOW,
        time_verified=True, device_at=NOW, received_at=NOW,
    )  # fmt: skip
    session.add(event)
    session.flush()
    session.add(
        CheckIn(
            id=event.id, county=person.county, station_id=cast.c1.id, person_id=person.id,
            day_on=NOW.date(), occurred_at=NOW, time_verified=True, method="scan",
            latitude=38.1, longitude=111.2, accuracy_m=9, fix_age_s=1, distance_m=12,
        )
    )  # fmt: skip
    person.active = False
    session.commit()
    return person


def spoken(value: Any, column: sa.Column[Any]) -> Any:
    """A value with the person in it, as the column takes it."""
    if isinstance(column.type, SealedText):
        return DIGITS if column.type.length <= SHORT else f"{value}{SAID}"
    if isinstance(column.type, sa.JSON) or not isinstance(column.type, sa.String):
        return [*value, SAID] if isinstance(value, list) else {**(value or {}), NAME[:1]: [SAID]}
    longest = column.type.length or 400
    return f"{(value or '')[: max(0, longest - len(SAID))]}{SAID}"[-longest:]


def finished(engine: Engine, session: Session, row: PersonErasure) -> None:
    """Go on with an erasure to its end, and read from then on what stands now."""
    key = row.id
    session.commit()
    go_on(engine, key, now=NOW)
    session.expire_all()


def say_everywhere(session: Session, keep: frozenset[str]) -> set[str]:
    """Write the person into every text of every row that is looked through; answers the columns."""
    said = set()
    for table in swept():
        if table.name in keep:
            continue
        key = table.primary_key.columns[0]
        for column in texts_of(table):
            if isinstance(column.type, sa.String) and (column.type.length or 400) < len(SAID):
                continue  # a code or a kind, too short for any name
            for row, value in session.execute(sa.select(key, column)).all():
                session.execute(
                    sa.update(table).where(key == row).values({column.name: spoken(value, column)})
                )
                said.add(f"{table.name}.{column.name}")
    return said


def found_in(engine: Engine) -> Iterator[str]:
    """Rows, as they lie, in which the person can be read; SQLite holds JSON with escapes."""
    wanted = (NAME, json.dumps(NAME)[1:-1], NUMBER, DIGITS, ANOTHER, OPENID, "qin-phone")
    return (row for row in everything(engine) if any(one in row for one in wanted))


def test_after_an_erasure_the_person_is_found_nowhere_but_where_law_keeps_it(
    engine: Engine, session: Session, cast: Cast, standards: Any, qin: Person
) -> None:
    world = make_world(session, cast, standards)
    own = own_officer(session, cast, "王专干")
    one = proposed(session, cast.c2, own, reason=SAID, head_name=NAME, head_phone=DIGITS)
    line = history.write(
        session, of=cast.county, by=cast.office, at=NOW, action=PeopleAction.KEEPERS_ENTERED,
        summary=SAID, reason=SAID,
    )  # fmt: skip
    session.add(
        SheetImport(
            county=cast.county.code, imported_by=cast.office.id, imported_at=NOW, file_name="表",
            file_sha256="0" * 64, history_id=line.id, new=1, changed=0, same=0,
            rows=[{"name": "站", "after": {"head_name": NAME, "head_phone": NUMBER}}],
        )
    )  # fmt: skip
    world.inspection.keeper_name = NAME
    session.commit()
    # A proposal is frozen, an open station or a firm that still names them stands against it.
    said = say_everywhere(
        session, frozenset({"operators", "proposals", "stations", "webhook_events"})
    )
    assert {"parcel_counts.reason", "keeper_requests.note", "sheet_imports.rows"} <= said
    assert len(said) > 40, sorted(said)
    session.commit()
    before = verify(session, county=cast.county.code).faults  # of the factories' visits
    session.rollback()
    told = preview_of(session, qin)
    assert told.against == (), told.against

    row = begin_erasure(session, person=qin, by=cast.office, reason=ASKED, now=NOW)
    assert session.query(Job).filter_by(kind="erase_person").one().args == {"erasure_id": row.id}
    finished(engine, session, row)

    copies = ("phone_events", "'inspection'")  # what came of a record that was signed
    left = [one for one in found_in(engine) if not all(word in one for word in copies)]
    assert [one for one in left if one.partition(":")[0] not in {*TABLES, "history"}] == []
    lines = session.scalars(sa.select(HistoryLine).where(HistoryLine.summary.contains(NAME)))
    assert [one.action for one in lines if not one.action.startswith(KEPT_LINES)] == []
    assert session.get_one(SheetImport, 1).rows[0]["after"] == {
        "head_name": f"已删除的人员 P-{qin.id}", "head_phone": "〔已删除〕"
    }  # fmt: skip
    assert world.inspection.keeper_name == NAME, "what was signed stays as it was signed"
    check_in = session.query(CheckIn).filter_by(person_id=qin.id).one()
    assert (check_in.latitude, check_in.distance_m) == (None, 12)
    account = session.query(SubsidyAccount).one()
    assert (account.holder, account.number_sealed, account.last4) == ("", "", "")
    assert session.query(SignIn).filter_by(person_id=qin.id).one().device_label == ""
    assert session.get_one(type(one), one.id).change_sha256 == one.change_sha256
    made = session.get_one(PersonErasure, row.id)
    assert (made.done_at, made.sought, made.step) == (NOW, {}, "done")
    now = verify(session, county=cast.county.code)
    assert now.faults == before
    session.rollback()

    table = Base.metadata.tables["proposals"]  # what the law left is excused, nothing else is
    session.execute(
        sa.update(table).where(table.c.id == one.id).values(change={"head_name": "别人"})
    )
    session.commit()
    assert len(verify(session, county=cast.county.code).faults) == len(before) + 1


@ON_SQLITE
def test_whoever_is_killed_in_the_middle_is_followed_and_two_at_once_come_to_the_same(
    engine: Engine, session: Session, cast: Cast, qin: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = begin_erasure(session, person=qin, by=None, reason=ASKED, now=NOW)
    session.commit()
    with pytest.raises(Conflict) as again:
        begin_erasure(session, person=qin, by=cast.office, reason=ASKED, now=NOW)
    assert again.value.code == "person-erased"
    session.rollback()
    whole = running._step

    def killed(*args: Any, **more: Any) -> None:
        if args[1] == "kept_forms":
            raise KeyboardInterrupt
        whole(*args, **more)

    monkeypatch.setattr(running, "_step", killed)
    with pytest.raises(KeyboardInterrupt):
        finished(engine, session, row)
    session.expire_all()
    assert (row.done_at, bool(row.sought)) == (None, True)
    assert running.unfinished(engine) == [row.id]
    # What comes round does none itself: one that falls again and again holds up no other.
    put_in = HANDLERS["erase_person"].begin(Workshop(engine, None), {}, NOW)  # type: ignore[arg-type]
    with writing(engine) as fresh:
        fresh.execute(sa.delete(Job))
        put_in(fresh)
    assert [one.args for one in session.query(Job)] == [{"erasure_id": row.id}]
    monkeypatch.setattr(running, "_step", whole)
    finished(engine, session, row)
    finished(engine, session, row)
    assert (row.done_at, running.unfinished(engine)) == (NOW, [])
    assert [one for one in found_in(engine) if not one.startswith("history")] == []


@ON_SQLITE
def test_who_is_in_duty_is_not_erased_and_who_is_gone_does_not_come_back(
    engine: Engine, session: Session, cast: Cast, qin: Person
) -> None:
    cast.li.phone = cast.c1.head_phone
    session.commit()
    with pytest.raises(Conflict) as kept:
        begin_erasure(session, person=cast.li, by=cast.office, reason=ASKED, now=NOW)
    assert kept.value.code == "person-not-erasable"
    for said in ("请先停用账号", f"还是{cast.c1.name}的站长", "登记的负责人还是这个人"):
        assert said in kept.value.message
    session.rollback()

    begin_erasure(session, person=qin, by=cast.office, reason=ASKED, now=NOW)
    with pytest.raises(Conflict, match="已经按本人要求删除"):
        switch_on_person(session, person=qin, by=cast.office, now=NOW)
    with pytest.raises(Conflict, match="已经按本人要求删除"):
        edit_person(session, person=qin, changes={"name": NAME}, by=cast.office, now=NOW)
    session.commit()


@ON_SQLITE
def test_a_namesake_keeps_what_may_be_theirs(
    engine: Engine, session: Session, cast: Cast, qin: Person
) -> None:
    make_person(session, name=NAME)
    theirs = history.write(
        session, of=cast.c2, by=cast.office, at=NOW, action=PeopleAction.KEEPER_APPOINTED,
        summary=f"{NAME}任{cast.c2.name}站长",
    )  # fmt: skip
    own = history.write(
        session, of=cast.c1, by=cast.office, at=NOW, action=PeopleAction.KEEPER_APPOINTED,
        summary=f"{NAME}任{cast.c1.name}站长",
    )  # fmt: skip
    session.commit()
    assert NAME in preview_of(session, qin).namesake
    row = begin_erasure(session, person=qin, by=cast.office, reason=ASKED, now=NOW)
    finished(engine, session, row)
    assert NAME in theirs.summary
    assert NAME not in own.summary
    assert not [one for one in found_in(engine) if NUMBER in one or DIGITS in one]


@ON_SQLITE
def test_the_list_of_the_erased_finds_who_came_back_with_a_copy_and_nobody_else(
    session: Session, cast: Cast, qin: Person
) -> None:
    begin_erasure(session, person=qin, by=cast.office, reason=ASKED, now=NOW)
    [line] = erased_people(session)
    assert gone_in(f"\n{line}\n") == [line]
    assert back_again(session, line) is None, "still gone"
    session.rollback()
    assert back_again(session, line) is qin
    assert back_again(session, line._replace(made_at=LONG_AGO)) is None, "another with the number"


def test_every_table_with_words_is_looked_through_or_has_its_ground() -> None:
    whole = {"bind_codes", "recovery_codes", "second_factors", "wechat_identities", "keepings"}
    for name, table in Base.metadata.tables.items():
        if name in TABLES or name in NOBODYS or name in OWN_STEPS:
            continue
        if list(texts_of(table)) and name not in whole:
            assert len(table.primary_key.columns) == 1, name
    assert not set(TABLES) & NOBODYS
    assert set(TABLES) | NOBODYS <= set(Base.metadata.tables)
