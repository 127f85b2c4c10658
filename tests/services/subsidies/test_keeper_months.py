"""A keeper's months of money: what was reported, and for whom each waits."""

from datetime import date

from sqlalchemy.orm import Session

from server.models.subsidy import SubsidyCycle
from server.services.programme.programmes import bring_programme
from server.services.subsidies.keeper_months import (
    LISTED,
    NOT_APPROVED,
    NOT_WORKED_OUT,
    NOTHING_HERE,
    RUNNING,
    keeper_months,
)
from tests.databases import ON_SQLITE
from tests.factories import NOW, TODAY, Cast
from tests.plans import JINGLE
from tests.services.days.of_june import approve, counted, send
from tests.services.subsidies.listed import listed

pytestmark = ON_SQLITE
BOTH = {"inbound", "outbound"}


def test_a_month_says_for_whom_it_waits_until_its_amounts_say_it(
    session: Session, cast: Cast
) -> None:
    send(session, cast.li, counted(cast.c1))
    send(session, cast.li, counted(cast.c1, day=4, received=30))
    send(session, cast.li, counted(cast.c1, day=1, month_on=date(2023, 7, 1)))

    def months() -> list[tuple[str, int, int, int, bool, str]]:
        found = keeper_months(session, keeper=cast.li, schemes=BOTH, today=TODAY)
        return [
            (one.period, one.received, one.sent, one.days, one.approved, one.said) for one in found
        ]

    july = ("2023-07", 12, 3, 1, False, RUNNING)
    assert months() == [july, ("2023-06", 42, 6, 2, False, NOT_APPROVED)]
    approve(session, cast)
    assert months() == [july, ("2023-06", 42, 6, 2, True, NOT_WORKED_OUT)]
    row = bring_programme(session, county=cast.county, programme=JINGLE, now=NOW, by=None)
    due, _ = listed(session, cast.c1, programme_id=row.id, by=cast.office)
    cycle = session.get_one(SubsidyCycle, due.cycle_id)
    cycle.period = "2023-06"
    assert months()[1][-1] == LISTED
    due.station_id = cast.c2.id
    assert months()[1][-1] == NOT_WORKED_OUT, "one of two schemes is worked out"
    session.add(
        SubsidyCycle(
            county=cast.county.code, programme_id=row.id, scheme="inbound", period="2023-06",
            opened_by=cast.office.id, opened_at=NOW,
        )
    )  # fmt: skip
    session.flush()
    assert months()[1][-1] == NOTHING_HERE

    assert keeper_months(session, keeper=cast.zhao, schemes=BOTH, today=TODAY) == []
    assert keeper_months(session, keeper=cast.li, schemes=(), today=TODAY) == []
    assert keeper_months(session, keeper=cast.li, schemes=BOTH, today=date(2024, 1, 1)) == []
