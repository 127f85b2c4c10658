"""Money goes to whom it is due, once; where two may be meant a person looks first."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from server.models.person import Keeping
from server.models.programme import CountyProgramme
from server.models.subsidy import SubsidyCycle, SubsidyEntitlement
from server.models.subsidy_order import SubsidyOrder, SubsidyOrderFile
from server.policy.plan.subsidy_rates import Tier
from server.services.subsidies.holds import reasons_of
from server.services.subsidies.rates import add_rate
from tests.databases import ON_SQLITE
from tests.factories import NOW, Cast
from tests.services.subsidies.world import Money, jingle, proposed

pytestmark = ON_SQLITE
JUNE = "2023-06"


def listed(session: Session, money: Money, cast: Cast, *numbers: str) -> None:
    """Orders of C0001 in June that may be paid, a yuan each."""
    if not session.scalars(select(SubsidyOrderFile)).all():
        add_rate(
            session, plan=money.plan, scheme=money.plan.scheme("outbound"),
            from_on=date(2023, 1, 1), tiers=[Tier("", "", 0, 1000)], amount_fen=None,
            source="静财建8号", reason="", seal=None, by=money.office, now=NOW,
        )  # fmt: skip
    file = SubsidyOrderFile(
        county=cast.county.code, operator_id=cast.c1.operator_id, file_name="x", lines=1,
        file_sha256=numbers[0].rjust(64, "0"), entered_by=money.office.id, entered_at=NOW,
    )  # fmt: skip
    session.add(file)
    session.flush()
    session.add_all(
        SubsidyOrder(
            county=cast.county.code, file_id=file.id, file_row=2, station_id=cast.c1.id,
            operator_id=cast.c1.operator_id, order_no=number, day_on=date(2023, 6, 3),
            product="藜麦", platform="拼多多", destination="北京市",
        )
        for number in numbers
    )  # fmt: skip
    session.flush()


@pytest.mark.parametrize(("until", "asks"), [(12, True), (1, False)])
def test_a_keeper_who_came_within_the_month_is_paid_for_it_when_a_person_says_so(
    session: Session,
    cast: Cast,
    until: int,
    asks: bool,  # noqa: FBT001
) -> None:
    money = jingle(session, cast, payee="站长")
    listed(session, money, cast, "P1")
    session.add(
        Keeping(
            person_id=cast.zhao.id, station_id=cast.c1.id,
            from_at=datetime(2023, 1, 1, tzinfo=UTC), until_at=datetime(2023, 6, until, tzinfo=UTC),
        )
    )  # fmt: skip
    session.flush()

    [row] = proposed(session, money, "outbound", JUNE)

    assert row.payee_name == "老李"
    reasons = reasons_of(session, [row]).get(row.id, [])
    assert any("先后有2位站长" in one and "小赵" in one for one in reasons) is asks


def test_what_another_plan_of_the_county_gives_for_the_same_month_is_looked_at(
    session: Session, cast: Cast
) -> None:
    money = jingle(session, cast)
    listed(session, money, cast, "P1")
    [first] = proposed(session, money, "outbound", JUNE)
    assert not reasons_of(session, [first])
    given = {
        one.key: getattr(money.plan.row, one.key)
        for one in CountyProgramme.__table__.columns
        if one.key not in ("id", "key", "from_on")
    }
    older = CountyProgramme(**given, key="older", from_on=date(2022, 1, 1))
    session.add(older)
    session.flush()
    session.get_one(SubsidyCycle, first.cycle_id).programme_id = older.id
    session.get_one(SubsidyEntitlement, first.id).programme_id = older.id
    listed(session, money, cast, "P2")

    [second] = proposed(session, money, "outbound", JUNE)

    assert any("也给这个站报过同一项" in one for one in reasons_of(session, [second])[second.id])
