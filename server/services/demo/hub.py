"""The demonstration's county centre: three brands, one of which nobody has asked to the end."""

from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from server.models.county import County
from server.models.hub import HubBrand
from server.policy.plan.hub import HubFunction
from server.services.demo.cast import DemoCast

BRANDS: tuple[tuple[str, int, tuple[bool | None, bool | None, bool | None]], ...] = (
    ("演示快递甲", 210, (True, True, True)),
    ("演示快递乙", 96, (True, True, True)),
    ("演示快递丙", 40, (True, True, None)),
)
"""Name, how many days ago it came, and of 统仓、分拣、配送 whether it shares them."""


def share_the_hub(
    session: Session, cast: DemoCast, *, county: County, on: date, now: datetime
) -> None:
    """Two brands that share all three functions, and one of which a part is not known."""
    session.add_all(
        HubBrand(
            county=county.code, brand=brand, from_on=on - timedelta(days=ago),
            shares={one.value: said for one, said in zip(HubFunction, shares, strict=True)},
            note="演示数据", recorded_by=cast.office.id, recorded_at=now, demo=True,
        )
        for brand, ago, shares in BRANDS
    )  # fmt: skip
