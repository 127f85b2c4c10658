"""县级统仓共配: which courier brands share which functions of the centre on a day."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from server.labelled import Labelled
from server.policy.standard.verdicts import Verdict


class HubFunction(Labelled):
    """What brands do as one at the county's centre (静乐方案 四（一）)."""

    STORAGE = "storage", "统仓"
    SORTING = "sorting", "分拣"
    DELIVERY = "delivery", "配送"


Shares = Mapping[HubFunction, bool | None]
"""Of each function whether a brand takes part in it; None while nobody has said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HubGoal:
    """So many brands that share all three functions, as a plan asks."""

    brands: int
    clause: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BrandPeriod:
    """One brand's time at the centre; both days belong to it, `until_on` None: it goes on."""

    brand: str
    from_on: date
    until_on: date | None
    shares: Shares

    def holds(self, on: date) -> bool:
        """Whether it was so on this day."""
        return self.from_on <= on and (self.until_on is None or on <= self.until_on)

    def all_three(self) -> Verdict:
        """PASS where it shares all three, FAIL where it leaves one out, else UNKNOWN."""
        said = [self.shares.get(one) for one in HubFunction]
        if False in said:
            return Verdict.FAIL
        return Verdict.UNKNOWN if None in said else Verdict.PASS


@dataclass(frozen=True, slots=True)
class SharedHub:
    """A day at the centre: the brands by whether they share all three functions, by name."""

    on: date
    sharing: tuple[str, ...]
    unknown: tuple[str, ...]
    partly: tuple[str, ...]

    def reaches(self, brands: int) -> Verdict:
        """Whether so many share all three; UNKNOWN where those nobody has asked decide it."""
        if len(self.sharing) >= brands:
            return Verdict.PASS
        possible = len(self.sharing) + len(self.unknown)
        return Verdict.UNKNOWN if possible >= brands else Verdict.FAIL


def hub_on(periods: Iterable[BrandPeriod], on: date) -> SharedHub:
    """How brands shared the centre on a day."""
    there = sorted((one for one in periods if one.holds(on)), key=lambda one: one.brand)
    by = {
        verdict: tuple(one.brand for one in there if one.all_three() is verdict)
        for verdict in (Verdict.PASS, Verdict.UNKNOWN, Verdict.FAIL)
    }
    return SharedHub(on, by[Verdict.PASS], by[Verdict.UNKNOWN], by[Verdict.FAIL])


def why_no_demonstration(goal: HubGoal | None, hub: SharedHub) -> str:
    """Why the centre cannot be accepted as 示范 on that day, as a sentence; "" if it can."""
    if goal is None:
        return "本县的方案没有提出县级中心的样板示范，只能验收为“建成”。"
    if hub.reaches(goal.brands) is Verdict.PASS:
        return ""
    have = f"三项都共用的有{len(hub.sharing)}家" + (
        f"（{'、'.join(hub.sharing)}）" if hub.sharing else ""
    )
    asked = f"，还没有问清楚的有{'、'.join(hub.unknown)}" if hub.unknown else ""
    return (
        f"方案{goal.clause}要求至少{goal.brands}个快递品牌在统仓、分拣、配送三项上一体化运营，"
        f"这一天{have}{asked}。"
    )
