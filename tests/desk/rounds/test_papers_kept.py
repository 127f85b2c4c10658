"""Records and reported results on paper: made once, kept by SHA-256, the same for everybody."""

import hashlib
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from server.chores import Workshop
from server.errors import Conflict
from server.http import clock
from server.media.blobs import FolderStore
from server.models.inspection import Inspection
from server.models.kept_paper import KeptPaper
from server.models.person import Person
from server.services.inspections.answers import confirm
from server.services.inspections.kept_papers import kept_paper
from tests.databases import ON_SQLITE
from tests.desk.conftest import Desk
from tests.desk.held_rounds import Held, hold, inspected, seen_at
from tests.factories import Cast
from tests.nightly import done_everywhere

DeskOf = Callable[[Person], Desk]
pytestmark = ON_SQLITE


@pytest.fixture
def held(
    client: FlaskClient, session: Session, cast: Cast, blobs: FolderStore, standards: Any
) -> Held:
    return hold(client, session, cast, blobs, standards)


def kept(session: Session) -> dict[tuple[str, str], str]:
    session.expire_all()
    return {(one.stage, one.kind): one.sha256 for one in session.scalars(sa.select(KeptPaper))}


def sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def test_what_is_downloaded_is_what_was_kept_at_the_first_time(
    session: Session, held: Held, cast: Cast, desk_of: DeskOf
) -> None:
    where = f"/inspections/{held.inspection.id}/copy.pdf"

    first = desk_of(cast.office).get(where).data
    again = desk_of(cast.office).get(where).data

    assert first.startswith(b"%PDF")
    assert first == again
    assert kept(session) == {("", "pdf"): sha(first)}


def test_the_night_keeps_the_records_that_nobody_has_asked_for(
    session: Session, engine: Engine, blobs: FolderStore, held: Held, cast: Cast, standards: Any,
    desk_of: DeskOf,
) -> None:  # fmt: skip
    session.commit()
    for _ in range(2):
        workshop = Workshop(engine, blobs, tuple(standards))
        done_everywhere(workshop, "keep_record_papers", clock.now())

    [(key, digest)] = kept(session).items()
    served = desk_of(cast.office).get(f"/inspections/{held.inspection.id}/copy.pdf").data
    assert (key, digest) == (("", "pdf"), sha(served))


def test_the_keepers_answer_makes_a_second_paper_and_the_first_stays(
    client: FlaskClient, session: Session, held: Held, cast: Cast, desk_of: DeskOf,
    engine: Engine, blobs: FolderStore, standards: Any,
) -> None:  # fmt: skip
    one = inspected(
        client, session, cast, held.campaign, cast.c2, outcome="to_confirm", keeper_signature=[]
    )
    where, desk = f"/inspections/{one.id}/copy.pdf", desk_of(cast.office)
    before = desk.get(where).data

    confirm(session, inspection=one, person=cast.li, agree=True, note="", now=clock.now())
    session.commit()
    # The night keeps the second too: a later release changes no byte of it either.
    done_everywhere(Workshop(engine, blobs, tuple(standards)), "keep_record_papers", clock.now())
    session.expire_all()
    of = sa.select(KeptPaper).where(KeptPaper.inspection_id == one.id)
    by_night = {paper.stage: paper.sha256 for paper in session.scalars(of)}
    after = desk.get(where).data

    assert before != after
    assert by_night == {"": sha(before), "answered": sha(after)}


def test_a_result_is_kept_when_it_is_filed_and_an_officers_part_when_it_is_asked_for(
    session: Session, held: Held, cast: Cast, desk_of: DeskOf
) -> None:
    where = f"/rounds/{held.campaign.id}"
    office = desk_of(cast.office)
    office.done(
        f"{where}/report",
        **seen_at(office, where),
        sure="yes",
        reported_to="县政府办公室",
    )
    filed = kept(session)

    whole = desk_of(cast.office).get(f"{where}/reports/1.pdf").data
    part = desk_of(cast.officer).get(f"{where}/reports/1.pdf").data

    assert set(filed) == {("", "pdf"), ("", "xlsx")}
    assert filed["", "pdf"] == sha(whole)
    assert whole != part
    assert kept(session)[str(cast.officer.township_code), "pdf"] == sha(part)


def test_a_file_changed_behind_its_back_is_not_given_out(
    session: Session, held: Held, cast: Cast, desk_of: DeskOf
) -> None:
    where = f"/inspections/{held.inspection.id}/copy.pdf"
    desk_of(cast.office).get(where)
    session.execute(sa.update(KeptPaper).values(content=b"%PDF another"))
    session.commit()

    assert desk_of(cast.office).get(where).status_code == 409
    with pytest.raises(Conflict) as refused:
        one = session.get_one(Inspection, held.inspection.id)
        kept_paper(session, of=one, stage="", kind="pdf")
    assert refused.value.code == "paper-changed"
