import os
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.engine import Engine
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from server.chores import HANDLERS, Workshop
from server.errors import Conflict, Invalid
from server.media.attachments import Attachment
from server.media.blobs import FolderStore
from server.models.coverage import Agreement
from server.models.history import HistoryLine
from server.services.common.queues import Asked, QueueLine
from server.services.county.agreement_options import RUNS_OUT
from server.services.coverage.agreements import (
    AgreementState,
    agreements_of,
    agreements_queue,
    attach_paper,
    end_agreement,
    modes_told,
    record_agreement,
)
from tests.databases import ON_SQLITE
from tests.factories import NOW, TODAY, Cast

pytestmark = ON_SQLITE

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer<<>>\n%%EOF\n"
PAPER = Attachment(PDF, "pdf", "协议.pdf")


def record(session: Session, blobs: FolderStore, cast: Cast, **changed: Any) -> Agreement:
    given: dict[str, Any] = {
        "mode": "postal_coop", "parties": "县邮政公司\n山西壹公里快递有限公司", "covers": "全县",
        "from_on": date(2023, 1, 1), "until_on": date(2023, 12, 31), "note": "", "paper": PAPER,
    }  # fmt: skip
    return record_agreement(
        session, blobs, county=cast.county, by=cast.office, now=NOW, **(given | changed)
    )


def states(session: Session, on: date) -> list[AgreementState]:
    found = agreements_of(session, county="140926", on=on)
    return [one.state for one in found]


def test_an_agreement_and_its_paper_are_kept_as_they_were_signed(
    session: Session, cast: Cast, blobs: FolderStore
) -> None:
    made = record(session, blobs, cast)

    assert made.parties == "县邮政公司、山西壹公里快递有限公司"
    assert made.file_sha256 is not None
    with blobs.open(made.file_sha256) as kept:
        assert kept.read() == PDF
    with pytest.raises(Conflict) as again:
        attach_paper(session, blobs, agreement=made, paper=PAPER, by=cast.office, now=NOW)
    assert again.value.code == "agreement-has-paper"
    with pytest.raises(Conflict) as double:
        record(session, blobs, cast)
    assert double.value.code == "agreement-same"
    told = session.scalars(select(HistoryLine.summary)).all()
    assert any(
        "邮快合作协议：县邮政公司、山西壹公里快递有限公司，2023年1月1日到2023年12月31日" in one
        for one in told
    )


@pytest.mark.parametrize(
    ("on", "state"),
    [
        (date(2022, 12, 31), AgreementState.TO_COME),
        (date(2023, 10, 31), AgreementState.IN_FORCE),
        (date(2023, 11, 1), AgreementState.RUNNING_OUT),
        (date(2023, 12, 31), AgreementState.RUNNING_OUT),
        (date(2024, 1, 1), AgreementState.EXPIRED),
    ],
)
def test_an_agreement_holds_through_its_last_day(
    session: Session, cast: Cast, blobs: FolderStore, on: date, state: AgreementState
) -> None:
    record(session, blobs, cast)
    assert states(session, on) == [state]


def test_what_runs_out_waits_until_it_is_followed_or_ended(
    session: Session, cast: Cast, blobs: FolderStore
) -> None:
    old = record(session, blobs, cast, until_on=TODAY + timedelta(days=60))
    record(session, blobs, cast, mode="transport_coop", until_on=None)
    asked = Asked(cast.office, NOW)
    assert agreements_queue(session, asked) == QueueLine(1, TODAY)
    RUNS_OUT.edit(
        session, county=cast.county, typed={"agreement_days": "30"}, by=cast.office, now=NOW,
        reason="专班会议",
    )  # fmt: skip
    assert agreements_queue(session, asked) == QueueLine(0)
    in_time = Asked(cast.office, NOW + timedelta(days=30))
    assert agreements_queue(session, in_time) == QueueLine(1, TODAY + timedelta(days=30))
    cast.county.options = {}
    session.flush()
    assert agreements_queue(session, Asked(cast.outsider, NOW)) == QueueLine(0)

    new = record(
        session, blobs, cast, from_on=TODAY, until_on=TODAY + timedelta(days=400), follows=old,
        paper=None,
    )  # fmt: skip
    assert agreements_queue(session, asked).number == 0
    with pytest.raises(Conflict) as twice:
        record(session, blobs, cast, from_on=TODAY, until_on=None, follows=old)
    assert twice.value.code == "agreement-followed"
    end_agreement(
        session, agreement=new, on=TODAY, mistaken=True, by=cast.office, now=NOW, reason="写错日期"
    )
    assert agreements_queue(session, asked).number == 1
    end_agreement(
        session, agreement=old, on=TODAY, mistaken=False, by=cast.office, now=NOW, reason="不再合作"
    )
    assert agreements_queue(session, asked).number == 0
    assert set(states(session, TODAY)) == {
        AgreementState.MISTAKEN, AgreementState.ENDED, AgreementState.IN_FORCE
    }  # fmt: skip
    with pytest.raises(Conflict):
        end_agreement(
            session, agreement=old, on=TODAY, mistaken=False, by=cast.office, now=NOW, reason="再来"
        )


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"mode": "own"}, "哪一种合作模式"),
        ({"parties": "县邮政公司"}, "至少两方"),
        ({"parties": "县邮政公司、无"}, "“无”没有说是谁"),
        ({"until_on": date(2022, 12, 31)}, "比开始的日子还早"),
        ({"covers": "字" * 201}, "最多能记200个字"),
    ],
)
def test_what_is_no_agreement_is_refused_in_words(
    session: Session, cast: Cast, blobs: FolderStore, changed: dict[str, Any], said: str
) -> None:
    with pytest.raises(Invalid, match=said):
        record(session, blobs, cast, **changed)


def test_two_renewals_of_one_agreement_are_refused_by_the_database_itself(
    session: Session, cast: Cast, blobs: FolderStore
) -> None:
    old = record(session, blobs, cast)
    for end in (1, 2):
        session.add(
            Agreement(
                county="140926", mode="postal_coop", parties="甲、乙", from_on=TODAY,
                until_on=TODAY + timedelta(days=end), follows_id=old.id, recorded_at=NOW,
            )
        )  # fmt: skip
    with pytest.raises(IntegrityError):
        session.flush()


def test_modes_count_open_stations_and_are_no_ownership(
    session: Session, cast: Cast, blobs: FolderStore
) -> None:
    cast.c1.coop_modes, cast.c2.coop_modes = ["postal_coop", "commerce_coop"], ["postal_coop"]
    cast.c2.closed_on = TODAY
    session.flush()
    record(session, blobs, cast)
    views = agreements_of(session, county="140926", on=TODAY)
    lines = {one.key: one for one in modes_told(session, views=views, seen_by=cast.office)}
    assert len(lines) == 6
    assert (lines["postal_coop"].stations, lines["commerce_coop"].stations) == (
        1,
        3,
    )  # the others run so too
    assert lines["postal_coop"].states == {AgreementState.IN_FORCE: 1}


def test_the_nightly_sweep_leaves_the_papers_of_agreements_where_they_are(
    engine: Engine, session: Session, cast: Cast, blobs: FolderStore
) -> None:

    made = record(session, blobs, cast)
    session.commit()
    stray = blobs.put(b"nobody's")
    for key in (made.file_sha256, stray):
        assert key
        os.utime(blobs.root / "blobs" / key[:2] / key[2:4] / key, (0, 0))
    HANDLERS["sweep_photo_store"].begin(Workshop(engine, blobs), {}, NOW)
    assert blobs.stat(str(made.file_sha256)) is not None
    assert blobs.stat(stray) is None


def test_what_ended_may_still_be_a_mistake_and_both_reasons_are_told(
    session: Session, cast: Cast, blobs: FolderStore
) -> None:
    made = record(session, blobs, cast)

    def end(*, mistaken: bool, reason: str) -> None:
        end_agreement(
            session, agreement=made, on=TODAY, mistaken=mistaken, by=cast.office, now=NOW,
            reason=reason,
        )  # fmt: skip

    end(mistaken=False, reason="双方不再合作")
    with pytest.raises(Conflict, match="终止过了"):
        end(mistaken=False, reason="又一次")
    end(mistaken=True, reason="其实没有签过")

    assert states(session, TODAY) == [AgreementState.MISTAKEN]
    lines = session.scalars(
        select(HistoryLine.reason).where(HistoryLine.action == "agreement-ended")
    )
    assert sorted(lines) == sorted(["双方不再合作", "其实没有签过"])
    with pytest.raises(Conflict, match="登记有误"):
        end(mistaken=True, reason="再一次")
