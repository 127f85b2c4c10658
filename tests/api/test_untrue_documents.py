"""Texts that are untrue, that nobody could show or settle, or that say otherwise than the entry."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from server.models.inspection import Campaign, Counted, Inspection, SignedHow
from server.models.rectification import Rectification
from server.policy.standard.signed_text import read_signed
from server.services.inspections.freezing import frozen_is_whole
from tests.api.documents import Hand, documented, shown
from tests.api.events import id_of
from tests.api.rounds import inspection, visit_of
from tests.databases import ON_SQLITE
from tests.factories import Cast

pytestmark = ON_SQLITE

Call = Callable[..., Any]


def _twice(text: dict[str, Any]) -> dict[str, Any]:
    no = {"verdict": "fail", "label": "不符合", "word": "keeper"}
    return {"keeper_findings": [one | no for one in text["keeper_findings"] * 2]}


def _first(**words: Any) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda text: {"findings": [text["findings"][0] | words, *text["findings"][1:]]}


UNTOLD = {"verdict": "fail", "label": "不符合", "counts_against": True, "word": "inspector"}


@pytest.mark.parametrize(
    "untrue",
    [
        lambda text: {"station": text["station"] | {"level": "castle"}},
        _twice,
        lambda text: {"answers": text["answers"] + text["answers"][:1]},
        _first(contradicted_by=[{"word": "x", "value": True, "on": "2026-01-01", "evidence": []}]),
        _first(code="A3-" + "9" * 300, **UNTOLD),
        _first(standard="no-such-standard", **UNTOLD),
        _first(counts_against=True),
        _first(**UNTOLD | {"label": "符合", "counts_against": False}),
    ],
    ids=[
        "no level",
        "keeper twice",
        "answer twice",
        "no word",
        "no rule",
        "no standard",
        "yes no",
        "no yes",
    ],
)
def test_a_text_that_no_page_could_show_or_nobody_could_settle_is_not_followed(
    session: Session, hand: Hand, untrue: Callable[[dict[str, Any]], dict[str, Any]]
) -> None:
    """It is kept, marked, and the answers speak: no page falls, no 整改 that never can be ended."""
    kept = hand(text=untrue(shown(hand())), failing=["A3-42b"])

    assert kept.signed_how is SignedHow.UNREADABLE
    codes = session.scalars(
        select(Rectification.rule_code).where(Rectification.inspection_id == kept.id)
    )
    assert kept.counted is Counted.WAITS or list(codes) == ["A3-42b"]
    assert kept.fails == 1
    assert frozen_is_whole(session, kept)


def test_a_text_with_one_name_twice_could_be_read_in_two_ways_and_is_not(hand: Hand) -> None:
    text = hand().document or ""

    assert read_signed(text) is not None
    assert read_signed(text.replace('"fails":', '"fails":9,"fails":', 1)) is None


def test_findings_behind_a_locked_door_are_not_this_visits(
    session: Session, cast: Cast, campaign: Campaign, hand_in: Call, standards: Any
) -> None:
    sent = inspection(cast.xz1, visit_of(session, campaign, cast.xz1), failing=["A3-42b"])
    documented(
        session, sent, station=cast.xz1, campaign=campaign, by=cast.wang, standards=standards
    )
    sent["payload"]["outcome"] = "closed_door"

    [answer] = hand_in(cast.wang, sent)

    assert answer["result"] == "ok"
    kept = session.get_one(Inspection, id_of(sent))
    assert (kept.signed_how, kept.findings, kept.fails) == (SignedHow.OF_ANOTHER, [], 0)
    assert [one["about"] for one in kept.differences] == ["锁门没查成"]
    assert session.scalars(select(Rectification)).all() == []


@pytest.mark.parametrize(
    ("untrue", "kind", "about"),
    [
        (lambda _: {"inspector": "局长"}, "document", "督导员姓名"),
        (lambda _: {"method": "scan"}, "document", "怎样认出的站"),
        (lambda _: {"text": "别的编号"}, "document", "扫到或输入的编号"),
        (_first(why="没去看"), "why", "一固定经营场所"),
        (_first(word="keeper"), "finding", "一固定经营场所"),
        (_first(mended_on="2026-01-01"), "finding", "一固定经营场所"),
    ],
)
def test_who_how_why_and_on_whose_word_are_held_against_the_countys_reckoning(
    hand: Hand,
    untrue: Callable[[dict[str, Any]], dict[str, Any]],
    kind: str,
    about: str,
) -> None:
    kept = hand(text=untrue(shown(hand())))

    assert (kind, about) in [(one["kind"], one["about"]) for one in kept.differences]


def test_a_value_worded_otherwise_than_it_was_entered_is_told(hand: Hand) -> None:
    """Pages show the words of the text: 20平方米 must not stand there for what was typed as 9.5."""
    area = {"verdict": "fail", "values": {"floor_area_m2": "9.5"}, "note": "太小"}
    honest = shown(hand(area=area))["answers"]
    larger = [
        one | {"values_told": [["floor_area_m2", "营业面积", "20平方米"]]}
        if one["rule"] == "A3-41b"
        else one
        for one in honest
    ]

    kept = hand(text={"answers": larger}, area=area)

    [told] = [one for one in kept.differences if one["kind"] == "document"]
    assert (told["code"], told["signed"]) == ("A3-41b", "20平方米")
    assert told["now"].startswith("9.5平方米")
