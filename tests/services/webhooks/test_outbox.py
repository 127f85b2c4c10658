"""What happens is told by the transaction in which it happens, and by no other."""

import json
import re
from datetime import date, timedelta
from typing import Any

import jsonschema
import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from server.media.attachments import Attachment
from server.media.blobs import FolderStore
from server.models.complaint import Complaint
from server.models.history import HistoryLine
from server.models.inspection import Visit
from server.models.job import Job
from server.models.month import MonthApproval
from server.models.person import Person
from server.models.rectification import RectificationState
from server.models.station import Stage, Station
from server.models.webhook import WebhookKind, WebhookState
from server.services.common import chain
from server.services.common.outbox import CHANGED, NEW
from server.services.complaints import handling
from server.services.days.register_mistakes import Because, add_closing, correct_closing
from server.services.mending.steps import step
from server.services.registry.acceptances import accept_stations, withdraw_acceptance
from server.services.registry.stations import close_station, reopen_station
from server.services.reporting.accepting import reopen_report
from server.services.subsidies.paying import record_paid, record_returned, reverse
from server.services.webhooks.endpoints import send_test
from server.settings import ROOT
from tests.complaining import complained
from tests.databases import ON_SQLITE
from tests.factories import NOW, TODAY, Cast, make_inspection, make_rectification, make_station
from tests.keepers_days import sent
from tests.queries import queries
from tests.services.reporting import of_july
from tests.services.rounds.opened import open_round
from tests.services.subsidies import world as money_world
from tests.services.webhooks.world import messages, receiver

SCHEMA = json.loads((ROOT / "docs/webhooks/messages-1.schema.json").read_text())


def close(session: Session, station: Station, by: Person) -> None:
    close_station(session, station=station, by=by, now=NOW, on=TODAY, reason="站长外出务工")


def put_right(session: Session, cast: Cast, which: str | None, **days: date) -> None:
    """A closing that nobody entered, or (`which`) one that was entered with wrong days."""
    because = Because("录入时选错了站", "7月5日电话问过站长")
    by = {"station": cast.c1, "because": because, "by": cast.office, "now": NOW}
    if which is None:
        first, back = TODAY - timedelta(days=9), TODAY - timedelta(days=7)
        add_closing(session, **by, closed_on=first, back_on=back, whole=False)
    else:
        correct_closing(session, **by, which=which, **{"closed_on": None, "back_on": None, **days})


def test_whoever_was_told_of_a_closing_is_told_what_it_really_was(
    engine: Engine, session: Session, cast: Cast
) -> None:
    receiver(session, cast.county, cast.office)
    close(session, cast.c1, cast.office)
    session.commit()
    put_right(session, cast, f"{TODAY}:", closed_on=TODAY - timedelta(days=2))
    session.commit()

    told = messages(engine)[1:]
    assert [(one["type"], one["data"]["closed_on"]) for one in told] == [
        ("station.closed", "2023-07-03"), ("station.corrected", "2023-07-03"),
    ]  # fmt: skip
    assert told[1]["data"]["closings"] == []

    put_right(session, cast, "2023-07-03:", closed_on=date(2023, 7, 1), back_on=date(2023, 7, 2))
    put_right(session, cast, None)
    put_right(session, cast, "2023-07-01:2023-07-02")
    session.commit()
    told = messages(engine)[3:]
    assert [(one["type"], one["data"]["closed_on"]) for one in told] == [
        ("station.reopened", None), *[("station.corrected", None)] * 3,
    ]  # fmt: skip
    missed = {"closed_on": "2023-06-26", "reopened_on": "2023-06-28"}
    wrong = {"closed_on": "2023-07-01", "reopened_on": "2023-07-02"}
    assert [one["data"].get("closings") for one in told] == [
        None,
        [wrong],
        [missed, wrong],
        [missed],
    ]


def test_what_is_undone_is_not_told_and_what_is_kept_is_told_once(
    engine: Engine, session: Session, cast: Cast
) -> None:
    receiver(session, cast.county, cast.office)
    session.commit()
    close(session, cast.c1, cast.office)
    session.rollback()
    assert messages(engine) == []

    close(session, cast.c1, cast.office)
    with pytest.raises(RuntimeError), session.begin_nested():
        close(session, cast.c2, cast.office)
        raise RuntimeError  # one record of a batch is not kept: the others are
    close(session, cast.c3, cast.office)
    assert messages(engine) == []  # nobody else sees it before it is committed
    session.commit()
    sent(session, cast.xz1, cast.zhao, 1, (5, 6))

    told = messages(engine)
    assert [one["type"] for one in told] == [
        "station.closed", "station.closed", "check_in.accepted", "count.accepted",
    ]  # fmt: skip
    assert told[0]["timestamp"] == "2023-07-05T06:30:00.000000Z"
    assert told[0]["data"]["station"]["code"] == "C0001"
    assert told[1]["data"]["station"]["code"] == "C0003"
    assert (told[3]["data"]["received"], told[3]["data"]["sent"]) == (5, 6)
    jobs = session.scalars(sa.select(Job.kind).where(Job.kind == "send_webhooks")).all()
    assert len(jobs) == 2  # one a transaction


@ON_SQLITE
def test_where_nobody_listens_nothing_is_written_and_one_question_is_asked(
    engine: Engine, session: Session, cast: Cast
) -> None:
    receiver(session, cast.other_county, cast.outsider)
    ended = receiver(session, cast.county, cast.office).endpoint
    ended.state = WebhookState.ENDED
    session.commit()
    with queries(session) as asked:
        close(session, cast.c2, cast.office)
        close(session, cast.c3, cast.office)
        session.commit()
    assert sum("webhook_endpoints" in one for one in asked) == 1
    listening = receiver(session, cast.county, cast.office, name="又一个").endpoint
    shown = make_station(session, code="C0099", name="演示的站", demo=True)
    session.commit()
    sent(session, shown, cast.li, 0, (3, 4))  # a demonstration is told to nobody
    session.commit()
    assert messages(engine) == []
    listening.state = WebhookState.PAUSED
    session.commit()
    close(session, cast.c1, cast.office)
    session.commit()
    assert [one["type"] for one in messages(engine)] == ["station.closed"]  # it waits


@ON_SQLITE
def test_every_kind_is_told_as_the_schema_says_and_names_nobody(
    engine: Engine, session: Session, cast: Cast, standards: Any, blobs: FolderStore
) -> None:
    here = receiver(session, cast.county, cast.office).endpoint
    receiver(session, cast.other_county, cast.outsider)
    july = of_july.make_july(session, cast, standards)
    session.commit()

    [built] = accept_stations(
        session, county=cast.county, seen={cast.c1.id: None}, grade=Stage.BUILT, on=TODAY,
        present="供销社王某", by=cast.office, now=NOW, standards=standards,
    )  # fmt: skip
    withdraw_acceptance(session, acceptance=built, by=cast.office, now=NOW, reason="选错了站")
    close(session, cast.c1, cast.office)
    reopen_station(session, station=cast.c1, by=cast.office, now=NOW, reason="又开了")
    put_right(session, cast, None)
    sent(session, cast.c2, cast.zhao, 0, (3, 4))
    session.add(
        MonthApproval(
            county="140926", month_on=date(2023, 6, 1), figures={"stations": []}, figures_sha256="a" * 64,
            approved_at=NOW, approved_by=cast.office.id,
        )
    )  # fmt: skip
    july.hand_in()
    of_july.accept(july)
    reopen_report(
        session, report=july.report, until_on=TODAY + timedelta(days=3), reason="补一句", by=cast.office,
        now=NOW,
    )  # fmt: skip
    one = complained(session, cast).complaint
    handling.accept(session, complaint=one, note="", by=cast.office, now=NOW)
    chain.anchor(session, county="140926", now=NOW)
    send_test(session, endpoint=here, by=cast.office, now=NOW)
    session.commit()
    paid_batch(session, cast, blobs)
    mended(session, cast, standards)
    session.commit()

    told = messages(engine)
    checker = jsonschema.Draft202012Validator(
        SCHEMA, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
    )
    for message in told:
        checker.validate(message)
    assert {message["type"] for message in told} == {kind.value for kind in WebhookKind}
    assert SCHEMA["properties"]["type"]["enum"] == [kind.value for kind in WebhookKind]
    batches = [one["data"]["lines"] for one in told if one["type"] == "subsidy.batch_paid"]
    assert [sorted(one) for one in batches] == [
        ["paid"],
        ["paid", "returned"],
        ["paid", "returned"],
    ]
    assert batches[0]["paid"] == {"lines": 2, "amount_fen": 200_000}
    back = [one["data"]["taken_back"] for one in told if one["type"] == "subsidy.batch_paid"]
    assert back == [
        {"entitlements": 0, "amount_fen": 0}, {"entitlements": 0, "amount_fen": 0},
        {"entitlements": 1, "amount_fen": 100_000},
    ]  # fmt: skip

    [moved] = [one["data"] for one in told if one["type"] == "rectification.moved"]
    assert (moved["before_on"], moved["due_on"]) == ("2023-07-05", "2023-07-10")

    everything = json.dumps(told, ensure_ascii=False)
    people = session.scalars(sa.select(Person.name)).all()
    words = session.scalars(sa.select(Complaint.words)).all()
    for secret in (*people, *words, "李福来", "13800001234", money_world.NUMBER, "村委会", "lat"):
        assert secret not in everything, secret
    assert max(len(json.dumps(one).encode()) for one in told) < 20_000


def paid_batch(session: Session, cast: Cast, blobs: FolderStore) -> None:
    """Two lines paid, of which one comes back from the bank and one from its payee."""
    money = money_world.xiping(session, cast, points=2)
    rows = money_world.approved(session, money)
    money_world.accounts(session, money, rows)
    _, lines = money_world.released(session, money, rows)
    paper = Attachment(b"%PDF-1.7\npaid\n%%EOF\n", "pdf", "回单.pdf")
    paid = {"on": TODAY, "by": money.first, "now": NOW}
    for line in lines:
        record_paid(session, blobs, payment_id=line.id, paper=paper, **paid)
    record_returned(session, payment_id=lines[0].id, reason="账号销户", **paid)
    session.commit()  # a message tells what stood when it was written
    reverse(session, entitlement_id=rows[1].id, reason="多发，凭证12号", **paid)


def mended(session: Session, cast: Cast, standards: Any) -> None:
    """A rectification that is opened and accepted."""
    campaign = open_round(session, cast, standards)
    at_c2 = sa.select(Visit).where(Visit.campaign_id == campaign.id, Visit.station_id == cast.c2.id)
    visit = session.scalars(at_c2).one()
    inspection = make_inspection(session, visit, cast.wang.id)
    one = make_rectification(session, inspection, TODAY)
    session.flush()
    step(session, one, "moved", NOW, cast.office, note="信里写的", later=TODAY + timedelta(days=5))
    step(session, one, "answered", NOW, cast.office)
    session.flush()
    one.state, one.closed_at = RectificationState.ACCEPTED, NOW
    session.flush()


def test_whoever_writes_rows_that_no_flush_sees_tells_of_them() -> None:
    """A statement for many rows goes past the session; the demonstration's are told to nobody."""
    silent = []
    nouns = "|".join(noun.__name__ for noun in (*NEW, *CHANGED) if noun is not HistoryLine)
    for path in (ROOT / "server").rglob("*.py"):
        place, text = path.relative_to(ROOT / "server").parts, path.read_text()
        writes = re.search(r"\b(sa\.)?(insert|update)\(", text)
        if place[0] == "migrations" or place[:2] == ("services", "demo"):
            continue
        if writes and re.search(rf"(insert|update)\((table_of\()?({nouns}|noun)\b", text):
            silent += [] if "tell_of(" in text else ["/".join(place)]
    assert silent == ["services/subsidies/accounts.py"]  # a hold: no payment's state changes
