"""The numbered steps build exactly what the models say, on both engines, up and down."""

import json
import shutil
from datetime import date
from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import select
from sqlalchemy.engine import Engine
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from server.db import Base, open_engine
from server.models.complaint import (
    Complaint,
    ComplaintChannel,
    ComplaintKind,
    ComplaintState,
)
from server.models.consent import ConsentText
from server.models.county import County
from server.models.filing import Filing, FilingStep
from server.models.history import HistoryLine
from server.models.kept_form import KeptForm
from server.models.person import Person, Role
from server.models.phone_event import EventKind, PhoneEvent, Photo
from server.models.station import Station
from server.schema import FOLDER, config_for, current, drift, head, tables, upgrade
from server.services.audit.verifying import verify
from server.services.common import history
from server.services.county.retention_options import retention_options
from server.services.registry.actions import RegistryAction
from tests.databases import everything
from tests.factories import NOW, TEXT_KEYS, make_county, make_person, make_station
from tests.reviews import make_photo

BEFORE_FILINGS = "0027"


def test_the_migrations_build_what_the_models_say(engine: Engine) -> None:
    assert current(engine) == head()
    assert drift(engine) == []
    assert set(tables(engine)) == {*Base.metadata.tables, "alembic_version"}


def test_the_newest_step_is_the_one_that_alembic_knows() -> None:
    assert ScriptDirectory(str(FOLDER)).get_heads() == [head()]


def test_a_second_upgrade_does_nothing(engine: Engine) -> None:
    assert upgrade(engine) is False


@pytest.fixture
def newest(tmp_path: Path, sqlite_template: Path) -> Engine:
    """A SQLite file of its own, empty, at the newest step."""
    return open_engine(f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'old.db')}", TEXT_KEYS)


def test_every_step_goes_down_and_up_again(newest: Engine) -> None:
    engine = newest
    command.downgrade(config_for(engine), "base")
    assert tables(engine) == ["alembic_version"]

    assert upgrade(engine) is True
    assert drift(engine) == []


def test_what_stood_before_the_chain_is_taken_into_it_and_said_to_be(engine: Engine) -> None:
    steps = ScriptDirectory(str(FOLDER)).walk_revisions()
    chained = next(one for one in steps if "chain_over_what_was_done" in one.path)
    with Session(engine) as session:
        made = make_county(session)
        for number in range(3):
            history.write(
                session, of=made, by=None, at=NOW, action=RegistryAction.STATION_EDITED,
                summary=f"第{number}行",
            )  # fmt: skip
        session.commit()
    command.downgrade(config_for(engine), str(chained.down_revision))
    upgrade(engine)

    with Session(engine) as session:
        found = verify(session, county="140926")
        told = session.scalars(select(HistoryLine.summary).order_by(HistoryLine.id.desc())).first()
        assert (found.faults, found.lines, found.anchors) == ([], 4, 1)
        assert told is not None
        assert "以前的3行记录" in told


def test_what_was_agreed_to_before_it_was_chained_is_taken_in_and_said_to_be(
    engine: Engine,
) -> None:
    with Session(engine) as session:
        counties = [make_county(session), make_county(session, "411721", "西平县")]
        keepers = [make_person(session, one) for one in counties]
        session.commit()
        ids = [one.id for one in keepers]
    command.downgrade(config_for(engine), "0065")
    with engine.begin() as connection:
        at = "'2023-07-05 00:00:00+00:00'" if "postgresql" in engine.name else "'2023-07-05'"
        for county, key in zip(("140926", "411721"), ids, strict=True):
            connection.execute(
                sa.text(
                    "INSERT INTO consents (county, person_id, purpose, agreed, text_sha256, way,"
                    f" device_id, said_at, received_at, demo) VALUES ('{county}', {key},"
                    f" 'position', true, 'ab', 'web', '', {at}, {at}, false)"
                )
            )
        connection.execute(
            sa.text(
                "INSERT INTO consent_texts (sha256, county, purpose, text, first_at)"
                f" VALUES ('ab', '140926', 'position', '记位置', {at})"
            )
        )

    upgrade(engine)

    with Session(engine) as session:
        assert session.execute(select(ConsentText.county, ConsentText.text)).all() == [
            ("140926", "记位置"), ("411721", "记位置"),
        ]  # fmt: skip
        for county in ("140926", "411721"):
            found = verify(session, county=county)
            assert (found.faults, found.lines) == ([], 3)
        told = session.scalars(select(HistoryLine.summary)).all()
        assert len(told) == 2
        assert all("以前的2条按现在的样子接入" in one for one in told)


def test_a_reviewer_from_before_is_a_bureaus_person_without_a_body(newest: Engine) -> None:
    engine = newest
    command.downgrade(config_for(engine), "0024")
    with engine.begin() as connection:
        connection.execute(
            sa.text(
                "INSERT INTO counties (code, name, province, prefecture, divisions_source, hotline,"
                " options, demo, created_at)"
                " VALUES ('140926', '静乐县', '', '', '', '', '{}', false, '2023-04-11 00:00:00')"
            )
        )
        connection.execute(
            sa.text(
                "INSERT INTO people (county, name, role, active, demo, created_at) VALUES"
                " ('140926', '财政', 'finance_reviewer', true, false, '2023-04-11 00:00:00')"
            )
        )

    upgrade(engine)

    with engine.connect() as connection:
        row = connection.execute(sa.text("SELECT role, organisation_id, until_on FROM people"))
        assert row.one() == ("bureau", None, None)


def test_an_update_alone_erases_nothing_in_a_county_that_is_there(newest: Engine) -> None:
    engine = newest
    command.downgrade(config_for(engine), "0059")
    with engine.begin() as connection:
        connection.execute(
            sa.text(
                "INSERT INTO counties (code, name, province, prefecture, divisions_source, hotline,"
                " options, demo, created_at) VALUES ('140926', '静乐县', '', '', '', '',"
                """ '{"policy": {"fresh_days": 9}}', false, '2023-04-11 00:00:00')"""
            )
        )

    upgrade(engine)

    with Session(engine) as session:
        county = session.get_one(County, "140926")
        assert retention_options(county).paused
        assert county.options["policy"] == {"fresh_days": 9}


def test_a_sqlite_file_is_copied_before_it_is_changed(newest: Engine) -> None:
    engine, path = newest, newest.url.database
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '0000'"))

    with pytest.raises(Exception, match="0000"):  # a database from somewhere else is refused …
        upgrade(engine)

    assert Path(f"{path}.before-{head()}").exists()  # … and was copied first


def test_what_a_division_said_of_its_people_is_kept_as_a_figure_without_day_or_basis(
    tmp_path: Path,
) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'people.db'}", TEXT_KEYS)
    steps = ScriptDirectory(str(FOLDER)).walk_revisions()
    step = next(one for one in steps if "populations_of_villages" in one.path)
    command.upgrade(config_for(engine), str(step.down_revision))
    with engine.begin() as connection:
        connection.execute(
            sa.text(
                "INSERT INTO counties (code, name, province, prefecture, divisions_source, hotline,"
                " options, demo, created_at) VALUES ('140926', '静乐县', '', '', '', '', '{}', 0,"
                " '2023-04-11 00:00:00')"
            )
        )
        for code, people in (("140926100205", "2600"), ("140926100206", "NULL")):
            connection.execute(
                sa.text(
                    "INSERT INTO divisions (code, county, level, kind, parent, name, short_name,"
                    f" population, valid_from) VALUES ('{code}', '140926', 'village',"
                    f" 'village_committee', '140926100', '村', '村', {people}, '2023-01-01')"
                )
            )

    upgrade(engine)

    with engine.connect() as connection:
        kept = connection.execute(
            sa.text("SELECT village_code, basis, people, counted_on FROM village_populations")
        ).all()
    assert [tuple(row) for row in kept] == [("140926100205", "unstated", 2600, None)]


def test_telephones_that_stood_open_lie_sealed_and_come_back(engine: Engine) -> None:
    with Session(engine) as session:
        make_county(session)
        people = [make_person(session, name=f"老{n}", phone=None) for n in range(1500)]
        blank = [people[0].id, people[1].id]
        station = make_station(session, head_phone="").id
        session.commit()
    steps = ScriptDirectory(str(FOLDER)).walk_revisions()
    step = next(one for one in steps if "telephones_lie_sealed" in one.path)
    command.downgrade(config_for(engine), str(step.down_revision))
    number = "139" + "0350"
    with engine.begin() as connection:
        lone = "UPDATE stations SET head_phone = '0350-6521234'"
        for said in (f"UPDATE people SET phone = '{number}' || (1000 + id)", lone,
                     f"UPDATE people SET phone = NULL WHERE id = {blank[0]}",
                     f"UPDATE people SET phone = '' WHERE id = {blank[1]}"):  # fmt: skip
            connection.execute(sa.text(said))

    upgrade(engine)

    raw = sa.text("SELECT phone FROM people UNION ALL SELECT head_phone FROM stations")
    with Session(engine) as session:
        lying = [one for one in session.scalars(raw) if one]
        assert len(lying) == 1499
        assert not [one for one in lying if number in one or "6521234" in one]
        found = {row.id: row.phone for row in session.execute(select(Person.id, Person.phone))}
        assert [found.pop(one) for one in blank] == [None, ""]
        assert found == {one: f"{number}{1000 + one}" for one in found}
        assert session.get_one(Station, station).head_phone == "0350-6521234"
    command.downgrade(config_for(engine), str(step.down_revision))
    with engine.connect() as connection:
        assert f"{number}{1000 + max(found)}" in connection.scalars(raw).all()
    upgrade(engine)


def test_what_was_typed_lies_sealed_and_comes_back_byte_for_byte(engine: Engine) -> None:
    number = "13903501234"
    signed = json.dumps({"z": number, "a": [1.50, "站"]}, ensure_ascii=False)
    payload = {"note": number, "document": signed, "received": 3}
    with Session(engine) as session:
        make_county(session)
        person, station = make_person(session), make_station(session, head_phone="")
        session.add(
            Complaint(
                county="140926", number="1", code_hash="", channel=ComplaintChannel.HOTLINE,
                kind=ComplaintKind.OTHER, words=f"找{number}", state=ComplaintState.RECEIVED,
                received_on=NOW.date(), received_at=NOW, due_on=NOW.date(),
            )
        )  # fmt: skip
        keys = [uuid4() for _ in range(3)]
        session.add_all(
            PhoneEvent(
                id=key, kind=EventKind.PHOTO_NOTE, county="140926", station_id=station.id,
                person_id=person.id, device_id="d", payload=payload, content_sha256="0" * 64,
                result="ok", day_on=date(2023, 7, 5), occurred_at=NOW, time_verified=True,
                device_at=NOW, received_at=NOW,
            )
            for key in keys
        )  # fmt: skip
        session.add(
            KeptForm(
                person_id=person.id, token_sha256="0" * 64, path="/desk", problem={},
                fields=[["phone", number]], kept_at=NOW,
            )
        )  # fmt: skip
        session.commit()
    steps = ScriptDirectory(str(FOLDER)).walk_revisions()
    step = next(one for one in steps if "what_was_typed_lies_sealed" in one.path)
    for _ in range(2):
        command.downgrade(config_for(engine), str(step.down_revision))
        plain = sa.text("SELECT CAST(payload AS TEXT) FROM phone_events")
        with engine.connect() as connection:
            lying = connection.scalars(plain).all()
            assert connection.scalar(sa.text("SELECT words FROM complaints")) == f"找{number}"
        assert [json.loads(one) for one in lying] == [payload] * 3
        upgrade(engine)
        assert not [row for row in everything(engine) if number in row]
        with Session(engine) as session:
            held = [session.get_one(PhoneEvent, key).payload for key in keys]
            assert held == [payload] * 3
            assert session.scalar(select(Complaint.words)) == f"找{number}"
            assert {one["document"] for one in held} == {signed}
            assert session.scalars(select(KeptForm)).one().fields == [["phone", number]]
            assert session.scalars(select(KeptForm)).one().problem == {}


def test_places_that_cameras_wrote_are_gone_from_old_photos(engine: Engine) -> None:
    with Session(engine) as session:
        make_county(session)
        photo = make_photo(session, make_station(session), content=b"one")
        photo.exif = {"make": "x", "gps": {"lat": 38.36}}
        photo.phone_notes = {"exif": {"latitude": 38.36, "make": "x"}, "complaints": ["gps"]}
        odd = make_photo(session, session.query(Station).one(), content=b"two")
        odd.phone_notes = {'of "gps': 1}  # looks in SQL like a place, and is none
        session.commit()
        key = photo.id
    command.downgrade(config_for(engine), "0068")
    upgrade(engine)
    with Session(engine) as session:
        found = session.get_one(Photo, key)
        assert found.exif == {"make": "x"}
        assert found.phone_notes == {"exif": {"make": "x"}, "complaints": ["gps"]}
        assert {'of "gps': 1} in session.scalars(select(Photo.phone_notes)).all()


def test_a_parcel_count_below_zero_is_refused_by_the_database_itself(engine: Engine) -> None:
    columns = (
        "id, county, station_id, person_id, day_on, version, received, sent, agri_sent, on_hand"
    )
    rest = "by_brand, reason, entered_at, demo"
    values = (
        "'0198a3f0000070008000000000000001', '140926', 1, 1, '2026-07-01', 1, -1, 0, 0, 0, "
        "'{}', '', '2026-07-01 00:00:00', false"
    )
    with engine.connect() as connection, pytest.raises(IntegrityError, match="not_negative"):
        connection.execute(
            sa.text(f"INSERT INTO parcel_counts ({columns}, {rest}) VALUES ({values})")
        )


def test_foreign_keys_hold_on_every_connection(engine: Engine) -> None:
    with engine.connect() as connection, pytest.raises(IntegrityError):
        connection.execute(
            sa.text("INSERT INTO operators (county, name) VALUES ('999999', '没有这个县的企业')")
        )
        connection.commit()


def test_what_the_register_knew_of_filings_becomes_their_first_step(newest: Engine) -> None:
    engine = newest
    with Session(engine) as session:
        made = make_county(session)
        office = make_person(session, made, name="县办", role=Role.COUNTY_OFFICE)
        filed = make_station(session, made)
        changing = make_station(session, made, code="C0002", filing_changed_on=date(2023, 6, 1))
        closed = make_station(session, made, code="C0003", closed_on=date(2023, 6, 9))
        bare = {"filed_on": None, "filed_name": "", "filing_number": ""}
        make_station(session, made, code="C0004", **bare)
        history.write(
            session, of=filed, by=office, at=NOW, action=RegistryAction.STATION_EDITED, summary="",
            changes=[history.Change(field="filed_on", label="备案日期", old="", new="2023-05-08")],
        )  # fmt: skip
        session.commit()
        ids = [filed.id, changing.id, closed.id]
        known = (office.id, filed.filing_number)
    command.downgrade(config_for(engine), BEFORE_FILINGS)

    upgrade(engine)

    with Session(engine) as session:
        filings = session.scalars(select(Filing).order_by(Filing.station_id)).all()
        steps = session.scalars(select(FilingStep).order_by(FilingStep.id)).all()
        assert [one.station_id for one in filings] == ids
        assert [one.state.value for one in filings] == ["filed", "changing", "ended"]
        assert filings[1].clock_from == date(2023, 6, 1)
        assert [(one.station_id, one.kind.value) for one in steps] == [
            (ids[0], "registered"), (ids[1], "registered"), (ids[2], "registered"),
            (ids[2], "closed"),
        ]  # fmt: skip
        assert (steps[0].person_id, steps[0].at, steps[0].registered["number"]) == (
            known[0], NOW, known[1],
        )  # fmt: skip
        assert steps[0].registered["filed_on"] == "2023-05-08"
