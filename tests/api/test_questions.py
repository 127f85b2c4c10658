"""Questions to the keeper on the phone: home, the answer through the queue, the own list."""

from collections.abc import Callable
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from server.models.person import Person
from server.services.signals.questions import settle_signal
from tests.api.events import batch, item
from tests.factories import NOW, Cast
from tests.services.asked import raised

Headers = Callable[[Person], dict[str, str]]


def got(client: FlaskClient, path: str, headers: dict[str, str]) -> Any:
    answer = client.get(f"/api/v1/keeper/{path}", headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json


def sent(client: FlaskClient, told: dict[str, Any], headers: dict[str, str]) -> Any:
    answer: Any = client.post("/api/v1/sync", json=batch(told), headers=headers).json
    [result] = answer["results"]
    return result


def test_a_question_goes_from_home_through_the_queue_to_the_own_list(
    client: FlaskClient, session: Session, cast: Cast, signed_in: Headers
) -> None:
    signal = raised(session, cast.c1)
    signal_id = signal.id
    li = signed_in(cast.li)

    [here] = got(client, "home", li)["stations"]
    [task] = [one for one in here["todo"] if one["kind"] == "question"]
    told = item("answer", cast.c1.id, {"signal_id": signal_id, "text": "那天在镇上取件"})
    answers = [sent(client, told, li) for _ in range(2)]
    settle_signal(
        session,
        signal=session.merge(signal),
        decision="explained",
        reason="镇上证实",
        by=cast.office,
        now=NOW,
    )
    listed = got(client, "questions", li)

    assert (task["signal_id"], task["why"], task["day_on"]) == (
        signal_id,
        "7月3日签到的位置离站点有2.4公里。当天是在别处营业吗？",
        "2023-07-05",
    )
    assert [one["result"] for one in answers] == ["ok", "same"]
    [question] = listed["questions"]
    assert (listed["open"], listed["next"]) == (0, None)
    assert question["title"] == "签到离站点太远"
    assert (question["answer"], question["decision_label"], question["reason"]) == (
        "那天在镇上取件",
        "已说明",
        "镇上证实",
    )


def test_a_keeper_sees_the_own_questions_page_by_page_and_nobody_elses(
    client: FlaskClient, session: Session, cast: Cast, signed_in: Headers
) -> None:
    for number in range(31):
        raised(session, cast.c1, f"{number}")
    raised(session, cast.c2)
    li = signed_in(cast.li)

    first = got(client, "questions", li)
    second = got(client, f"questions?before={first['next']}", li)

    assert (len(first["questions"]), len(second["questions"])) == (30, 1)
    assert first["open"] == 31
    assert {one["station_id"] for one in first["questions"]} == {cast.c1.id}
    assert second["next"] is None


def test_an_answer_that_cannot_be_read_says_what_is_missing(
    client: FlaskClient, cast: Cast, signed_in: Headers
) -> None:
    unread = item("answer", cast.c1.id, {"signal_id": 1, "text": "好" * 201})

    huge = item("answer", cast.c1.id, {"signal_id": 2**70, "text": "好"})
    li = signed_in(cast.li)

    result, unknown = sent(client, unread, li), sent(client, huge, li)

    assert (result["result"], result["message"]) == ("invalid", "这里要写1到200个字。")
    assert (unknown["result"], "没有这个问题" in unknown["message"]) == ("invalid", True)
