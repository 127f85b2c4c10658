"""补助 on a keeper's phone: how much, for what, why not yet; and nobody else's."""

from typing import Any

from sqlalchemy.orm import Session

from server.models.signal import IntegritySignal, SignalState
from server.models.subsidy import SubsidyHold
from server.services.programme.programmes import bring_programme
from tests.databases import ON_SQLITE
from tests.factories import NOW, TODAY, Cast
from tests.plans import JINGLE
from tests.services.subsidies.listed import listed

pytestmark = ON_SQLITE


def test_a_keeper_reads_how_much_for_what_and_why_not_yet(
    call: Any, session: Session, cast: Cast
) -> None:
    row = bring_programme(session, county=cast.county, programme=JINGLE, now=NOW, by=None)
    due, _ = listed(session, cast.c1, programme_id=row.id, by=cast.office)
    session.add_all(
        [
            SubsidyHold(
                county="140926", entitlement_id=due.id, reason="照片要补", opened_at=NOW
            ),
            IntegritySignal(
                county="140926", station_id=cast.c1.id, kind="same_numbers", about="x",
                day_on=TODAY, question="？", state=SignalState.OPEN, raised_at=NOW,
            ),
        ]
    )  # fmt: skip
    session.commit()

    def asked(who: Any) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = call(who, "/keeper/subsidies")["subsidies"]
        return found

    [one] = asked(cast.li)
    assert (one["amount"], one["title"], one["period"]) == (
        "3.00", "电商平台农副产品上行补贴", "2023-05",
    )  # fmt: skip
    assert one["sentence"] == "3元：电商平台卖到县外的农副产品3单。"
    assert one["said"] == ("暂缓：照片要补；这个站有1条异常提示还没有处理，处理好就不再暂缓。")
    assert asked(cast.zhao) == []
