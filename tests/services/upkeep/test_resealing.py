"""A key is changed whole: all is sealed anew by the newest, and only then the old one may go."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from server.cli.reseal import told
from server.db import Base, Json, open_engine
from server.errors import Conflict
from server.models.complaint import Complaint, ComplaintKind
from server.models.county import County
from server.models.kept_form import KeptForm
from server.models.person import Person, SignIn
from server.models.sealed_by_hand import BY_HAND
from server.models.second_factor import SecondFactor
from server.models.station import Station
from server.models.subsidy import PayeeKind
from server.models.subsidy_payment import SubsidyAccount
from server.models.wechat import WeChatIdentity
from server.sealed_text import key_id, key_ring, open_text, seal_text
from server.services.audit.verifying import verify
from server.services.complaints.said import Said
from server.services.complaints.taking import record
from server.services.people.second_factor import begin_factor, enrolment
from server.services.people.wechat import InWeChat, TokenShelf, bind_wechat, openid_of
from server.services.registry.searching import ids_by_phone
from server.services.subsidies.accounts import confirm_account
from server.services.upkeep.keys import note_keys, order_faults
from server.services.upkeep.resealing import Resealed, reseal
from server.services.upkeep.sealed_numbers import lost_said
from server.services.upkeep.sealed_places import lost_by_hand, older_keys
from server.services.webhooks.endpoints import rotate, secrets_of
from server.settings import Settings
from tests.complaining import SECRET, WORDS
from tests.databases import ON_SQLITE
from tests.factories import NOW, TEXT_KEYS, TODAY, Cast, make_person, make_sign_in
from tests.sealed_rows import hide_something, not_hidden
from tests.services.webhooks.world import receiver

NEW = b"8" * 32
OLD = key_ring(list(TEXT_KEYS))
RING, ALONE = key_ring([NEW, *TEXT_KEYS]), key_ring([NEW])
ACCOUNT = "6217000012345678901"


@contextmanager
def opened(engine: Engine, *keys: bytes) -> Iterator[Engine]:
    other = open_engine(engine.url.render_as_string(hide_password=False), keys)
    try:
        yield other
    finally:
        other.dispose()


def _signed_in(session: Session, person: Person) -> SignIn:
    make_sign_in(session, person)
    mine = sa.select(SignIn).where(SignIn.person_id == person.id)
    return session.scalars(mine.order_by(SignIn.made_at.desc())).first() or SignIn()


def test_after_a_change_of_keys_nothing_needs_the_old_one(
    engine: Engine, session: Session, cast: Cast
) -> None:
    cast.li.phone = "138-0000 5555"
    hidden = hide_something(session)
    whole = verify(session, county=cast.county.code).faults
    session.add(KeptForm(person_id=cast.li.id, token_sha256="1" * 64, path="/", fields=[["a"]],
                         problem={}, kept_at=NOW))  # fmt: skip
    session.flush()
    bare = sa.table("kept_forms", sa.column("token_sha256"), sa.column("fields", Json))
    session.execute(  # as it lay before the column was sealed
        sa.update(bare).where(bare.c.token_sha256 == "1" * 64).values(fields=[["phone", "139"]])
    )
    account = SubsidyAccount(
        county=cast.county.code, payee_kind=PayeeKind.STATION, payee_key="station:1", holder="马",
        bank="信用社", number_sealed=seal_text(OLD, ACCOUNT, about="account:140926:station:1"),
        last4=ACCOUNT[-4:], entered_by=cast.office.id, entered_at=NOW,
    )  # fmt: skip
    session.add(account)
    hook = receiver(session, cast.county, cast.office)
    second = rotate(session, endpoint=hook.endpoint, ring=OLD, by=cast.office, now=NOW)
    begun = _signed_in(session, cast.office)
    begin_factor(session, person=cast.office, sign_in=begun, ring=OLD, now=NOW)
    secret = enrolment(session, person=cast.office, sign_in=begun, ring=OLD)
    session.add(SecondFactor(
        person_id=cast.li.id, begun_at=NOW, confirmed_at=NOW,
        secret_sealed=seal_text(OLD, "TOTP", about=f"second factor {cast.li.id}"),
    ))  # fmt: skip
    phone = _signed_in(session, cast.li)
    bind_wechat(
        session, who=InWeChat("wx1", "openid-1", OLD), sign_in=phone, person=cast.li, now=NOW
    )
    session.commit()
    TokenShelf(engine, OLD).keep("token", "T", NOW + timedelta(hours=2))

    with ExitStack() as stack:
        both = stack.enter_context(opened(engine, NEW, *TEXT_KEYS))
        with Session(both) as there:
            [said] = older_keys(there)
        assert said.startswith(f"旧钥匙 {key_id(TEXT_KEYS[0])} 还封着")
        done, again = reseal(both, step=2), reseal(both)
        assert (done.left, done.lost, done.broken) == ({}, {}, {})
        own = {one.column.table.name for one in BY_HAND if one.copies is None}
        assert own <= {*done.rows}
        assert again.rows.total() == 0
        with Session(both) as there:
            [said] = older_keys(there)
        assert "没有一处用它了" in said

        alone = stack.enter_context(opened(engine, NEW))
        assert not_hidden(alone, hidden) == []
        with Session(alone) as there:
            assert verify(there, county=cast.county.code).faults == whole
            assert lost_said(there) == []
            assert ids_by_phone(there, digits="5555", seen_by=cast.office) == {cast.c1.id}
            assert there.scalars(
                sa.select(KeptForm.fields).where(KeptForm.token_sha256 == "1" * 64)
            ).one() == [["phone", "139"]]
            endpoint = there.get_one(type(hook.endpoint), hook.endpoint.id)
            told = secrets_of(endpoint, ring=ALONE, now=NOW)
            assert told == [second.secret, hook.secret]
            office, started = there.get_one(Person, cast.office.id), there.get_one(SignIn, begun.id)
            assert enrolment(there, person=office, sign_in=started, ring=ALONE) == secret
            other = make_person(there, name="县办乙", role=office.role)
            confirm_account(
                there, county=cast.county, account_id=account.id, number=ACCOUNT, ring=ALONE,
                by=other, now=NOW,
            )  # fmt: skip
            factor = there.get_one(SecondFactor, cast.li.id)
            about = f"second factor {cast.li.id}"
            assert open_text(ALONE, factor.secret_sealed, about=about) == "TOTP"
            [identity] = there.scalars(sa.select(WeChatIdentity))
            assert openid_of(identity, ALONE) == "openid-1"
            assert identity.mark == InWeChat("wx1", "openid-1", ALONE).marks[0]
            there.rollback()
        assert TokenShelf(alone, ALONE).held("token", NOW) == "T"


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
def test_a_row_that_somebody_holds_is_not_waited_for_and_said_to_be_left(
    engine: Engine, session: Session, cast: Cast
) -> None:
    cast.li.phone = "13800005555"
    session.commit()
    session.execute(sa.select(Person.id).where(Person.id == cast.li.id).with_for_update())
    with opened(engine, NEW, *TEXT_KEYS) as both:
        assert reseal(both).left == {key_id(TEXT_KEYS[0]): 1}
        session.rollback()
        assert (reseal(both).rows, reseal(both).left) == ({"people": 1}, {})


@ON_SQLITE
def test_a_key_is_not_said_to_be_free_while_anything_names_it(
    engine: Engine, session: Session, cast: Cast
) -> None:
    cast.li.phone = "13800005555"
    session.commit()
    lying = session.scalar(
        sa.select(sa.type_coerce(Person.phone, sa.String)).where(Person.phone != "")
    )
    stations = sa.table("stations", sa.column("id"), sa.column("head_phone"))
    session.execute(  # a text of another column opens nowhere
        sa.update(stations).where(stations.c.id == cast.c1.id).values(head_phone=lying)
    )
    session.commit()
    with opened(engine, NEW, *TEXT_KEYS) as both:
        done = reseal(both)
    assert (done.rows["people"], done.broken) == (1, {"stations.head_phone": 1})
    assert done.left == {key_id(TEXT_KEYS[0]): 1}
    with opened(engine, b"9" * 32, *TEXT_KEYS) as others:
        assert list(reseal(others).lost) == [key_id(NEW)]


@ON_SQLITE
def test_the_same_complaint_is_known_again_across_a_change_of_keys(
    engine: Engine, session: Session, cast: Cast
) -> None:
    given = {
        "county": cast.county, "channel": "phone", "received_on": TODAY, "station": cast.c1,
        "said": Said(ComplaintKind.CHARGING, WORDS), "secret": SECRET, "now": NOW,
    }  # fmt: skip
    number = record(session, by=cast.office, **given).complaint.number
    session.commit()
    with opened(engine, NEW, *TEXT_KEYS) as both, Session(both) as there:
        here = given | {
            "station": there.get_one(Station, cast.c1.id), "county": there.get_one(County, "140926"),
        }  # fmt: skip
        with pytest.raises(Conflict, match=number):
            record(there, by=there.get_one(Person, cast.office.id), **here)


def test_no_sealed_text_is_looked_for_by_the_newest_key_alone() -> None:
    for wrong in (
        lambda: Complaint.words == "那一件", lambda: Person.phone.in_(["138"]),
        lambda: Station.head_phone != "138",
    ):  # fmt: skip
        with pytest.raises(TypeError, match="holds_text"):
            wrong()
    assert str(Person.phone.is_(None) | (Station.head_phone == ""))


def test_every_column_that_is_sealed_by_hand_is_resealed() -> None:
    named = {
        column
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if column.name.endswith("sealed") and isinstance(column.type, sa.String)
    }
    assert named == {one.column for one in BY_HAND}


@ON_SQLITE
def test_what_is_sealed_by_hand_under_a_lost_key_is_said_while_anybody_needs_it(
    engine: Engine, session: Session, cast: Cast
) -> None:
    hook = receiver(session, cast.county, cast.office).endpoint
    session.commit()
    with opened(engine, NEW) as alone, Session(alone) as there:
        assert lost_by_hand(there) == 1
        assert "有1处收款账户、推送密钥" in lost_said(there)[-1]
        hook.secret_sealed = seal_text(ALONE, "x", about=f"webhook:{hook.name_in_seal}")
        session.commit()
        there.rollback()
        assert lost_by_hand(there) == 0


@ON_SQLITE
def test_the_command_says_when_the_old_key_may_go_and_who_still_needs_it(
    engine: Engine, session: Session, cast: Cast, run: Callable[..., tuple[int, str, str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setenv("CZT_DATABASE_URL", engine.url.render_as_string(hide_password=False))
    session.execute(sa.update(Station).values(head_phone=""))
    cast.c1.head_phone = "13800005555"
    session.commit()
    code, said, _ = run("reseal")
    assert (code, "这里只有一把钥匙" in said) == (0, True)
    monkeypatch.setenv("CZT_TEXT_KEYS", f"{NEW.hex()},{TEXT_KEYS[0].hex()}")
    code, said, _ = run("reseal")
    assert code == 0
    assert "改封了1行：stations 1行。" in said
    assert f"没有一处再用旧钥匙 {key_id(TEXT_KEYS[0])}" in said
    assert "换钥匙以前的备份" in said
    left = Resealed("a", ("b",), Counter(), Counter(a=1, b=2, c=3), Counter())
    said = "".join(told(left))
    assert "旧钥匙还不能拿掉：b 还有2处" in said
    assert "用不在这里的钥匙封着：c 3处" in said
    assert "没有一处再用" not in said


@ON_SQLITE
def test_a_machine_that_still_seals_by_the_old_key_is_told(
    session: Session, settings: Settings
) -> None:
    note_keys(session, replace(settings, text_keys=(NEW, *TEXT_KEYS)), now=NOW)
    assert order_faults(session, replace(settings, text_keys=(NEW, *TEXT_KEYS))) == []
    assert order_faults(session, replace(settings, text_keys=(NEW,))) == []
    [said] = order_faults(session, replace(settings, text_keys=(*TEXT_KEYS, NEW)))
    assert "最前面的不是登记的那把" in said
