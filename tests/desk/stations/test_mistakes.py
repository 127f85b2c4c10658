"""更正登记错误 at the desk: looked at, asked, ticked; what was wrong stays in sight."""

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape

from sqlalchemy.orm import Session

from server.calendar import full_day_text
from server.http import clock
from server.models.person import Person
from server.policy.hours import hours_text, parse_hours
from server.services.registry.stations import close_station, edit_station
from tests.databases import ON_SQLITE
from tests.desk.conftest import Desk, text_of
from tests.factories import Cast

DeskOf = Callable[[Person], Desk]
pytestmark = ON_SQLITE
DAILY, SUNDAYS = "周一至周日 08:00-18:00", "周日 08:00-18:00"


def ticked(page: str) -> str:
    [asked] = re.findall(r'name="sure" value="([^"]+)"', page)
    return unescape(asked)


def sealed(page: str) -> str:
    return re.findall(r'name="seal" value="([^"]+)"', page)[0]


def test_wrong_hours_are_corrected_after_what_changes_was_read(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    days = clock.today() - timedelta(days=14)
    cast.c1.created_at = clock.now() - timedelta(days=60)
    cast.c1.hours = parse_hours(DAILY)
    edit_station(
        session, station=cast.c1, changes={"hours": SUNDAYS}, by=cast.office,
        now=clock.now() - timedelta(days=14), reason="手滑", standards=(),
    )  # fmt: skip
    session.commit()
    desk, path = desk_of(cast.office), f"/stations/{cast.c1.id}/mistakes"
    page = desk.get(path).get_data(as_text=True)
    assert SUNDAYS in page
    form = {
        "what": "hours", "from_on": days.isoformat(), "until_on": "", "hours": "每天8点到18点",
        "reason": "录入时多按了一下", "source": "站长来电", "seal": sealed(page),
    }  # fmt: skip

    asks = desk.post_and_go_on(path, **form)
    assert desk.answered == 303
    assert "看过了，照这样更正" in text_of(asks)
    assert "应报" in text_of(asks)
    session.refresh(cast.c1)
    assert hours_text(cast.c1.hours) == SUNDAYS

    said = desk.done(path, **form, sure=ticked(asks.get_data(as_text=True)))

    assert "更正好了" in said
    session.expire_all()
    assert hours_text(cast.c1.hours) == DAILY
    told = text_of(desk.get(f"/stations/{cast.c1.id}/history"))
    assert "更正登记错误" in told
    assert "依据：站长来电" in told
    assert "手滑" in told


def test_a_station_closed_by_mistake_is_open_again_and_never_was_closed(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    on = clock.today() - timedelta(days=14)
    cast.c1.created_at = clock.now() - timedelta(days=60)
    close_station(
        session, station=cast.c1, by=cast.office, now=clock.now() - timedelta(days=14), on=on,
        reason="停业",
    )  # fmt: skip
    session.commit()
    desk, path = desk_of(cast.office), f"/stations/{cast.c1.id}/mistakes"
    assert "更正登记错误" in text_of(desk.get(f"/stations/{cast.c1.id}/closing"))
    page = desk.get(path).get_data(as_text=True)
    form = {
        "what": "closing", "which": f"{on.isoformat()}:", "truth": "never", "closed_on": "",
        "back_on": "", "reason": "选错了站", "source": "站长来电", "seal": sealed(page),
    }  # fmt: skip

    asks = desk.post_and_go_on(path, **form)
    desk.done(path, **form, sure=ticked(asks.get_data(as_text=True)))

    session.refresh(cast.c1)
    assert cast.c1.closed_on is None
    assert "没有登记过停业" in text_of(desk.get(path))


def test_a_closing_that_was_never_entered_is_added_at_once(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    cast.c1.created_at = clock.now() - timedelta(days=60)
    cast.c1.opened_on = None
    cast.c1.hours = parse_hours(DAILY)
    session.commit()
    first, back = (clock.today() - timedelta(days=n) for n in (14, 7))
    desk, path = desk_of(cast.office), f"/stations/{cast.c1.id}/mistakes"
    page = desk.get(path)
    assert "停过业，没有登记" in text_of(page)
    form = {
        "what": "missed", "closed_on": first.isoformat(), "back_on": back.isoformat(),
        "reason": "当时忘了登记", "source": "站长来电", "seal": sealed(page.get_data(as_text=True)),
    }  # fmt: skip

    asks = desk.post_and_go_on(path, **form)
    assert "应报" in text_of(asks)
    said = desk.done(path, **form, sure=ticked(asks.get_data(as_text=True)))

    assert "更正好了" in said
    told = text_of(desk.get(path))
    assert "登记里没有的" not in told
    assert full_day_text(first) + "停业" in told
    assert full_day_text(back) + "恢复" in told
