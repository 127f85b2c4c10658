from collections import Counter
from datetime import date, timedelta
from functools import partial
from itertools import combinations
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from server.media.blobs import FolderStore
from server.media.pictures.lookalike import compare
from server.models.county import County
from server.models.inspection import Inspection, PhotoRequest, SignedHow, Visit
from server.models.job import Job
from server.models.month import MonthApproval
from server.models.operator_total import OperatorFile
from server.models.person import Person, Role
from server.models.phone_event import CheckIn, ParcelCount, PhoneEvent, Photo
from server.models.rectification import RectificationState
from server.models.request import KeeperRequest, RequestState
from server.models.signal import IntegritySignal, SignalState
from server.models.station import Station
from server.models.subsidy import EntitlementState, SubsidyEntitlement, SubsidyHold
from server.models.subsidy_payment import SubsidyBatch, SubsidyPayment
from server.policy.rounds.visits import VisitState
from server.policy.standard.examine import Status
from server.policy.standard.standards import Standard
from server.services.audit.verifying import verify
from server.services.county.divisions import rows_of
from server.services.demo import build
from server.services.demo.build import build_demo, demo_phones
from server.services.demo.desks import CHANGED, DEMO_DESK, EVERYBODY_KNEW, demo_desks
from server.services.inspections.disagreements import disagreements_seen
from server.services.inspections.everyday import Wanted, everyday_count
from server.services.inspections.freezing import frozen_is_whole
from server.services.intake.self_checks import newest_checks
from server.services.mending.lists import rectifications_seen
from server.services.people.passwords import set_password
from server.services.people.scope import EVERYBODY
from server.services.people.sign_ins import bind_phone, sign_in_desk
from server.services.programme.set_up import set_up_county
from server.services.rounds.campaigns import campaigns_of
from server.services.rounds.reports import report_is_whole, reports_of
from server.services.rounds.visits import coverage, visit_views
from server.services.standing.standing import standings
from server.settings import ROOT
from tests.factories import NOW, TODAY
from tests.plans import JINGLE
from tests.services.subsidies.world import RINGS


def count(session: Session, model: type) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


def test_the_demonstration_is_believable_and_marked_and_built_once(
    session: Session,
    blobs: FolderStore,
    standards: tuple[Standard, ...],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hold_rounds = build.hold_rounds

    def counted_from_outside(*args: Any, **named: Any) -> None:
        """What PostgreSQL does by itself, and finds nothing: the demonstration is one write."""
        hold_rounds(*args, **named)
        engine = session.get_bind().engine
        if engine.dialect.name == "postgresql":
            with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as other:
                other.exec_driver_sql("ANALYZE")

    monkeypatch.setattr(build, "hold_rounds", counted_from_outside)
    county = set_up_county(
        session,
        code="140926",
        rows=rows_of(ROOT / "data", "140926"),
        programme=JINGLE,
        now=NOW,
        demo=True,
    ).county
    shown = partial(
        build_demo, session, blobs, county=county, on=TODAY, now=NOW, standards=standards,
        ring=RINGS, programme=JINGLE,
    )  # fmt: skip
    made = shown()
    session.commit()

    # Marked everywhere.
    assert made
    assert county.demo
    for model in (Station, Person, PhoneEvent, CheckIn, ParcelCount, Photo):
        assert count(session, model) > 0
        assert not session.scalars(select(model).where(model.demo.is_(False))).all()

    # Keepers have asked for things: two wait, one has its answer.
    states = sorted(one.state for one in session.scalars(select(KeeperRequest)))
    assert states == [RequestState.REFUSED, RequestState.WAITING, RequestState.WAITING]

    # Whatever was written or frozen hangs in the chain, and hashes to what it says.
    assert verify(session, county=county.code).faults == []

    # Everything that can be seen of a station occurs.
    found = standings(session, county=county, on=TODAY, standards=standards, seen_by=EVERYBODY)
    states = Counter(one.status for one in found)
    assert len(found) == 64
    assert all(states[one] >= 5 for one in Status if one is not Status.MEETS_OPEN), states
    assert {"A3-41b", "A3-3a", "EXT-F1"} <= {flag.code for one in found for flag in one.fails}
    unnumbered = [one.station for one in found if one.station.code is None]
    assert len(unnumbered) == 2

    # A month of days, with gaps, none of them in the future.
    days = session.scalars(select(ParcelCount.day_on).distinct()).all()
    assert (min(days), max(days)) == (TODAY - timedelta(days=30), TODAY - timedelta(days=1))
    assert count(session, ParcelCount) < 64 * 30
    assert count(session, Job) == count(session, Photo)
    photo = session.scalars(select(Photo)).first()
    assert photo is not None
    with blobs.open(photo.sha256) as file:
        assert file.read(2) == b"\xff\xd8"

    _tell_of_rounds(session, county)
    _ask_about_the_odd_only(session)
    _one_picture_is_sent_twice(session, blobs)
    _last_month_is_being_paid(session, blobs)

    # Its people can sign in as printed.
    phones = demo_phones(session, county=county, now=NOW)
    assert [(person.name, code) for person, _, code, _ in phones] == [
        ("老李", "C0001"), ("小赵", "C0002"), ("王督导", None),
    ]  # fmt: skip
    for person, _, _, code in phones:
        _, _, bound = bind_phone(
            session, code=code, device_id=f"phone-{person.id}", device_label="", now=NOW, source="t"
        )
        assert bound.id == person.id
    _desks_have_passwords_of_their_own(session, county)

    # A second start adds nothing.
    events = count(session, PhoneEvent)
    assert not shown()
    assert count(session, PhoneEvent) == events


def _desks_have_passwords_of_their_own(session: Session, county: County) -> None:
    """Each installation's differ, the one everybody knew goes, and what a person chose stays."""

    def desks(secret: str = "ours") -> list[tuple[str, str, str]]:
        return demo_desks(session, county=county, secret=secret)

    def opens(login: str, password: str) -> Role:
        sign_in, _ = sign_in_desk(
            session, login=login, password=password, now=NOW, source="t", label=""
        )
        return session.get_one(Person, sign_in.person_id).role

    told = desks()
    assert tuple((login, who) for login, _, who in told) == DEMO_DESK
    assert {opens(login, password) for login, password, _ in told} == {
        Role.COUNTY_OFFICE, Role.TOWNSHIP_OFFICER, Role.BUREAU, Role.AUDITOR,
    }  # fmt: skip
    assert desks() == told
    assert {password for _, password, _ in desks("another house")} == {CHANGED}

    people = {one.login: one for one in session.scalars(select(Person).where(Person.login != ""))}
    set_password(session, person=people["xian"], password=EVERYBODY_KNEW)  # an older demonstration
    set_password(session, person=people["zhen"], password="chosen-by-her")
    assert [password for _, password, _ in desks()] == [
        told[0][1], CHANGED, told[2][1], told[3][1],
    ]  # fmt: skip
    people["shenji"].login = None  # as in a demonstration from before there were auditors
    assert [one[0] for one in desks()] == ["xian", "zhen", "danwei"]


def _last_month_is_being_paid(session: Session, blobs: FolderStore) -> None:
    """A month approved, payments at every step up to the batch that is with the bank, one held."""
    approval = session.scalars(select(MonthApproval)).one()
    assert (approval.month_on, bool(approval.gap_reason)) == (date(2023, 6, 1), True)
    for file in session.scalars(select(OperatorFile)):
        assert file.demo
        with blobs.open(file.file_sha256) as kept:
            assert kept.read(3)
    rows = session.scalars(select(SubsidyEntitlement)).all()
    assert Counter(one.state for one in rows) == {
        EntitlementState.APPROVED: 3, EntitlementState.REVIEWED: 1, EntitlementState.PROPOSED: 2,
    }  # fmt: skip
    held = session.scalars(select(SubsidyHold)).one()
    assert held.reason
    assert held.entitlement_id in {one.id for one in rows if one.state is EntitlementState.REVIEWED}
    batch = session.scalars(select(SubsidyBatch)).one()
    assert batch.released_at == NOW
    assert batch.made_by != batch.released_by
    lines = session.scalars(select(SubsidyPayment)).all()
    assert len(lines) == 3
    assert all(
        line.amount_fen > 0 and "演示" in line.holder and "演示" in line.bank for line in lines
    )


def _one_picture_is_sent_twice(session: Session, blobs: FolderStore) -> None:
    """Drawn photos differ, month by month too; all but the one that the office is to find."""
    signs: dict[int, list[Photo]] = {}
    for photo in session.scalars(select(Photo).where(Photo.subject == "signboard")):
        signs.setdefault(photo.station_id, []).append(photo)
    pairs = [pair for photos in signs.values() for pair in combinations(photos, 2)]
    alike = []
    for one, other in pairs:
        with blobs.open(one.sha256) as first, blobs.open(other.sha256) as second:
            if compare(first.read(), second.read()).resemblance.is_double:
                alike.append((one, other))
    [(one, other)] = alike
    assert len(pairs) > 1
    assert abs((one.day_on - other.day_on).days) == 31


def _ask_about_the_odd_only(session: Session) -> None:
    """The few stations made odd are asked about, the honest ones nothing."""
    signals = session.scalars(select(IntegritySignal)).all()
    assert {one.kind for one in signals} == {
        "too_far",
        "flat_counts",
        "copied_counts",
        "frozen_position",
        "clock_drift",
        "weekday_out_of_line",
    }
    assert len({one.station_id for one in signals}) == len(signals) == 7
    assert {one.state for one in signals} == set(SignalState)


def _tell_of_rounds(session: Session, county: County) -> None:
    """One round went up, one is under way, and what followed is in every state there is."""
    under_way, over = campaigns_of(session, county=county.code)
    [reported] = reports_of(session, campaign=over)
    open_visits = coverage(visit_views(session, campaign=under_way, on=TODAY, seen_by=EVERYBODY))
    wang = session.scalars(select(Person).where(Person.role == Role.INSPECTOR)).one()
    assert under_way.demo
    assert over.demo
    assert over.due_on < TODAY <= under_way.due_on
    assert report_is_whole(reported)
    assert open_visits.per_state[VisitState.DUE] >= 20
    assert open_visits.inspected >= 20
    assert session.scalar(
        select(func.count()).select_from(Visit).where(Visit.inspector_id == wang.id)
    )
    assert {
        one.rectification.state
        for one in rectifications_seen(session, county=county.code, on=TODAY, seen_by=EVERYBODY)
    } >= {
        RectificationState.OPEN,
        RectificationState.ANSWERED,
        RectificationState.RETURNED,
        RectificationState.ACCEPTED,
    }
    differing = disagreements_seen(session, county=county.code, open_only=False, seen_by=EVERYBODY)
    assert {bool(one.decision_label) for one in differing} == {True, False}
    frozen = session.scalars(select(Inspection)).all()
    assert all(one.demo and frozen_is_whole(session, one) for one in frozen)
    assert {one.signed_how for one in frozen} == {SignedHow.ON_DOCUMENT}
    assert [one.differences for one in frozen if one.differing] == []
    assert max(one.received_at for one in frozen) < NOW
    assert session.scalars(select(PhotoRequest).where(PhotoRequest.asked_on == TODAY)).all()
    office = session.scalars(select(Person).where(Person.role == Role.COUNTY_OFFICE)).first()
    assert office is not None
    assert everyday_count(session, seen_by=office, wanted=Wanted()) == 3
    checks = newest_checks(session, seen_by=office, now=NOW)
    assert Counter(one.verdict for one in checks) == {"fine": 2, "open": 1, "broken": 1}
