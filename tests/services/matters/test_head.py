"""专班负责人: a red problem says the name of whoever heads the 专班 that day, and waits there."""

from datetime import date, datetime, time, timedelta

import pytest
from sqlalchemy.orm import Session

from server.calendar import BEIJING
from server.errors import Conflict, Invalid
from server.models.person import Person
from server.services.common.queues import Asked
from server.services.common.seals import seal
from server.services.matters.heads import head_on, heads_shown, name_head
from server.services.matters.queues import red_queue
from server.services.matters.timers import escalate
from tests.bodies import make_bureau_person
from tests.databases import ON_SQLITE
from tests.factories import NOW, TODAY, Cast
from tests.services.matters.brought import IN_TEN_DAYS, referred

pytestmark = ON_SQLITE
BY_NAME = {"name": "张县长", "phone": "0350-6520001", "post": "副县长", "reason": "静政办发12号"}
RED_ON = IN_TEN_DAYS + timedelta(days=3)


def at(day: date) -> datetime:
    return datetime.combine(day, time(8), BEIJING)


def red(session: Session, who: Person, days: int = 20) -> int:
    return red_queue(session, Asked(who, NOW + timedelta(days=days))).number


def test_a_red_problem_says_who_heads_and_waits_with_that_person(
    session: Session, cast: Cast
) -> None:
    boss = make_bureau_person(session, name="县领导", phone="0350-6520002")
    told = {"county": cast.county, "by": cast.office, "now": NOW}
    name_head(session, typed=BY_NAME, from_on=TODAY, **told)
    coming = RED_ON + timedelta(days=5)
    account = {"person_id": str(boss.id), "reason": "换届"}
    name_head(session, typed=account, from_on=coming, **told)
    referred(session, cast)

    [step] = [one for one in escalate(session, county=cast.county, now=at(RED_ON)) if one.handed_to]
    assert step.handed_to == "专班负责人张县长"

    # Without an account it is the office that tells the head; with one it is the head's own.
    days = (RED_ON - TODAY).days
    assert (red(session, cast.office, days), red(session, boss, days)) == (1, 0)
    later = (coming - TODAY).days
    assert (red(session, cast.office, later), red(session, boss, later)) == (0, 1)
    boss.active = False
    session.flush()
    assert red(session, cast.office, later) == 1
    assert red(session, cast.outsider, later) == 0
    now = head_on(session, county=cast.county.code, on=coming)
    assert now is not None
    assert (now.name, now.phone) == ("县领导", "0350-6520002")


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"reason": "文件"}, "name"),
        ({"name": "张县长", "reason": "文件"}, "phone"),
        ({"name": "张县长", "phone": "打给他", "reason": "文件"}, "phone"),
        ({"person_id": "999999", "reason": "文件"}, "person_id"),
        ({"person_id": "outsider", "reason": "文件"}, "person_id"),
        (BY_NAME | {"reason": " "}, "reason"),
    ],
)
def test_a_head_without_what_is_needed_is_refused(
    session: Session, cast: Cast, typed: dict[str, str], field: str
) -> None:
    typed = {k: str(cast.outsider.id) if v == "outsider" else v for k, v in typed.items()}
    with pytest.raises(Invalid) as refused:
        name_head(session, county=cast.county, typed=typed, from_on=TODAY, by=cast.office, now=NOW)
    assert field in refused.value.details["fields"]
    assert head_on(session, county=cast.county.code, on=TODAY) is None


def test_of_two_who_name_a_head_the_second_is_told(session: Session, cast: Cast) -> None:
    seen = seal(heads_shown(session, county=cast.county.code))
    told = {"county": cast.county, "by": cast.office, "now": NOW, "from_on": TODAY, "seal": seen}
    name_head(session, typed=BY_NAME, **told)
    with pytest.raises(Conflict) as refused:
        name_head(session, typed=BY_NAME | {"name": "李县长"}, **told)
    assert refused.value.code == "head-changed-meanwhile"
