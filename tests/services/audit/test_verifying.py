"""Attacks on the chain by somebody who may do everything to the database."""

import hashlib
from collections.abc import Callable
from datetime import date

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.chain_guards import drop_guards, put_guards
from server.errors import Invalid, NotFound
from server.models.chain import ChainLine
from server.models.history import HistoryLine
from server.models.month import MonthApproval
from server.models.monthly_report import MonthlySummary
from server.services.audit.anchors import Anchor, anchors_in
from server.services.audit.checks import keep, last_check, look
from server.services.audit.marking import erase, note_restored
from server.services.audit.verifying import Verified, verify
from server.services.common import chain, history
from server.services.common.chain import anchor_text
from server.services.common.chain_canonical import line_hash
from server.services.common.chain_payloads import AT_ONCE, LINES, payloads
from server.services.inspections.kept_papers import keep_paper
from server.services.registry.actions import RegistryAction
from tests.databases import ON_SQLITE
from tests.factories import NOW, Cast

pytestmark = pytest.mark.usefixtures("unasked")  # lines are counted from the first

HERE = "140926"
ONE_TOTAL = hashlib.sha256(b'{"total":3}').hexdigest()
Attack = Callable[..., None]


@pytest.fixture
def written(session: Session, cast: Cast) -> list[int]:
    """Twelve lines of the history, some frozen things, and the anchor of the day."""
    ids = [
        history.write(
            session, of=cast.c1, by=cast.office, at=NOW, action=RegistryAction.STATION_EDITED,
            summary=f"改了第{number}次", changes=[history.Change(field="f", label="字段", old="", new="新")],
        ).id
        for number in range(12)
    ]  # fmt: skip
    session.add(
        MonthApproval(
            county=HERE, month_on=date(2023, 6, 1), figures={"total": 3},
            figures_sha256=ONE_TOTAL,
            approved_at=NOW, approved_by=cast.office.id,
        )
    )  # fmt: skip
    session.flush()
    session.commit()
    chain.anchor(session, county=HERE, now=NOW)
    session.commit()
    return ids


@pytest.fixture
def attack(session: Session) -> Attack:
    """Do some SQL as an administrator would: with the triggers off, and on again."""

    def deed(*statements: str, **values: object) -> None:
        connection = session.connection()
        drop_guards(connection)
        for statement in statements:
            connection.execute(sa.text(statement), values)
        put_guards(connection)
        session.commit()
        session.expire_all()

    return deed


def checked(session: Session, **asked: object) -> Verified:
    found = verify(session, county=HERE, contents=False, **asked)  # type: ignore[arg-type]
    session.rollback()
    return found


def test_what_nobody_touched_is_whole(session: Session, written: list[int]) -> None:
    found = checked(session)

    assert (found.whole, found.lines, found.anchors) == (True, 13, 1)


def test_rows_are_named_where_a_whole_stretch_of_the_history_is_read_at_once(
    session: Session, written: list[int], attack: Attack
) -> None:
    row = {"county": HERE, "at": NOW, "action": "x", "summary": "一行", "changes": [], "reason": ""}
    many = session.scalars(
        sa.insert(HistoryLine).returning(HistoryLine.id), [row] * (2 * AT_ONCE)
    ).all()
    chain.note_history(session, many)
    session.commit()
    whole = checked(session)
    attack(
        "UPDATE history SET reason = '换了' WHERE id = :one",
        "DELETE FROM history WHERE id = :other",
        one=many[7], other=many[-2],
    )  # fmt: skip

    assert (whole.whole, whole.lines) == (True, 13 + 2 * AT_ONCE)
    assert [one.partition("（")[0] for one in checked(session).faults] == [
        f"变更记录{many[-2]}号", f"变更记录{many[7]}号"
    ]  # fmt: skip


ROW = "变更记录{0}号（2023-07-05 14:30）"
ATTACKS = {
    "altered": ("UPDATE history SET summary = '没有改过' WHERE id = :one", ROW + "“没有改过”被改过"),
    "other person": ("UPDATE history SET person_id = NULL WHERE id = :one", "被改过"),
    "other day": ("UPDATE history SET at = '2020-01-01 00:00:00' WHERE id = :one", "被改过"),
    "changes": ("UPDATE history SET changes = '[]' WHERE id = :one", "被改过"),
    "blanked": (
        "UPDATE history SET summary = '内容已按规定删除', changes = '[]' WHERE id = :one", "被改过"),
    "deleted": ("DELETE FROM history WHERE id = :one", ROW + "不见了，被删掉了（存证第5行还在）"),
    "inserted": (
        ("INSERT INTO history (id, county, at, action, summary, changes, reason) VALUES"
        " (99999, '140926', '2023-07-05 06:30:00', 'station-edited', '补一行', '[]', '')"),
        "“补一行”没有存证：是绕过程序插进来的"),
    "deleted and inserted": (
        "UPDATE history SET id = 99999 WHERE id = :one", "没有存证：是绕过程序插进来的"),
    "swapped contents": (
        ("UPDATE history SET summary = (SELECT h.summary FROM history h WHERE h.id <> :one"
        " AND h.summary LIKE '改了第5次') WHERE id = :one"), ROW + "“改了第5次”被改过"),
    "chain line altered": (
        "UPDATE chain_lines SET payload_sha256 = :zeros WHERE seq = 5", "第5行存证本身被改过"),
    "chain line deleted": ("DELETE FROM chain_lines WHERE seq = 5", "第5行存证被删掉了"),
    "kind unknown": ("UPDATE chain_lines SET kind = 'x' WHERE seq = 5", "不认得的种类“x”"),
    "ref unreadable": ("UPDATE chain_lines SET ref = 'x' WHERE seq = 5", "第5行存证本身被改过"),
    "ref spelt otherwise": (
        "UPDATE chain_lines SET ref = '0' || ref WHERE seq = 5", "第5行存证本身被改过"),
    "head set back": ("UPDATE chain_heads SET seq = 12", "链尾对不上"),
    "approval altered": (
        "UPDATE month_approvals SET figures_sha256 = :zeros", "月度核准1号（2023-07-05 14:30）被改过"),
    "anchor altered": ("UPDATE chain_anchors SET hash = :zeros", "2023年7月5日的存证（本机所存"),
}  # fmt: skip


@pytest.mark.parametrize("name", ATTACKS)
def test_a_row_that_sql_changed_is_found_and_named(
    session: Session, written: list[int], attack: Attack, name: str
) -> None:
    statement, words = ATTACKS[name]

    attack(
        statement, **{key: value for key, value in
        {"one": written[4], "zeros": "0" * 64}.items() if f":{key}" in statement},
    )  # fmt: skip

    found = checked(session)
    assert any(words.format(written[4]) in one for one in found.faults), found.faults


@ON_SQLITE
def test_what_nobody_can_read_any_more_is_named_and_stops_no_look(
    session: Session, written: list[int], attack: Attack
) -> None:
    attack(
        "UPDATE month_approvals SET figures = '{'",
        f"UPDATE history SET action = 'lines-erased', changes = '5' WHERE id = {written[0]}",
        f"UPDATE history SET changes = '{{' WHERE id = {written[1]}",
        "UPDATE chain_lines SET at = 'x' WHERE seq = 5",
        "UPDATE chain_lines SET ref = x'00' WHERE seq = 6",
        "UPDATE chain_anchors SET hash = ''",  # which every hash begins with
        "INSERT INTO history (id, county, at, action, summary, changes, reason) VALUES"
        " (99999, '140926', 'x', 'station-edited', '补一行', '[]', '')",
    )

    said = " ".join(verify(session, county=HERE).faults)

    for words in (
        "月度核准1号（2023-07-05 14:30）的内容被改过",
        f"{ROW.format(written[0])}“改了第0次”被改过",
        f"{ROW.format(written[1])}被改得读不出来了",
        "第5行存证本身被改得读不出来了",
        "第6行存证本身被改得读不出来了",
        "2023年7月5日的存证（本机所存，序号13，校验）与现在的链对不上",
        "变更记录99999号没有存证，也读不出来",
    ):
        assert words in said, said


def test_lines_that_change_places_are_found(
    session: Session, written: list[int], attack: Attack
) -> None:
    attack(
        "UPDATE chain_lines SET seq = 1000 WHERE seq = 5",
        "UPDATE chain_lines SET seq = 5 WHERE seq = 6",
        "UPDATE chain_lines SET seq = 6 WHERE seq = 1000",
    )

    said = " ".join(checked(session).faults)
    assert "第5行" in said
    assert "第6行" in said


def rewritten(session: Session, attack: Attack, *, down_to: int) -> None:
    """Take the last lines away and make head, hashes and rows agree again, as somebody able would."""
    attack(
        "DELETE FROM history WHERE CAST(id AS TEXT) IN"
        f" (SELECT ref FROM chain_lines WHERE kind = 'history' AND seq > {down_to})",
        f"DELETE FROM month_approvals WHERE {down_to} < 13",
        f"DELETE FROM chain_lines WHERE seq > {down_to}",
        "UPDATE chain_heads SET seq = (SELECT max(seq) FROM chain_lines), hash ="
        " (SELECT hash FROM chain_lines ORDER BY seq DESC LIMIT 1)",
        "DELETE FROM chain_anchors",
    )


def test_a_tail_cut_off_with_everything_that_goes_with_it_is_found_by_an_anchor_from_outside(
    session: Session, written: list[int], attack: Attack
) -> None:
    kept = chain.last_anchor(session, county=HERE, at=NOW)
    assert kept is not None
    paper = anchors_in(anchor_text(kept), source="纸上")

    rewritten(session, attack, down_to=9)

    assert checked(session).whole  # the machine itself cannot know
    [fault] = checked(session, anchors=paper).faults
    assert fault.startswith("2023年7月5日的存证（纸上，序号13，校验")
    assert "对不上" in fault


def test_a_row_altered_with_all_hashes_after_it_is_found_by_an_anchor_from_outside(
    session: Session, written: list[int], attack: Attack
) -> None:
    kept = chain.last_anchor(session, county=HERE, at=NOW)
    assert kept is not None
    paper = [Anchor(kept.on, kept.seq, kept.hash[:16], source="纸上")]
    attack("UPDATE history SET summary = '没有改过' WHERE id = :one", one=written[4])
    drop_guards(session.connection())
    [forged] = payloads(session.connection(), LINES, [str(written[4])])
    last = ""
    for line in session.scalars(sa.select(ChainLine).order_by(ChainLine.seq)):
        if line.ref == str(written[4]) and line.kind == "history":
            line.payload_sha256 = forged.sha256
        line.previous = last or line.previous
        last = line.hash = line_hash(
            county=line.county, seq=line.seq, at=line.at, kind=line.kind, ref=line.ref,
            payload_sha256=line.payload_sha256, previous=line.previous,
        )  # fmt: skip
    session.flush()
    attack("UPDATE chain_heads SET hash = :last", "DELETE FROM chain_anchors", last=last)

    assert checked(session).whole
    assert not checked(session, anchors=paper).whole


def test_a_lawful_erasure_leaves_the_chain_whole_and_a_second_change_does_not(
    session: Session, written: list[int], attack: Attack, cast: Cast
) -> None:
    def wipe(ids: list[int], reason: str = "本人依法申请") -> None:
        erase(session, county=cast.county, ids=ids, reason=reason, by=cast.office, now=NOW)
        session.commit()

    with pytest.raises(Invalid, match="依据"):
        wipe(written[:1], " ")
    with pytest.raises(NotFound, match="999"):
        wipe([999_999])
    session.rollback()
    wipe(written[3:5])

    session.expire_all()
    gone = session.get_one(HistoryLine, written[3])
    assert (gone.summary, gone.changes, gone.reason) == ("内容已按规定删除", [], "")
    assert checked(session).whole
    told = session.scalars(sa.select(HistoryLine).order_by(HistoryLine.id.desc())).first()
    assert told is not None
    assert f"第{written[3]}、{written[4]}号" in told.summary

    attack("UPDATE history SET person_id = NULL WHERE id = :one", one=written[3])
    assert [f"变更记录{written[3]}号" in one for one in checked(session).faults] == [True]
    with pytest.raises(Invalid, match="不能删"):
        wipe([told.id])


@ON_SQLITE
def test_a_restored_backup_says_what_was_lost_and_its_paper_is_explained(
    session: Session, written: list[int], attack: Attack, cast: Cast
) -> None:
    kept = chain.last_anchor(session, county=HERE, at=NOW)
    assert kept is not None
    [paper] = anchors_in(f"140926 {anchor_text(kept)}", source="纸上")
    rewritten(session, attack, down_to=9)  # the same as a backup of an hour ago
    with pytest.raises(Invalid, match="没有丢"):
        note_restored(
            session, county=cast.county, reason="硬盘坏了", by=None, now=NOW,
            lost=Anchor(NOW.date(), 9, "ab"),
        )  # fmt: skip
    note_restored(
        session, county=cast.county, reason="硬盘坏了，用昨晚的备份", lost=paper, by=None, now=NOW
    )
    session.commit()

    found = checked(session, anchors=[paper])
    assert found.whole
    assert "从备份恢复，第9行以后丢失" in found.notes[0]
    later = Anchor(NOW.date(), 14, "0" * 16, source="纸上")  # what the line does not speak of
    assert not checked(session, anchors=[later]).whole


@ON_SQLITE
def test_a_frozen_content_altered_beside_its_hash_is_found(
    session: Session, written: list[int], attack: Attack, cast: Cast
) -> None:
    summary = MonthlySummary(
        county=HERE, month_on=date(2023, 6, 1), version=1, content={}, words="", issued_at=NOW,
        content_sha256=hashlib.sha256(b"{}").hexdigest(), issued_by=cast.office.id,
    )  # fmt: skip
    session.add(summary)
    session.flush()
    keep_paper(session, of=summary, stage="", kind="pdf", content=b"%PDF-1", now=NOW)
    session.commit()
    assert verify(session, county=HERE).whole
    session.rollback()

    attack(
        """UPDATE month_approvals SET figures = '{}'""",
        "UPDATE kept_papers SET content = CAST('%PDF-2' AS BLOB)",
    )

    said = sorted(verify(session, county=HERE).faults)
    assert [one.partition("（")[0] for one in said] == ["月度核准1号", "留存文件1号"]
    assert all("内容被改过" in one for one in said)


@ON_SQLITE
def test_triggers_that_were_taken_off_are_told_of(session: Session, written: list[int]) -> None:
    session.execute(sa.text("DROP TRIGGER history_no_update"))

    [fault] = verify(session, county=HERE, contents=False).faults
    assert "history_no_update" in fault


@ON_SQLITE
def test_what_sqlite_cannot_even_read_any_more_is_named(
    session: Session, written: list[int], attack: Attack
) -> None:
    attack("UPDATE history SET changes = '[kaputt', at = 'gestern' WHERE id = :one", one=written[4])

    [fault] = checked(session).faults
    assert fault.startswith(f"变更记录{written[4]}号")
    assert "读不出来" in fault


@pytest.mark.parametrize(
    ("text", "seq", "county"),
    [
        ("存证 2026年11月30日 序号12 校验0123456789abcdef", 12, ""),
        ("存证 2026-11-30 序号12 校验0123456789abcdef", 12, ""),
        ("存证 2026 年 11 月 30 日 序号 12 校验 0123456789ABCDEF", 12, ""),
        ("140926 存证 2026-11-30 序号120 校验" + "ab" * 32, 120, "140926"),
        ("140926 现在 2026-11-30 序号7 校验" + "0" * 64, 7, "140926"),
        ("存证2026-11-30序号12校验0123456789abcdef", 12, ""),
        ("140926 2026-11-30 12 0123456789abcdef", 12, "140926"),
    ],
)
def test_an_anchor_is_read_as_it_was_printed_or_typed(text: str, seq: int, county: str) -> None:
    [one] = anchors_in(f"# 抄自通知书\n\n{text}\n", source="纸上")

    assert (one.on.year, one.seq, one.county, len(one.hash) >= 16) == (2026, seq, county, True)


@pytest.mark.parametrize(
    "text", ["存证", "2026-11-30 12 0123", "存证 2026-13-30 序号1 校验0123456789abcdef"]
)
def test_a_line_that_is_no_anchor_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        anchors_in(text, source="纸上")


@ON_SQLITE
def test_the_nightly_look_is_kept_for_the_desk(
    session: Session, written: list[int], attack: Attack
) -> None:
    engine = session.get_bind().engine
    keep(session, look(engine, county=HERE), now=NOW)
    session.commit()
    attack("DELETE FROM history WHERE id = :one", one=written[4])
    keep(session, look(engine, county=HERE), now=NOW)
    session.commit()

    kept = last_check(session, county=HERE)
    assert kept is not None
    assert any("不见了" in one for one in kept.faults)
