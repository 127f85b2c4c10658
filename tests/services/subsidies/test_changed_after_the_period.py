"""An award for a past period that rests on modes entered since waits until a person has looked."""

from sqlalchemy.orm import Session

from server.services.people.scope import EVERYBODY
from server.services.registry.stations import edit_station
from server.services.subsidies.cycles import work_out
from tests.factories import NOW
from tests.services.subsidies.world import Money, ask


def test_a_mode_that_was_entered_after_the_period_is_a_doubt(
    session: Session, money: Money
) -> None:
    first = money.stations[0]

    def doubts(period: str) -> dict[int, tuple[str, ...]]:
        worked = work_out(session, ask(session, money, period=period), seen_by=EVERYBODY)
        return {one.station.id: one.doubts for one in worked.entitled}

    before = doubts("2022")
    assert set(before) == {one.id for one in money.stations}
    assert not any(before.values())

    edit_station(
        session, station=first, changes={"coop_modes": ["resident_point", "postal_coop"]},
        by=money.office, now=NOW, reason="补登记", standards=(),
    )  # fmt: skip

    after = doubts("2022")
    [doubt] = after.pop(first.id)
    assert doubt == (
        "C0100 村0便民服务站的辐射村或合作模式在2022年12月31日以后改过，"
        "覆盖按现在登记的算，当时是不是这样，请人看一下"
    )
    assert not any(after.values())
    assert not any(doubts("2023").values())  # of the period itself
