"""Which days get which times: the clauses of one season → seven weekdays and the special days."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import pairwise

from server.calendar import WEEKDAYS
from server.policy.hours.clauses import Block, Clause
from server.policy.hours.days import WEEKEND, WORKDAYS, Days
from server.policy.hours.groups import Group, gaps, has_gap, in_row_with, inside, touches
from server.policy.hours.times import NOON, refuse
from server.policy.hours.week import DAY, EVERY_DAY, Day, Part, Special, overlap

_MOST_DAYS = 4
_FEW_DAYS = 2
_HALVES = {"上午": (0, NOON), "下午": (NOON + 60, 18 * 60)} | dict.fromkeys(
    ("晚上", "晚间", "夜间", "夜里"), (19 * 60, 2 * DAY)
)
_RESTED = {"lunar", "odd_days", "even_days", "odd_dates", "even_dates"}
_CLOSED_ADVICE = "请照“8:30-17:30，周三休息”这样写"
_DAYS_ADVICE = "请照“周一至周五 8:30-18:00；周六 9:00-12:00”这样写"
_LUNCH_ADVICE = "请照“8:00-12:00，14:00-18:00”这样写"


def part_of(block: Block, *, machine: bool) -> Part:
    """The block's week; refuses what is left over, and what contradicts itself."""
    groups = _groups(block.clauses, machine=machine)
    for place, clause in enumerate(block.clauses):
        if clause.kind == "half_closed":
            before = block.clauses[place - 1] if place else clause
            beside = [group for group in groups if before in group.times]
            _refuse_half_open(clause, beside or groups)
        if clause.kind in {"break", "lunch", "noon_open", "appointment"}:
            _interrupt(clause, place, block.clauses, groups)
    by_call = any(one.kind == "appointment" for one in block.clauses)
    return _Days(block, groups, by_call=by_call and not groups).part()


# Times and whose they are


def _groups(clauses: Sequence[Clause], *, machine: bool) -> list[Group]:
    """Pair times with days, the days always before or always behind; nothing may be left over."""
    runs: list[Clause | Group] = []
    for at, one in enumerate(clauses):
        last = runs[-1] if runs else None
        if one.kind == "days":
            runs.append(one)
        elif one.kind == "times" and isinstance(last, Group):
            last.add(one, at)
        elif one.kind == "times":
            runs.append(Group([one], at))
    _drop_every_behind(runs)
    groups = [run for run in runs if isinstance(run, Group)]
    days = [run for run in runs if isinstance(run, Clause)]
    for group in groups:
        group.spans = [one.span for one in group.times]
    shape = "".join("T" if isinstance(run, Group) else "D" for run in runs)
    pairs = "TD" * len(groups)
    behind = shape == pairs and _each_beside(clauses, groups, days)
    behind = behind and not (shape == "TD" and _lost_rest(days[0]))
    if machine and behind and days:
        # 8:00-18:00 周二: what followed, 休息, may be lost.
        behind = all(len(one.days.weekdays) >= _MOST_DAYS for one in days if not one.bracketed)
    if shape == "DT" * len(groups) or behind:
        owners = groups
    elif shape == "T" + "DT" * len(days) and not (machine and any(d.days.weekdays for d in days)):
        owners = groups[1:]
    else:
        lost = next((one for one, after in pairwise([*runs, None]) if isinstance(one, Clause)
                     and not isinstance(after, Group)), days[-1])  # fmt: skip
        refuse(f"“{lost.text}”是几点到几点没有写清楚", words=lost.text, advice=_DAYS_ADVICE)
    for group, one in zip(owners, days, strict=True):
        group.days = one.days
    return groups


def _lost_rest(named: Clause) -> bool:
    """8:00-18:00 周日: more likely 休息 was left out than that it opens on Sundays alone.

    8:00-18:00（周六、周日） says both days as those that it is for.
    """
    days, text = named.days, named.text
    if named.bracketed and days.weekdays == WEEKEND and "双休" not in text:
        return False
    few = 0 < len(days.weekdays) <= _FEW_DAYS and not days.special
    # 8:00-18:00 初一、十五, 8:00-18:00 双日: the same.
    few = few or (not days.weekdays and any(one.kind in _RESTED for one in days.special))
    each = text.removeprefix("每月").startswith(("每", "逢"))
    return few and not each


def _drop_every_behind(runs: list[Clause | Group]) -> None:
    """冬季 9:00-17:00，全年无休: says of all days what holds already."""
    last = runs[-1] if len(runs) > 2 else None
    if isinstance(last, Clause) and last.days.every:
        named = [run.days for run in runs[:-1] if isinstance(run, Clause)]
        if all(one.every or not one.weekdays for one in named):
            runs.pop()


def _each_beside(
    clauses: Sequence[Clause], groups: Sequence[Group], days: Sequence[Clause]
) -> bool:
    """8:00-18:00（周一至周五） 9:00-12:00（周六）: in brackets, or each in a row of its own."""
    for group, one in zip(groups, days, strict=True):
        between = [clauses[n].kind for n in range(group.at + 1, clauses.index(one, group.at))]
        if between.count("hard") > 1 or set(between) - {"hard", "break", "lunch"}:
            return False
    if len(groups) < 2 or all(one.bracketed for one in days):
        return True
    rows: list[list[str]] = [[]]
    for one in clauses:
        if one.kind == "hard":
            rows.append([])
        elif one.kind in {"days", "times"}:
            rows[-1].append(one.kind)
    return all(row[-1] == "days" and row.count("days") == 1 for row in rows if row)


def _interrupt(clause: Clause, place: int, clauses: Sequence[Clause], groups: list[Group]) -> None:
    """A break, or 电话预约, holds for the times beside it; in a row of its own for all."""
    beside = place > 0 and clauses[place - 1].kind != "hard"
    before = [group for group in groups if group.at < place]
    meant = before[-1:] if beside and before else groups
    if clause.kind == "appointment":
        if beside and clauses[place - 1].kind not in {"times", "break", "days"}:
            refuse(f"看不清“{clause.text}”是哪几天", words=clause.text, advice=_DAYS_ADVICE)
        for group in meant:
            group.appointment = True
    elif clause.kind == "break":
        also = [group for group in groups if group not in meant and inside(clause.span, group)]
        if also and not clause.bracketed and groups[-1] in meant:
            refuse(f"看不清“{clause.text}”休息是哪几天", words=clause.text, advice=_LUNCH_ADVICE)
        hit = [group for group in meant if touches(clause.span, group)]
        if not hit:
            refuse(f"“{clause.text}”休息不在营业时间里", words=clause.text, advice=_LUNCH_ADVICE)
        for group in hit:
            _break(clause, group)
    elif clause.kind == "lunch" and not all(map(has_gap, groups)):
        refuse(f"“{clause.text}”没有写几点到几点", words=clause.text, advice=_LUNCH_ADVICE)
    elif clause.kind == "noon_open" and any(map(has_gap, _of_its_row(place, clauses, groups))):
        refuse(f"写了“{clause.text}”，中午却有一段不开门，请核对", words=clause.text)


def _of_its_row(place: int, clauses: Sequence[Clause], groups: Sequence[Group]) -> Sequence[Group]:
    """集日 7:00-18:00 中午不休 is of market days alone, whatever the rows of other days say."""
    beside = in_row_with(place, clauses, groups)
    return beside if beside and all(group.days is not None for group in beside) else groups


def _refuse_half_open(clause: Clause, groups: Sequence[Group]) -> None:
    """上午不营业 14:00-20:00 says twice what the times say; 上午不营业 8:00-18:00 says what?"""
    from_, until = _HALVES.get(clause.half, (0, DAY))
    if any(opens < until and from_ < closes for one in groups for opens, closes in one.spans):
        refuse(f"“{clause.text}”和写的时间对不上", words=clause.text, advice=_LUNCH_ADVICE)


def _break(clause: Clause, group: Group) -> None:
    starts, ends = clause.span
    if inside(clause.span, group):
        pieces = [
            piece
            for opens, closes in group.spans
            for piece in ([(opens, starts), (ends, closes)] if opens < starts and ends < closes
                          else [(opens, closes)])
        ]  # fmt: skip
        group.spans = pieces
    elif (starts, ends) not in gaps(group):
        refuse(f"“{clause.text}”休息和营业时间对不上", words=clause.text, advice=_LUNCH_ADVICE)


# Days


def _opens(day: Day) -> bool:
    return bool(day.spans) or day.appointment or day.usual


class _Days:
    """Gathers what is said of each day of one season."""

    def __init__(self, block: Block, groups: Sequence[Group], *, by_call: bool) -> None:
        self.block, self.groups = block, groups
        self.days: dict[int, Day] = {}
        self.owner: dict[int, Days | None] = {}
        """By which words a weekday got its times; None where no day was named."""
        self.special: dict[Special, Day] = {}
        if by_call:
            self.days = dict.fromkeys(EVERY_DAY, Day(appointment=True))

    def part(self) -> Part:
        """Everything taken together."""
        self._give()
        for clause in sorted(self.block.clauses, key=lambda one: (one.kind == "usual", one.half)):
            days = self._meant(clause.days) if clause.days.rest else clause.days
            match clause.kind:
                case "by_call":
                    self._by_call(clause, days)
                case "usual":
                    self._usual(clause, days)
                case "closing":
                    self._close(clause, days)
                case _:
                    pass
        if not (any(self.days.values()) or self.special) and self.block.season is None:
            self._nothing()
        found = Part(
            tuple(self.days.get(number, Day()) for number in EVERY_DAY),
            tuple(sorted(self.special.items(), key=lambda one: one[0])),
            self.block.season,
        )
        self._refuse_impossible(found)
        return found

    def _give(self) -> None:
        later = [group for group in self.groups if group.days is not None and group.days.rest]
        for group in [one for one in self.groups if one not in later] + later:
            days = group.days or Days(frozenset(EVERY_DAY), every=True)
            days = self._meant(days) if days.rest else days
            for number in sorted(days.weekdays):
                self._give_day(number, group, days)
            for one in days.special:
                if one in self.special:
                    self._twice(group)
                self.special[one] = group.day

    def _give_day(self, number: int, group: Group, days: Days) -> None:
        before, owner = self.days.get(number), self.owner.get(number)
        if before is None:
            self.days[number], self.owner[number] = group.day, days
        elif owner == days or self._other_half(number, group):
            joined = before.spans + group.day.spans
            self.days[number] = replace(before, spans=tuple(sorted(joined)))
        elif overlap([*before.spans, *group.spans]) and (owner is None or owner.every):
            self.days[number], self.owner[number] = group.day, days  # 每天 8-18，周日 9-17
        elif not (days.every and overlap([*before.spans, *group.spans])):
            self._twice(group)

    def _other_half(self, number: int, group: Group) -> bool:
        """上午 8:30-12:00（周一至周六） 下午 14:00-17:00（周一至周五）."""
        mornings = [one for one in self.groups if one.spans == list(self.days[number].spans)]
        if group.half != "下午" or len(mornings) != 1 or mornings[0].half != "上午":
            return False
        # 每天上午8:00-12:00，周三下午2:00-5:00: on Wednesdays both, or the afternoon instead?
        both = [set(one.days.weekdays if one.days else EVERY_DAY) for one in (mornings[0], group)]
        return 2 * len(both[0] & both[1]) > len(both[0] | both[1])

    def _meant(self, rest: Days) -> Days:
        """平日, 其余日子: the weekdays of which nothing else is said."""
        said = [group.days for group in self.groups if group.days is not None]
        said += [
            one.days for one in self.block.clauses if one.kind in {"closing", "usual", "by_call"}
        ]
        said = [one for one in said if not one.rest]
        named = frozenset(day for one in said for day in one.weekdays)
        special = [special for one in said for special in one.special]
        holidays = all(one.kind == "holidays" for one in special)
        if not named and (not special or (rest.plain and holidays)):
            text = self._named(lambda days: days.rest)
            refuse(f"看不清“{text}”是哪几天", words=text, advice=_DAYS_ADVICE)
        return Days(frozenset(EVERY_DAY) - named)

    def _by_call(self, clause: Clause, days: Days) -> None:
        for number in days.weekdays:
            owner = self.owner.get(number)
            if number in self.days and owner is not None and not owner.every:
                self._contradiction(clause)
            self.days[number], self.owner[number] = Day(appointment=True), clause.days
        self._specially(clause, days.special, Day(appointment=True))

    def _usual(self, clause: Clause, days: Days) -> None:
        new = [number for number in days.weekdays if number not in self.days]
        closed = days.every and any(not _opens(day) for day in self.special.values())
        if (new and (len(self.groups) != 1 or days.every)) or closed:
            self._contradiction(clause)
        self.days |= dict.fromkeys(new, self.groups[0].day) if new else {}
        self._specially(clause, days.special, Day(usual=True))

    def _close(self, clause: Clause, days: Days) -> None:
        if days.weekdays and not clause.days.rest and not self.days and self.special:
            self._contradiction(clause)  # 逢三、六、九 8:00-16:00，周日休息: and a 三 on a Sunday?
        for number in days.weekdays:
            owner = self.owner.get(number)
            if clause.half:
                self._close_half(clause, number)
            elif owner is None or owner.every or (self.block.season is not None and days.every):
                self.days.pop(number, None)
            elif not self._told_later(clause, owner):
                self._contradiction(clause)
        if clause.half and days.special:
            self._contradiction(clause)
        if not clause.soft or not set(days.special) <= set(self.special):
            self._specially(clause, days.special, Day())

    def _told_later(self, clause: Clause, owner: Days) -> bool:
        """除周日外 8:00-18:00，周日 9:00-12:00."""
        at = self.block.clauses.index(clause)
        general = any(one.days is None or one.days.every for one in self.groups)
        return clause.soft and general and any(
            one.days is owner and one.at > at for one in self.groups
        )  # fmt: skip

    def _close_half(self, clause: Clause, number: int) -> None:
        """周三下午休息: the afternoon begins at noon; where a morning ends, only gaps can say."""
        day = self.days.get(number) or self._as_on_workdays(clause)
        kept = [span for span in day.spans if (span[0] < NOON) is (clause.half == "下午")]
        if clause.half == "下午":
            kept = [(opens, min(closes, NOON)) for opens, closes in kept]
        crossing = any(opens < NOON < closes for opens, closes in day.spans)
        known = clause.half == "下午" or (clause.half == "上午" and not crossing)
        if not kept or tuple(kept) == day.spans or not known:
            refuse(f"看不清“{clause.text}{clause.half}”休息以后是几点到几点", words=clause.text,
                   advice=_DAYS_ADVICE)  # fmt: skip
        self.days[number] = replace(day, spans=tuple(kept))

    def _as_on_workdays(self, clause: Clause) -> Day:
        """周六只上半天 beside 周一至周五 8:00-12:00 14:00-17:00: the mornings of these."""
        only = self.groups[0] if len(self.groups) == 1 else None
        split = only is not None and has_gap(only) and only.days is not None
        half = clause.half == "下午" and not clause.days.ranged
        return only.day if only is not None and split and half else Day()

    def _specially(self, clause: Clause, named: Iterable[Special], day: Day) -> None:
        for one in named:
            if self.special.get(one, day) != day:
                self._contradiction(clause)
            self.special[one] = day

    def _nothing(self) -> None:
        if any(one.kind == "closing" for one in self.block.clauses):
            refuse("营业时间只写了休息的日子", advice=_CLOSED_ADVICE)
        refuse("营业时间里没有看到几点到几点")

    def _refuse_impossible(self, part: Part) -> None:
        for number, day in zip(EVERY_DAY, part.days, strict=True):
            tomorrow = part.days[number % 7].spans
            runs_into = day.spans and tomorrow and day.spans[-1][1] - DAY > tomorrow[0][0]
            if overlap(day.spans) or runs_into:
                refuse(f"周{WEEKDAYS[number - 1]}的营业时间有重叠，请核对")
        if any(overlap(day.spans) for _, day in part.special):
            refuse("营业时间有重叠，请核对")
        markets = [one.of for one, _ in part.special if one.kind == "market"]
        if () in markets and len(set(markets)) > 1:  # 逢二、七 and 圩日, perhaps of 非圩日
            text = self._named(lambda days: any(one.of == () for one in days.special))
            refuse(f"“{text}”写了两种时间，看不清以哪个为准", words=text, advice=_DAYS_ADVICE)
        opened = [one for one, day in part.special if day.spans or day.appointment]
        told = {number for number, day in zip(EVERY_DAY, part.days, strict=True) if day.spans}
        said = {day for one in self.block.clauses for day in one.days.weekdays}
        if told == WORKDAYS and not said & WEEKEND and Special("holidays") in opened:
            text = self._named(lambda days: Special("holidays") in days.special)
            refuse(f"没有写周六、周日是不是也按“{text}”的时间", words=text, advice=_DAYS_ADVICE)
        if told == WORKDAYS and len(WEEKEND - said) == 1:  # 周日休息: is Saturday's row lost?
            refuse(f"没有写周{WEEKDAYS[min(WEEKEND - said) - 1]}开不开门", advice=_DAYS_ADVICE)
        for group in self.groups:
            if not any(map(group.stands_in, (*self.days.values(), *self.special.values()))):
                self._twice(group)
        if not any(map(bool, self.days.values())) and self.block.season is None and (
            not opened or all(one.kind == "holidays" for one in opened)
        ):  # fmt: skip
            self._nothing()

    def _named(self, are: Callable[[Days], bool]) -> str:
        """How the days that are such were called."""
        return next((one.text for one in self.block.clauses if are(one.days)), "")

    def _twice(self, group: Group) -> None:
        said = group.times[0].text
        refuse(f"同一天写了两种时间（“{said}”），看不清以哪个为准", words=said, advice=_DAYS_ADVICE)

    def _contradiction(self, clause: Clause) -> None:
        refuse(f"“{clause.text}”前后说的不一样", words=clause.text, advice=_CLOSED_ADVICE)
