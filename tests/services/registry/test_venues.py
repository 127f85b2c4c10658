import pytest
from sqlalchemy.orm import Session

from server.errors import Conflict, Invalid
from server.services.common.seals import seal
from server.services.people.scope import EVERYBODY
from server.services.registry.venues import (
    edit_venues,
    own_venues,
    stations_by_venue,
    venue_kind,
    venues_shown,
)
from tests.factories import NOW, TODAY, Cast


def test_a_word_that_was_typed_stays_and_tells_its_kind_where_it_is_equal(
    session: Session, cast: Cast
) -> None:
    cast.c1.venue, cast.c2.venue, cast.c3.venue = "村委会", "卫生所", "村委会旁边"
    cast.xz1.closed_on = TODAY
    session.flush()
    kinds = [venue_kind(one.venue, cast.county) for one in (cast.c1, cast.c2, cast.c3)]
    assert kinds == ["村集体场所", "", ""]

    edit_venues(
        session, county=cast.county, text="卫生室：卫生所、诊所\n村集体场所: 村委会旁边", by=cast.office,
        now=NOW, reason="本县有",
    )  # fmt: skip
    session.expire(cast.county)
    kinds = [venue_kind(one.venue, cast.county) for one in (cast.c1, cast.c2, cast.c3)]
    assert kinds == ["村集体场所", "卫生室", "村集体场所"]
    found = stations_by_venue(session, county=cast.county, seen_by=EVERYBODY)
    assert {word: len(some) for word, some in found.items()} == {
        "村委会": 1, "卫生所": 1, "村委会旁边": 1
    }  # fmt: skip
    assert len(stations_by_venue(session, county=cast.county, seen_by=cast.officer)) == 1
    same = venues_shown(own_venues(cast.county))[0].text
    assert not edit_venues(
        session, county=cast.county, text=same, by=cast.office, now=NOW, reason=""
    )


@pytest.mark.parametrize(
    "text", ["：卫生所", "卫生室：诊所\n药店：诊所", "卫生室\n卫生室", "长" * 121]
)
def test_words_that_tell_nothing_apart_are_refused(session: Session, cast: Cast, text: str) -> None:
    with pytest.raises(Invalid) as refused:
        edit_venues(session, county=cast.county, text=text, by=cast.office, now=NOW, reason="改")
    assert refused.value.code == "venues-invalid"


def test_two_who_change_the_words_at_once_are_told(session: Session, cast: Cast) -> None:
    before = seal(venues_shown(own_venues(cast.county)))
    edit_venues(
        session, county=cast.county, text="卫生室：诊所", by=cast.office, now=NOW, reason="改"
    )
    with pytest.raises(Conflict) as refused:
        edit_venues(
            session, county=cast.county, text="药店", by=cast.office, now=NOW, reason="改",
            seal=before,
        )  # fmt: skip
    assert refused.value.code == "county-changed-meanwhile"
