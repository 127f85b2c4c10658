"""Makes up stations with all that may have been said of them, by whom and when."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from server.policy.standard.facts import (
    JUDGED,
    Fact,
    Level,
    Ownership,
    Said,
    StationFacts,
    Value,
    Word,
    equipment_fact,
    fact_named,
)
from server.policy.standard.options import OPTIONS, SAFETY_ITEMS, CountyOptions
from server.policy.standard.standards import standard_by_id, standards_in
from tests.policy.standard.sign_ways import any_place, any_text

TRIAL = standard_by_id(standards_in(), "shanxi-2023-trial")
DAY = date(2023, 7, 12)
_WORDS = (Word.KEEPER, Word.MACHINE, Word.REVIEWER, Word.INSPECTOR)
_EQUIPMENT = (("scale", "电子秤"), ("printer", "面单打印机"))


def any_options(dice: Random) -> CountyOptions:
    """A county's choices."""
    return CountyOptions(
        fresh_days=dice.choice((None, 30, 180)),
        inspection_fresh_days=dice.choice((None, 30, 180)),
        about_percent=dice.choice((0, 7, 10, 20)),
        enabled=frozenset(one for one in OPTIONS if dice.random() < 0.5),
        safety_items=tuple(one for one in SAFETY_ITEMS if dice.random() < 0.3),
        equipment_items=tuple(one for one in _EQUIPMENT if dice.random() < 0.6),
    )


def any_amount(dice: Random) -> str:
    """An area as it may be typed, often at an edge of what the standard asks."""
    near = ("4.5", "4.49", "5", "10", "10.00", "9.99", "11", "11.01", "9.50", "4.65", "5.35", "010")
    return dice.choice((*near, f"{dice.uniform(0.1, 30):.2f}", str(dice.randint(1, 99_999))))


def any_value(dice: Random, fact: Fact, facts: StationFacts) -> Value:
    """Something that may be said of a fact."""
    if fact.kind == "flag":
        return dice.random() < 0.6
    if fact.kind == "amount":
        return Decimal(any_amount(dice))
    filed = facts.filed_name or ""
    return (filed if filed and dice.random() < 0.3 else any_text(dice, facts.place)).strip() or "无"


def any_station(dice: Random) -> tuple[StationFacts, date]:
    """A station with what was said of it, and the day it is looked at."""
    options = any_options(dice)
    place = any_place(dice)
    bare = StationFacts(
        level=dice.choice((Level.TOWNSHIP_STATION, Level.VILLAGE_POINT)),
        ownership=dice.choice((*Ownership, Ownership.COOPERATIVE, None)),
        name=dice.choice((None, "马家沟村快递便民服务点", "鹅城镇快递综合服务站", "老李代收点")),
        filed_name=dice.choice((None, "鹅城镇快递综合服务站", "鵝城鎮快遞綜合服務站")),
        operator=dice.choice((None, "壹公里", "壹公里")),
        address=dice.choice((None, "村委会旁", "村委会旁")),
        place=place,
        options=options,
    )
    chosen = [equipment_fact(key, title) for key, title in options.equipment_items]
    judged = {
        fact.name: tuple(_any_said(dice, fact, bare) for _ in range(dice.choice((1, 1, 2, 4))))
        for fact in (*JUDGED.values(), *chosen)
        if dice.random() < 0.8
    }
    values = {name: getattr(bare, name) for name in bare.__slots__ if name != "judged"}
    return StationFacts(**values, judged=judged), DAY


def _any_said(dice: Random, fact: Fact, facts: StationFacts) -> Said:
    ago = dice.choice((0, 0, 1, 29, 31, 200, -3))
    value = None if dice.random() < 0.1 else any_value(dice, fact, facts)
    return Said(value, dice.choice(_WORDS), DAY - timedelta(ago))


def any_answers(
    dice: Random, asked: Sequence[Mapping[str, Any]], others: Sequence[str], facts: StationFacts
) -> list[dict[str, Any]]:
    """An inspector's answers to a form's rows, as phones send them.

    Now and then there is one to a rule that was not asked (`others`), as no honest phone sends it.
    """
    answers = []
    for row in asked:
        if dice.random() < 0.3:
            continue
        tap = dice.choice(("pass", "pass", "fail", "fail", "unknown", "not_applicable"))
        values: dict[str, Any] = {}
        for ask in row["asks"]:
            fact = fact_named(ask["fact"], facts.options)
            if dice.random() < 0.6:
                value = any_value(dice, fact, facts)
                text = value if isinstance(value, bool | str) else str(value)
                blank = fact.kind != "flag" and dice.random() < 0.1
                values[fact.name] = dice.choice(("", "  ", "\n")) if blank else text
        note = dice.choice(("", "", "门外还有棚子", " 老字号\n的写法 "))
        answers.append({"rule": row["code"], "verdict": tap, "values": values, "note": note})
    if dice.random() < 0.2:
        rule = dice.choice(others)
        answers.append({"rule": rule, "verdict": "fail", "values": {}, "note": "硬塞的"})
    return answers
