"""What a villager gave of the own person is forgotten in time, and the chain stays whole."""

import io
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from server.chores import Workshop
from server.media.blobs import FolderStore, StoreFailed
from server.models.complaint import Complaint, ComplaintPhoto, ComplaintState, ComplaintStep
from server.models.history import HistoryLine
from server.models.matter import Matter, MatterStage, MatterStep
from server.models.referral import Referral, ReferralItem
from server.policy.plan.referral import FactKind
from server.services.audit.verifying import verify
from server.services.complaints import handling
from tests.complaining import complained
from tests.databases import ON_SQLITE
from tests.factories import NOW, TODAY, Cast
from tests.nightly import done_everywhere

pytestmark = ON_SQLITE
LATER = NOW + timedelta(days=1096)


def night(session: Session, engine: Engine, blobs: FolderStore) -> None:
    session.commit()
    done_everywhere(Workshop(engine, blobs), "erase_complaints", LATER)
    session.expire_all()


def test_after_the_countys_days_words_numbers_and_photos_are_gone_and_the_rest_stays(
    session: Session, engine: Engine, blobs: FolderStore, cast: Cast
) -> None:
    old, young, open_one, referred = (
        complained(session, cast, form=form * 5).complaint for form in "abcd"
    )
    old.phone_shared = True
    handling.forward(
        session, complaint=old, to=f"operator:{cast.c1.operator_id}",
        due_on=TODAY + timedelta(days=5), note="请打13800005678核实", by=cast.office, now=NOW,
    )  # fmt: skip
    for one, day in ((old, TODAY), (young, TODAY + timedelta(days=30)), (referred, TODAY)):
        one.state, one.answered_on = ComplaintState.ANSWERED, day
    keys = [blobs.put(io.BytesIO(content)) for content in (b"hers alone", b"of two")]
    for one, key in ((old, keys[0]), (old, keys[1]), (young, keys[1])):
        place = len(session.scalars(sa.select(ComplaintPhoto)).all()) + 1
        session.add(ComplaintPhoto(complaint_id=one.id, place=place, sha256=key, size_bytes=1))
        session.flush()
    again = ComplaintStep(complaint_id=old.id, deed="again", at=NOW, note="还是没送，找13800005678")
    paper = Referral(
        county=cast.county.code, title="移送", drafted_by=cast.office.id, drafted_at=NOW,
        written_by=cast.office.id, written_at=NOW,
    )  # fmt: skip
    session.add_all([again, paper])
    session.flush()
    session.add(ReferralItem(referral_id=paper.id, kind=FactKind.COMPLAINT, ref=str(referred.id)))

    night(session, engine, blobs)
    untouched = old.words  # its problem is still open
    matter = session.get_one(Matter, old.matter_id)
    matter.stage = MatterStage.CLOSED
    night(session, engine, blobs)
    night(session, engine, blobs)

    assert "13800005678" in untouched
    assert (old.words, old.phone, old.phone_shared, old.network) == (
        "内容已按规定删除", "", False, "",
    )  # fmt: skip
    assert old.erased_at == LATER
    assert matter.words == "内容已按规定删除"
    notes = [
        *session.scalars(sa.select(MatterStep.note)),
        *session.scalars(sa.select(ComplaintStep.note).where(ComplaintStep.complaint_id == old.id)),
    ]
    assert not [one for one in notes if "13800005678" in one]
    assert again.note == "内容已按规定删除"
    assert [blobs.stat(one) is None for one in keys] == [True, False]
    assert [one.erased_at for one in (young, open_one, referred)] == [None, None, None]
    assert all("13800005678" in one.words for one in (young, open_one, referred))
    assert session.scalars(sa.select(ComplaintPhoto.sha256).order_by(ComplaintPhoto.id)).all() == [
        None, None, keys[1],
    ]  # fmt: skip
    [line] = session.scalars(sa.select(HistoryLine).where(HistoryLine.action == "complaint-erased"))
    assert old.number in line.summary
    assert "1095天" in line.reason
    assert verify(session, county=cast.county.code).whole
    assert session.get_one(Complaint, old.id).state is ComplaintState.ANSWERED


def test_a_photo_that_its_store_does_not_delete_keeps_no_other_complaint(
    session: Session, engine: Engine, blobs: FolderStore, cast: Cast,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    stuck, other, looked = (complained(session, cast, form=form * 5).complaint for form in "abc")
    for one in (stuck, other, looked):
        one.state, one.answered_on, one.matter_id = ComplaintState.ANSWERED, TODAY, None
    looked.looked_at = LATER - timedelta(days=9)
    keys = [blobs.put(io.BytesIO(content)) for content in (b"stuck", b"goes")]
    for one, key in zip((stuck, other), keys, strict=True):
        session.add(ComplaintPhoto(complaint_id=one.id, place=1, sha256=key, size_bytes=1))
    delete = FolderStore.delete

    def dies(store: FolderStore, key: str) -> None:
        if key == keys[0]:
            raise StoreFailed("store-failed", "", "pulled out")
        delete(store, key)

    monkeypatch.setattr(FolderStore, "delete", dies)
    night(session, engine, blobs)
    assert [one.erased_at for one in (stuck, other, looked)] == [None, LATER, None]
    assert "13800005678" in stuck.words

    monkeypatch.setattr(FolderStore, "delete", delete)
    night(session, engine, blobs)
    assert [one.erased_at for one in (stuck, other, looked)] == [LATER, LATER, None]
    assert list(blobs.blob_keys()) == []
