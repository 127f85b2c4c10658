"""Whether the words on a sign name the place where the station stands (附件3 二（2）“XXX村…”).

The standard's XXX stands for the place's own name. What differs only as people write (繁体, a dot,
an alias) is for a person to decide; another place's name, or none at all, is not what is asked for.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import combinations
from typing import NamedTuple

from server.policy.standard.facts import Place
from server.policy.standard.wording import one_spelling, plain, simplified, without_marks

_KINDS = ("乡(镇)", "乡镇", "乡", "镇", "村")
"""What stands between a place's own name and the words; 乡镇 is 乡（镇） without its brackets."""
_OTHER_KINDS = (
    "街道办事处", "街道", "办事处", "居委会", "社区", "小区", "嘎查", "苏木",
    "农场", "林场", "牧场",
)  # fmt: skip
_UNITS = {
    "township": ("乡", "镇", "街道", "办事处", "苏木"),
    "county": ("县", "区", "旗"),
    "city": ("市", "自治州"),
    "province": ("省",),
}
_IN_BUSINESS = (
    "快递", "邮政", "物流", "速递", "驿站", "超市", "商店", "商场", "便利店", "供销社", "合作社",
    "公司", "集团", "中通", "圆通", "申通", "韵达", "极兔", "顺丰", "京东", "菜鸟", "德邦",
)  # fmt: skip
"""What may stand before a place's name without being part of it."""
_HAN = "\u3400-\u9fff〇"
_ANY_PLACE = "乡镇|乡|镇|农村|农|村|县|建制|本|我|某|各|全|该|所在|当地"
_NAMELESS = {
    "乡镇": f"{_ANY_PLACE}|村镇|城乡|城|集",
    "村": f"{_ANY_PLACE}|行政村|行政|建制村|自然村|自然|村级",
}
"""Words that say a kind of place, never which one; tested against the national division table."""
_BLANKS = re.compile(r"[x×✕✖╳хχ*○◯□△_?…某]+|[.\-—~]{2,}|^〇+$")
"""What people put where a name is to be filled in."""
_MARKS = re.compile(rf"[^{_HAN}a-z0-9]+")
_SHORTEST_OF_PEOPLE = 3  # 东庄村 for 庄村 is another village; 欢迎光临庄村 is not


class Named(NamedTuple):
    """`holds` None: a person has to decide. `why` says what is missing, differs or is in doubt."""

    holds: bool | None
    why: str = ""


@dataclass(frozen=True, slots=True)
class _Known:
    """The registered place: as shown, as compared, and what else it may be called, with the why."""

    shown: str
    name: str
    others: tuple[tuple[str, str], ...]
    above: tuple[str, ...]

    def spelt(self, write: Callable[[str], str]) -> "_Known":
        """The same with every name in another spelling."""
        return replace(
            self,
            name=write(self.name),
            others=tuple((write(name), why) for name, why in self.others),
            above=tuple(write(name) for name in self.above),
        )


_WAYS: tuple[tuple[str, Callable[[str], str]], ...] = (
    ("写的是繁体字", simplified),
    ("用了异体字或另一种数字写法", one_spelling),
    ("中间多了符号，或者括号不一样", without_marks),
)
"""Differences that a person has to look at; the fewest of them that make a name match are told."""


@lru_cache(maxsize=8192)
def named(text: str, words: tuple[str, ...], place: Place | None, own: tuple[str, ...]) -> Named:
    """Whether a sign's text holds one of the wanted words with this place's name before it.

    `words` begin with the kind of place (村快递便民服务点); `own` are the names under which the
    station itself is registered: without a `place` they tell it.
    """
    text, forms = plain(text), tuple(map(_form, words))
    known = _known(place, own, forms)
    found = _read(text, forms, known)
    seen = {(text, forms, known)}
    for count in range(1, len(_WAYS) + 1):
        for ways in combinations(_WAYS, count):
            if found.holds is not False:
                return found
            write = _all_of([way for _, way in ways])
            spelt = known.spelt(write) if known else None
            question = (write(text), tuple(_form(write(one)) for one in words), spelt)
            if question in seen:
                continue
            seen.add(question)
            other = _read(*question)
            if other.holds is not False:
                return Named(None, other.why or "，".join(why for why, _ in ways))
            found = Named(False, found.why or other.why)
    return found


def only_written_otherwise(text: str, name: str) -> bool:
    """The same name in 繁体 or with other marks, character by character."""
    return without_marks(simplified(plain(text))) == without_marks(simplified(plain(name)))


def place_of_name(name: str, words: Sequence[str]) -> Place | None:
    """The place that a station's registered name tells (静乐县鹅城镇快递综合服务站 → 鹅城镇)."""
    forms = tuple(map(_form, words))
    for head, kind in _found(plain(name), forms):
        if kind not in {"乡", "镇", "村"} or _nameless(head, kind):
            continue
        own, above = head + kind, []
        levels = [*_UNITS["county"], *_UNITS["city"], *_UNITS["province"]]
        for units in (levels, _UNITS["township"] if kind == "村" else ()):
            while units and (
                split := re.fullmatch(rf"(.{{2,}}?(?:{'|'.join(units)}))([^乡镇村街].+)", own)
            ):
                above.append(split[1])
                own = split[2]
        return Place(name=own, within=tuple(above))
    return None


class _Form(NamedTuple):
    kind: str
    rest: str


def _form(words: str) -> _Form:
    kind = next((one for one in _KINDS if words.startswith(one)), "")
    return _Form(kind, words.removeprefix(kind))


def _all_of(ways: Sequence[Callable[[str], str]]) -> Callable[[str], str]:
    def write(text: str) -> str:
        for way in ways:
            text = way(text)
        return text

    return write


def _found(text: str, forms: Sequence[_Form]) -> Iterator[tuple[str, str]]:
    """Everywhere the words stand: what is before them, and the kind of place they begin with."""
    for kind, rest in forms:
        at = text.find(kind + rest)
        while at >= 0:
            yield text[:at], kind
            at = text.find(kind + rest, at + 1)


def _read(text: str, forms: Sequence[_Form], known: _Known | None) -> Named:
    """The best that can be said of the places where the words stand."""
    every = [
        _against(head, kind, known) if known else _alone(head, kind)
        for head, kind in _found(text, forms)
    ]
    if not every:
        return _other_kind(text, forms, known)
    return max(every, key=lambda one: {True: 2, None: 1, False: 0}[one.holds])


def _alone(head: str, kind: str) -> Named:
    """Without a registered place: is there a name at all?"""
    if _nameless(head, kind):
        return _no_name(kind)
    name = _behind_business(head)
    rest = _MARKS.split(_BLANKS.sub("", name))[-1]
    if _BLANKS.search(name) or not re.search(rf"[{_HAN}]", rest):
        return Named(None, f"“{name}{kind}”不像一个完整的地名")
    name = rest
    above = r".+(?:县|区|乡|镇|街道)|..+市" if kind == "村" else r".+[县区]|..+市|..+乡"
    if re.fullmatch(above, name) or name in _IN_BUSINESS:
        return Named(None, f"看不出“{name}{kind}”是地名，还是只写了上级的名称")
    return Named(True)


def _no_name(kind: str) -> Named:
    return Named(False, f"没有写明是哪个{'村' if kind == '村' else '乡镇'}")


def _nameless(head: str, kind: str) -> bool:
    """Only blanks, kinds of places and what lies above them stand before the words."""
    level = "村" if kind == "村" else "乡镇"
    text = _MARKS.sub("", _BLANKS.sub("", _behind_business(head)))
    if not text:
        return True
    units = "|".join(
        unit
        for name, every in _UNITS.items()
        for unit in every
        if level == "村" or name != "township"
    )
    # Possessive (++): a long text of such words is not tried in all its divisions.
    if re.fullmatch(rf"(?:.+(?:{units}))?(?:{_NAMELESS[level]})++", text):
        return True
    return level == "乡镇" and re.fullmatch(r".{2,}[县省]", text) is not None


def _behind_business(head: str) -> str:
    """What follows the last brand or shop; all of it where nothing follows."""
    return re.split("|".join(_IN_BUSINESS), head)[-1] or head


def _known(place: Place | None, own: Sequence[str], forms: Sequence[_Form]) -> _Known | None:
    words = ["".join(form) for form in forms]
    told = [found for name in own if (found := place_of_name(name, words))]
    if place is None or not place.name:
        if not told:
            return None
        within = place.within if place else ()
        place = replace(told[0], within=(*told[0].within, *within))
    name = plain(place.name)
    kinds = {form.kind for form in forms if len(form.kind) == 1}
    kind = next((one for one in kinds if name.endswith(one)), "")
    others = [
        (
            spelt if spelt.endswith(tuple(kinds)) else spelt + kind,
            f"“{alias}”是“{place.name}”的别名",
        )
        for alias in place.aliases
        if (spelt := plain(alias))
    ]
    others += [
        (plain(one.name), f"登记的站名是“{one.name}”，登记的地方是“{place.name}”，两处不一样")
        for one in told
        if plain(one.name) != name
    ]
    if kind == "村":
        others.append((name + kind, f"比登记的“{place.name}”多一个“村”字"))
    if not kind:
        unit = next((one for one in _OTHER_KINDS if name.endswith(one)), "")
        bare = name.removesuffix(unit)
        why = f"登记的是“{place.name}”，标准没有写明{unit}怎么写"
        others += [(bare + one, why if unit else "") for one in kinds]
    return _Known(place.name, name, tuple(others), _above(place.within))


def _above(within: Sequence[str]) -> tuple[str, ...]:
    """The places around, the longest name first, each also without its 县, 镇 … (静乐)."""
    names: dict[str, None] = {}
    for one in map(plain, within):
        names[one] = None
        short = re.sub(
            rf"({'|'.join(unit for every in _UNITS.values() for unit in every)})$", "", one
        )
        if len(short) > 1:
            names[short] = None
    return tuple(sorted(names, key=len, reverse=True))


def _against(head: str, kind: str, known: _Known) -> Named:
    """Is it the registered place that is named before the words?"""
    names = [head + one for one in ("乡", "镇")] if len(kind) > 1 else [head + kind]
    best: Named | None = None
    for name in names:
        for want, doubt in ((known.name, ""), *known.others):
            if not name.endswith(want):
                continue
            lead = _before(name.removesuffix(want), known)
            if lead.holds is True and doubt:
                lead = Named(None, doubt)
            elif lead.holds is False:
                lead = Named(False, lead.why or _two(name, known))
            if best is None or (best.holds is False and lead.holds is not False) or lead.holds:
                best = lead
    if best is not None:
        return best
    if _nameless(_without_above(head, known), kind):
        return _no_name(kind)
    return Named(False, _two(head + kind, known))


def _two(name: str, known: _Known) -> str:
    """Both names, as the sentence of a failing has to tell them."""
    read = _behind_business(name)
    while above := next((one for one in known.above if read.startswith(one) and read != one), ""):
        read = read.removeprefix(above)
    return f"写的是“{read}”，登记的是“{known.shown}”，不是同一个地方"


def _without_above(text: str, known: _Known) -> str:
    while above := next((one for one in known.above if text.endswith(one)), ""):
        text = text.removesuffix(above)
    return text


def _before(lead: str, known: _Known) -> Named:
    """May this stand before the registered name, or does it make another name of it?"""
    rest = _without_above(lead, known)
    run = re.search(rf"[{_HAN}]*$", rest)
    text = run[0] if run else ""
    if not text or text.endswith(_IN_BUSINESS):
        return Named(True)
    doubt = Named(None, f"“{known.shown}”前面还有“{text}”")
    for units in _UNITS.values():
        if text.endswith(units):
            rivals = [one for one in known.above if one.endswith(units)]
            if text.endswith("区") or known.name.endswith(units):  # 开发区 lies within the county
                return doubt
            if not rivals:
                return Named(True)
            return Named(False, f"写的是“{text}”的“{known.shown}”，登记的在“{rivals[0]}”")
    return doubt if len(text) >= _SHORTEST_OF_PEOPLE or text.endswith("村") else Named(False)


def _other_kind(text: str, forms: Sequence[_Form], known: _Known | None) -> Named:
    """The words stand nowhere; perhaps they do after a 社区 or 街道, of which 附件3 is silent."""
    for rest in {form.rest for form in forms}:
        head = text[: text.find(rest)] if rest in text else ""
        if known and head.endswith(known.name):
            return Named(None, f"登记的是“{known.shown}”，标准没有写明这样的地方怎么写")
        if head.endswith(_OTHER_KINDS):
            if known:
                return Named(False, _two(head, known))
            return Named(None, "标准只写了乡、镇、村，没有写明社区、街道怎么写")
    return Named(False)
