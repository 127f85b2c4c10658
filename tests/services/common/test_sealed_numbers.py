"""Telephones lie sealed: none of them stands in the database, and a lost key loses nothing."""

import pickle
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from server.db import Base, open_engine
from server.errors import SealLost
from server.http.database import db
from server.models.county import Operator
from server.models.kept_form import KeptForm
from server.models.person import Person
from server.models.proposal import Proposal
from server.models.sealed import SealedJson, SealedText, holds_text
from server.models.station import Station
from server.services.audit.verifying import verify
from server.services.people.people import edit_person
from server.services.registry.searching import ids_by_phone
from server.services.registry.stations import edit_station
from server.services.upkeep.sealed_numbers import EMPTY, forget_lost_numbers, lost_numbers
from tests.api.events import batch, jpeg, note, photo
from tests.databases import ON_SQLITE, everything
from tests.factories import NOW, TEXT_KEYS, Cast, make_operator
from tests.proposals import own_officer, proposed
from tests.sealed_rows import hide_something, not_hidden, sealed_columns

NUMBERS = ("138-0000 5555", "13900006666", "0350-6527777", "13700008888")


def test_no_telephone_stands_in_the_database_and_each_is_found_and_read(
    engine: Engine, session: Session, cast: Cast, standards: Any
) -> None:
    operator = make_operator(session, name="静乐智通")
    operator.contact_phone = NUMBERS[2]
    edit_person(session, person=cast.li, changes={"phone": NUMBERS[0]}, by=cast.office, now=NOW)
    edit_person(session, person=cast.li, changes={"phone": NUMBERS[3]}, by=cast.office, now=NOW)
    edit_station(
        session, station=cast.c2, changes={"head_phone": NUMBERS[1]}, by=cast.office, now=NOW,
        reason="换了人", standards=standards,
    )  # fmt: skip
    session.commit()
    session.expire_all()

    read = (cast.li.phone, cast.c2.head_phone, session.get_one(Operator, operator.id).contact_phone)
    assert read == (NUMBERS[3], NUMBERS[1], NUMBERS[2])
    assert ids_by_phone(session, digits="8888", seen_by=cast.office) == {cast.c1.id}
    assert ids_by_phone(session, digits="00006666", seen_by=cast.office) == {cast.c2.id}
    assert ids_by_phone(session, digits="8888", seen_by=cast.outsider) == set()
    whole = sa.select(Station.id).where(holds_text(session, Station.head_phone, NUMBERS[1]))
    assert session.scalars(whole).all() == [cast.c2.id], "compared without being opened"
    lying = list(everything(engine))
    assert len(lying) > 20
    assert not [row for row in lying for number in NUMBERS if number in row]


def test_a_newer_key_takes_over_and_a_lost_one_is_said_not_guessed(
    engine: Engine, session: Session, cast: Cast
) -> None:
    cast.li.phone = NUMBERS[0]
    session.commit()
    url = engine.url.render_as_string(hide_password=False)

    def opened(*keys: bytes) -> str | None:
        other = open_engine(url, keys)
        try:
            with Session(other) as there:
                return there.get_one(Person, cast.li.id).phone
        finally:
            other.dispose()

    assert opened(b"8" * 32, *TEXT_KEYS) == NUMBERS[0]
    for keys in ((b"8" * 32,), ()):
        with pytest.raises(SealLost) as lost:
            opened(*keys)
        assert lost.value.code == "text-key-lost"
    other = open_engine(url, [b"8" * 32])
    with Session(other) as there:
        assert lost_numbers(there) == forget_lost_numbers(there) > 1
        assert (lost_numbers(there), there.get_one(Person, cast.li.id).phone) == (0, "")
        there.rollback()
    other.dispose()
    assert lost_numbers(session) == 0
    moved = sa.text("UPDATE people SET phone = (SELECT head_phone FROM stations LIMIT 1)")
    session.execute(moved)
    session.expire_all()
    with pytest.raises(SealLost) as broken:
        assert cast.li.phone
    assert broken.value.code == "text-seal-broken"


@ON_SQLITE
def test_a_phone_keeps_its_record_while_the_key_is_away(
    engine: Engine, session: Session, cast: Cast, client: FlaskClient, app: Flask,
    signed_in: Callable[[Person], dict[str, str]],
) -> None:  # fmt: skip
    cast.li.phone = NUMBERS[0]
    sent = batch(note(cast.c1.id, photo(jpeg())))
    held = signed_in(cast.li)
    session.commit()
    with app.app_context():
        dialect = db.engine.dialect
    kept, dialect.czt_keys = dialect.czt_keys, (b"8" * 32,)
    try:
        away = client.post(
            "/api/v1/sync", json=sent, headers=held, content_type="application/json;charset=utf-8"
        )  # the long way, which reads whole people and stations
    finally:
        dialect.czt_keys = kept
    assert (away.status_code, away.json.get("code")) == (503, "text-key-lost"), away.json
    again = client.post("/api/v1/sync", json=sent, headers=held)
    assert [one["result"] for one in again.json["results"]] == ["ok"]


@ON_SQLITE
def test_what_no_key_opens_is_given_up_in_the_shape_that_its_readers_look_for(
    engine: Engine, session: Session, cast: Cast
) -> None:
    one = proposed(session, cast.c2, own_officer(session, cast), head_phone=NUMBERS[1])
    session.add(
        KeptForm(
            person_id=cast.li.id, token_sha256="0" * 64, path="/desk", problem={"code": "x"},
            fields=[["phone", NUMBERS[0]]], kept_at=NOW,
        )
    )  # fmt: skip
    session.commit()
    other = open_engine(engine.url.render_as_string(hide_password=False), [b"8" * 32])
    with Session(other) as there:
        with pytest.raises(SealLost):
            there.get_one(Proposal, one.id)
        there.rollback()
        [fault] = verify(
            there, county=cast.county.code
        ).faults  # the rest is looked at all the same
        assert fault == "变更申请有内容用丢了的钥匙封着，打不开，没有核对"
        assert lost_numbers(there) == forget_lost_numbers(there)
        assert there.get_one(Proposal, one.id).change["fields"] == []
        kept = there.scalars(sa.select(KeptForm)).one()
        assert (kept.fields, kept.problem) == ([], {})
        assert lost_numbers(there) == 0
        there.rollback()
    other.dispose()


@ON_SQLITE
def test_whatever_lies_sealed_is_read_with_a_newer_key_and_takes_it_when_written_again(
    engine: Engine, session: Session, cast: Cast
) -> None:
    hidden = hide_something(session)
    assert not_hidden(engine, hidden) == []
    other = open_engine(engine.url.render_as_string(hide_password=False), [b"8" * 32, *TEXT_KEYS])
    assert not_hidden(other, hidden) == []
    with Session(other) as there:
        for column in sealed_columns():
            table = column.table
            rows = there.execute(sa.select(table.c.id, column)).all()
            for key, value in rows:
                changed = sa.update(table).where(table.c.id == key).values({column.name: value})
                there.execute(changed)
        there.commit()
    alone = open_engine(engine.url.render_as_string(hide_password=False), [b"8" * 32])
    assert not_hidden(alone, hidden) == []
    with Session(alone) as there:
        assert lost_numbers(there) == 0
    with pytest.raises(SealLost):
        not_hidden(engine, hidden)
    for one in (other, alone):
        one.dispose()


def test_every_sealed_json_has_an_empty_shape_and_is_named_after_its_column() -> None:
    named = {
        f"{table.name}.{column.name}": column.type.about
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, SealedJson)
    }
    assert named == {name: name for name in EMPTY}


def test_every_column_of_a_telephone_is_a_sealed_one() -> None:
    named = {
        f"{table.name}.{column.name}": column.type
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if column.name == "phone" or column.name.endswith("_phone")
    }
    assert {"people.phone", "stations.head_phone", "complaints.phone"} <= set(named)
    for name, kind in named.items():
        assert isinstance(kind, SealedText), name
        assert (kind.about, kind.length) == (name, 20)


def test_a_lost_key_is_told_in_the_same_words_by_a_copy_of_the_process() -> None:
    lost = SealLost("text-key-lost", "钥匙不在了。")
    told = pickle.loads(pickle.dumps(lost))
    assert (type(told), str(told), vars(told)) == (SealLost, str(lost), vars(lost))
