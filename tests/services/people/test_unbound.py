from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from server.errors import Conflict, Invalid, NotFound
from server.models.history import HistoryLine
from server.models.person import BindCode
from server.services.people.sign_ins import bind_phone
from server.services.people.unbound import (
    SLIPS_LAST,
    fresh_codes,
    keep_codes,
    stations_without_keeper,
    unbound_keepers,
)
from tests.factories import NOW, Cast, make_bind_code, make_sign_in


def names(session: Session, cast: Cast) -> list[str]:
    return [one.person.name for one in unbound_keepers(session, seen_by=cast.office, now=NOW)]


def test_a_keeper_is_unbound_until_a_phone_is_bound_and_the_list_says_which_slip_is_out(
    session: Session, cast: Cast
) -> None:
    assert names(session, cast) == ["老李", "小赵"]
    make_sign_in(session, cast.li)
    make_bind_code(session, cast.zhao)

    [one] = unbound_keepers(session, seen_by=cast.office, now=NOW)

    assert (one.person.name, one.township) == ("小赵", "鹅城镇")
    assert one.slip_until == NOW + timedelta(hours=72)
    assert [
        station.code for station, _ in stations_without_keeper(session, seen_by=cast.office)
    ] == ["XZ0001", "C0003"]


def test_the_codes_of_printed_slips_bind_phones_for_a_week_and_end_earlier_ones(
    session: Session, cast: Cast
) -> None:
    make_bind_code(session, cast.li, "K7QX2M38")
    codes = fresh_codes([cast.li, cast.zhao])

    keep_codes(session, county=cast.county, codes=codes, by=cast.office, now=NOW)

    late = NOW + SLIPS_LAST - timedelta(minutes=1)
    _, _, person = bind_phone(
        session, code=codes[cast.li.id], device_id="p1", device_label="", now=late, source="s",
    )  # fmt: skip
    assert person is cast.li
    with pytest.raises(Invalid, match="作废"):
        bind_phone(
            session, code="K7QX-2M38", device_id="p2", device_label="", now=NOW, source="s",
        )  # fmt: skip
    with pytest.raises(Invalid, match="过期"):
        bind_phone(
            session, code=codes[cast.zhao.id], device_id="p3", device_label="",
            now=NOW + SLIPS_LAST, source="s",
        )  # fmt: skip
    [line] = session.scalars(select(HistoryLine).where(HistoryLine.action == "bind-slips-made"))
    assert [one["label"] for one in line.changes] == ["老李", "小赵"]
    assert not any(codes[cast.li.id] in str(one) for one in line.changes)


def test_nobody_prints_slips_for_people_who_are_not_theirs_or_switched_off(
    session: Session, cast: Cast
) -> None:
    codes = fresh_codes([cast.li])
    with pytest.raises(NotFound) as foreign:
        keep_codes(session, county=cast.county, codes=codes, by=cast.officer, now=NOW)
    assert foreign.value.code == "person-unknown"
    cast.li.active = False
    session.flush()
    with pytest.raises(Conflict) as off:
        keep_codes(session, county=cast.county, codes=codes, by=cast.office, now=NOW)
    assert off.value.code == "person-switched-off"
    with pytest.raises(Invalid):
        keep_codes(session, county=cast.county, codes={}, by=cast.office, now=NOW)
    assert session.scalars(select(BindCode)).all() == []
