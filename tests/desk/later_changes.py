"""What may happen to a house after a record was signed: none of it may touch a kept byte."""

import json
import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from server.http import clock
from server.models.county import DivisionAlias
from server.models.inspection import Inspection
from server.models.month import MonthApproval
from server.models.phone_event import Photo
from server.models.rectification import (
    Rectification,
)
from server.policy.standard.standards import STANDARDS_FOLDER, standards_in
from server.services.mending.rectifications import accept, withdraw_with_station
from server.services.registry.stations import reopen_station
from tests.api.events import batch
from tests.api.rounds import inspection, visit_of
from tests.desk.held_rounds import COUNTER, Held, send
from tests.factories import Cast, make_sign_in


def amend(
    client: FlaskClient, session: Session, held: Held, cast: Cast, *failing: str, why: str
) -> Inspection:
    newest = session.scalars(
        select(Inspection).where(Inspection.is_current(), Inspection.station_id == cast.c1.id)
    ).one()
    sent = inspection(
        cast.c1, visit_of(session, held.campaign, cast.c1), list(failing),
        amends_id=str(newest.id), amended_because=why,
    )  # fmt: skip
    send(client, session, cast.wang, sent)
    session.expire_all()
    return session.scalars(
        select(Inspection).where(Inspection.is_current(), Inspection.station_id == cast.c1.id)
    ).one()


def rename(session: Session, cast: Cast, **_: Any) -> None:
    station = session.merge(cast.c1)
    station.name, station.code, station.address = "另一村快递便民服务点", "C0099", "新址"


def closed(session: Session, cast: Cast, **_: Any) -> None:
    station = session.merge(cast.c1)
    station.closed_on = clock.today()
    withdraw_with_station(
        session, station=station, because="不做了", by=cast.office, now=clock.now()
    )


def moved(session: Session, cast: Cast, **_: Any) -> None:
    station = session.merge(cast.c1)
    station.township_code, station.operator_id, station.opener = None, None, "别的公司"


def amended(session: Session, cast: Cast, held: Held, client: FlaskClient, **_: Any) -> None:
    amend(client, session, held, cast, why="台席在里间")


def send_again(session: Session, cast: Cast, held: Held, client: FlaskClient, **_: Any) -> None:
    amend(client, session, held, cast, COUNTER, why="站长名字写错")


def options(session: Session, cast: Cast, **_: Any) -> None:
    county = session.merge(cast.county)
    county.options = {**county.options, "rectification_days": 3, "video_coverage": True}


def issuer(session: Session, cast: Cast, **_: Any) -> None:
    county = session.merge(cast.county)
    county.hotline = "12305"
    county.options = {**county.options, "issuer": "别的单位", "notice_code": "别改"}


def photos(session: Session, **_: Any) -> None:
    for photo in session.scalars(select(Photo)):
        photo.phone_notes = {}
    session.execute(sa.update(Photo).values(taken_at=clock.now() - timedelta(days=9)))


def accepted(session: Session, cast: Cast, held: Held, standards: Any, **_: Any) -> None:
    mended = session.get_one(Rectification, held.rectification.id)
    accept(
        session, rectification=mended, by=cast.office, now=clock.now(), standards=standards,
        note="看到了",
    )  # fmt: skip


def standard_file(session: Session, **_: Any) -> None:
    session.execute(sa.update(Rectification).values(clause="九", title="别的", why="别的"))


def reopened(session: Session, cast: Cast, **_: Any) -> None:
    closed(session, cast)
    reopen_station(
        session, station=session.merge(cast.c1), reason="又开了", by=cast.office, now=clock.now()
    )


def other_content(session: Session, cast: Cast, held: Held, client: FlaskClient, **_: Any) -> None:
    """The same record sent once more, with everything met."""
    sent = inspection(
        cast.c1, visit_of(session, held.campaign, cast.c1), id=str(held.inspection.id)
    )
    phone = make_sign_in(session, cast.wang, device_id="phone-of-wang")
    answer = client.post(
        "/api/v1/sync",
        data=json.dumps(batch(sent)),
        content_type="application/json",
        headers=phone.headers,
    )
    assert [one["result"] for one in answer.json["results"]] == ["conflict"]


def readings(session: Session, cast: Cast, **_: Any) -> None:
    """The county stretches 左右, asks for new equipment, and adds a name for the village."""
    county = session.merge(cast.county)
    asked = {"about_percent": 0, "equipment_items": {"scale": "电子秤"}}
    county.options = {**county.options, "policy": asked}
    session.add(
        DivisionAlias(
            county=county.code, division_code=cast.c1.village_code, alias="另一村", source="县办"
        )
    )


def month(session: Session, cast: Cast, **_: Any) -> None:
    session.add(
        MonthApproval(
            county=cast.county.code, month_on=clock.today().replace(day=1), figures={},
            figures_sha256="0" * 64, approved_by=cast.office.id, approved_at=clock.now(),
        )
    )  # fmt: skip


def another_release(monkeypatch: pytest.MonkeyPatch, **_: Any) -> None:
    """A later release sets papers otherwise, in another face."""
    for module in ("inspection_copy", "round_report"):
        monkeypatch.setattr(f"server.papers.{module}.typeset", lambda *_: b"%PDF set anew")
    monkeypatch.setattr("server.papers.kept.round_xlsx", lambda _: b"PK made anew")


def another_standard(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, **_: Any) -> None:
    """附件3 is replaced by a file with other words, and a second standard comes into force."""
    folder = tmp_path / "standards"
    shutil.copytree(STANDARDS_FOLDER, folder)
    [trial] = folder.rglob("*-station-trial.yaml")
    text = trial.read_text("utf-8")
    trial.write_text(text.replace("title: 接待台席", "title: 柜台"), "utf-8")
    newer = text.replace("id: shanxi-2023-trial", "id: shanxi-2024")
    newer = newer.replace("in_force_from: 2023-04-11", "in_force_from: 2024-01-01")
    (trial.parent / "2024-01-01-station.yaml").write_text(newer, "utf-8")
    changed = standards_in(folder)
    for module in ("desk.rounds.inspections", "miniapp_api.round_views", "desk.rounds.notices"):
        monkeypatch.setattr(f"{module}.standards_here", lambda: changed)


def people(session: Session, cast: Cast, **_: Any) -> None:
    for person in (cast.wang, cast.li, cast.office):
        session.merge(person).name = "改了名"


CHANGES = [
    rename,
    closed,
    moved,
    amended,
    send_again,
    options,
    issuer,
    photos,
    accepted,
    standard_file,
    people,
    reopened,
    other_content,
    readings,
    month,
    another_release,
    another_standard,
]
