"""What is shown is what is signed is what is kept: the phone's text, byte for byte."""

import hashlib
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from server.models.inspection import Campaign, Inspection, SignedHow
from server.models.rectification import Rectification
from server.policy.standard.signed_text import LONGEST_BYTES
from server.services.inspections.freezing import frozen_is_whole
from tests.api.documents import Hand, documented, kinds, shown
from tests.api.events import id_of
from tests.api.rounds import inspection, visit_of
from tests.factories import Cast

Call = Callable[..., Any]


def test_the_very_text_is_kept_and_its_findings_are_the_records(
    session: Session, hand: Hand
) -> None:
    kept = hand(failing=["A3-42b"])

    document = shown(kept)
    assert kept.signed_how is SignedHow.ON_DOCUMENT
    assert kept.document_sha256 == hashlib.sha256((kept.document or "").encode()).hexdigest()
    assert kept.findings == document["findings"]
    assert (kept.status, kept.fails) == (document["status"], document["fails"])
    assert kept.as_signed is not None
    assert kept.as_signed["station"] == document["station"]
    assert kinds(kept) == []
    assert frozen_is_whole(session, kept)
    [mend] = session.scalars(select(Rectification))
    [failed] = [one for one in document["findings"] if one["counts_against"]]
    assert (mend.rule_code, mend.why) == (failed["code"], failed["why"])


@pytest.mark.parametrize("column", ["document", "document_sha256", "findings", "as_signed"])
def test_no_byte_of_the_text_nor_of_what_is_shown_of_it_changes_unseen(
    session: Session, hand: Hand, column: str
) -> None:
    kept = hand()
    changed = {
        "document": (kept.document or "").replace("符合", "不符合", 1),
        "document_sha256": "0" * 64,
        "findings": [kept.findings[0] | {"why": "没看"}, *kept.findings[1:]],
        "as_signed": (kept.as_signed or {}) | {"inspector": "别人"},
    }

    setattr(kept, column, changed[column])

    assert not frozen_is_whole(session, kept)


def test_a_tap_against_the_measure_with_its_reason_is_signed_and_no_difference(
    hand: Hand,
) -> None:
    kept = hand(area={"verdict": "pass", "values": {"floor_area_m2": "9.5"}, "note": "后院没量"})

    assert (kinds(kept), kept.fails) == ([], 0)
    [area] = [one for one in kept.findings if one["code"] == "A3-41b"]
    assert area["why"].endswith("；督导员现场认定符合：后院没量")


def test_without_a_reason_it_goes_to_the_office(hand: Hand) -> None:
    kept = hand(area={"verdict": "pass", "values": {"floor_area_m2": "9.5"}, "note": ""})

    assert kinds(kept) == [("no_reason", "A3-41b")]
    assert kept.differing == 1


def test_where_the_countys_reckoning_parts_from_the_signed_text_it_is_told_and_changes_nothing(
    session: Session, hand: Hand
) -> None:
    """A text says 符合 of what was tapped 不符合: it stands as signed, and the office is told."""
    honest = shown(hand(failing=["A3-42b"]))["findings"]
    changed = [
        one | {"verdict": "pass", "label": "符合", "counts_against": False}
        if one["code"] == "A3-42b"
        else one
        for one in honest
    ]

    kept = hand(text={"findings": changed, "fails": 0, "status": "meets"}, failing=["A3-42b"])

    assert [one["verdict"] for one in kept.findings if one["code"] == "A3-42b"] == ["pass"]
    assert kept.fails == 0
    assert ("finding", "A3-42b") in kinds(kept)
    [told] = [one for one in kept.differences if one["kind"] == "finding"]
    assert told["about"] == "四（2）货架"
    assert told["signed"].startswith("符合（")
    assert told["now"].startswith("不符合（")


def test_another_wording_of_a_clause_is_told(hand: Hand) -> None:
    honest = shown(hand())["findings"]
    milder = [honest[0] | {"text": "有地方就行"}, *honest[1:]]

    assert kinds(hand(text={"findings": milder})) == [("wording", honest[0]["code"])]


def test_a_clause_left_out_of_the_text_and_a_false_sum_are_told(hand: Hand) -> None:
    honest = shown(hand())["findings"]

    kept = hand(text={"findings": honest[1:], "status": "fails"})

    assert kinds(kept) == [("missing", honest[0]["code"]), ("status", "")]


def test_a_text_that_says_otherwise_than_its_entry_is_kept_and_told(hand: Hand) -> None:
    kept = hand(text={"photos": {"p": "0" * 64}, "answers": []})

    assert kept.signed_how is SignedHow.ON_DOCUMENT
    assert [one["about"] for one in kept.differences if one["kind"] == "document"] == [
        "照片", "逐条的回答"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "about"),
    [
        ({"second_inspector": {"id": 99, "name": "没来的人"}}, "一同督导的人"),
        ({"covert": True}, "是不是暗访"),
        ({"drawings": {"p": [{"kind": "arrow", "start": [0, 0], "end": [9, 9]}]}}, "照片上的标记"),
    ],
)
def test_who_else_signed_secrecy_and_drawings_are_held_against_the_entry(
    hand: Hand, text: dict[str, Any], about: str
) -> None:
    kept = hand(text=text)

    assert [one["about"] for one in kept.differences if one["kind"] == "document"] == [about]


def test_a_text_signed_for_another_station_settles_nothing_by_itself(
    cast: Cast, hand: Hand
) -> None:
    """It is kept as it came; the findings follow from the answers that came with it."""
    honest = shown(hand())
    other = honest["station"] | {"id": cast.c1.id, "name": cast.c1.name}

    kept = hand(text={"station": other, "findings": []}, failing=["A3-42b"])

    assert kept.signed_how is SignedHow.OF_ANOTHER
    assert kept.fails == 1
    assert kept.as_signed is not None
    assert kept.as_signed["station"]["name"] == cast.xz1.name
    assert [one["about"] for one in kept.differences] == ["站点"]


@pytest.mark.parametrize(
    "text",
    [
        "", "[]", "{", "NaN", '{"shape":3}', "[" * 5000, '{"a":"\\ud800"}',
    ],
    ids=["empty", "a list", "broken", "no number", "nothing in it", "deep", "half a character"],
)  # fmt: skip
def test_a_text_that_cannot_be_read_loses_no_visit(
    session: Session, cast: Cast, campaign: Campaign, hand_in: Call, text: str
) -> None:
    sent = inspection(
        cast.xz1, visit_of(session, campaign, cast.xz1), failing=["A3-42b"], document=text
    )

    [answer] = hand_in(cast.wang, sent)

    assert answer["result"] == "ok"
    kept = session.get_one(Inspection, id_of(sent))
    assert (kept.document, kept.signed_how) == (text, SignedHow.UNREADABLE)
    assert kept.fails == 1
    assert kinds(kept)[0] == ("unreadable", "")
    assert frozen_is_whole(session, kept)


def test_evidence_that_no_page_could_follow_makes_a_text_unreadable(hand: Hand) -> None:
    honest = shown(hand())["findings"]

    kept = hand(text={"findings": [honest[0] | {"evidence": ["photo:../x"]}, *honest[1:]]})

    assert kept.signed_how is SignedHow.UNREADABLE


def test_a_text_larger_than_any_visit_is_refused_in_words(
    session: Session, cast: Cast, campaign: Campaign, hand_in: Call
) -> None:
    visit = visit_of(session, campaign, cast.xz1)
    sent = inspection(cast.xz1, visit, document="“" * (LONGEST_BYTES // 3 + 1))

    [answer] = hand_in(cast.wang, sent)

    assert answer["result"] == "invalid"
    assert "签字文本太长" in answer["message"]


def test_the_same_visit_sent_again_with_another_text_is_a_conflict_and_changes_nothing(
    session: Session, cast: Cast, campaign: Campaign, hand_in: Call, standards: Any
) -> None:
    sent = inspection(cast.xz1, visit_of(session, campaign, cast.xz1))
    given: dict[str, Any] = {
        "station": cast.xz1, "campaign": campaign, "by": cast.wang, "standards": standards
    }  # fmt: skip
    documented(session, sent, **given)
    first = sent["payload"]["document"]
    hand_in(cast.wang, sent)

    again = [hand_in(cast.wang, sent)[0]["result"]]
    documented(session, sent, **given, changed={"fails": 3})
    again += [hand_in(cast.wang, sent)[0]["result"]]

    assert again == ["same", "conflict"]
    session.expire_all()
    assert session.get_one(Inspection, id_of(sent)).document == first


def test_a_locked_door_has_a_text_too(
    session: Session, cast: Cast, campaign: Campaign, hand_in: Call, standards: Any
) -> None:
    sent = inspection(
        cast.xz1, visit_of(session, campaign, cast.xz1), answers=[], outcome="closed_door",
        outcome_note="敲门没有人", keeper_name="", inspector_signature=[], keeper_signature=[],
    )  # fmt: skip
    documented(
        session, sent, station=cast.xz1, campaign=campaign, by=cast.wang, standards=standards
    )

    [answer] = hand_in(cast.wang, sent)

    assert answer["result"] == "ok"
    kept = session.get_one(Inspection, id_of(sent))
    assert (kept.signed_how, kept.differences) == (SignedHow.ON_DOCUMENT, [])
    assert (kept.findings, kept.status) == ([], "not_assessed")


def test_an_amendments_text_speaks_of_the_day_of_the_visit(
    session: Session, cast: Cast, campaign: Campaign, hand_in: Call, standards: Any
) -> None:
    """The first had no shelves; the amendment has, and the text says which record it amends."""
    given: dict[str, Any] = {
        "station": cast.xz1, "campaign": campaign, "by": cast.wang, "standards": standards
    }  # fmt: skip
    visit = visit_of(session, campaign, cast.xz1)
    first = documented(session, inspection(cast.xz1, visit, ["A3-42b"]), **given)
    hand_in(cast.wang, first)
    second = inspection(
        cast.xz1, visit, amends_id=first["id"], amended_because="货架在里间，当时没看到"
    )
    documented(session, second, **given)

    [answer] = hand_in(cast.wang, second)

    assert answer["result"] == "ok"
    kept = session.get_one(Inspection, id_of(second))
    assert (kept.version, kept.signed_how, kept.differences) == (2, SignedHow.ON_DOCUMENT, [])
    assert kept.fails == 0
    assert frozen_is_whole(session, kept)


def test_an_older_app_is_received_and_marked_and_its_doubts_go_to_the_office(
    session: Session, cast: Cast, campaign: Campaign, hand_in: Call
) -> None:
    sent = inspection(cast.xz1, visit_of(session, campaign, cast.xz1))
    sent["payload"]["answers"] += [
        {"rule": "A3-41b", "verdict": "pass", "values": {"floor_area_m2": 8}, "note": ""}
    ]

    [answer] = hand_in(cast.wang, sent)

    assert answer["result"] == "ok"
    kept = session.get_one(Inspection, id_of(sent))
    assert (kept.signed_how, kept.document) == (SignedHow.OLDER_APP, None)
    assert kinds(kept) == [("older_app", "A3-41b")]
    assert kept.fails == 0  # the tap is the finding


def test_what_does_not_apply_is_asked_of_the_office(hand: Hand) -> None:
    kept = hand(**{"A3-42c": {"verdict": "not_applicable", "note": "只用手机扫码"}})

    assert kinds(kept) == [("not_applicable", "A3-42c")]
    assert kept.status != "meets"
