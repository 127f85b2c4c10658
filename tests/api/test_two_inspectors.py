"""Two inspectors who say opposite things of one clause on one day; and a keeper's 我有话说."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from server.http import clock
from server.models.inspection import Campaign, Disagreement, DisagreementKind, Inspection
from server.models.person import Person, Role
from server.models.rectification import Rectification
from server.policy.standard.examine import Finding
from server.services.inspections.disagreements import disagreements_seen, settle_disagreement
from server.services.mending.rectifications import accept
from server.services.mending.rulings import follow_ruling
from server.services.people.scope import EVERYBODY
from server.services.standing.standing import Standing, standing_of
from tests.api.events import id_of
from tests.api.rounds import inspection, visit_of
from tests.factories import Cast, make_person

Call = Callable[..., Any]
SHELVES = "A3-42b"


@pytest.fixture
def zhao(session: Session, cast: Cast) -> Person:
    made = make_person(session, name="赵督导", role=Role.INSPECTOR)
    session.commit()
    return made


@pytest.fixture
def differing(
    session: Session, cast: Cast, campaign: Campaign, hand_in: Call, zhao: Person
) -> Disagreement:
    """王督导 sees no shelves, 赵督导 sees some, on the same day."""
    visit = visit_of(session, campaign, cast.c1)
    hand_in(cast.wang, inspection(cast.c1, visit, [SHELVES]))
    hand_in(zhao, inspection(cast.c1, None))
    return session.scalars(select(Disagreement)).one()


def standing(session: Session, cast: Cast, standards: Any) -> Standing:
    session.expire_all()
    return standing_of(session, station=cast.c1, on=clock.today(), standards=standards)


def shelves(found: Standing) -> Finding:
    return next(one for one in found.findings if one.code == SHELVES)


def decide(session: Session, cast: Cast, item: Disagreement, decision: str) -> None:
    settle_disagreement(
        session,
        disagreement=item,
        decision=decision,
        reason="看了两边的照片",
        by=cast.office,
        now=clock.now(),
    )
    follow_ruling(session, disagreement=item, by=cast.office, now=clock.now())
    session.commit()


def test_neither_wins_by_coming_last_and_the_clause_is_unknown_until_decided(
    session: Session, cast: Cast, differing: Disagreement, standards: Any
) -> None:
    found = standing(session, cast, standards)

    assert (differing.kind, differing.rule_code) == (DisagreementKind.INSPECTORS, SHELVES)
    assert (shelves(found).verdict.value, shelves(found).word) == ("unknown", None)
    assert "王督导说“不符合”，赵督导说“符合”，等县办裁定" in shelves(found).why
    assert found.status == "not_assessed"


def test_who_sends_first_makes_no_difference(
    session: Session,
    cast: Cast,
    campaign: Campaign,
    hand_in: Call,
    zhao: Person,
    standards: Any,
) -> None:
    hand_in(zhao, inspection(cast.c1, None))
    hand_in(cast.wang, inspection(cast.c1, visit_of(session, campaign, cast.c1), [SHELVES]))

    assert shelves(standing(session, cast, standards)).verdict == "unknown"


def test_the_offices_word_settles_the_clause_and_what_was_opened_for_nothing_is_withdrawn(
    session: Session, cast: Cast, differing: Disagreement, standards: Any
) -> None:
    [view] = disagreements_seen(session, county="140926", seen_by=EVERYBODY)
    decide(session, cast, differing, "inspector")

    found = standing(session, cast, standards)
    assert view.choices["inspector"] == "以赵督导为准"
    assert view.choices["other"] == "以王督导为准"
    assert (shelves(found).verdict.value, shelves(found).word) == ("pass", "inspector")
    assert "县办裁定以赵督导为准" in shelves(found).why
    mend = session.scalars(select(Rectification)).one()
    assert (mend.state.value, found.status.value) == ("withdrawn", "meets")


def test_decided_for_the_one_who_found_it_wanting_the_rectification_goes_on(
    session: Session, cast: Cast, differing: Disagreement, standards: Any
) -> None:
    decide(session, cast, differing, "other")

    found = standing(session, cast, standards)
    assert (shelves(found).verdict.value, found.status.value) == ("fail", "fails")
    assert session.scalars(select(Rectification)).one().state == "open"


def test_an_amendment_of_another_clause_leaves_the_decision_and_one_of_this_clause_ends_it(
    session: Session,
    cast: Cast,
    differing: Disagreement,
    campaign: Campaign,
    hand_in: Call,
    standards: Any,
) -> None:
    decide(session, cast, differing, "inspector")
    visit = visit_of(session, campaign, cast.c1)
    first = str(differing.other_id)
    again = inspection(
        cast.c1, visit, [SHELVES, "A3-42c"], amends_id=first, amended_because="巴枪漏记"
    )
    hand_in(cast.wang, again)
    kept = standing(session, cast, standards)
    agreeing = inspection(
        cast.c1, visit, ["A3-42c"], amends_id=again["id"], amended_because="货架在里屋"
    )
    hand_in(cast.wang, agreeing)

    items = session.scalars(select(Disagreement).order_by(Disagreement.id)).all()
    assert shelves(kept).verdict == "pass"
    assert [(one.rule_code, one.decision) for one in items] == [
        (SHELVES, "inspector"), (SHELVES, "other"), ("A3-42c", "amended"), ("A3-42c", ""),
    ]  # fmt: skip
    assert shelves(standing(session, cast, standards)).verdict == "pass"


def test_what_was_mended_and_accepted_in_between_is_no_contradiction(
    session: Session,
    cast: Cast,
    campaign: Campaign,
    hand_in: Call,
    zhao: Person,
    standards: Any,
) -> None:
    visit = visit_of(session, campaign, cast.c1)
    hand_in(cast.wang, inspection(cast.c1, visit, [SHELVES]))
    accept(
        session,
        rectification=session.scalars(select(Rectification)).one(),
        by=cast.wang,
        now=clock.now(),
        standards=standards,
        note="当场就摆上了",
    )
    session.commit()
    hand_in(zhao, inspection(cast.c1, None))

    assert session.scalars(select(Disagreement)).all() == []
    assert standing(session, cast, standards).status == "meets"


def test_the_keeper_reads_what_the_office_said_to_the_no(
    session: Session, cast: Cast, call: Call, hand_in: Call
) -> None:
    sent = inspection(cast.c1, None, outcome="to_confirm", keeper_signature=[])
    hand_in(cast.wang, sent)
    where = f"/keeper/inspections/{sent['id']}"
    call(cast.li, f"{where}/confirm", {"agree": False, "note": "他没进门"})
    before = call(cast.li, where)["refusal_answer"]

    decide(session, cast, session.scalars(select(Disagreement)).one(), "both")

    assert (before, call(cast.li, where)["refusal_answer"]) == (
        "", "已当面说清，记录照旧：看了两边的照片",
    )  # fmt: skip


def test_the_keepers_no_reaches_the_office_with_what_was_said(
    session: Session, cast: Cast, campaign: Campaign, call: Call, hand_in: Call, standards: Any
) -> None:
    sent = inspection(
        cast.c1,
        visit_of(session, campaign, cast.c1),
        outcome="to_confirm",
        keeper_signature=[],
    )
    hand_in(cast.wang, sent)
    for _ in range(2):  # a lost answer is sent again
        call(
            cast.li,
            f"/keeper/inspections/{sent['id']}/confirm",
            {"agree": False, "note": "牌子在门里面，他没进门"},
        )

    [view] = disagreements_seen(session, county="140926", seen_by=EVERYBODY)
    assert (view.disagreement.kind.value, view.keeper_name) == ("refusal", "老李")
    assert view.keeper_says["why"] == "牌子在门里面，他没进门"
    assert list(view.choices.values()) == [
        "督导记录没有错，维持", "站长说得对，请督导员更正", "已当面说清，记录照旧",
    ]  # fmt: skip
    held_back = standing(session, cast, standards)
    assert (held_back.status.value, held_back.open_work.text) == ("meets_open", "1条分歧等县办裁定")

    hand_in(
        cast.wang,
        inspection(
            cast.c1,
            visit_of(session, campaign, cast.c1),
            amends_id=sent["id"],
            amended_because="牌子在门里面",
        ),
    )
    assert session.get_one(Inspection, id_of(sent)).refusal == "牌子在门里面，他没进门"
    session.expire_all()
    assert session.scalars(select(Disagreement)).one().decision == "amended"
