"""A person's copy: all that is about them, no secret, nothing about others."""

import json

from sqlalchemy.orm import Session

from server.db import Base
from server.models.person import BindCode, SignIn
from server.models.second_factor import SecondFactor
from server.sealed_text import key_ring
from server.services.people.own_data import OWN, data_of
from server.services.people.second_factor import begin_factor
from server.services.people.sign_ins import bind_phone, make_bind_code
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


def test_every_table_that_is_about_somebody_is_told_or_is_a_record_of_the_county() -> None:
    countys = {
        "filing_steps", "history", "monthly_report_reminders", "plan_decisions", "sign_events",
        "statements", "unsent_imports", "integrity_signals", "matter_steps", "complaint_steps",
        "subsidy_reviews", "subsidy_entries", "rectification_steps",
    }  # fmt: skip
    named = {
        table.name
        for table in Base.metadata.sorted_tables
        if "person_id" in table.columns and table.columns["person_id"].foreign_keys
    }
    assert named == countys | set(OWN)
    assert SignIn.__tablename__ in OWN
