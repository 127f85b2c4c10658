"""考核: items with the county's own points, what counted things propose, totals and ranks.

No item, no point and no band is given here: all are the county's (考核办法). What is proposed is a
span as long as something is unknown: unknown counts neither as done nor as not done by itself.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from itertools import pairwise

from server.labelled import Labelled
from server.policy.numerals import decimal
from server.policy.plan.indicators import JUDGING, keys_for
from server.policy.standard.facts import Level

TENTH = Decimal("0.1")
MOST_POINTS = Decimal(1000)
ITEMS_AT_MOST = 20
RANK_SAID = "按总分从高到低排；总分一样的名次相同，后面的名次顺延，列的先后按区划代码"
ROUNDING_SAID = "建议分按比例算出后四舍五入到一位小数，总分是各项得分相加"


class Whom(Labelled):
    """Who is assessed."""

    TOWNSHIPS = "townships", "各乡镇", "乡镇"
    UNITS = "units", "各成员单位", "成员单位"


class Period(Labelled):
    """Which kind of period an assessment is of; its days are the county's own."""

    MONTH = "month", "月度"
    QUARTER = "quarter", "季度"
    HALF = "half", "半年"
    YEAR = "year", "年度"


class Way(Labelled):
    """How an item gets its points."""

    HAND = "hand", "由人打分", "由人打分", "打分的人填分数，写原因"
    SHARE = "share", "按比例建议", "按比例", "做到的除以全部，乘以分值"
    BANDS = "bands", "按档次建议", "按档次", "做到的比例达到哪一档，得那一档的分"


class Untold(Labelled):
    """What the county has decided of things nobody can tell; both are said wherever it matters."""

    ASK = "ask", "说不清的由人定", "由人定", "有说不清的就不给一个建议分，由人看过再打分"
    NOT_DONE = (
        "not_done",
        "说不清的先不算做到",
        "先不算",
        "本县的办法这样写；说不清的有几个照样写明",
    )


@dataclass(frozen=True, slots=True)
class Measure:
    """A thing the house counts for each of those assessed; `unit` is what it counts in.

    `judges` where it speaks of 达标, which nobody does in a county without a standard.
    """

    key: str
    label: str
    unit: str
    whom: Whom
    long: str
    judges: bool = False


COVERED, MENDED, REPORTED = "villages.covered", "mended.in_time", "reports.in_time"
LEVELS = (Level.VILLAGE_POINT, Level.TOWNSHIP_STATION)


def _measures() -> Mapping[str, Measure]:
    found = [
        Measure(f"{level.value}.{key.value}", f"{level.short}{key.label}", "站", Whom.TOWNSHIPS,
                key.long, key in JUDGING)
        for level in LEVELS
        for key in keys_for(level, assessed=True)
    ]  # fmt: skip
    found += [
        Measure(COVERED, "村庄有站服务", "村", Whom.TOWNSHIPS, "建成的站设在村里或者能服务到"),
        Measure(MENDED, "整改按期完成", "项", Whom.TOWNSHIPS,
                "期限在考核期内的整改，站长按期交了整改照片并且通过；交了还没验收的说不清。"
                "过了期限还没有交、后来才改晚期限的，仍算没按期"),
        Measure(REPORTED, "每月报送按时", "个月", Whom.UNITS, "到期日在考核期内的月份，按时报到"),
    ]  # fmt: skip
    return {one.key: one for one in found}


MEASURES: Mapping[str, Measure] = _measures()
"""What an item may be proposed from; a measure is of townships or of the 专班's members."""


@dataclass(frozen=True, slots=True)
class Band:
    """From so many percent on (inclusive) an item gets these points."""

    percent: Decimal
    points: Decimal


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a scheme: what is assessed, for how many points, on what ground, and how."""

    key: str
    title: str
    points: Decimal
    basis: str = ""
    way: Way = Way.HAND
    measure: str = ""
    untold: Untold = Untold.ASK
    bands: tuple[Band, ...] = ()


@dataclass(frozen=True, slots=True)
class Counted:
    """What was counted of one of those assessed: apart, so that more than all cannot be done."""

    done: int
    not_done: int
    unknown: int

    def __post_init__(self) -> None:
        if min(self.done, self.not_done, self.unknown) < 0:
            raise ValueError("a count below zero")

    @property
    def among(self) -> int:
        """Of how many."""
        return self.done + self.not_done + self.unknown


@dataclass(frozen=True, slots=True)
class Proposal:
    """What an item's rule gives: one number, or a span while the unknown could move it."""

    lowest: Decimal
    highest: Decimal

    @property
    def points(self) -> Decimal | None:
        """The proposed points; None where only a person can say."""
        return self.lowest if self.lowest == self.highest else None


def proposal(item: Item, counted: Counted | None) -> Proposal | None:
    """What the county's rule proposes; None for points by hand, and where nothing was counted."""
    if item.way is Way.HAND or counted is None or counted.among == 0:
        return None
    most = counted.done if item.untold is Untold.NOT_DONE else counted.done + counted.unknown
    return Proposal(_points(item, counted.done, counted.among), _points(item, most, counted.among))


def _points(item: Item, done: int, among: int) -> Decimal:
    if item.way is Way.SHARE:
        return tenth(item.points * done / among)
    share = Fraction(done, among) * 100
    return next(
        (one.points for one in item.bands if share >= Fraction(one.percent)), Decimal("0.0")
    )


def tenth(number: Decimal) -> Decimal:
    """A number to one decimal, half upwards."""
    return number.quantize(TENTH, ROUND_HALF_UP)


def total_of(points: Iterable[Decimal | None]) -> Decimal | None:
    """The sum; None while any item has no points."""
    found = list(points)
    known = [one for one in found if one is not None]
    return tenth(sum(known, Decimal(0))) if len(known) == len(found) else None


def ranks_of(totals: Sequence[Decimal | None]) -> list[int | None]:
    """Each one's place by total: equal totals share one, the next counts them (1, 1, 3)."""
    return [
        None if mine is None else 1 + sum(other is not None and other > mine for other in totals)
        for mine in totals
    ]


def number_typed(text: str, unit: str = "分") -> Decimal | None:
    """A number with at most one decimal, as people type it; None for anything else."""
    try:
        number = decimal(text, unit, places=1)
    except ValueError:
        return None
    return number if number <= MOST_POINTS * 10 else None


def points_text(points: Decimal) -> str:
    """Points as people write them: 10, 9.5."""
    return str(tenth(points)).removesuffix(".0")


def bands_text(bands: Iterable[Band]) -> str:
    """Bands as they are typed."""
    return " ".join(f"{points_text(one.percent)}:{points_text(one.points)}" for one in bands)


def bands_typed(text: str, most: Decimal) -> tuple[Band, ...] | str:
    """The bands of a text (“百分比:得分” apart by blanks), or why it cannot be, as a sentence.

    From high to low, the last from 0 on, so that every share has its band; no lower band gives
    more than a higher one, and none more than the item's points.
    """
    plain = re.sub(r"\s*:\s*", ":", unicodedata.normalize("NFKC", text))
    parts = [one for one in re.split(r"[\s;,、]+", plain) if one]
    found: list[Band] = []
    for one in parts:
        percent, colon, points = one.partition(":")
        share, got = number_typed(percent, "%"), number_typed(points)
        if not colon or share is None or got is None or share > 100:
            return f"档次“{one}”看不懂，请写成“百分比:得分”，各档用空格隔开。"
        found.append(Band(share, got))
    return _why_not(found, most) or tuple(found)


def _why_not(found: Sequence[Band], most: Decimal) -> str:
    """Why these bands cannot be, as a sentence; "" where they can."""
    said = {
        "请写明各档：达到百分之几得几分。": not found,
        "档次请从高到低写，百分比不能重复。": any(
            lower.percent >= higher.percent for higher, lower in pairwise(found)
        ),
        "档次低的得分不能比档次高的多，请核对。": any(
            lower.points > higher.points for higher, lower in pairwise(found)
        ),
        f"档次的得分不能超过这一项的分值{points_text(most)}分。": any(
            one.points > most for one in found
        ),
        "最低一档请从0写起，写明达不到前面各档时得几分。": bool(found) and found[-1].percent != 0,
    }
    return next((words for words, wrong in said.items() if wrong), "")
