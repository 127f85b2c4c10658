import re
from collections.abc import Callable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.http import clock
from server.models.acceptance import Acceptance
from server.models.person import Person
from server.models.station import Stage
from server.policy.standard.facts import Word
from server.services.standing.statements import say
from tests.desk.conftest import Desk, text_of
from tests.factories import Cast, make_plan

DeskOf = Callable[[Person], Desk]
GOOD = {"on": "2023-06-20", "present": "供销社王某", "note": ""}


def seal_in(page: Any, name: str = "seen") -> str:
    return re.search(rf'name="{name}" value="(\w+)"', page.get_data(as_text=True)).group(1)


def test_a_planned_station_becomes_built_on_the_desk_and_the_plan_counts_it(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    desk = desk_of(cast.office)
    shown = desk.get(f"/stations/{cast.xz1.id}/acceptance")
    assert "还不清楚" in text_of(shown)

    page = desk.done(
        f"/stations/{cast.xz1.id}/acceptance", grade="standardised", seen=seal_in(shown), **GOOD
    )

    assert "验收记录" in page
    assert "当时还不清楚的应当项" in page
    assert "与留底时一样" in page
    make_plan(session, cast.county)
    session.commit()
    plan = text_of(desk.get("/plan"))
    assert "其中标准化 1" in plan
    assert "拟建 3" in plan


def test_what_fails_closes_the_way_to_standardised_and_the_page_says_which_clause(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    say(
        session, station=cast.xz1, fact="shelves", value=False, word=Word.INSPECTOR,
        on=clock.today(), by=cast.wang, now=clock.now(),
    )  # fmt: skip
    session.commit()
    desk = desk_of(cast.office)
    shown = desk.get(f"/stations/{cast.xz1.id}/acceptance")
    assert "现在不能按“标准化”验收" in text_of(shown)

    answer = desk.post(
        f"/stations/{cast.xz1.id}/acceptance", grade="standardised", seen=seal_in(shown),
        **(GOOD | {"present": "供销社赵某"}),
    )  # fmt: skip
    if answer.status_code == 303:
        answer = desk.client.get(answer.location)

    assert "货架" in text_of(answer)
    assert 'value="供销社赵某"' in answer.get_data(as_text=True)
    assert session.scalars(select(Acceptance)).all() == []


def test_a_list_is_accepted_at_once_and_what_is_ticked_stays_when_something_is_missing(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    desk = desk_of(cast.office)
    listed = desk.get("/acceptances")
    ticked: dict[str, Any] = {
        "station": [str(cast.c1.id), str(cast.c2.id)],
        **{f"seen-{one}": seal_in(listed, f"seen-{one}") for one in (cast.c1.id, cast.c2.id)},
        "what": "accept",
    }

    answer = desk.post("/acceptances", **ticked, **(GOOD | {"present": ""}))
    if answer.status_code == 303:
        answer = desk.client.get(answer.location)
    page = answer.get_data(as_text=True)
    assert "请写明哪些人参加了验收" in page
    assert page.count(" checked") == 2
    assert "已以县办的名义验收 2 个站" in desk.done("/acceptances", **ticked, **GOOD)
    session.expire_all()
    assert (cast.c1.stage, cast.c3.stage) == (Stage.BUILT, Stage.PLANNED)


def test_an_acceptance_is_taken_back_on_its_page_and_stays_readable(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    desk = desk_of(cast.office)
    seen = seal_in(desk.get(f"/stations/{cast.c1.id}/acceptance"))
    desk.done(f"/stations/{cast.c1.id}/acceptance", grade="built", seen=seen, **GOOD)
    [made] = session.scalars(select(Acceptance))

    page = desk.done(f"/acceptances/{made.id}/withdraw", reason="选错了站")

    assert "原因：选错了站" in page
    assert "参加的人 供销社王某" in page


def test_what_stood_here_before_acceptances_is_counted_apart_and_can_go_back_onto_the_plan(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    cast.c1.stage = cast.c2.stage = Stage.BUILT_BEFORE
    session.commit()
    desk = desk_of(cast.office)
    make_plan(session, cast.county)
    session.commit()
    assert "另有升级前登记、未验收 2" in text_of(desk.get("/plan"))

    desk.done("/acceptances", station=[str(cast.c1.id)], what="plan", reason="方案占位")

    assert "另有升级前登记、未验收 1" in text_of(desk.get("/plan"))


def test_a_township_officer_sees_how_far_the_own_stations_are_and_accepts_none(
    cast: Cast, desk_of: DeskOf
) -> None:
    page = text_of(desk_of(cast.officer).get("/acceptances"))

    assert "舍科村" in page
    assert "马家沟村" not in page
    assert "名义" not in page


def test_what_waits_to_be_accepted_leads_to_a_list_of_just_that(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    cast.c1.stage, cast.c2.stage = Stage.BUILT_BEFORE, Stage.BUILT
    session.commit()
    desk = desk_of(cast.office)
    today = desk.get("/")

    said = re.search(r"站点等验收 (\d+) 站", text_of(today))
    listed = desk.get("/acceptances?stage=waiting").get_data(as_text=True)

    assert said is not None
    make_plan(session, cast.county)
    session.commit()
    for page in (today, desk.get("/board")):
        assert 'href="/desk/acceptances?stage=waiting"' in page.get_data(as_text=True)
    shown = {int(one) for one in re.findall(r'name="station" value="(\d+)"', listed)}
    assert len(shown) == int(said[1])
    assert cast.c1.id in shown
    assert cast.c2.id not in set(map(int, re.findall(r"/stations/(\d+)/acceptance", listed)))
