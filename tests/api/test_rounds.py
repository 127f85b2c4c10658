"""What the inspector takes along, the keeper's copy and answer, and rectifications, by phone."""

import base64
import gzip
import io
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session

from server.http import clock
from server.models.inspection import Campaign, Disagreement, Inspection, PhotoRequest
from server.models.person import Person
from server.models.rectification import Rectification, RectificationState
from server.models.sign import SignState
from server.services import disagreements
from server.services.inspection_copies import frozen_is_whole, to_confirm
from server.services.photo_requests import draw_requests, rates
from server.services.standing import standing_of
from tests.api.events import batch, item, jpeg, note, photo
from tests.api.rounds import inspection, open_round, visit_of
from tests.factories import Cast, make_sign, token_of

Headers = Callable[[Person], dict[str, str]]
Call = Callable[..., Any]


@pytest.fixture
def campaign(session: Session, cast: Cast, standards: Any) -> Campaign:
    return open_round(session, cast, standards)


@pytest.fixture
def call(client: FlaskClient, signed_in: Headers) -> Call:
    """One request as a person: JSON out, JSON in; `status` is what must come back."""

    def ask(person: Person, path: str, body: Any = None, *, status: int = 200, **how: Any) -> Any:
        headers = signed_in(person)
        answer = (
            client.get(f"/api/v1{path}", headers=headers, **how)
            if body is None
            else client.post(f"/api/v1{path}", json=body, headers=headers, **how)
        )
        assert answer.status_code == status, answer.get_data(as_text=True)[:500]
        return answer.json if answer.is_json else answer

    return ask


@pytest.fixture
def send(call: Call) -> Call:
    def post(person: Person, *items: dict[str, Any]) -> Any:
        return call(person, "/sync", batch(*items))["results"]

    return post


def test_the_list_of_a_round_names_what_is_mine_and_every_plate(
    session: Session, cast: Cast, campaign: Campaign, call: Call
) -> None:
    old = make_sign(session, cast.c1, SignState.REPLACED)
    new = make_sign(session, cast.c1)

    [found] = call(cast.wang, "/rounds/mine")["campaigns"]

    assert (found["id"], found["totals"]["due"]) == (campaign.id, 4)
    stations = {one["code"]: one for one in found["visits"]}
    assert {code for code, one in stations.items() if one["mine"]} == {"C0001", "C0002", "XZ0001"}
    assert [(one["token"], one["live"]) for one in stations["C0001"]["plates"]] == [
        (token_of(new), True),
        (token_of(old), False),
    ]
    [echeng] = [one for one in found["townships"] if one["name"] == "鹅城镇"]
    assert (echeng["total"], echeng["mine"], echeng["done"]) == (3, 3, 0)


def test_the_package_holds_form_register_plates_and_the_keepers_newest_pictures(
    session: Session, cast: Cast, campaign: Campaign, call: Call, send: Call,
    client: FlaskClient, signed_in: Headers,
) -> None:  # fmt: skip
    picture = jpeg(side=1600)
    claim = photo(picture, subject="shelves")
    send(cast.li, note(cast.c1.id, claim))
    client.put(f"/api/v1/photos/{claim['id']}", data=picture, headers=signed_in(cast.li))

    packed = call(cast.wang, f"/rounds/{campaign.id}/package?township={cast.township.code}")

    form = {row["code"]: row for row in packed["form"]}
    assert form["A3-42b"]["asks"] == [
        {"fact": "shelves", "title": "货架", "kind": "flag", "yes": "有货架", "no": "没有货架",
         "unit": ""}
    ]  # fmt: skip
    assert form["A3-41b"]["asks"][0]["unit"] == "平方米"
    assert form["A3-42b"]["text"]
    stations = {one["code"]: one for one in packed["stations"]}
    assert set(stations) == {"C0001", "C0002", "XZ0001"}
    one = stations["C0001"]
    assert "A3-42b" in one["asked"]
    assert "A3-23a" not in one["asked"]
    assert one["head_phone_masked"] == "138****1234"
    [shelves] = [row for row in one["findings"] if row["code"] == "A3-42b"]
    assert (shelves["verdict"], shelves["word"], shelves["photo_id"]) == (
        "pass", "keeper", claim["id"]
    )  # fmt: skip
    small = Image.open(io.BytesIO(base64.b64decode(packed["thumbs"][claim["id"]])))
    assert max(small.size) == 240
    assert [one["sha256"] for one in packed["standards"]] == [
        one["sha256"] for one in campaign.standards
    ]


def test_gzip_is_used_when_the_phone_takes_it(
    client: FlaskClient, cast: Cast, campaign: Campaign, signed_in: Headers
) -> None:
    headers = signed_in(cast.wang) | {"Accept-Encoding": "gzip"}

    answer = client.get(f"/api/v1/rounds/{campaign.id}/package", headers=headers)

    assert answer.headers["Content-Encoding"] == "gzip"
    assert json.loads(gzip.decompress(answer.data))["campaign"]["id"] == campaign.id


def test_a_colleagues_stations_come_along_only_when_asked_for(
    session: Session, cast: Cast, standards: Any, call: Call
) -> None:
    campaign = open_round(
        session, cast, standards, assignments={cast.township.code: cast.office.id}
    )
    path = f"/rounds/{campaign.id}/package?thumbs=0"

    own = call(cast.wang, path)
    everybodys = call(cast.wang, f"{path}&all=1")

    assert [one["code"] for one in own["stations"]] == ["C0003"]  # nobody's yet
    assert len(everybodys["stations"]) == 4


def test_another_countys_round_looks_as_if_not_there(
    cast: Cast, campaign: Campaign, call: Call
) -> None:
    assert call(cast.outsider, f"/rounds/{campaign.id}/package", status=404)["code"] == (
        "round-unknown"
    )
    assert call(cast.outsider, "/rounds/mine")["campaigns"] == []
    assert call(cast.li, "/rounds/mine", status=403)["code"] == "not-your-page"


def test_a_township_officer_sees_only_the_own_township_of_a_round(
    cast: Cast, campaign: Campaign, call: Call
) -> None:
    [found] = call(cast.officer, "/rounds/mine")["campaigns"]

    assert [one["code"] for one in found["visits"]] == ["C0003"]


def test_the_keeper_confirms_on_the_own_phone_and_the_frozen_record_stays(
    session: Session, cast: Cast, campaign: Campaign, call: Call, send: Call
) -> None:
    sent = inspection(
        cast.c1, visit_of(session, campaign, cast.c1), failing=["A3-42b"],
        outcome="to_confirm", keeper_signature=[],
    )  # fmt: skip
    send(cast.wang, sent)
    path = f"/keeper/inspections/{sent['id']}"
    [home] = call(cast.li, "/keeper/home")["stations"]
    [task] = [one for one in home["todo"] if one["kind"] == "confirm"]
    assert task["inspection_id"] == sent["id"]

    before = call(cast.li, path)
    after = call(cast.li, f"{path}/confirm", {"agree": True})
    call(cast.li, f"{path}/confirm", {"agree": True})
    refused = call(cast.li, f"{path}/confirm", {"agree": False, "note": "不对"}, status=409)

    assert before["waits_for_you"]
    assert not after["waits_for_you"]
    assert after["outcome_label"] == "站长已在手机上确认"
    assert refused["code"] == "inspection-answered-already"
    kept = session.get_one(Inspection, UUID(sent["id"]))
    assert (kept.confirmed_by, after["frozen_sha256"]) == (cast.li.id, before["frozen_sha256"])
    assert frozen_is_whole(session, kept)
    assert to_confirm(session, county="140926") == []


def test_a_keepers_no_needs_its_reason_and_is_kept(
    session: Session, cast: Cast, campaign: Campaign, call: Call, send: Call
) -> None:
    sent = inspection(
        cast.c1, visit_of(session, campaign, cast.c1), outcome="to_confirm", keeper_signature=[]
    )
    send(cast.wang, sent)
    path = f"/keeper/inspections/{sent['id']}"

    empty = call(cast.li, f"{path}/confirm", {"agree": False}, status=422)
    said = call(cast.li, f"{path}/confirm", {"agree": False, "note": "货架在里屋"})

    assert empty["code"] == "reason-needed"
    assert (said["outcome_label"], said["refusal"]) == ("站长在手机上表示不同意", "货架在里屋")


def test_only_the_stations_keeper_reads_and_answers_its_inspection(
    session: Session, cast: Cast, campaign: Campaign, call: Call, send: Call
) -> None:
    sent = inspection(cast.c1, visit_of(session, campaign, cast.c1))
    send(cast.wang, sent)
    path = f"/keeper/inspections/{sent['id']}"

    [line] = call(cast.li, "/keeper/inspections")["inspections"]
    assert (line["id"], line["inspector_name"]) == (sent["id"], "王督导")
    assert call(cast.zhao, "/keeper/inspections")["inspections"] == []
    for one in (path, f"{path}/copy.pdf"):
        assert call(cast.zhao, one, status=404)["code"] == "inspection-unknown"
    assert call(cast.zhao, f"{path}/confirm", {"agree": True}, status=404)
    assert call(cast.officer, f"/rounds/inspections/{sent['id']}", status=404)
    assert call(cast.outsider, f"/rounds/inspections/{sent['id']}", status=404)


def test_the_copy_shows_verdicts_signatures_and_what_was_not_looked_at(
    session: Session, cast: Cast, campaign: Campaign, call: Call, send: Call
) -> None:
    sent = inspection(cast.c1, visit_of(session, campaign, cast.c1), failing=["A3-42b"])
    sent["payload"]["answers"] = [
        one for one in sent["payload"]["answers"] if one["rule"] != "A3-42c"
    ]
    send(cast.wang, sent)

    copied = call(cast.li, f"/keeper/inspections/{sent['id']}")
    paper = call(cast.li, f"/keeper/inspections/{sent['id']}/copy.pdf")

    [shelves] = [row for row in copied["rows"] if row["code"] == "A3-42b"]
    assert (shelves["verdict_label"], shelves["note"]) == ("不符合", "现场没有")
    assert "四（2）巴枪" in copied["unanswered"]
    assert copied["signatures"]["keeper"].startswith("M20 100L60 40")
    assert [one["title"] for one in copied["mends"]] == ["货架"]
    assert paper.data.startswith(b"%PDF")


def mend(rectification: Rectification, *photos: dict[str, Any], note: str = "") -> dict[str, Any]:
    return item(
        "rectification",
        rectification.station_id,
        {"rectification_id": rectification.id, "note": note},
        photos=list(photos),
    )


def failed(session: Session, cast: Cast, campaign: Campaign, send: Call) -> Rectification:
    send(
        cast.wang,
        inspection(cast.c1, visit_of(session, campaign, cast.c1), failing=["A3-42b"]),
    )
    return session.scalars(select(Rectification)).one()


def test_a_failed_shall_becomes_a_task_with_clause_deadline_and_what_to_do(
    session: Session, cast: Cast, campaign: Campaign, call: Call, send: Call
) -> None:
    one = failed(session, cast, campaign, send)

    [home] = call(cast.li, "/keeper/home")["stations"]
    [task] = [task for task in home["todo"] if task["kind"] == "mend"]

    assert (task["rectification_id"], task["clause"], task["state"]) == (one.id, "四（2）", "open")
    assert task["due_on"] == (clock.today() + timedelta(days=15)).isoformat()
    assert "还有15天" in task["why"]


def test_a_photo_answers_a_person_returns_it_with_the_reason_and_then_accepts(
    session: Session, cast: Cast, campaign: Campaign, call: Call, send: Call, standards: Any
) -> None:
    one = failed(session, cast, campaign, send)
    answer = mend(one, photo(jpeg(), subject="shelves"), note="买了一组")

    assert [send(cast.li, answer)[0]["result"] for _ in range(2)] == ["ok", "same"]
    [listed] = call(cast.wang, "/rounds/rectifications?state=answered")["rectifications"]
    assert [step["action"] for step in listed["steps"]] == ["opened", "answered"]

    call(cast.wang, f"/rounds/rectifications/{one.id}/return", {"reason": "照片看不清"})
    [home] = call(cast.li, "/keeper/home")["stations"]
    [task] = [task for task in home["todo"] if task["kind"] == "mend"]
    assert (task["state"], task["returned_because"]) == ("returned", "照片看不清")

    send(cast.li, mend(one, photo(jpeg(90), subject="shelves")))
    accepted = call(cast.wang, f"/rounds/rectifications/{one.id}/accept", {"note": "看到了"})

    assert accepted["state_label"] == "已通过"
    standing = standing_of(session, station=cast.c1, on=clock.today(), standards=standards)
    assert standing.status == "meets"  # seen by an inspector on the spot


def test_acceptance_from_the_desk_leaves_the_station_to_be_verified(
    session: Session, cast: Cast, campaign: Campaign, call: Call, send: Call, standards: Any
) -> None:
    one = failed(session, cast, campaign, send)
    send(cast.li, mend(one, photo(jpeg(), subject="shelves")))

    call(cast.office, f"/rounds/rectifications/{one.id}/accept", {})

    standing = standing_of(session, station=cast.c1, on=clock.today(), standards=standards)
    assert standing.status == "to_verify"
    assert session.get_one(Rectification, one.id).state is RectificationState.ACCEPTED


def test_a_measure_needs_its_new_value_to_be_accepted(
    session: Session, cast: Cast, campaign: Campaign, call: Call, send: Call, standards: Any
) -> None:
    sent = inspection(cast.xz1, visit_of(session, campaign, cast.xz1))
    sent["payload"]["answers"].append(
        {"rule": "A3-41b", "verdict": "fail", "values": {"floor_area_m2": 8}, "note": ""}
    )
    send(cast.wang, sent)
    one = session.scalars(select(Rectification)).one()
    path = f"/rounds/rectifications/{one.id}/accept"

    missing = call(cast.wang, path, {}, status=422)
    call(cast.wang, path, {"values": {"floor_area_m2": "12.5"}})

    assert missing["code"] == "rectification-value-needed"
    standing = standing_of(session, station=cast.xz1, on=clock.today(), standards=standards)
    assert next(row for row in standing.findings if row.code == "A3-41b").verdict == "pass"


def test_rectifications_are_judged_only_in_scope_and_only_once(
    session: Session, cast: Cast, campaign: Campaign, call: Call, send: Call
) -> None:
    one = failed(session, cast, campaign, send)
    path = f"/rounds/rectifications/{one.id}"

    assert call(cast.officer, f"{path}/accept", {}, status=403)["code"] == "not-your-station"
    assert call(cast.outsider, f"{path}/accept", {}, status=404)["code"] == "rectification-unknown"
    assert call(cast.wang, f"{path}/return", {"reason": ""}, status=422)["code"] == "reason-needed"
    assert call(cast.wang, f"{path}/return", {"reason": "x"}, status=409)["code"] == (
        "rectification-not-answered"
    )
    call(cast.wang, f"{path}/accept", {})
    assert call(cast.wang, f"{path}/accept", {}, status=409)["code"] == "rectification-closed"
    [late] = send(cast.li, mend(one, photo(jpeg(), subject="shelves")))
    assert (late["result"], late["code"]) == ("invalid", "rectification-closed")


def test_a_rectification_without_a_photo_or_of_another_station_is_refused(
    session: Session, cast: Cast, campaign: Campaign, send: Call
) -> None:
    one = failed(session, cast, campaign, send)
    elsewhere = mend(one, photo(jpeg(), subject="shelves")) | {"station_id": cast.c2.id}

    [empty] = send(cast.li, mend(one))
    [foreign] = send(cast.zhao, elsewhere)

    assert empty["code"] == "photo-note-empty"
    assert foreign["code"] == "rectification-unknown"
    assert session.get_one(Rectification, one.id).state is RectificationState.OPEN


def test_a_photo_asked_for_today_is_answered_by_taking_it_today(
    session: Session, cast: Cast, call: Call, send: Call, client: FlaskClient, signed_in: Headers
) -> None:
    today, now = clock.today(), clock.now()
    cast.county.options = {"photo_request_percent": 100}
    asked = draw_requests(session, county=cast.county, on=today, now=now - timedelta(minutes=5))
    session.commit()
    assert {one.station_id for one in asked} == {cast.c1.id, cast.c2.id}  # those with a keeper
    [request] = [one for one in asked if one.station_id == cast.c1.id]
    [home] = call(cast.li, "/keeper/home")["stations"]
    [task] = [one for one in home["todo"] if one["kind"] == "asked_photo"]
    assert (task["subject"], task["done"]) == (request.subject, False)

    picture = jpeg()
    taken = photo(picture, subject=request.subject)
    send(cast.li, note(cast.c1.id, taken))
    client.put(f"/api/v1/photos/{taken['id']}", data=picture, headers=signed_in(cast.li))

    session.expire_all()
    answered = session.get_one(PhotoRequest, request.id)
    assert (answered.photo_id, answered.answered_at is not None) == (UUID(taken["id"]), True)
    [home] = call(cast.li, "/keeper/home")["stations"]
    assert [one["done"] for one in home["todo"] if one["kind"] == "asked_photo"] == [True]
    tomorrow = now + timedelta(days=2)
    found = rates(session, county="140926", since=today, until=today, now=tomorrow)
    assert (found[cast.c1.id].share, found[cast.c2.id].share) == (1.0, 0.0)


def test_the_office_settles_a_disagreement_and_the_keepers_trust_shows_it(
    session: Session, cast: Cast, campaign: Campaign, call: Call, send: Call,
    client: FlaskClient, signed_in: Headers,
) -> None:  # fmt: skip
    for subject in ("shelves", "interior"):
        picture = jpeg(40 + len(subject))
        claim = photo(picture, subject=subject)
        send(cast.li, note(cast.c1.id, claim))
        client.put(f"/api/v1/photos/{claim['id']}", data=picture, headers=signed_in(cast.li))
    failed(session, cast, campaign, send)

    [view] = disagreements.items(session, county="140926")
    before = disagreements.trust_of(session, person=cast.li)
    disagreements.settle(
        session,
        disagreement=view.disagreement,
        decision="keeper",
        reason="货架在里屋，督导员没进去",
        by=cast.office,
        now=clock.now(),
    )
    after = disagreements.trust_of(session, person=cast.li)

    assert (view.clause, view.title, view.keeper_name) == ("四（2）", "货架", "老李")
    assert (before.agreed, before.differed) == (1, 1)
    assert "货架：站长自报符合，督导员判定不符合" in before.reasons[0]
    assert after.share == 1.0
    [words] = disagreements.two_words(session, campaign=campaign)
    agree = {row["code"]: row["agree"] for row in words.rows}
    assert (agree["A3-42b"], agree["A3-42a"], agree["A3-42c"]) == (False, True, None)
    assert session.scalars(select(Disagreement)).one().decision == "keeper"
