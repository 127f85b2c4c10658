"""末端备案 in the register: who may say what, two at once, and the register's own changes."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from server.errors import Conflict, Invalid, NotAllowed, Problem
from server.media.attachments import Attachment, attachment
from server.media.blobs import FolderStore
from server.models.filing import Filing, FilingStep
from server.models.history import HistoryLine
from server.models.person import Person, Role
from server.models.station import Station
from server.policy.plan.duties import Duty, OrganisationType
from server.policy.plan.filing import FilingState, StepKind
from server.policy.standard.working_days import working_days_in
from server.services.people.scope import EVERYBODY
from server.services.registry.filing_lists import FilingRow, Narrow, filing_rows, narrowed
from server.services.registry.filings import (
    Told,
    kinds_open_to,
    may_put_right,
    newest_step,
    record_step,
    steps_told,
)
from server.services.registry.sheet_imports import enter_import, plan_import
from server.services.registry.sheet_undo import undo_import
from server.services.registry.stations import close_station, edit_station, reopen_station
from server.settings import ROOT
from tests.bodies import make_bureau_person, make_organisation
from tests.databases import ON_SQLITE
from tests.factories import NOW, TODAY, Cast, make_person, make_village
from tests.queries import queries
from tests.sheets import Tab, xlsx

K = StepKind
PDF = b"%PDF-1.7\nreceipt\n%%EOF\n"
DAYS = working_days_in(ROOT / "standards")


@pytest.fixture
def open_c1(session: Session, cast: Cast) -> Station:
    """C0001, opened eighteen days ago and not filed."""
    c1 = cast.c1
    c1.opened_on, c1.filed_on, c1.filed_name, c1.filing_number = (
        TODAY - timedelta(18), None, "", "",
    )  # fmt: skip
    session.flush()
    return c1


@pytest.fixture
def clerk(session: Session, cast: Cast) -> Person:
    """Who works for the enterprise that runs C0001."""
    return make_person(session, name="壹公里", role=Role.OPERATOR, operator_id=cast.c1.operator_id)


def say(
    session: Session, blobs: FolderStore, station: Station, kind: StepKind, by: Person | None,
    **more: Any,
) -> FilingStep:  # fmt: skip
    seen, on = more.pop("seen", None), more.pop("on", TODAY)
    return record_step(
        session,
        blobs,
        station=station,
        told=Told(kind, on, **more),
        by=by,
        now=NOW,
        seen=seen,
        standards=(),
    )


def row(session: Session, cast: Cast, station: Station, **more: Any) -> FilingRow:
    found = filing_rows(
        session, county=cast.county, on=more.pop("on", TODAY), calendar=DAYS, seen_by=EVERYBODY
    )
    return next(one for one in found if one.station.id == station.id)


def test_from_opening_to_receipt_each_step_is_somebodys_and_the_register_follows(
    session: Session, cast: Cast, blobs: FolderStore, open_c1: Station, clerk: Person
) -> None:
    assert row(session, cast, open_c1).clock.left == 2
    say(session, blobs, open_c1, K.SUBMITTED, clerk, on=TODAY - timedelta(5))
    say(session, blobs, open_c1, K.ASKED, cast.office, text="补场所照片", on=TODAY - timedelta(3))
    say(session, blobs, open_c1, K.RESUBMITTED, clerk, on=TODAY - timedelta(2))
    receipt = attachment(PDF, "回执/../马家沟.pdf", what="备案回执", field="receipt")
    say(session, blobs, open_c1, K.FILED, cast.office, number="晋忻0001", receipt=receipt)

    assert (open_c1.filed_on, open_c1.filing_number) == (TODAY, "晋忻0001")
    assert open_c1.filed_name == open_c1.name
    steps = session.scalars(select(FilingStep).order_by(FilingStep.seq)).all()
    assert [(one.seq, one.person_id) for one in steps] == [
        (1, clerk.id), (2, cast.office.id), (3, clerk.id), (4, cast.office.id),
    ]  # fmt: skip
    with blobs.open(steps[3].receipt_sha256) as kept:
        assert kept.read() == PDF
    assert steps[3].receipt_name == "马家沟.pdf"
    found = row(session, cast, open_c1)
    assert (found.state, found.clock, found.receipts) == (FilingState.FILED, None, 1)
    told = session.scalars(
        select(HistoryLine.summary).where(HistoryLine.station_id == open_c1.id)
    ).all()
    assert "补场所照片" in told[1]


@ON_SQLITE
@pytest.mark.parametrize(
    ("kind", "more", "code"),
    [
        (K.FILED, {"on": TODAY + timedelta(1)}, "field-invalid"),
        (K.ASKED, {"text": "补照片"}, "filing-step-not-now"),
        (K.SUBMITTED, {"on": date(1989, 1, 1)}, "field-invalid"),
        (K.FILED, {"on": date(2022, 1, 1)}, "field-invalid"),
        (K.SUBMITTED, {"text": "字" * 5000}, "text-too-long"),
        (K.FILED, {"number": "/"}, "field-invalid"),
        (K.FILED, {"name": "同上"}, "field-invalid"),
        (K.RECEIPT, {}, "filing-step-not-now"),
        (K.VOIDED, {"reason": "错了", "corrects": 7}, "filing-step-not-now"),
    ],
)
def test_what_cannot_be_is_refused_in_words(
    session: Session, cast: Cast, blobs: FolderStore, open_c1: Station, kind: StepKind,
    more: dict[str, Any], code: str,
) -> None:  # fmt: skip
    with pytest.raises(Problem) as refused:
        say(session, blobs, open_c1, kind, cast.office, **more)

    assert refused.value.code == code


@ON_SQLITE
def test_the_opener_says_what_it_sent_and_nobody_else_files(
    session: Session, cast: Cast, blobs: FolderStore, open_c1: Station, clerk: Person
) -> None:
    for who, kind in ((clerk, K.FILED), (cast.officer, K.SUBMITTED), (cast.li, K.SUBMITTED)):
        with pytest.raises(NotAllowed) as refused:
            say(session, blobs, open_c1, kind, who)
        assert refused.value.code == "filing-not-yours"
    with pytest.raises(Conflict) as nobody:
        say(session, blobs, open_c1, K.FILED, None)
    assert nobody.value.code == "filing-needs-a-person"
    assert session.scalars(select(Filing)).all() == []


@ON_SQLITE
def test_the_postal_administration_records_its_own_steps_and_the_office_still_may(
    session: Session, cast: Cast, blobs: FolderStore, open_c1: Station, clerk: Person
) -> None:
    bureau = make_organisation(
        session, name="静乐县邮政管理局", duties=[Duty.FILING], type=OrganisationType.REGULATOR
    )
    post = make_organisation(
        session, name="静乐县邮政公司", duties=[Duty.FILING],
        type=OrganisationType.POSTAL_ENTERPRISE,
    )  # fmt: skip
    authority = make_bureau_person(session, bureau, name="邮管员", login="yg")
    others = [
        make_bureau_person(session, post, name="邮政员", login="yz"),
        make_bureau_person(session, name="财政员", login="cz"),
        make_person(session, name="没单位", role=Role.BUREAU),
    ]
    for who in others:
        with pytest.raises(NotAllowed) as refused:
            say(session, blobs, open_c1, K.ASKED, who, text="补照片")
        assert refused.value.code == "filing-not-yours"
        assert kinds_open_to(session, who) == frozenset()
    say(session, blobs, open_c1, K.SUBMITTED, clerk, on=TODAY - timedelta(5))
    asked = say(session, blobs, open_c1, K.ASKED, authority, text="补照片", on=TODAY - timedelta(4))
    say(session, blobs, open_c1, K.RESUBMITTED, clerk, on=TODAY - timedelta(3))
    receipt = attachment(PDF, "回执.pdf", what="备案回执", field="receipt")
    filed = say(session, blobs, open_c1, K.FILED, authority, number="忻邮1", receipt=receipt)
    assert (open_c1.filed_on, open_c1.filing_number) == (TODAY, "忻邮1")
    # What the register's change means is the office's to say; its own slip is its own to mend.
    with pytest.raises(NotAllowed):
        say(session, blobs, open_c1, K.CHANGED, authority, facts=("name",))
    assert may_put_right(authority, filed, kinds_open_to(session, authority))
    assert not may_put_right(clerk, filed, kinds_open_to(session, clerk))
    # The body is called as it was that day, whatever it is called later.
    bureau.short, bureau.name = "邮管局", "忻州市邮政管理局"
    session.flush()
    [(_, steps, _)] = steps_told(session, station=open_c1)
    assert [who for _, who in steps] == [
        "壹公里", "邮管员（邮政管理局）", "壹公里", "邮管员（邮政管理局）",
    ]  # fmt: skip
    assert asked.body == "邮政管理局"


def test_of_two_who_record_at_once_the_second_is_told_what_the_first_said(
    session: Session, cast: Cast, blobs: FolderStore, open_c1: Station, clerk: Person
) -> None:
    seen = newest_step(session, open_c1)
    say(session, blobs, open_c1, K.SUBMITTED, clerk, seen=seen)

    with pytest.raises(Conflict) as refused:
        say(session, blobs, open_c1, K.FILED, cast.office, seen=seen)

    assert refused.value.code == "filing-changed-meanwhile"
    assert "壹公里记了“提交了备案材料”" in refused.value.message


def test_a_slip_is_put_right_by_a_step_that_names_it(
    session: Session, cast: Cast, blobs: FolderStore, open_c1: Station
) -> None:
    say(session, blobs, open_c1, K.FILED, cast.office, number="1")
    with pytest.raises(Invalid, match="请写明为什么更正"):
        say(session, blobs, open_c1, K.CORRECTED, cast.office, corrects=1, number="2")
    say(
        session, blobs, open_c1, K.CORRECTED, cast.office, corrects=1, number="2",
        on=TODAY - timedelta(1), reason="编号抄错",
    )  # fmt: skip
    assert (open_c1.filing_number, open_c1.filed_on) == ("2", TODAY - timedelta(1))

    say(session, blobs, open_c1, K.VOIDED, cast.office, corrects=1, reason="记错了站")

    assert (open_c1.filing_number, open_c1.filed_on) == ("", None)
    assert [one.kind for one in session.scalars(select(FilingStep).order_by(FilingStep.id))] == [
        K.FILED, K.CORRECTED, K.VOIDED,
    ]  # fmt: skip
    with pytest.raises(Conflict, match="已经作废"):
        say(session, blobs, open_c1, K.VOIDED, cast.office, corrects=1, reason="再来一次")


def test_a_filed_fact_that_changes_begins_ten_days_until_somebody_says_how_it_is(
    session: Session, cast: Cast, blobs: FolderStore
) -> None:
    def edit(**changes: Any) -> None:
        edit_station(
            session,
            station=cast.c1,
            changes=changes,
            by=cast.office,
            now=NOW,
            reason="核实",
            standards=(),
        )

    edit(address="村口", hours="8:00-18:00")
    assert session.scalars(select(Filing)).all() == []  # nothing that a filing names
    edit(head_name="李新来")
    found = row(session, cast, cast.c1)
    assert (found.state, found.pending, found.clock.left) == (FilingState.CHANGING, True, 10)
    assert cast.c1.filing_changed_on is None  # nobody has said so yet: no verdict changes

    with pytest.raises(Invalid, match="请写明为什么不涉及"):
        say(session, blobs, cast.c1, K.NOT_CONCERNED, cast.office)
    say(session, blobs, cast.c1, K.NOT_CONCERNED, cast.office, reason="只改了错别字")
    assert row(session, cast, cast.c1).state is FilingState.FILED

    edit(name="马家沟村新站")
    say(session, blobs, cast.c1, K.CHANGED, cast.office, facts=("name",), on=TODAY - timedelta(2))
    assert cast.c1.filing_changed_on == TODAY - timedelta(2)
    assert row(session, cast, cast.c1).clock.left == 8
    say(session, blobs, cast.c1, K.CHANGE_FILED, cast.office, name="马家沟村新站")
    assert (cast.c1.filed_name, cast.c1.filing_change_filed_on) == ("马家沟村新站", TODAY)
    assert row(session, cast, cast.c1).state is FilingState.FILED


def test_a_filing_ends_with_its_station_and_goes_on_when_it_opens_again(
    session: Session, cast: Cast, blobs: FolderStore, open_c1: Station
) -> None:
    say(session, blobs, open_c1, K.FILED, cast.office, number="1")

    close_station(session, station=open_c1, by=cast.office, now=NOW, on=TODAY, reason="站长外出")
    [filing] = session.scalars(select(Filing))
    assert (filing.state, filing.ended_at) == (FilingState.ENDED, NOW)
    assert open_c1.filed_on == TODAY
    with pytest.raises(Conflict, match="已经停业"):
        say(session, blobs, open_c1, K.CHANGED, cast.office, facts=("name",))

    reopen_station(session, station=open_c1, by=cast.office, now=NOW, reason="又开了")
    assert row(session, cast, open_c1).state is FilingState.FILED


@ON_SQLITE
def test_after_a_withdrawal_a_new_filing_begins_and_the_old_one_stays_readable(
    session: Session, cast: Cast, blobs: FolderStore, open_c1: Station
) -> None:
    say(session, blobs, open_c1, K.FILED, cast.office, number="1")
    say(session, blobs, open_c1, K.WITHDRAWN, cast.office, reason="换了开办企业")
    assert (open_c1.filed_on, row(session, cast, open_c1).state) == (None, FilingState.WAITING)

    say(session, blobs, open_c1, K.SUBMITTED, cast.office)

    states = session.scalars(select(Filing.state).order_by(Filing.id)).all()
    assert states == [FilingState.ENDED, FilingState.SUBMITTED]


def test_a_table_writes_steps_too_and_taking_it_back_writes_others(
    session: Session, cast: Cast
) -> None:
    make_village(session, code="140926100207", name="宋家村")
    table = xlsx(
        Tab(
            [
                ["编号", "乡镇", "村", "备案日期", "备案编号", "负责人"],
                ["C0001", "鹅城镇", "马家沟村", "2023-05-09", "新0001", ""],
                ["C0002", "鹅城镇", "杨家山村", "", "", "换人了"],
                ["", "鹅城镇", "宋家村", "2023-06-01", "新0003", "宋大姐"],
            ]
        )
    )
    plan = plan_import(session, county=cast.county, content=table, filename="备案.xlsx", now=NOW)
    with queries(session) as seen:
        made = enter_import(
            session, plan, county=cast.county, by=cast.office, now=NOW, on=TODAY, standards=()
        )

    steps = session.scalars(select(FilingStep).order_by(FilingStep.id)).all()
    kinds = [(one.station_id == cast.c1.id, one.kind, one.person_id) for one in steps]
    assert (True, K.REGISTERED, cast.office.id) in kinds
    assert [one.facts for one in steps if one.kind is K.NOTICED] == [["head_name"]]
    assert row(session, cast, cast.c2).pending
    assert sum("FROM filings" in one for one in seen) == 1

    undo_import(session, made, by=cast.office, now=NOW, standards=())

    assert (cast.c1.filed_on, cast.c1.filing_number) == (date(2023, 5, 8), "14092620230001")
    assert session.scalar(select(Station.id).where(Station.name.like("宋家%"))) is None
    left = session.scalars(select(Filing.station_id)).all()
    assert set(left) == {cast.c1.id, cast.c2.id}


@ON_SQLITE
def test_the_list_shows_what_runs_out_first_and_is_narrowed_by_opener_and_need(
    session: Session, cast: Cast, open_c1: Station
) -> None:
    cast.c2.opened_on, cast.c2.filed_on = TODAY - timedelta(60), None
    cast.c3.coop_modes, cast.c3.filed_on = ["postal_coop"], None
    session.flush()

    with queries(session) as seen:
        found = filing_rows(session, county=cast.county, on=TODAY, calendar=DAYS, seen_by=EVERYBODY)

    assert len(seen) == 1
    assert [one.station.code for one in found[:2]] == ["C0002", "C0001"]
    assert found[0].overdue
    states = {one.station.code: one.state.label for one in found}
    assert states == {"C0001": "待备案", "C0002": "待备案", "C0003": "未定", "XZ0001": "已备案"}

    def codes(**narrow: str) -> list[str | None]:
        return [one.station.code for one in narrowed(found, Narrow(**narrow), soon_days=5)]

    assert codes(state="overdue") == ["C0002"]
    assert codes(state="soon") == ["C0001"]
    assert codes(state="undecided") == ["C0003"]
    assert codes(opener="山西壹公里快递有限公司", q="杨家山") == ["C0002"]
    assert codes(township=cast.other_township.code) == ["C0003"]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "是空的"),
        (b"MZ\x90", "只收PDF"),
        (b"%PDF-1.7 cut off", "只收PDF"),
        (b"<html>%PDF-", "只收PDF"),
        (b"\xff\xd8\xff\xe0 no picture", "打不开"),
        (b"%PDF-" + b"0" * (8 * 1024 * 1024), "太大"),
    ],
)
def test_only_a_whole_pdf_or_picture_is_a_receipt(content: bytes, told: str) -> None:
    with pytest.raises(Invalid, match=told):
        attachment(content, "回执.pdf", what="备案回执", field="receipt")


def test_a_receipts_name_is_safe_and_tells_its_kind() -> None:
    def name(given: str) -> str:
        made: Attachment = attachment(PDF, given, what="备案回执", field="receipt")
        return made.name

    assert name('C:\\回执\\a"<b>.exe') == "a b.pdf"
    assert name("..") == "文件.pdf"
    assert len(name("长" * 300)) == 120


@ON_SQLITE
def test_what_only_the_register_knew_is_dated_by_the_beijing_day_of_its_entering(
    session: Session, cast: Cast, blobs: FolderStore, open_c1: Station, clerk: Person
) -> None:
    open_c1.filing_number = "老0001"
    open_c1.created_at = datetime(2023, 7, 4, 16, 30, tzinfo=UTC)  # half past midnight in Beijing
    session.flush()

    say(session, blobs, open_c1, K.SUBMITTED, clerk, on=TODAY)

    first = session.scalars(select(FilingStep).order_by(FilingStep.seq)).first()
    assert first is not None
    assert (first.kind, first.on_day) == (K.REGISTERED, date(2023, 7, 5))
