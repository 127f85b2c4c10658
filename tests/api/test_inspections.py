"""An inspector's visit through the phones' door: once, frozen, with all that follows."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from server.http import clock
from server.models.inspection import Campaign, Disagreement, Inspection
from server.models.person import Person, Role
from server.models.phone_event import Photo
from server.models.rectification import Rectification, RectificationState
from server.models.statement import Statement
from server.services.inspections.copies import rerun
from server.services.inspections.freezing import frozen_is_whole
from server.services.inspections.versions import versions_of
from server.services.people.scope import EVERYBODY
from server.services.rounds.visits import visit_views
from server.services.standing.standing import standing_of
from tests.api.events import batch, count, id_of, jpeg, note, now_text, photo
from tests.api.rounds import inspection, open_round, taps, visit_of
from tests.factories import Cast, make_person, make_sign, token_of

Headers = Callable[[Person], dict[str, str]]
Send = Callable[..., Any]


@pytest.fixture
def send(client: FlaskClient, cast: Cast, signed_in: Headers) -> Send:
    """Send a batch as 王督导, or as whoever is named."""

    def post(*items: dict[str, Any], by: Person | None = None) -> Any:
        answer = client.post(
            "/api/v1/sync",
            data=json.dumps(batch(*items)),
            content_type="application/json",
            headers=signed_in(by or cast.wang),
        )
        assert answer.status_code == 200, answer.json
        return answer.json["results"]

    return post


def rows(session: Session, noun: Any) -> int:
    return session.scalar(select(func.count()).select_from(noun)) or 0


def failing(inspection: Inspection) -> set[str]:
    return {one["code"] for one in inspection.findings if one["counts_against"]}


def test_a_signed_visit_is_kept_with_findings_standard_and_hash(
    session: Session, cast: Cast, campaign: Campaign, send: Send
) -> None:
    sign = make_sign(session, cast.c1)
    visit = visit_of(session, campaign, cast.c1)
    sent = inspection(cast.c1, visit, failing=["A3-42b"], text=token_of(sign), method="scan")

    [answer] = send(sent)

    assert answer == {
        "id": sent["id"], "result": "ok", "code": None, "message": None, "fields": None
    }  # fmt: skip
    kept = session.get_one(Inspection, id_of(sent))
    assert (kept.visit_id, kept.inspector_id, kept.version) == (visit.id, cast.wang.id, 1)
    assert (kept.method, kept.sign_id, kept.sign_remark) == ("scan", sign.id, "")
    assert (kept.status, failing(kept)) == ("fails", {"A3-42b"})
    assert kept.distance_m == pytest.approx(100, abs=1)
    assert [one["id"] for one in kept.standards] == [one["id"] for one in campaign.standards]
    assert all(len(one["sha256"]) == 64 for one in kept.standards)
    assert frozen_is_whole(session, kept)


def test_the_inspectors_word_decides_the_stations_standing_at_once(
    session: Session, cast: Cast, campaign: Campaign, send: Send, standards: Any
) -> None:
    send(inspection(cast.c1, visit_of(session, campaign, cast.c1)))
    send(inspection(cast.c2, visit_of(session, campaign, cast.c2), failing=["A3-3a"]))

    today = clock.today()
    meets = standing_of(session, station=cast.c1, on=today, standards=standards)
    fails = standing_of(session, station=cast.c2, on=today, standards=standards)
    assert meets.status == "meets"
    assert [one.code for one in fails.fails] == ["A3-3a"]


def test_a_lost_answer_and_a_second_sending_change_nothing(
    session: Session, cast: Cast, campaign: Campaign, send: Send
) -> None:
    sent = inspection(cast.c1, visit_of(session, campaign, cast.c1), failing=["A3-42b"])

    results = [send(sent)[0]["result"] for _ in range(3)]

    assert results == ["ok", "same", "same"]
    assert (rows(session, Inspection), rows(session, Rectification)) == (1, 1)


def test_the_same_id_with_another_content_is_a_conflict_that_names_the_fields(
    session: Session, cast: Cast, campaign: Campaign, send: Send
) -> None:
    visit = visit_of(session, campaign, cast.c1)
    sent = inspection(cast.c1, visit)
    send(sent)

    [answer] = send({**sent, "payload": {**sent["payload"], "keeper_name": "别人"}})

    assert (answer["result"], answer["code"]) == ("conflict", "event-differs")
    assert answer["fields"] == ["payload.keeper_name"]


def test_an_amendment_is_a_new_version_and_the_old_one_stays_readable(
    session: Session, cast: Cast, campaign: Campaign, send: Send, standards: Any
) -> None:
    visit = visit_of(session, campaign, cast.c1)
    first = inspection(cast.c1, visit, failing=["A3-42b", "A3-3a"])
    send(first)
    before = session.get_one(Inspection, id_of(first))
    frozen, findings = before.frozen_sha256, json.dumps(before.findings, sort_keys=True)

    [answer] = send(
        inspection(
            cast.c1,
            None,
            failing=["A3-3a"],
            amends_id=first["id"],
            amended_because="货架在里屋，当时没看到",
        )
    )

    assert answer["result"] == "ok"
    old, new = versions_of(session, session.get_one(Inspection, id_of(first)))
    assert (old.frozen_sha256, json.dumps(old.findings, sort_keys=True)) == (frozen, findings)
    assert (new.version, new.visit_id, failing(new)) == (2, visit.id, {"A3-3a"})
    states = {one.rule_code: one.state for one in session.scalars(select(Rectification))}
    assert states == {
        "A3-42b": RectificationState.WITHDRAWN,
        "A3-3a": RectificationState.OPEN,
    }
    standing = standing_of(session, station=cast.c1, on=clock.today(), standards=standards)
    assert [one.code for one in standing.fails] == ["A3-3a"]


def test_what_an_amendment_leaves_out_is_taken_back(
    session: Session, cast: Cast, campaign: Campaign, send: Send, standards: Any
) -> None:
    first = inspection(cast.c1, visit_of(session, campaign, cast.c1), failing=["A3-42b"])
    send(first)
    without = [one for one in taps(cast.c1) if one["rule"] != "A3-42b"]

    send(inspection(cast.c1, answers=without, amends_id=first["id"], amended_because="没有看货架"))

    standing = standing_of(session, station=cast.c1, on=clock.today(), standards=standards)
    assert next(one for one in standing.findings if one.code == "A3-42b").verdict == "unknown"


def test_only_the_newest_version_can_be_amended_and_only_by_its_inspector(
    session: Session, cast: Cast, campaign: Campaign, send: Send
) -> None:
    colleague = make_person(session, name="赵督导", role=Role.INSPECTOR)
    first = inspection(cast.c1, visit_of(session, campaign, cast.c1))
    change = {"amends_id": first["id"], "amended_because": "写错了"}
    send(first)
    send(inspection(cast.c1, **change))

    [stale] = send(inspection(cast.c1, **change))
    [foreign] = send(inspection(cast.c1, **change), by=colleague)

    assert (stale["result"], stale["code"]) == ("conflict", "inspection-amended-already")
    assert (foreign["result"], foreign["code"]) == ("invalid", "inspection-unknown")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"keeper_signature": []}, "signature-missing"),
        ({"outcome": "to_confirm", "inspector_signature": []}, "signature-missing"),
        ({"outcome": "refused", "outcome_note": " "}, "reason-needed"),
        ({"answers": [{"rule": "A9-99", "verdict": "pass"}]}, "inspection-rule-unknown"),
        ({"visit_id": 999_999}, "visit-unknown"),
        ({"inspector_signature": [[[1, 1]]] * 81}, "item-unreadable"),
        ({"inspector_signature": [[["x", 1]]]}, "item-unreadable"),
        ({"answers": [{"rule": "A3-42b", "verdict": "maybe"}]}, "item-unreadable"),
        ({"outcome": "fine"}, "item-unreadable"),
        ({"amends_id": "00000000-0000-0000-0000-000000000001"}, "inspection-unknown"),
    ],
)
def test_what_cannot_be_kept_is_refused_in_chinese_and_changes_nothing(
    session: Session,
    cast: Cast,
    campaign: Campaign,
    send: Send,
    change: dict[str, Any],
    code: str,
) -> None:
    good = inspection(cast.c2, visit_of(session, campaign, cast.c2))
    bad = inspection(cast.c1, visit_of(session, campaign, cast.c1), **change)

    refused, kept = send(bad, good)

    assert (refused["result"], refused["code"]) == ("invalid", code)
    assert not refused["message"].isascii()
    assert kept["result"] == "ok"
    assert rows(session, Inspection) == 1


def test_a_closed_door_and_a_refused_signature_are_results_too(
    session: Session, cast: Cast, campaign: Campaign, send: Send
) -> None:
    door = inspection(
        cast.c1,
        visit_of(session, campaign, cast.c1),
        outcome="closed_door",
        answers=[],
        inspector_signature=[],
        keeper_signature=[],
    )
    refused = inspection(
        cast.c2,
        visit_of(session, campaign, cast.c2),
        failing=["A3-42a"],
        outcome="refused",
        outcome_note="站长说货架是借出去的",
        keeper_signature=[],
    )

    assert [one["result"] for one in send(door, refused)] == ["ok", "ok"]
    states = {
        one.station.id: one.state
        for one in visit_views(session, campaign=campaign, on=clock.today(), seen_by=EVERYBODY)
    }
    assert states[cast.c1.id] == "closed_door"
    assert states[cast.c2.id] == "refused"
    assert session.get_one(Inspection, id_of(door)).status == "not_assessed"
    assert rows(session, Statement) > 0
    assert session.get_one(Inspection, id_of(refused)).outcome_note == "站长说货架是借出去的"


def test_a_wrong_plate_is_a_remark_and_never_loses_the_visit(
    session: Session, cast: Cast, campaign: Campaign, send: Send
) -> None:
    other = make_sign(session, cast.c2)
    sent = inspection(
        cast.c1, visit_of(session, campaign, cast.c1), text=token_of(other), method="scan"
    )

    assert send(sent)[0]["result"] == "ok"
    kept = session.get_one(Inspection, id_of(sent))
    assert kept.sign_remark == "扫到的是杨家山村快递便民服务点的标识牌，不是本站的。"


def test_an_inspectors_photo_is_evidence_and_no_keepers_claim(
    session: Session, cast: Cast, campaign: Campaign, send: Send
) -> None:
    shown = photo(jpeg(), subject="shelves", notes={"rule_code": "A3-42b"})
    sent = inspection(
        cast.c1, visit_of(session, campaign, cast.c1), failing=["A3-42b"], photos=[shown]
    )

    send(sent)

    kept = session.get_one(Inspection, id_of(sent))
    [finding] = [one for one in kept.findings if one["code"] == "A3-42b"]
    assert finding["evidence"] == [f"photo:{shown['id']}"]
    assert session.get_one(Photo, UUID(shown["id"])).subject == "clause"
    assert frozen_is_whole(session, kept)


def test_the_keepers_own_words_stand_beside_the_inspectors(
    session: Session, cast: Cast, campaign: Campaign, client: FlaskClient, send: Send,
    signed_in: Headers,
) -> None:  # fmt: skip
    picture = jpeg()
    claim = photo(picture, subject="shelves")
    send(note(cast.c1.id, claim), by=cast.li)
    client.put(f"/api/v1/photos/{claim['id']}", data=picture, headers=signed_in(cast.li))

    sent = inspection(cast.c1, visit_of(session, campaign, cast.c1), failing=["A3-42b"])
    send(sent)

    [item] = session.scalars(select(Disagreement)).all()
    assert (item.rule_code, item.keeper_id) == ("A3-42b", cast.li.id)
    assert (item.keeper_says["verdict"], item.inspector_says["verdict"]) == ("pass", "fail")
    assert item.keeper_says["evidence"] == [f"photo:{claim['id']}"]


def test_an_offline_visit_of_last_week_counts_on_its_own_day(
    session: Session, cast: Cast, standards: Any, send: Send
) -> None:
    today = clock.today()
    campaign = open_round(
        session, cast, standards, opens_on=today - timedelta(days=20),
        due_on=today - timedelta(days=5),
    )  # fmt: skip
    early, late = timedelta(days=-7), timedelta(days=-2)
    for station, ago in ((cast.c1, early), (cast.c2, late)):
        times = {"arrived_at": now_text(ago - timedelta(hours=1)), "finished_at": now_text(ago)}
        sent = inspection(
            station, visit_of(session, campaign, station), device_at=now_text(ago), **times
        )
        assert send(sent)[0]["result"] == "ok"

    states = {
        one.station.id: one.state
        for one in visit_views(session, campaign=campaign, on=today, seen_by=EVERYBODY)
    }
    assert states[cast.c1.id] == "done"
    assert states[cast.c2.id] == "late"
    assert states[cast.xz1.id] == "missed"


def test_keepers_send_no_inspections_and_inspectors_no_counts(
    session: Session, cast: Cast, campaign: Campaign, send: Send
) -> None:
    [by_keeper] = send(inspection(cast.c1, visit_of(session, campaign, cast.c1)), by=cast.li)
    [by_inspector] = send(count(cast.c1.id))
    [elsewhere] = send(inspection(cast.foreign))
    [other_township] = send(inspection(cast.c1), by=cast.officer)

    assert by_keeper["code"] == "inspection-not-yours"
    assert by_inspector["code"] == "station-not-yours"
    assert (elsewhere["code"], other_township["code"]) == ("station-not-yours",) * 2


def test_a_closed_inspection_stays_byte_equal_under_a_new_standard(
    session: Session, cast: Cast, campaign: Campaign, send: Send, standards: Any
) -> None:
    sent = inspection(cast.c1, visit_of(session, campaign, cast.c1), failing=["A3-42b"])
    send(sent)
    kept = session.get_one(Inspection, id_of(sent))
    before = (kept.frozen_sha256, json.dumps(kept.findings, sort_keys=True))
    national = [one for one in standards if one.basis == "national"]

    same = rerun(session, inspection=kept, standards=[*standards])
    other = rerun(session, inspection=kept, standards=national)

    assert {one.kind for one in same if one.code == "A3-42b"} == {"still_failing"}
    assert {one.kind for one in other if one.code.startswith("A3")} == {"not_comparable"}
    assert (kept.frozen_sha256, json.dumps(kept.findings, sort_keys=True)) == before
    assert frozen_is_whole(session, kept)


def test_a_changed_row_no_longer_hashes_to_what_was_signed(
    session: Session, cast: Cast, campaign: Campaign, send: Send
) -> None:
    sent = inspection(cast.c1, visit_of(session, campaign, cast.c1), failing=["A3-42b"])
    send(sent)
    kept = session.get_one(Inspection, id_of(sent))

    kept.findings = [
        one | {"verdict": "pass"} if one["code"] == "A3-42b" else one for one in kept.findings
    ]

    assert not frozen_is_whole(session, kept)
