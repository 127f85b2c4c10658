"""问责线索 at the desk: picked, written, looked at by a second person, sent with its evidence."""

import hashlib
import io
import re
import zipfile
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pypdfium2
import sqlalchemy as sa
from docx import Document
from sqlalchemy.orm import Session

from server.http import clock
from server.media.blobs import FolderStore
from server.models.chain import ChainLine
from server.models.history import HistoryLine
from server.models.inspection import LookedAt
from server.models.matter import MatterDeed, MatterStep
from server.models.operator_total import OperatorFile, ReconciliationDecision
from server.models.person import Person, Role
from server.models.programme import CountyProgramme
from server.models.referral import Referral
from server.models.signal import SignalState
from server.models.subsidy import EntitlementState
from server.papers.issued import issue
from server.policy.plan.referral import GUILT, FactKind
from server.policy.reconciliation import Choice
from server.services.audit.verifying import verify
from server.services.common import chain, history
from server.services.referrals.referrals import items_of
from server.services.registry.actions import RegistryAction
from tests.complaining import complained
from tests.databases import ON_SQLITE
from tests.desk.conftest import Desk, marks_of, text_of
from tests.desk.held_rounds import hold, second_record
from tests.factories import Cast, make_person, make_plan
from tests.keepers_days import photographed
from tests.services.asked import raised
from tests.services.days.of_june import counted, send
from tests.services.days.scanned import scanned
from tests.services.matters.brought import brought
from tests.services.subsidies.listed import listed

DeskOf = Callable[[Person], Desk]
pytestmark = ON_SQLITE
NUMBER = "静快移〔2026〕1号"


def recorded(
    session: Session, cast: Cast, blobs: FolderStore, standards: Any, office: Desk
) -> dict[FactKind, Any]:
    """One row of each kind that can be picked, as people leave them."""
    held, now = hold(office.client, session, cast, blobs, standards), clock.now()
    record = held.inspection
    issue(session, inspection=record, by=cast.office, now=now, standards=standards)
    held.rectification.due_on = clock.today() - timedelta(days=3)
    record.differing, record.looked_at, record.looked_decision = 1, now, LookedAt.SEEN
    record.differences = [
        {"kind": "status", "code": "", "about": "", "signed": "达标", "now": "未达标"}
    ]
    double = second_record(session, record)
    double.settled_at, double.decision, double.reason = now, "first", "第二份是补录"
    send(session, cast.li, counted(cast.c1, 3, 40))
    [line] = scanned(session, cast.c1, {3: (9, 3)})
    session.get_one(OperatorFile, line.file_id).file_sha256 = blobs.put(b"PK totals")
    decided = ReconciliationDecision(
        county=cast.county.code, station_id=cast.c1.id, day_on=clock.today().replace(2023, 6, 3),
        seq=1, choice=Choice.OPERATOR, inbound=9, outbound=3, keeper_received=40, keeper_sent=3,
        operator_inbound=9, operator_outbound=3, seen_sha256="0" * 64, reason="看过出库单",
        decided_by=cast.office.id, decided_at=now,
    )  # fmt: skip
    complaint = complained(session, cast, now=now).complaint
    matter = brought(session, cast, now=now)
    complaint.matter_id = matter.id
    punished = MatterStep(
        matter_id=matter.id, deed=MatterDeed.PUNISHED, at=now, person_id=cast.office.id,
        note="约谈运营企业，退还两元，电话13800005678",
    )  # fmt: skip
    make_plan(session, cast.county)
    programme = session.scalars(sa.select(CountyProgramme.id)).one()
    due, _ = listed(session, cast.c1, programme_id=programme, by=cast.office)
    due.state, due.ended_at, due.ended_because = EntitlementState.REVERSED, now, "多发，已缴回"
    signal = raised(
        session, cast.c1, kind="flat_counts", day_on=decided.day_on, state=SignalState.SETTLED,
        decision="doubtful", reason="电话没人接", settled_at=now, settled_by=cast.office.id,
        answer="那几天就是这么多", answered_at=now,
        measured={"why": "连着15天", "photos": [str(photographed(session, blobs, cast.c1, cast.li).id)]},
    )  # fmt: skip
    session.add_all([decided, punished])
    session.commit()
    return {
        FactKind.SIGNAL: signal, FactKind.OVERDUE: held.rectification, FactKind.DIFFERING: record,
        FactKind.DOUBLE: double, FactKind.RECONCILIATION: decided, FactKind.COMPLAINT: complaint,
        FactKind.REVERSED: due,
    }  # fmt: skip


def filled(desk: Desk, path: str, **more: str) -> dict[str, str]:
    page = desk.get(path).get_data(as_text=True)
    held = dict(re.findall(r'<input id="(\w+)" name="\w+"[^>]* value="([^"]*)"', page))
    [seal] = re.findall(r'name="seal" value="([^"]*)"', page)
    given = {"to": "县纪委监委", "number": NUMBER, "dated_on": clock.today().isoformat()}
    opening = {"opening": "工作中发现以下线索。", "copies_to": "", "seal": seal}
    return {"title": held["title"], **given, **opening, **more}


def seen(desk: Desk, path: str) -> str:
    return re.findall(r'name="seen" value="([^"]*)"', desk.get(path).get_data(as_text=True))[0]


def tick(desk: Desk, path: str, kind: FactKind, row: Any) -> str:
    """A fact's tick as the page has it: with what stands beside it."""
    page = desk.get(f"{path}/pick").get_data(as_text=True)
    return re.findall(rf'value="({kind.value}:{row.id}:[0-9a-f]+)"', page)[0]


def pdf_text(content: bytes) -> str:
    with pypdfium2.PdfDocument(content) as paper:
        pages = [page.get_textpage().get_text_bounded() for page in paper]
    return re.sub(r"\s+", "", "".join(pages))


def test_facts_go_out_with_their_evidence_by_a_second_hand_and_without_a_verdict(
    session: Session, cast: Cast, blobs: FolderStore, standards: Any, desk_of: DeskOf
) -> None:
    rows = recorded(session, cast, blobs, standards, desk_of(cast.office))
    history.write(
        session, of=cast.county, by=None, at=clock.now(), action=RegistryAction.STATION_EDITED,
        summary="一行",
    )  # fmt: skip
    session.commit()
    chain.anchor(session, county=cast.county.code, now=clock.now() - timedelta(minutes=1))
    waiting = raised(session, cast.c1, "waits")
    session.commit()
    other = make_person(session, name="周主任", role=Role.COUNTY_OFFICE, login="zhou")
    session.commit()

    office = desk_of(cast.office)
    office.done("/referrals")
    path = f"/referrals/{session.scalars(sa.select(Referral.id)).one()}"
    offered = text_of(office.get(f"{path}/pick"))
    early = office.shown(f"{path}/pick", fact=f"signal:{waiting.id}")
    office.done(f"{path}/pick", fact=[tick(office, path, kind, row) for kind, row in rows.items()])
    again = office.done(f"{path}/pick", fact=f"signal:{rows[FactKind.SIGNAL].id}:")
    guilty = office.shown(path, **filled(office, path, opening="站长弄虚作假。"))
    office.done(path, **filled(office, path))
    referral = session.scalars(sa.select(Referral)).one()
    items = {one.kind: one.id for one in items_of(session, referral)}
    fact = f"{path}/facts/{items[FactKind.DOUBLE]}"
    before = marks_of(office.client, f"/desk{fact}/drop", {})
    office.done(
        f"{fact}/heard",
        who="王督导", on=clock.today().isoformat(), words="那天网断了，回来补录的",
    )  # fmt: skip
    # A colleague's page from before it was heard writes nothing over it and takes nothing out.
    unseen = office.bare(f"{fact}/heard", who="李督导", on="", words="不记得了", **before)
    kept = office.bare(f"{fact}/drop", **before)
    assert (unseen.status_code, kept.status_code) == (409, 409)
    assert "那天网断了，回来补录的" in text_of(unseen)
    assert "不记得了" in text_of(unseen)
    alone = office.shown(f"{path}/send", seen=seen(office, path))
    draft = office.get(f"{path}.pdf")
    second = desk_of(other)
    stale = second.shown(f"{path}/send", seen="0" * 64)
    sent = second.done(f"{path}/send", seen=seen(second, path))
    rows[FactKind.SIGNAL].reason = "后来改的话"
    session.commit()
    session.refresh(referral)
    paper, word, packed = (second.get(f"{path}.{kind}") for kind in ("pdf", "docx", "zip"))
    late = second.shown(f"{path}/facts/{items[FactKind.DOUBLE]}/drop")
    second.done(f"{path}/answer", on=clock.today().isoformat(), words="已受理，正在核实。")
    listed_now = text_of(second.get("/referrals"))
    found = verify(session, county=cast.county.code, contents=False)
    second.done(f"{path}/withdraw", reason="有一条写错了站点")
    taken_back = second.get(f"{path}.pdf")

    for kind in FactKind:
        assert f"{kind.label} · 1" in offered
    assert "现在不能列入" in text_of(early)
    assert "列入了0条" in again
    assert "“弄虚作假”是结论" in text_of(guilty)
    assert "要由第二个人核对" in text_of(alone)
    assert "草稿没有移送" in pdf_text(draft.data)
    assert stale.status_code == 409
    assert "内容和证据从此固定" in sent
    assert "已经移送，内容固定了" in text_of(late)
    assert "已反馈" in listed_now

    assert referral.content is not None
    facts = referral.content["facts"]
    said = pdf_text(paper.data)
    everything = "\n".join(one.text for one in Document(io.BytesIO(word.data)).paragraphs)
    for words in (
        "县纪委监委：", NUMBER, "待核实的事实", "那几天就是这么多", "王督导", "那天网断了", "尚未听取",
        "电话没人接", "站长填报：收到40件", "看过出库单", "约谈运营企业", "〔号码〕", "多发，已缴回",
        referral.content["evidence_sha256"], "存证第",
    ):  # fmt: skip
        assert words in said, words
        assert words in re.sub(r"\s+", "", everything) + "".join(
            cell.text
            for row in Document(io.BytesIO(word.data)).tables[0].rows
            for cell in row.cells
        ), words
    assert not [one for one in GUILT if one in said]
    assert "13800005678" not in said
    assert "没送来" not in said  # a villager's own words stay where they are

    box = zipfile.ZipFile(io.BytesIO(packed.data))
    listed_hashes = box.read("校验清单.txt").decode()
    assert (
        hashlib.sha256(listed_hashes.encode()).hexdigest() == (referral.content["evidence_sha256"])
    )
    for line in listed_hashes.splitlines():
        sha256, _, name = line.partition("  ")
        assert hashlib.sha256(box.read(name)).hexdigest() == sha256
        assert sha256 in said
    assert box.read("移送函.pdf") == paper.data
    assert "缺少的证据.txt" not in box.namelist()
    kinds = {name.rpartition(".")[2] for name in box.namelist()}
    assert {"pdf", "docx", "jpg", "txt"} <= kinds
    assert {fact["kind"] for fact in facts if fact["heard"]} == {"signal", "double"}

    lines = {line["hash"] for fact in facts for line in fact["links"] if line["seq"]}
    asked = sa.select(sa.func.count()).select_from(ChainLine).where(ChainLine.hash.in_(lines))
    assert session.scalar(asked) == len(lines) >= 5
    assert found.whole, found.faults
    chained = sa.select(ChainLine.ref).where(ChainLine.kind == "referrals")
    assert session.scalars(chained).all() == [str(referral.id)]
    assert "已撤回" in pdf_text(taken_back.data)
    session.execute(sa.update(Referral).values(content={**referral.content, "to": "别的单位"}))
    [altered] = [
        one for one in verify(session, county=cast.county.code).faults if "问责线索移送1号" in one
    ]
    assert "内容被改过" in altered
    told = session.scalars(
        sa.select(HistoryLine.action)
        .where(HistoryLine.action.startswith("referral-"))
        .order_by(HistoryLine.id)
    ).all()
    assert told == [
        "referral-drafted", "referral-sent", "referral-answered", "referral-withdrawn"
    ]  # fmt: skip


def test_only_the_office_and_its_auditors_know_of_referrals(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    office = desk_of(cast.office)
    office.done("/referrals")
    path = f"/referrals/{session.scalars(sa.select(Referral.id)).one()}"

    doubted = raised(session, cast.c1, decision="doubtful", state=SignalState.SETTLED)
    session.commit()
    fact = tick(office, path, FactKind.SIGNAL, doubted)
    cast.c1.name = "马家沟第一站"
    session.commit()
    assert "您选的时候，有一条" in text_of(office.shown(f"{path}/pick", fact=fact))
    office.done(f"{path}/pick", fact=tick(office, path, FactKind.SIGNAL, doubted))
    session.delete(doubted)
    session.commit()
    assert "原来的记录已经不在了，请把这条拿出来" in text_of(office.get(path))
    assert office.get(f"{path}.zip").status_code == 200
    office.done(path, **filled(office, path))
    other = make_person(session, name="周主任", role=Role.COUNTY_OFFICE, login="zhou")
    session.commit()
    second = desk_of(other)
    refused = second.shown(f"{path}/send", seen=seen(second, path))
    assert "请把它拿出来，再核对移送" in text_of(refused)
    assert desk_of(cast.officer).get(path).status_code == 403
    assert "问责线索" not in text_of(desk_of(cast.officer).get("/"))
    assert desk_of(cast.outsider).get(path).status_code == 404
