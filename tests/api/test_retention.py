"""Positions and photos go when the county's time for them is over; what they proved stays."""

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from server.chores import HANDLERS, Workshop
from server.http import clock
from server.media.blobs import FolderStore, StoreFailed
from server.models.acceptance import Acceptance
from server.models.complaint import ComplaintPhoto, ComplaintState
from server.models.county import County
from server.models.history import HistoryLine
from server.models.inspection import Campaign, Inspection
from server.models.phone_event import CheckIn, PhoneEvent, Photo, PhotoState
from server.models.photo_print import PhotoPrint
from server.models.signal import IntegritySignal, SignalState
from server.policy.signals.options import KINDS
from server.services.audit.verifying import verify
from server.services.county.retention_options import USUAL, edit_retention
from server.services.inspections.freezing import frozen_hash, frozen_is_whole
from server.services.retention.blanking import delete_given_up
from server.services.retention.due import Due, due_in
from server.services.retention.round import behind, go_round
from tests.api.documents import Hand, shown
from tests.api.events import announce, check_in, jpeg, photo, put
from tests.api.rounds import visit_of
from tests.complaining import complained
from tests.factories import Cast, make_inspection, make_sign, token_of
from tests.nightly import done_everywhere

Send = Callable[..., Any]
PLACE = {"latitude": 38.3567, "longitude": 111.9403, "accuracy_m": 9, "fix_age_s": 2}


def later(days: int) -> datetime:
    return clock.now() + timedelta(days=days)


def night(session: Session, engine: Engine, blobs: FolderStore, days: int) -> None:
    session.commit()
    done_everywhere(Workshop(engine, blobs), "erase_what_is_over", later(days))
    session.expire_all()


def without_questions(session: Session) -> None:
    """Whatever was asked of stations meanwhile is settled."""
    session.execute(sa.update(IntegritySignal).values(state=SignalState.SETTLED))


def test_a_check_in_forgets_where_and_keeps_that_and_how_far(
    session: Session, engine: Engine, blobs: FolderStore, cast: Cast, send: Send
) -> None:
    token = token_of(make_sign(session, cast.c1))
    session.commit()
    sent = check_in(cast.c1.id, token, position=PLACE)
    assert send(sent)["results"][0]["result"] == "ok"
    [row] = session.scalars(sa.select(CheckIn))
    far = row.distance_m

    night(session, engine, blobs, 365)
    early = row.latitude
    assert not behind(session, now=later(370))
    assert "签到时的位置" in behind(session, now=later(373))[0]
    night(session, engine, blobs, 366)

    assert early == 38.3567
    assert (row.latitude, row.longitude, row.accuracy_m, row.fix_age_s) == (None,) * 4
    assert row.position_erased_on is not None
    assert row.distance_m == far is not None
    event = session.get_one(PhoneEvent, row.id)
    assert "38.35" not in json.dumps(event.payload)
    [line] = session.scalars(
        sa.select(HistoryLine).where(HistoryLine.action == "check-in-places-erased")
    )
    assert "1次签到的位置" in line.summary
    assert "365天" in line.reason
    assert verify(session, county=cast.county.code).whole
    assert send(sent)["results"][0]["result"] == "same"  # the phone may say it again
    assert not behind(session, now=later(400))


def test_a_signed_record_forgets_where_and_still_verifies(
    session: Session, engine: Engine, blobs: FolderStore, cast: Cast, hand: Hand, campaign: Campaign
) -> None:
    kept = hand(text={"position": [38.3567, 111.9403, 9]})
    visit = visit_of(session, campaign, cast.xz1)
    night(session, engine, blobs, 1096)
    assert kept.latitude is not None  # the last one of its station stays whole
    next_one = make_inspection(session, visit, cast.wang.id, at=later(5), latitude=1.5)
    next_one.frozen_sha256 = frozen_hash(next_one, station=cast.xz1, inspector=cast.wang, photos={})
    signed, frozen, before = kept.document or "", kept.frozen_sha256, shown(kept)

    night(session, engine, blobs, 1096)

    assert [kept.latitude, kept.longitude, kept.accuracy_m] == 3 * [None]
    assert shown(kept) == before | {"position": None}
    assert kept.document == signed.replace("[38.3567,111.9403,9]", "null")
    assert "38.35" not in json.dumps(session.get_one(PhoneEvent, kept.id).payload)
    assert kept.frozen_sha256 == frozen
    assert next_one.latitude == 1.5
    assert frozen_is_whole(session, kept)
    assert verify(session, county=cast.county.code).whole

    # A hash put beside a changed record excuses nothing: the history does not say so.
    kept = session.get_one(Inspection, kept.id)
    kept.keeper_name = "别人"
    kept.left_sha256 = frozen_hash(kept, station=cast.xz1, inspector=cast.wang, photos={})
    session.commit()
    assert frozen_is_whole(session, kept)
    assert not verify(session, county=cast.county.code).whole


def test_what_an_acceptance_rests_on_and_a_changed_record_keep_their_places(
    session: Session, engine: Engine, blobs: FolderStore, cast: Cast, hand: Hand, campaign: Campaign
) -> None:
    kept = hand()
    visit = visit_of(session, campaign, cast.xz1)
    make_inspection(session, visit, cast.wang.id, at=later(5))
    accepted = Acceptance(
        county=cast.county.code, station_id=cast.xz1.id, grade=cast.xz1.stage,
        stage_before=cast.xz1.stage, accepted_on=kept.day_on, accepted_by=cast.office.id,
        accepted_at=clock.now(), record={}, record_sha256="0" * 64,
    )  # fmt: skip
    session.add(accepted)
    night(session, engine, blobs, 1096)
    assert kept.latitude is not None
    accepted.withdrawn_at = clock.now()
    kept.status = "changed"
    night(session, engine, blobs, 1096)
    assert kept.latitude is not None
    assert session.scalars(sa.select(Inspection.position_erased_on)).all() == [None, None]


@pytest.fixture
def album(
    client: FlaskClient, session: Session, cast: Cast, headers: dict[str, str]
) -> list[Photo]:
    """Three photos of the shelves, the second the same file as a complaint's, and a newer one."""
    made = []
    for shade in (1, 2, 3):
        content = jpeg(shade)
        at = (clock.now() - timedelta(hours=4 - shade)).isoformat(timespec="milliseconds")
        sent = photo(content, subject="shelves", taken_at=at.replace("+00:00", "Z"))
        announce(client, headers, cast.c1.id, sent)
        assert put(client, headers, sent["id"], content).status_code == 201
        made.append(session.scalars(sa.select(Photo).where(Photo.sha256 == sent["sha256"])).one())
    filed = complained(session, cast).complaint
    filed.state, filed.answered_on = ComplaintState.ANSWERED, clock.today()
    session.add(ComplaintPhoto(complaint_id=filed.id, place=1, sha256=made[1].sha256, size_bytes=1))
    without_questions(session)
    session.add(PhotoPrint(photo_id=made[0].id, county=cast.county.code, prints=b"0" * 480))
    session.commit()
    return made


def test_photos_go_but_the_newest_and_bytes_that_something_names(
    client: FlaskClient, session: Session, engine: Engine, blobs: FolderStore, cast: Cast,
    headers: dict[str, str], album: list[Photo],
) -> None:  # fmt: skip
    first, second, newest = album
    with blobs.open(first.sha256) as file:
        content = file.read()
    asked = IntegritySignal(
        county=cast.county.code, station_id=cast.c1.id, kind=next(iter(KINDS)), about="x",
        day_on=clock.today(), question="？", state=SignalState.OPEN, raised_at=clock.now(),
    )  # fmt: skip
    session.add(asked)
    night(session, engine, blobs, 731)
    assert first.state is PhotoState.KEPT  # the station has a question to answer
    asked.state = SignalState.SETTLED
    edit_retention(
        session, county=cast.county, by=cast.office, now=clock.now(), reason="法院来函保全",
        typed={
            "check_in_position": "180", "inspection_position": "365", "everyday_photo": "200",
            "board_photo": "365", "mend_photo": "1095", "inspection_photo": "1095",
            "paused": "yes",
        },
    )  # fmt: skip
    night(session, engine, blobs, 731)
    assert first.state is PhotoState.KEPT
    cast.county.options = {
        **cast.county.options, "retention": {**cast.county.options["retention"], "paused": False}
    }  # fmt: skip
    night(session, engine, blobs, 201)

    assert [one.state for one in album] == [
        PhotoState.ERASED, PhotoState.ERASED, PhotoState.KEPT,
    ]  # fmt: skip
    assert [blobs.stat(one.sha256) is None for one in album] == [True, False, False]
    assert session.scalars(sa.select(PhotoPrint)).all() == []
    assert "200天" in session.scalars(
        sa.select(HistoryLine.reason).where(HistoryLine.action == "photos-erased")
    ).one()  # fmt: skip

    answer = client.get(f"/api/v1/keeper/photos/{first.id}/thumb", headers=headers)
    assert (answer.status_code, (answer.json or {})["code"]) == (404, "photo-erased")
    assert put(client, headers, str(first.id), content).status_code == 200  # and is not kept
    assert blobs.stat(first.sha256) is None
    blobs.put(content)  # as an old backup of the photos does
    HANDLERS["sweep_photo_store"].begin(Workshop(engine, blobs), {}, later(202))
    assert blobs.stat(first.sha256) is None
    assert list(blobs.blob_keys()) == sorted([second.sha256, newest.sha256])
    session.expire_all()
    assert session.get_one(Photo, first.id).state is PhotoState.ERASED


def test_a_server_that_dies_between_row_and_bytes_is_finished_by_the_next_round(
    session: Session, engine: Engine, blobs: FolderStore, album: list[Photo],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    first = album[0]

    def dies(_store: FolderStore, _key: str) -> None:
        raise StoreFailed("store-failed", "", "pulled out")

    with monkeypatch.context() as broken:
        broken.setattr(FolderStore, "delete", dies)
        with pytest.raises(StoreFailed):
            go_round(engine, blobs, county="140926", now=later(731))
    session.expire_all()
    assert (first.state, blobs.stat(first.sha256) is None) == (PhotoState.ERASING, False)
    assert "原件还没有删掉" in behind(session, now=later(735))[0]

    session.commit()
    # The other's bytes are named elsewhere too and so stay: nothing kept it waiting.
    assert delete_given_up(engine, blobs, county="140926") == 1
    session.expire_all()
    assert (first.state, blobs.stat(first.sha256)) == (PhotoState.ERASED, None)
    assert first.erased_on is not None


def test_a_round_takes_small_steps_and_leaves_the_rest_to_the_next(
    session: Session, engine: Engine, blobs: FolderStore, cast: Cast, send: Send,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    token = token_of(make_sign(session, cast.c1))
    session.commit()
    for seq in range(1, 4):
        answer = send(check_in(cast.c1.id, token, position=PLACE, seq=seq))
        assert answer["results"][0]["result"] in ("ok", "merged")
    without_questions(session)
    session.commit()
    monkeypatch.setattr("server.services.retention.round.A_STEP", 1)
    rows = session.scalar(sa.select(sa.func.count()).select_from(CheckIn)) or 0

    assert go_round(engine, blobs, county="140926", now=later(366), steps=1) == 1
    ids = Due.ids

    def overtaken(due: Due, *asked: Any, **how: Any) -> list[UUID]:
        """Another worker, whose lease ran out, does the same between look and deed."""
        found = list(ids(due, *asked, **how))
        monkeypatch.setattr(Due, "ids", ids)
        assert go_round(engine, blobs, county="140926", now=later(366)) == rows - 1
        return found

    monkeypatch.setattr(Due, "ids", overtaken)
    assert go_round(engine, blobs, county="140926", now=later(366)) == 0
    session.rollback()
    told = sa.select(HistoryLine).where(HistoryLine.summary.startswith("到期删除"))
    assert len(session.scalars(told).all()) == rows, "nobody says that nothing was erased"


def test_what_is_said_while_a_round_runs_holds_from_its_next_step(
    session: Session, engine: Engine, blobs: FolderStore, cast: Cast, album: list[Photo],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """A court writes at night; a station is asked something after the round has made its plan."""
    looked: list[str] = []

    def meanwhile(session: Session, county: County, *, on: date) -> Due:
        looked.append(county.code)
        if county.code == cast.county.code and looked.count(county.code) == 2:
            edit_retention(
                session, county=county, by=cast.office, now=clock.now(), reason="法院来函保全",
                typed={str(kind): str(days) for kind, days in USUAL.items()} | {"paused": "yes"},
            )  # fmt: skip
        return due_in(session, county, on=on)

    monkeypatch.setattr("server.services.retention.round.due_in", meanwhile)

    assert go_round(engine, blobs, county="140926", now=later(731)) == 0
    session.expire_all()
    assert [one.state for one in album] == [PhotoState.KEPT] * 3
    assert looked.count(cast.county.code) == 2
