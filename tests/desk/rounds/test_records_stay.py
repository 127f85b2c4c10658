"""A frozen record says what was true when it was signed; what changed since stands beside it."""

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from server.calendar import file_day
from server.media.blobs import FolderStore
from server.models.inspection import Inspection
from server.models.person import Person
from server.models.phone_event import Photo
from server.models.statement import Statement
from server.models.station import Station
from server.papers.inspection_copy import copy_sheet
from server.services.inspections.freezing import frozen_hash, frozen_is_whole, what_is_signed
from server.services.inspections.versions import photos_of
from tests.api.events import jpeg, photo
from tests.api.rounds import inspection, visit_of
from tests.databases import ON_SQLITE
from tests.desk.conftest import Desk, named, text_of
from tests.desk.held_rounds import Held, hold, send
from tests.factories import Cast

DeskOf = Callable[[Person], Desk]
pytestmark = ON_SQLITE


@pytest.fixture
def held(
    client: FlaskClient, session: Session, cast: Cast, blobs: FolderStore, standards: Any
) -> Held:
    return hold(client, session, cast, blobs, standards)


def test_the_record_shows_the_register_of_the_signing_and_what_it_says_now(
    session: Session, held: Held, cast: Cast, desk_of: DeskOf, standards: Any
) -> None:
    old = held.inspection.as_signed
    station = session.merge(cast.c1)
    station.name, station.code = "另一村快递便民服务点", "C0099"
    session.merge(cast.wang).name = "改了名"
    session.commit()

    page = text_of(desk_of(cast.office).get(f"/inspections/{held.inspection.id}"))
    sheet = copy_sheet(
        session, inspection=session.get_one(Inspection, held.inspection.id), standards=standards
    )

    assert old is not None
    name = old["station"]["name"]
    assert f"站点名称“{name}”，现在登记为“另一村快递便民服务点”" in page
    assert "编号“C0001”，现在登记为“C0099”" in page
    assert dict(sheet.head)["站点"] == f"C0001 {name}"
    assert dict(sheet.head)["督导员"] == "王督导"
    assert f"站点名称：签字时是“{name}”，现在登记为“另一村快递便民服务点”。" in sheet.notes


def test_a_record_of_the_first_shape_keeps_its_bytes_and_its_hash(
    session: Session, held: Held, cast: Cast
) -> None:
    one = session.get_one(Inspection, held.inspection.id)
    one.as_signed = None
    station, wang = session.get_one(Station, one.station_id), session.get_one(Person, cast.wang.id)
    old = what_is_signed(one, station=station, inspector=wang, photos={})
    one.frozen_sha256 = frozen_hash(one, station=station, inspector=wang, photos={})
    session.commit()

    assert old["station"] == {"id": station.id, "level": station.level.value}
    assert "shape" not in old
    assert frozen_is_whole(session, one)


def test_a_photo_that_is_taken_out_changes_no_byte_of_the_record(
    client: FlaskClient, session: Session, held: Held, cast: Cast
) -> None:
    shown = photo(jpeg(), notes={"rule_code": "A3-42b"})
    sent = inspection(
        cast.c2, visit_of(session, held.campaign, cast.c2), ["A3-42b"], photos=[shown]
    )
    send(client, session, cast.wang, sent)
    session.expire_all()
    one = session.scalars(sa.select(Inspection).where(Inspection.station_id == cast.c2.id)).one()
    assert one.as_signed is not None
    assert list(one.as_signed["photos"]) == [shown["id"]]

    session.execute(sa.update(Statement).values(photo_id=None))
    session.execute(sa.delete(Photo).where(Photo.event_id == one.id))
    session.commit()

    assert photos_of(session, one) == []
    assert frozen_is_whole(session, one)


def test_an_amendment_speaks_of_the_station_as_its_first_version_did(
    client: FlaskClient, session: Session, held: Held, cast: Cast, desk_of: DeskOf
) -> None:
    first = held.inspection.as_signed
    session.merge(cast.c1).name = "另一村快递便民服务点"
    session.commit()

    sent = inspection(cast.c1, amends_id=str(held.inspection.id), amended_because="写错了")
    send(client, session, cast.wang, sent)
    session.expire_all()

    newest = session.scalars(
        sa.select(Inspection).where(Inspection.is_current(), Inspection.station_id == cast.c1.id)
    ).one()
    assert first is not None
    assert newest.as_signed is not None
    assert newest.as_signed["station"] == first["station"]
    # The paper of the first version is what it was: its name says that it is not the newest.
    desk, on = desk_of(cast.office), file_day(newest.day_on)
    assert named(desk.get(f"/inspections/{held.inspection.id}/copy.pdf")) == (
        f"督导记录C0001-{on}第1版（旧版，已更正）.pdf"
    )
    assert named(desk.get(f"/inspections/{newest.id}/copy.pdf")) == f"督导记录C0001-{on}第2版.pdf"
