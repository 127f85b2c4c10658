from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from server.calendar import beijing_day
from server.errors import Conflict, Invalid
from server.models.history import HistoryLine
from server.models.person import Role
from server.services.people.people import (
    add_person,
    appoint_keeper,
    dismiss_keeper,
    edit_person,
    keepers_of,
    people_seen,
    switch_off_person,
    switch_on_person,
)
from server.services.people.sign_ins import bind_phone, devices_of, make_bind_code
from tests.factories import NOW, Cast, make_person


def test_a_keeper_is_added_and_appointed_once(session: Session, cast: Cast) -> None:
    zhang = add_person(
        session, county=cast.county, name=" 张姐 ", role=Role.KEEPER, by=cast.office, now=NOW
    )

    first = appoint_keeper(session, station=cast.c3, person=zhang, by=cast.office, now=NOW)

    assert appoint_keeper(session, station=cast.c3, person=zhang, by=None, now=NOW) is first
    assert [one.name for one in keepers_of(session, station_id=cast.c3.id, now=NOW)] == ["张姐"]


def test_a_dismissed_keeper_keeps_the_station_no_longer(session: Session, cast: Cast) -> None:
    dismiss_keeper(session, station=cast.c1, person=cast.li, by=cast.office, now=NOW)

    assert keepers_of(session, station_id=cast.c1.id, now=NOW) == []
    with pytest.raises(Conflict, match="现在不是"):
        dismiss_keeper(session, station=cast.c1, person=cast.li, by=None, now=NOW)


def test_only_an_active_keeper_of_the_county_keeps_a_station(session: Session, cast: Cast) -> None:
    switch_off_person(session, person=cast.zhao, by=cast.office, now=NOW)

    for person in (cast.office, cast.zhao, cast.outsider):
        with pytest.raises(Invalid) as refused:
            appoint_keeper(session, station=cast.c1, person=person, by=None, now=NOW)
        assert refused.value.code == "person-not-keeper"


def test_off_and_on_again_or_a_new_term_revives_no_phone_no_page_and_no_slip(
    session: Session, cast: Cast
) -> None:
    def signed_in() -> tuple[list[str], str]:
        slip = make_bind_code(session, person=cast.li, by=cast.office, now=NOW)
        bind_phone(session, code=slip, device_id="p", device_label="", now=NOW, source="here")
        unused = make_bind_code(session, person=cast.li, by=cast.office, now=NOW)
        return [one.device_id or "" for one in devices_of(session, person=cast.li, now=NOW)], unused

    held, slip = signed_in()
    switch_off_person(session, person=cast.li, by=cast.office, now=NOW)
    switch_on_person(session, person=cast.li, by=cast.office, now=NOW)

    assert (held, devices_of(session, person=cast.li, now=NOW)) == (["p"], [])
    with pytest.raises(Invalid) as refused:
        bind_phone(session, code=slip, device_id="q", device_label="", now=NOW, source="here")
    assert refused.value.code == "bind-code-expired"

    held, _ = signed_in()
    cast.li.until_on = beijing_day(NOW) - timedelta(days=1)  # the term ran out
    session.flush()
    edit_person(session, person=cast.li, changes={"until_on": None}, by=cast.office, now=NOW)
    assert (held, devices_of(session, person=cast.li, now=NOW)) == (["p"], [])


def test_a_township_officer_needs_a_township_of_the_county(session: Session, cast: Cast) -> None:
    for township in (None, "411721101", "140926100205"):
        with pytest.raises(Invalid) as refused:
            add_person(
                session, county=cast.county, name="专干", role=Role.TOWNSHIP_OFFICER,
                by=None, now=NOW, township_code=township,
            )  # fmt: skip
        assert refused.value.code == "person-invalid"


def test_a_desk_account_name_is_given_once(session: Session, cast: Cast) -> None:
    with pytest.raises(Conflict, match="已有人使用"):
        add_person(
            session, county=cast.other_county, name="某人", role=Role.COUNTY_OFFICE,
            by=None, now=NOW, login="xian",
        )  # fmt: skip


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", " "), ("name", "待定"), ("name", "王明13903500001"), ("phone", "没有"),
        ("phone", "1390350000"), ("login", "县办"), ("login", "ab"),
    ],
)  # fmt: skip
def test_a_persons_wrong_fields_are_named(
    session: Session, cast: Cast, field: str, value: str
) -> None:
    with pytest.raises(Invalid) as refused:
        edit_person(session, person=cast.office, changes={field: value}, by=cast.office, now=NOW)

    assert set(refused.value.details["fields"]) == {field}


def test_a_phone_number_never_goes_into_the_history(session: Session, cast: Cast) -> None:
    edit_person(session, person=cast.li, changes={"phone": "13800001234"}, by=cast.office, now=NOW)

    line = session.scalars(select(HistoryLine)).one()
    assert cast.li.phone == "13800001234"
    assert "1380000" not in f"{line.summary}{line.changes}"


def test_nobody_switches_off_the_own_account(session: Session, cast: Cast) -> None:
    with pytest.raises(Conflict, match="自己的账号"):
        switch_off_person(session, person=cast.office, by=cast.office, now=NOW)


def test_a_township_officer_sees_its_keepers(session: Session, cast: Cast) -> None:
    own = make_person(
        session, name="鹅城专干", role=Role.TOWNSHIP_OFFICER, township_code=cast.township.code
    )
    make_person(session, name="舍科站长", township_code=cast.other_township.code)

    here = people_seen(session, county="140926", seen_by=own)
    there = people_seen(session, county="140926", seen_by=cast.officer)

    assert {view.person.name for view in here} == {"老李", "小赵"}
    assert [(view.person.name, view.role_label) for view in there] == [("舍科站长", "站长")]
    assert [station.code for view in here for station in view.stations] == ["C0001", "C0002"]
