"""The office sees what the machine read beside each photo of a station."""

from collections.abc import Callable

from sqlalchemy.orm import Session

from server.models.person import Person
from tests.databases import ON_SQLITE
from tests.desk.conftest import Desk
from tests.factories import Cast
from tests.policy.signs.written import at
from tests.readings import read, sign, written

DeskOf = Callable[[Person], Desk]
pytestmark = ON_SQLITE


def test_a_stations_pages_show_what_the_machine_read(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    sign(session, cast.c1, number="C0007")
    sign(session, cast.c2, "杨家山村快递便民服务点", "C0002")
    desk = desk_of(cast.office)
    for page in (f"/stations/{cast.c1.id}", f"/stations/{cast.c1.id}/photos"):
        shown = desk.get(page).text
        assert "机器识读：不一致" in shown
        assert "招牌上读到的编号是C0007，登记的是C0001。" in shown
    assert "机器识读：相符" in desk.get(f"/stations/{cast.c2.id}").text


def test_what_a_board_that_matches_says_besides_is_shown(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    board = [*written("营业时间", "8:00-18:00"), at("老耿头铁匠铺", 40, 70)]
    read(session, cast.c1, board, subject="hours_board")
    shown = desk_of(cast.office).get(f"/stations/{cast.c1.id}").text
    assert "机器识读：相符" in shown
    assert "牌上还有“老耿头铁匠铺”，机器当作与时间无关。" in shown
