"""全县概览 and 大屏: right figures, each a way to its list; each sight its own; no stations."""

import re
from collections.abc import Callable
from datetime import date
from types import SimpleNamespace as Thing

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from desk.office.glance import pressing
from server.models.person import Person, Role
from server.models.station import Station
from server.services.programme.pace_steps import StepState
from tests.databases import ON_SQLITE
from tests.desk.conftest import Desk, text_of
from tests.factories import Cast, make_county, make_person

DeskOf = Callable[[Person], Desk]
pytestmark = ON_SQLITE


def row_of(words: str, start: str, length: int = 60) -> str:
    """A page's words from a row's start on."""
    at = words.index(start)
    return words[at : at + length]


def test_every_figure_leads_to_as_many_stations_as_it_says(cast: Cast, desk_of: DeskOf) -> None:
    desk = desk_of(cast.office)
    html = desk.get("/overview").get_data(as_text=True)
    figures = re.findall(
        r'<a class="figures[^"]*" href="(/desk/pace/stations[^"]*)"[^>]*>(\d+)</a>', html
    )

    assert len(figures) > 15
    for where, number in figures[::4]:
        assert f"共 {number} 站" in text_of(desk.client.get(where.replace("&amp;", "&"))), where


def test_figures_tell_what_is_unknown_apart(session: Session, cast: Cast, desk_of: DeskOf) -> None:
    cast.c2.filed_on = None
    session.commit()

    words = text_of(desk_of(cast.office).get("/overview"))

    assert "已备案 2 1 0 3 66%" in words  # done, not done, unknown, all
    # C0002 without a filing is known not to be 达标; of the others nobody can tell.
    assert "达标 0 1 2 3 0%" in words


def test_queues_and_problems_stand_with_their_numbers_and_ways(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    desk = desk_of(cast.office)
    html = desk.get("/overview").get_data(as_text=True)
    overview, today = text_of(desk.get("/overview")), text_of(desk.get("/"))

    assert 'href="/desk/matters?state=overdue"' in html
    assert "没有办结 0" in overview
    named = re.search(r"有 (\d+) 样事等着您", today)
    assert named
    assert f"等着您办的 {named[1]} 样" in overview


def test_a_township_officer_sees_the_own_figures_and_everybodys_place(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    desk = desk_of(cast.officer)
    answer = desk.get("/overview")
    words, html = text_of(answer), answer.get_data(as_text=True)

    assert "已备案 1 0 0 1 100%" in words
    assert "1 鹅城镇" in words or "2 鹅城镇" in words  # another township's place
    assert "对着方案看" not in words
    assert "大屏" not in words
    asked = [one for one in re.findall(r'href="([^"]*)"', html) if "township=" in one]
    assert asked
    assert all(f"township={cast.other_township.code}" in one for one in asked)
    assert desk.get("/hall").status_code == 403


def test_months_without_a_report_are_no_zero(cast: Cast, desk_of: DeskOf) -> None:
    assert "还没有人报 还没有人报 还没有人报" in text_of(desk_of(cast.office).get("/overview"))


@pytest.mark.parametrize("path", ["/overview", "/hall"])
def test_a_county_without_stations_is_told_and_does_not_fail(
    session: Session, desk_of: DeskOf, path: str
) -> None:
    office = make_person(session, make_county(session), role=Role.COUNTY_OFFICE)
    session.commit()
    assert not session.scalar(sa.select(sa.func.count()).select_from(Station))

    answer = desk_of(office).get(path)

    assert answer.status_code == 200
    assert re.search("登记簿里(还)?没有站点", text_of(answer))


def test_the_hall_tells_the_same_figures_and_names_nobody(cast: Cast, desk_of: DeskOf) -> None:
    answer = desk_of(cast.office).get("/hall")
    html, words = answer.get_data(as_text=True), text_of(answer)

    assert html.count("<section data-screen") == 4  # this county has no plan to hold against
    assert "已备案 1 ／1 3 ／3" in words  # township stations, village points
    assert "达标 说不清" in words
    assert "数据截至" in words
    for who in (cast.office, cast.officer, cast.li, cast.zhao):
        assert who.name not in html
        assert not who.phone or who.phone not in html
    assert "<style" not in html
    assert " style=" not in html
    assert re.findall(r"<script(?! src=)", html) == []


def test_pressing_is_what_is_late_and_each_tracks_next_day() -> None:
    def step(track: str, on: date, state: StepState) -> Thing:
        return Thing(step=Thing(track=Thing(value=track), on=on), state=state)

    late = step("a", date(2023, 6, 30), StepState.LATE)
    reached = step("a", date(2023, 9, 30), StepState.REACHED)
    next_a, far_a = (step("a", date(2023, n, 30), StepState.COMING) for n in (10, 11))
    next_b = step("b", date(2023, 12, 31), StepState.COMING)

    found = pressing([late, reached, next_a, far_a, next_b], date(2023, 7, 1))  # type: ignore[list-item]

    assert found == [late, next_a, next_b]
