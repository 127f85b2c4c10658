"""What the inspector takes along, the keeper's copy and answer, and rectifications, by phone."""

import base64
import gzip
import io
import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy.orm import Session

from server.http import clock
from server.models.inspection import Campaign, Inspection
from server.models.person import Person
from server.models.sign import SignState
from server.policy.standard.examine import examine, finding_json
from server.policy.standard.facts import Word
from server.policy.standard.inspection_form import on_keepers_word
from server.policy.standard.standards import STANDARDS_FOLDER, standards_in
from server.services.county.counties import policy_options
from server.services.inspections.answers import to_confirm
from server.services.inspections.freezing import frozen_is_whole
from server.services.inspections.register_words import register_words
from server.services.people.scope import EVERYBODY
from server.services.rounds.campaigns import standards_of
from server.services.standing.facts import facts_of
from server.services.standing.statements import say
from tests.api.events import jpeg, note, photo
from tests.api.rounds import inspection, open_round, visit_of
from tests.factories import Cast, make_sign, token_of

Headers = Callable[[Person], dict[str, str]]
Call = Callable[..., Any]


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
    session: Session, cast: Cast, campaign: Campaign, call: Call, hand_in: Call,
    client: FlaskClient, signed_in: Headers,
) -> None:  # fmt: skip
    picture = jpeg(side=1600)
    claim = photo(picture, subject="shelves")
    hand_in(cast.li, note(cast.c1.id, claim))
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


def test_the_package_holds_what_the_phone_needs_to_work_out_every_finding(
    session: Session, cast: Cast, campaign: Campaign, call: Call
) -> None:
    """The text that is signed is written without a net: checks, facts, findings, register."""
    cast.county.options = {"policy": {"about_percent": 7, "equipment_items": {"scale": "电子秤"}}}
    say(
        session, station=cast.c1, fact="sign_text", value="马家沟村快递便民服务点",
        word=Word.REVIEWER, on=clock.today(), by=cast.office, now=clock.now(),
    )  # fmt: skip
    session.commit()

    packed = call(cast.wang, f"/rounds/{campaign.id}/package?township={cast.township.code}")

    assert packed["taken_on"] == clock.today().isoformat()
    assert packed["inspector"] == cast.wang.name
    assert packed["options"] == {
        "about_percent": 7, "visit_far_m": 500, "visit_short_minutes": 5
    }  # fmt: skip
    form = {row["code"]: row for row in packed["form"]}
    assert form["A3-41c"]["check"] == {
        "kind": "measures", "fact": "floor_area_m2", "title": "面积", "at_least": "5",
        "at_most": "10", "unit": "平方米", "note": "",
    }  # fmt: skip
    assert form["A3-41c"]["why"] == {"fail": "{found}（建议项，因地制宜，不影响达标）"}
    assert [one["kind"] for one in form["A3-1a"]["check"]["checks"]] == [
        "recorded", "recorded", "holds"
    ]  # fmt: skip
    assert form["A3-42d"]["check"] == {
        "kind": "has_items",
        "checks": [
            {"kind": "holds", "fact": "equipment_scale", "title": "电子秤", "yes": "有电子秤",
             "no": "没有电子秤"}
        ],
    }  # fmt: skip
    one = next(one for one in packed["stations"] if one["code"] == "C0001")
    assert one["register"] == register_words(session, cast.c1)
    assert one["facts"]["place"]["name"] == "马家沟村"
    known = one["facts"]["known"]
    assert known["sign_text"] == {
        "value": "马家沟村快递便民服务点", "word": "reviewer", "on": clock.today().isoformat()
    }  # fmt: skip
    assert known["equipment_scale"] == {
        "value": None, "word": None, "on": None, "why": "还没有“电子秤”的照片或记录"
    }  # fmt: skip
    day = clock.today()
    [facts] = facts_of(
        session, county=cast.county, on=day, options=policy_options(cast.county),
        seen_by=EVERYBODY, station_ids=[cast.c1.id],
    )  # fmt: skip
    pinned = standards_of(campaign, standards_in(STANDARDS_FOLDER))
    own = ("verdict_label", "word_label", "photo_id")
    assert [
        {key: value for key, value in row.items() if key not in own} for row in one["findings"]
    ] == [finding_json(finding) for finding in examine(pinned, facts.facts, day)]
    assert [row["verdict"] for row in one["keeper_findings"]] == [
        finding.verdict for finding in on_keepers_word(pinned, facts.facts, day)
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
    session: Session, cast: Cast, campaign: Campaign, call: Call, hand_in: Call
) -> None:
    sent = inspection(
        cast.c1, visit_of(session, campaign, cast.c1), failing=["A3-42b"],
        outcome="to_confirm", keeper_signature=[],
    )  # fmt: skip
    hand_in(cast.wang, sent)
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
    session: Session, cast: Cast, campaign: Campaign, call: Call, hand_in: Call
) -> None:
    sent = inspection(
        cast.c1, visit_of(session, campaign, cast.c1), outcome="to_confirm", keeper_signature=[]
    )
    hand_in(cast.wang, sent)
    path = f"/keeper/inspections/{sent['id']}"

    empty = call(cast.li, f"{path}/confirm", {"agree": False}, status=422)
    said = call(cast.li, f"{path}/confirm", {"agree": False, "note": "货架在里屋"})

    assert empty["code"] == "reason-needed"
    assert (said["outcome_label"], said["refusal"]) == ("站长在手机上表示不同意", "货架在里屋")


def test_only_the_stations_keeper_reads_and_answers_its_inspection(
    session: Session, cast: Cast, campaign: Campaign, call: Call, hand_in: Call
) -> None:
    sent = inspection(cast.c1, visit_of(session, campaign, cast.c1))
    hand_in(cast.wang, sent)
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
    session: Session, cast: Cast, campaign: Campaign, call: Call, hand_in: Call
) -> None:
    sent = inspection(cast.c1, visit_of(session, campaign, cast.c1), failing=["A3-42b"])
    sent["payload"]["answers"] = [
        one for one in sent["payload"]["answers"] if one["rule"] != "A3-42c"
    ]
    hand_in(cast.wang, sent)

    copied = call(cast.li, f"/keeper/inspections/{sent['id']}")
    paper = call(cast.li, f"/keeper/inspections/{sent['id']}/copy.pdf")

    [shelves] = [row for row in copied["rows"] if row["code"] == "A3-42b"]
    assert (shelves["verdict_label"], shelves["note"]) == ("不符合", "现场没有")
    assert "四（2）巴枪" in copied["unanswered"]
    assert copied["signatures"]["keeper"].startswith("M20 100L60 40")
    assert [one["title"] for one in copied["mends"]] == ["货架"]
    assert paper.data.startswith(b"%PDF")
