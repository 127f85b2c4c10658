"""一站一档: what is read in the PDF is what the database holds; who may print it, and what of it."""

import io
import re
import zipfile
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from server.http import clock
from server.media.attachments import Attachment
from server.media.blobs import FolderStore
from server.media.paper.reading_back import (
    PaperUnreadable,
    codes_on_first_page,
    refuse_unless_it_reads,
    words_in,
)
from server.models.acceptance import Acceptance
from server.models.history import HistoryLine
from server.models.person import Person, Role
from server.models.station import Stage, Station
from server.papers import dossier as papers
from server.policy.plan.filing import StepKind
from server.services.days.months import approve_month, month_figures
from server.services.plates.signs import token_of
from server.services.registry.acceptances import accept_stations
from server.services.registry.filings import Told, record_step
from server.services.registry.stations import edit_station
from tests.bodies import make_auditor
from tests.complaining import WORDS, complained
from tests.databases import ON_SQLITE
from tests.desk.conftest import Desk, text_of
from tests.desk.held_rounds import hold
from tests.factories import RING, Cast, make_person, make_sign, make_station
from tests.keepers_days import photographed, sent
from tests.proposals import own_officer, proposed
from tests.services.matters.brought import brought

DeskOf = Callable[[Person], Desk]
pytestmark = ON_SQLITE
PDF = b"%PDF-1.7\nreceipt\n%%EOF\n"


def bare(text: str) -> str:
    return re.sub(r"\s", "", text)


def pdf_of(desk: Desk, station: Station) -> bytes:
    answer = desk.get(f"/stations/{station.id}/dossier.pdf")
    assert answer.status_code == 200, text_of(answer)
    assert answer.headers["Cache-Control"] == "no-store"
    return bytes(answer.data)


def test_the_print_says_what_the_database_holds_and_a_rename_only_in_a_new_one(
    session: Session, cast: Cast, blobs: FolderStore, standards: Any, desk_of: DeskOf
) -> None:
    desk, c1, today = desk_of(cast.office), cast.c1, clock.today()
    held = hold(desk.client, session, cast, blobs, standards)
    photo = photographed(session, blobs, c1, cast.li)
    sign = make_sign(session, c1)
    sent(session, c1, cast.li, 1, (7, 3))
    [accepted] = accept_stations(
        session, county=cast.county, seen={c1.id: None}, grade=Stage.BUILT, on=today,
        present="供销社王某", by=cast.office, now=clock.now(), standards=standards,
    )  # fmt: skip
    step = record_step(
        session, blobs, station=c1, by=cast.office, now=clock.now(),
        told=Told(StepKind.RECEIPT, today, receipt=Attachment(PDF, "pdf", "回执.pdf")), standards=(),
    )  # fmt: skip
    edit_station(
        session, station=c1, changes={"address": "戏台旁"}, by=cast.office, now=clock.now(),
        reason="核实过", standards=(),
    )  # fmt: skip
    proposed(session, c1, own_officer(session, cast, "提议人"), address="村东头")
    step_note = "写着 SHA-256 两个 SHA-256 的备注"
    edit_station(
        session, station=c1, changes={"venue": "超市"}, by=cast.office, now=clock.now(),
        reason=step_note, standards=(),
    )  # fmt: skip
    matter = brought(session, cast, station=c1, said_by="反映人赵某", words="从来不送到家")
    voice = complained(session, cast, now=clock.now()).complaint
    session.commit()

    pdf = pdf_of(desk, c1)
    words = words_in(pdf)

    record = session.get_one(Acceptance, accepted.id)
    for wanted in (
        c1.name, "C0001", "戏台旁", f"{cast.office.name}（修改站点）", c1.head_phone, "回执.pdf",
        "供销社王某", f"问{matter.year}-{matter.number:04d}", "没有接待台席", "暗访单独统计",
        voice.number, "没有核准，数字还会变", "还没有答复", step_note,
        held.rectification.title, f"打印人{cast.office.name}县专班",
        "没有照片：门头标识牌、营业时间牌、货架",
    ):  # fmt: skip
        assert bare(wanted) in words, (wanted, words)
    hashes = {
        photo.sha256, step.receipt_sha256, record.record_sha256, held.inspection.frozen_sha256,
    }  # fmt: skip
    assert hashes <= set(re.findall(r"[0-9a-f]{64}", words))
    assert "反映人赵某" not in words
    assert bare(WORDS) not in words
    assert "从来不送到家" not in words
    assert "圆通" not in words
    # Only asked for: the address stands in the history, but is nobody's word in the register.
    assert words.count("村东头") == 1
    assert codes_on_first_page(pdf) == [f"https://kd.example.cn/s/{token_of(RING, sign)}"]

    edit_station(
        session, station=c1, changes={"name": "东岭快递便民服务点"}, by=cast.office,
        now=clock.now(), reason="撤并", standards=(),
    )  # fmt: skip
    session.commit()
    assert "东岭快递便民服务点" not in words_in(pdf)
    again = words_in(pdf_of(desk, c1))
    assert again.startswith("一站一档东岭快递便民服务点")


def test_an_empty_station_says_what_is_not_known_and_a_closed_one_that_it_is_closed(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    cast.office.name = "县办\U0001f33b"  # a sign that no face of ours has
    bare_one = make_station(
        session, code=None, name="甲" * 60, township_code=cast.township.code, ownership=None,
        coop_modes=[], address="", head_name="", head_phone="", hours=[], services=[],
        latitude=None, longitude=None, opened_on=None, filed_on=None, filed_name="",
        filing_number="",
    )  # fmt: skip
    closed = make_station(
        session, code="C0077", name="停了的点", closed_on=clock.today(), opened_on=None
    )
    session.commit()

    words = words_in(pdf_of(desk_of(cast.office), bare_one))
    for wanted in (
        "甲" * 60, "未编号", "没有在用的标识牌，所以没有二维码", "负责人电话未登记没有人登记过",
        "开办日期未登记没有人登记过", "还没有人说过现场情况", "还没有人验收", "没有登记服务哪个村",
        "还没有指定过站长", "还没有督导员来过",
    ):  # fmt: skip
        assert wanted in words, wanted
    assert "停业期间不评定" in words_in(pdf_of(desk_of(cast.office), closed))


def test_telephones_plate_and_agreements_go_by_role_and_an_auditor_leaves_a_line(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    make_sign(session, cast.c1)
    clerk = make_person(session, name="企业员", role=Role.OPERATOR, operator_id=cast.c1.operator_id)
    edit_station(
        session, station=cast.c1, changes={"head_phone": "13999998888"}, by=cast.office,
        now=clock.now(), reason="换号", standards=(),
    )  # fmt: skip
    session.commit()
    for who in (clerk, make_auditor(session)):
        pdf = pdf_of(desk_of(who), cast.c1)
        words = words_in(pdf)
        assert "139****8888" in words
        assert "13999998888" not in words
        assert "13800001234" not in words  # the old one, in the history
        assert codes_on_first_page(pdf) == []
        assert ("协议由县专班管理，不印给您的账号" in words) is (who is clerk)
    lines = session.scalars(select(HistoryLine).where(HistoryLine.action == "file-taken")).all()
    assert len(lines) == 1
    assert "一站一档" in lines[0].summary


def test_a_township_comes_as_one_zip_of_what_its_reader_may_see(
    session: Session, cast: Cast, desk_of: DeskOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = cast.township.code
    own = own_officer(session, cast, "鹅城专干")
    session.commit()
    answer = desk_of(own).get(f"/dossiers.zip?township={code}")
    assert answer.status_code == 200
    with zipfile.ZipFile(io.BytesIO(answer.data)) as packed:
        names = packed.namelist()
        assert names[-1] == "清单.csv"
        assert f"C0001 {cast.c1.name} 一站一档.pdf" in names
        for name in names[:-1]:
            assert name.split()[0] in words_in(packed.read(name))
    # The other township's officer finds no station there, whatever the address says.
    for ask in (f"?township={code}", "?township=", "?township=99", ""):
        assert desk_of(cast.officer).get(f"/dossiers.zip{ask}").status_code == 422, ask
    assert desk_of(cast.officer).get(f"/stations/{cast.c1.id}/dossier.pdf").status_code == 404
    monkeypatch.setattr(papers, "MOST_STATIONS", 0)
    refused = desk_of(own).get(f"/dossiers.zip?township={code}")
    assert refused.status_code == 422
    assert "一站一站打印" in text_of(refused)


def test_an_approved_month_stands_as_approved_and_lost_bytes_are_said(
    session: Session, cast: Cast, blobs: FolderStore, desk_of: DeskOf
) -> None:
    today = clock.today()
    last = today.replace(day=1) - timedelta(days=1)
    sent(session, cast.c1, cast.li, (today - last).days, (41, 9))
    session.commit()
    month = month_figures(
        session, county=cast.county.code, month_on=last.replace(day=1), today=today
    )
    approve_month(
        session, county=cast.county.code, month_on=last.replace(day=1), by=cast.office,
        now=clock.now(), note="", seen_sha256=month.sha256, gap_reason="山里没信号",
    )  # fmt: skip
    photo = photographed(session, blobs, cast.c1, cast.li)
    session.commit()
    blobs.delete(photo.sha256)

    words = words_in(pdf_of(desk_of(cast.office), cast.c1))
    assert f"{last.year}年{last.month}月1天" in words
    assert re.search(r"4190.{0,2}" + cast.office.name + "于.*?核准", words)
    assert "照片的文件打不开或不在了" in words
    assert photo.sha256 in words


def test_a_print_that_lacks_a_word_or_carries_another_code_never_leaves(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    make_sign(session, cast.c1)
    pdf = pdf_of(desk_of(cast.office), cast.c1)
    refuse_unless_it_reads(pdf, ["C0001"], codes_on_first_page(pdf))
    with pytest.raises(PaperUnreadable):
        refuse_unless_it_reads(pdf, ["C0001", "f" * 64], [])
    with pytest.raises(PaperUnreadable):
        refuse_unless_it_reads(pdf, [], ["https://kd.example.cn/s/0123456789abcde"])
