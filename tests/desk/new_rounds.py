"""The form by which the office opens a round, as it is sent."""

from typing import Any

from server.http import clock
from tests.api.rounds import days_from_now
from tests.factories import Cast


def form(cast: Cast, **changes: Any) -> dict[str, Any]:
    today = clock.today()
    return {
        "period": f"{today:%Y-%m}",
        "name": "11月督导",
        "opens_on": today.isoformat(),
        "due_on": days_from_now(10).isoformat(),
        "sample": "all",
        "size": "",
        "seed": "零下3度晋H1234",
        "township": [cast.township.code, cast.other_township.code],
        f"t-{cast.township.code}": str(cast.wang.id),
    } | changes
