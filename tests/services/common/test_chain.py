"""The chain: how it is spelt, that every commit adds to it, and that nobody needs to ask it to."""

from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
import yaml
from sqlalchemy.engine import Engine
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from server.chain_guards import missing_guards
from server.db import Base
from server.models.chain import ChainHead, ChainLine
from server.models.history import HistoryLine
from server.models.person import Person
from server.models.programme import CountyProgramme
from server.models.sheet_import import SheetImport
from server.models.subsidy_payment import SubsidyBatch
from server.services.audit.verifying import verify
from server.services.common import chain, history
from server.services.common.chain_canonical import canonical, line_hash, sha256_of, sha256_of_kept
from server.services.common.chain_payloads import FROZEN, LINES
from server.services.registry.actions import RegistryAction
from server.settings import ROOT
from tests.at_once import pressed_at_once
from tests.databases import ON_SQLITE
from tests.factories import NOW, Cast, make_plan

pytestmark = pytest.mark.usefixtures("unasked")  # lines are counted from the first

GOLDEN = yaml.safe_load((ROOT / "tests/cases/audit/chain.yaml").read_text(encoding="utf-8"))
# Secrets, tokens and tries; what only compares; uploads, which the row's own history tells of.
UNCHAINED = {
    "agreements.file_sha256",
    "bind_codes.code_sha256",
    "chain_lines.payload_sha256",
    "complaint_photos.sha256",
    "circulars.content_sha256",
    # The history's own line of what was left of a record says the same.
    "inspections.left_sha256",
    "county_outlines.file_sha256",
    "filing_steps.receipt_sha256",
    "hub_brands.file_sha256",
    "inspections.content_sha256",
    "kept_forms.token_sha256",
    "killed_tries.sha256",
    "webhook_endpoints.token_sha256",
    "open_exports.file_sha256",
    "phone_events.content_sha256",
    "photos.sha256",
    "publicity.file_sha256",
    "recovery_codes.code_sha256",
    "read_tokens.token_sha256",
    "sign_ins.token_sha256",
    "subsidy_payments.paper_sha256",
}


def write(session: Session, of: Any, summary: str = "一行") -> HistoryLine:
    return history.write(
        session, of=of, by=None, at=NOW, action=RegistryAction.STATION_EDITED, summary=summary
    )


def chained(session: Session, county: str = "140926") -> list[tuple[int, str, str]]:
    asked = sa.select(ChainLine.seq, ChainLine.kind, ChainLine.ref)
    found = session.execute(asked.where(ChainLine.county == county).order_by(ChainLine.seq))
    return [(seq, kind, ref) for seq, kind, ref in found]


@pytest.mark.parametrize("case", GOLDEN["canonical"], ids=lambda one: one["sha256"][:8])
def test_the_spelling_is_that_of_the_golden_vectors(case: dict[str, Any]) -> None:
    assert canonical(case["value"]) == case["text"]
    assert sha256_of_kept(case["value"]) == case["sha256"]
    assert sha256_of(case["value"]) == case["sha256"]


def test_a_lines_hash_is_that_of_the_golden_vector() -> None:
    said = dict(GOLDEN["line"])
    expected, at = said.pop("hash"), datetime.fromisoformat(said.pop("at"))

    assert line_hash(**said, at=at) == expected
    assert line_hash(**said, at=at.astimezone(UTC)) == expected


@pytest.mark.parametrize("value", [1.5, {"a": [0.1]}, {1: "a"}, {"a": b"x"}, float("nan")])
def test_what_has_no_one_spelling_is_refused(value: Any) -> None:
    with pytest.raises(TypeError):
        canonical(value)


def test_every_column_of_the_history_is_chained_and_every_hash_is_or_says_why_not() -> None:
    columns = {column.key for column in HistoryLine.__table__.columns}
    assert (
        columns - {"id", "county", "at"} == LINES.columns.keys()
    )  # another one needs a second version

    frozen = {
        f"{one.kind}.{name}" for one in FROZEN for name in one.columns if name.endswith("sha256")
    }
    every = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.tables.values()
        for column in table.columns
        if column.name.endswith("sha256")
    }
    assert every - UNCHAINED == frozen
    assert every >= UNCHAINED


def test_a_commit_chains_what_it_wrote_and_nothing_that_was_undone(
    session: Session, cast: Cast
) -> None:
    session.commit()
    before = len(chained(session))
    first = write(session, cast.c1)
    attempt = session.begin_nested()
    write(session, cast.c1, "收回的一行")
    attempt.rollback()
    with session.begin_nested():
        second = write(session, cast.c2)
    elsewhere = write(session, cast.outsider)
    deed = write(session, cast.county)
    parts = [history.Part(cast.c1.id, RegistryAction.STATION_EDITED, "其中一行", [])] * 2
    history.write_parts(session, deed, parts)
    session.add(
        SheetImport(
            county="140926", imported_by=None, imported_at=NOW, file_name="a.xlsx",
            file_sha256="ab" * 32, history_id=deed.id, new=0, changed=0, same=0, rows=[],
        )
    )  # fmt: skip
    assert len(chained(session)) == before  # the head is locked at commit, not before
    session.commit()
    write(session, cast.c1, "不要的一行")
    session.rollback()
    session.commit()

    now = chained(session)[before:]
    ids = [first.id, second.id, deed.id, deed.id + 1, deed.id + 2]
    assert [seq for seq, _, _ in now] == list(range(before + 1, before + 7))
    assert [(kind, ref) for _, kind, ref in now] == [
        *(("history", str(one)) for one in ids),
        ("sheet_imports", "1"),
    ]
    assert [ref for _, _, ref in chained(session, "411721")][-1:] == [str(elsewhere.id)]
    head = session.get_one(ChainHead, "140926")
    last = session.get_one(ChainLine, ("140926", head.seq))
    assert (head.seq, head.hash) == (before + 6, last.hash)


@ON_SQLITE
def test_what_is_frozen_later_gets_its_line_when_it_is(session: Session, cast: Cast) -> None:
    make_plan(session, cast.county)
    programme = session.scalars(sa.select(CountyProgramme.id)).first()
    batch = SubsidyBatch(
        county="140926", programme_id=programme, number=1, made_by=cast.office.id, made_at=NOW
    )
    session.add(batch)
    session.commit()
    before = chained(session)
    batch.contents_sha256, batch.released_by, batch.released_at = "ab" * 32, cast.li.id, NOW
    session.commit()
    batch.ended_at, batch.ended_by = NOW, cast.office.id
    session.commit()

    assert [one[1:] for one in chained(session)[len(before) :]] == [
        ("subsidy_batches", str(batch.id))
    ]
    assert verify(session, county="140926", contents=False).faults == []


def test_two_who_commit_at_once_stand_one_after_the_other(
    engine: Engine, session: Session, cast: Cast
) -> None:
    session.commit()

    def press(own: Session, person: Person) -> None:
        for _ in range(3):
            write(own, person)

    assert pressed_at_once(engine, cast.office, press, press) == ["kept", "kept"]

    lines = session.scalars(sa.select(ChainLine).order_by(ChainLine.seq)).all()
    assert [one.seq for one in lines] == list(range(1, len(lines) + 1))
    assert [one.previous for one in lines[1:]] == [one.hash for one in lines[:-1]]
    assert len(lines) == session.scalar(sa.select(sa.func.count()).select_from(HistoryLine))


@pytest.mark.parametrize(
    "deed",
    [
        "UPDATE history SET summary = '别的'",
        "UPDATE history SET summary = '内容已按规定删除', reason = '', county = '411721'",
        "DELETE FROM history",
        "UPDATE chain_lines SET hash = 'x'",
        "DELETE FROM chain_lines",
        "UPDATE chain_heads SET seq = 0",
        "DELETE FROM chain_heads",
        "UPDATE chain_anchors SET seq = 0",
        "DELETE FROM chain_anchors",
    ],
)
def test_the_database_itself_refuses_to_change_what_is_chained(
    session: Session, cast: Cast, deed: str
) -> None:
    write(session, cast.c1)
    session.commit()
    chain.anchor(session, county="140926", now=NOW)
    session.commit()

    with pytest.raises(DatabaseError, match="never changed"):
        session.execute(sa.text(deed))
    session.rollback()
    assert missing_guards(session.connection()) == []


@ON_SQLITE
def test_a_paper_of_one_moment_always_bears_the_same_anchor(session: Session, cast: Cast) -> None:
    assert chain.foot(session, county="140926", at=NOW) == ""
    assert chain.anchor(session, county="140926", now=NOW) is None  # nothing to hold fast yet
    write(session, cast.c1)
    session.commit()
    made = chain.anchor(session, county="140926", now=NOW)
    assert made is not None
    session.commit()
    write(session, cast.c1)
    session.commit()
    again = chain.anchor(session, county="140926", now=NOW.replace(hour=8))

    assert again is made  # one a day
    said = f"存证 2023年7月5日 序号1 校验{made.hash[:16]}"
    assert chain.foot(session, county="140926", at=NOW) == said
    chain.anchor(session, county="140926", now=NOW.replace(day=6))
    assert chain.foot(session, county="140926", at=NOW) == said
    assert "2023年7月6日 序号2" in chain.foot(session, county="140926", at=NOW.replace(day=7))
