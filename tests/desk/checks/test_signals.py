import re
from collections.abc import Callable
from datetime import timedelta

from sqlalchemy.orm import Session

from server.models.county import County
from server.models.job import Job, JobState
from server.models.person import Person, Role
from server.models.signal import IntegritySignal, SignalState
from server.policy.signals.options import (
    KINDS,
    SETTINGS,
    SignalOptions,
)
from server.services.signals.questions import signal_options
from tests.databases import ON_SQLITE
from tests.desk.conftest import Desk, text_of
from tests.factories import NOW, TODAY, Cast, make_person
from tests.services.asked import raised

DeskOf = Callable[[Person], Desk]
pytestmark = ON_SQLITE


def test_a_question_stands_with_its_figures_its_answer_and_three_buttons(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    raised(
        session,
        cast.c1,
        state=SignalState.ANSWERED,
        answer="那天在镇上取件",
        answered_at=NOW,
    )

    page = text_of(desk_of(cast.office).get("/signals"))

    assert "提示不是结论。" in page
    assert "待处理 1" in page
    assert "7月3日签到的位置离站点有2.4公里。当天是在别处营业吗？" in page
    assert "凭什么问：离登记位置2.4公里（误差20米），超过1公里。" in page
    assert "站长说 那天在镇上取件" in page
    assert "已说明 存疑 误报" in page


def test_the_page_says_until_when_the_county_was_looked_at(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    desk = desk_of(cast.office)
    assert "夜里还没有看过一遍" in text_of(desk.get("/signals"))

    for hours, county, state in (
        (30, "140926", JobState.DONE), (6, "140926", JobState.DEAD), (6, "411721", JobState.DONE),
    ):  # fmt: skip
        session.add(
            Job(
                kind="look_for_signals", args={"county": county, "on": "2023-07-05"}, state=state,
                run_at=NOW - timedelta(hours=hours), made_at=NOW,
            )
        )  # fmt: skip
    session.commit()

    told = text_of(desk.get("/signals"))
    assert "最近一次看到 2023-07-04 08:30 为止，那以后的还没有看" in told


def test_a_decision_needs_a_reason_leaves_the_list_and_can_be_revised(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    signal = raised(session, cast.c1)
    where = f"/signals/{signal.id}/settle"
    desk = desk_of(cast.office)

    bare = desk.post(f"{where}?state=open&kind=too_far", decision="explained", reason=" ")
    page = desk.done(f"{where}?state=open&kind=too_far", decision="explained", reason="问过了")
    settled = text_of(desk.get("/signals?state=settled"))
    revised = desk.done(f"{where}?state=settled", decision="doubtful", reason="再核实")

    assert (bare.status_code, "请写一句理由" in text_of(bare)) == (422, True)
    assert "已记为“已说明”" in page
    assert "没有这样的提示" in page
    assert "已说明 问过了 县办" in settled
    assert "存疑 再核实 县办" in revised


def test_filters_stand_in_the_address_and_narrow_the_list(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    raised(session, cast.c1, "a")
    raised(session, cast.c2, "b", kind="flat_counts", question="是每天数的吗？")
    raised(session, cast.c3, "c", state=SignalState.SETTLED, decision="mistaken", settled_at=NOW)
    desk = desk_of(cast.office)

    def names(query: str) -> set[str]:
        page = text_of(desk.get(f"/signals?{query}"))
        return {one.name for one in (cast.c1, cast.c2, cast.c3) if one.name in page}

    assert names("") == {cast.c1.name, cast.c2.name}
    assert names("kind=flat_counts") == {cast.c2.name}
    assert names("state=settled") == {cast.c3.name}
    assert names(f"state=all&township={cast.c3.township_code}") == {cast.c3.name}
    assert names(f"station={cast.c1.id}") == {cast.c1.name}
    assert names("q=c0002") == {cast.c2.name}
    assert names("kind=nonsense&state=nonsense&station=x&before=9") == {
        cast.c1.name,
        cast.c2.name,
    }


def test_a_long_list_goes_on_page_by_page(session: Session, cast: Cast, desk_of: DeskOf) -> None:
    for number in range(31):
        raised(session, cast.c1, f"{number}", day_on=TODAY - timedelta(days=number))
    desk = desk_of(cast.office)

    first = desk.get("/signals").get_data(as_text=True)
    following = first.split('rel="next" href="/desk')[1].split('"')[0].replace("&amp;", "&")
    second = desk.get(following).get_data(as_text=True)

    assert (first.count('class="card asked"'), second.count('class="card asked"')) == (30, 1)
    assert "回到第一页" in second


def test_a_township_officer_settles_only_at_home_and_the_reviewer_only_reads(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    theirs, other = raised(session, cast.c3), raised(session, cast.c1)
    desk = desk_of(cast.officer)

    page = text_of(desk.get("/signals"))
    desk.done(f"/signals/{theirs.id}/settle", decision="mistaken", reason="定位飘")
    refused = desk.post(f"/signals/{other.id}/settle", decision="mistaken", reason="定位飘")

    assert cast.c1.name not in page
    assert refused.status_code == 404
    assert session.get_one(IntegritySignal, other.id).state is SignalState.OPEN


def test_board_and_station_tell_of_what_waits(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    raised(session, cast.c1)
    desk = desk_of(cast.office)

    board, station = text_of(desk.get("/board")), text_of(desk.get(f"/stations/{cast.c1.id}"))

    assert "异常提示 1 条待处理" in board
    assert "等站长答复 签到离站点太远 7月3日签到的位置" in station
    assert "条待处理" not in text_of(desk_of(cast.officer).get("/board"))


def seal_of(desk: Desk) -> str:
    """What the page of thresholds carries now."""
    [sealed] = re.findall(r'name="seal" value="(\w+)"', desk.get("/county/signals").text)
    return sealed


def test_of_two_officers_who_set_thresholds_each_is_heard_where_alone(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    colleague = make_person(session, name="刘主任", role=Role.COUNTY_OFFICE, login="liu")
    ours = {name: str(getattr(SignalOptions(), name)) for name in SETTINGS}
    first, asks = desk_of(cast.office), [kind for kind in KINDS if kind != "round_counts"]
    mine = ours | {"seal": seal_of(first), "too_far_m": "2000"}
    second = desk_of(colleague)
    theirs = ours | {"seal": seal_of(second), "late_days": "9"}

    desk_of(cast.office).done("/county/signals", **mine, ask=asks, reason="山区")
    said = desk_of(colleague).done("/county/signals", **theirs, ask=list(KINDS), reason="夏天")

    session.expire_all()
    held = signal_options(session.get_one(County, "140926"))
    assert (held.too_far_m, held.late_days) == (2000, 9)
    assert held.off == frozenset({"round_counts"})
    assert "别人改过“签到离登记位置多远才问（先减去定位误差）”、“问哪些”，您没有动" in said


def test_where_both_set_one_threshold_the_second_is_asked_which(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    desk, asks = desk_of(cast.office), list(KINDS)
    ours = {name: str(getattr(SignalOptions(), name)) for name in SETTINGS} | {"reason": "山区"}
    stale = ours | {"seal": seal_of(desk), "too_far_m": "3000", "late_days": "9"}
    desk.done("/county/signals", **ours | {"seal": seal_of(desk), "too_far_m": "2000"}, ask=asks)

    refused = desk.post("/county/signals", **stale, ask=asks)

    assert refused.status_code == 409
    assert "别人改的： 2000米" in text_of(refused)
    assert "我填的： 3000米" in text_of(refused)
    assert 'name="late_days" value="9"' in refused.text
    [sealed] = re.findall(r'name="seal" value="(\w+)"', refused.text)
    asked = stale | {"seal": sealed, "clash": "too_far_m"}
    assert desk.post("/county/signals", **asked, ask=asks).status_code == 409  # not yet chosen
    desk.done("/county/signals", **asked, ask=asks, **{"choose-too_far_m": "theirs"})
    session.expire_all()
    held = signal_options(session.get_one(County, "140926"))
    assert (held.too_far_m, held.late_days) == (2000, 9)


def test_a_page_of_thresholds_from_before_seals_overwrites_nothing(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    ours = {name: str(getattr(SignalOptions(), name)) for name in SETTINGS}

    for sealed in ({}, {"seal": ""}, {"seal": "zz"}, {"seal": "31"}):
        refused = desk_of(cast.office).bare(
            "/county/signals", **ours | sealed, ask=list(KINDS)[1:], reason="山区"
        )
        assert refused.status_code == 409
        assert "看不出" in text_of(refused)
        assert 'name="choose-' in refused.text
        assert "别人已经改过" not in text_of(refused)  # nobody has


def test_thresholds_are_changed_with_a_reason_and_within_their_limits(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    ours = SignalOptions()
    form = {name: str(getattr(ours, name)) for name in SETTINGS}
    desk, asks = desk_of(cast.office), [kind for kind in KINDS if kind != "late_upload"]
    form["seal"] = seal_of(desk)

    wrong = desk.post("/county/signals", **form | {"too_far_m": "9"}, ask=asks, reason="山区")
    page = desk.done("/county/signals", **form | {"too_far_m": "2000"}, ask=asks, reason="山区")

    assert wrong.status_code == 422
    assert "100到50000之间的整数" in text_of(wrong)
    assert "本系统的设置" in page
    session.expire_all()
    held = signal_options(session.get_one(County, "140926"))
    assert (held.too_far_m, held.off) == (2000, frozenset({"late_upload"}))
    assert "本县不问 1 种" in text_of(desk.get("/signals"))
