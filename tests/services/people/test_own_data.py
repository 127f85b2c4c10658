"""A person's copy: all that is about them, no secret, nothing about others."""

import json
from typing import Any
from uuid import uuid4

from sqlalchemy.orm import Session

from server.db import Base
from server.models.person import BindCode, Person, SignIn
from server.models.phone_event import EventKind, PhoneEvent
from server.models.request import KeeperRequest, RequestAbout, RequestState
from server.models.second_factor import SecondFactor
from server.policy.masking import HIDDEN
from server.sealed_text import key_ring
from server.services.people.others import ANOTHER
from server.services.people.own_data import OWN, copy_of, data_of, held_of
from server.services.people.second_factor import begin_factor
from server.services.people.sign_ins import bind_phone, make_bind_code
from tests.databases import ON_SQLITE
from tests.factories import NOW, TEXT_KEYS, Cast


def test_a_person_gets_what_is_held_of_them_and_no_secret(session: Session, cast: Cast) -> None:
    cast.li.phone, cast.zhao.phone = "13800005555", "13900006666"
    code = make_bind_code(session, person=cast.li, by=cast.office, now=NOW)
    bound, token, _ = bind_phone(
        session, code=code, device_id="d1", device_label="红米", now=NOW, source="s"
    )
    begin_factor(session, person=cast.li, sign_in=bound, ring=key_ring(list(TEXT_KEYS)), now=NOW)
    session.commit()

    told = data_of(session, cast.li)
    said = json.dumps(told, ensure_ascii=False)
    assert (told["本人"]["name"], told["本人"]["phone"]) == (cast.li.name, "13800005555")
    assert [one["station_id"] for one in told["管过的站"]] == [cast.c1.id]
    assert told["登录过的手机和电脑"][0]["device_label"] == "红米"
    slip = session.query(BindCode).filter_by(person_id=cast.li.id).one()
    sealed = session.get_one(SecondFactor, cast.li.id)
    for secret in (
        token,
        bound.token_sha256,
        slip.code_sha256,
        sealed.secret_sealed,
        "13900006666",
    ):
        assert secret not in said
    assert told["替县里办过的事（条数）"] == {"history.person_id": 1}
    office = data_of(session, cast.office)["替县里办过的事（条数）"]
    assert office == {"bind_codes.made_by": 1, "history.person_id": 1}


def event(person: Person, station_id: int, kind: EventKind, **payload: Any) -> PhoneEvent:
    return PhoneEvent(
        id=uuid4(), kind=kind, county=person.county, station_id=station_id, person_id=person.id,
        device_id="phone-1", payload=payload, content_sha256="0" * 64, result="ok",
        day_on=NOW.date(), occurred_at=NOW, time_verified=True, device_at=NOW, received_at=NOW,
    )  # fmt: skip


@ON_SQLITE
def test_a_copy_tells_of_nobody_else(session: Session, cast: Cast) -> None:
    """An inspector's records are about keepers, and a keeper's wishes about the next one."""
    cast.wang.phone, cast.li.phone = "13800002222", "13800005555"
    stroke = [[[1, 2], [3, 4]]]
    wish = event(
        cast.li, cast.c1.id, EventKind.REQUEST, about="handover", name="新来的人",
        note=f"{cast.zhao.name}也愿意",
    )  # fmt: skip
    told = f"{cast.li.name}的电话138-0000 5555，督导的{cast.wang.phone}，{cast.wang.name}记"
    session.add_all([
        event(cast.wang, cast.c1.id, EventKind.INSPECTION, keeper_name="不在名册的人",
              witness_name="见证的人", inspector_signature=stroke, keeper_signature=stroke,
              document="不在名册的人签了字"),
        event(cast.li, cast.c1.id, EventKind.PHOTO_NOTE, note=told),
        wish,
    ])  # fmt: skip
    session.flush()
    session.add(
        KeeperRequest(
            id=wish.id, county=cast.county.code, station_id=cast.c1.id, person_id=cast.li.id,
            about=RequestAbout.HANDOVER, state=RequestState.WAITING, wish="新来的人", asked_at=NOW,
        )
    )  # fmt: skip
    session.commit()

    inspectors, keepers = copy_of(session, cast.wang), copy_of(session, cast.li)
    for name in ("不在名册的人", "见证的人", cast.li.name, cast.li.phone, "keeper_signature"):
        assert name not in inspectors, name
    assert "inspector_signature" in inspectors
    assert f"{cast.li.name}的电话138-0000 5555，督导的{HIDDEN}，{ANOTHER}记" in keepers
    for name in ("新来的人", cast.zhao.name, cast.wang.name, cast.wang.phone):
        assert name not in keepers, name
    assert ("请县里办的事", 1) in held_of(session, cast.li)


def test_every_table_that_is_about_somebody_is_told_or_is_a_record_of_the_county() -> None:
    countys = {
        "filing_steps", "history", "monthly_report_reminders", "plan_decisions", "sign_events",
        "statements", "unsent_imports", "integrity_signals", "matter_steps", "complaint_steps",
        "subsidy_reviews", "subsidy_entries", "rectification_steps", "person_erasures",
    }  # fmt: skip
    named = {
        table.name
        for table in Base.metadata.sorted_tables
        if "person_id" in table.columns and table.columns["person_id"].foreign_keys
    }
    assert named == countys | set(OWN)
    assert SignIn.__tablename__ in OWN
