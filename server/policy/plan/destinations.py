"""Where in the country a written destination lies, by the names of the national table."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

_BEYOND = (("71", "台湾省"), ("81", "香港特别行政区"), ("82", "澳门特别行政区"))  # not in the table
_PEOPLES = (
    "蒙古族?|回族|藏族|维吾尔族?|苗族|彝族|壮族|布依族|朝鲜族|满族|侗族|瑶族|白族|土家族|哈尼族|哈萨克族?|傣族|黎族"
    "|傈僳族|佤族|畲族|拉祜族|水族|东乡族|纳西族|景颇族|柯尔克孜族?|土族|达斡尔族?|仫佬族|羌族|布朗族|撒拉族|毛南族"
    "|仡佬族|锡伯族?|塔吉克族?|怒族|普米族|鄂温克族?|裕固族|保安族|独龙族|各族"
)
_SELF_RULED = re.compile(f"(?<=..)(?:{_PEOPLES})+自治(?=[州县]$)|(?:壮族|回族|维吾尔)?自治区$")
_NO_NAME = re.compile("市辖区|县|.*直辖县级行政区划")
_BETWEEN = re.compile(r"[\s\-—–―/·,，、.>|]+")
_LED = re.compile("^(?:(?:寄|发|卖|送|运)[往到至]|[收目][件货的]地址?[:：]?|中国)+")
_OTHER_WORD = re.compile("外|内|之外|以外|场|道|舰|袍|间|级")
"""What makes another word of the name before it: 北京市场, 山西省外, 昆山市道."""


@dataclass(frozen=True, slots=True)
class Place:
    """A province (two digits), a prefecture (four) or a county (six), as the table writes it."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What a text names, from its beginning: up to one province, one prefecture, several counties.

    `rest` is what stands behind them. `wrong` says where they contradict one another.
    """

    length: int = 0
    rest: str = ""
    province: Place | None = None
    prefecture: Place | None = None
    counties: tuple[Place, ...] = ()
    wrong: str = ""


class Places:
    """Provinces, prefectures and counties of the country, by what people call them."""

    def __init__(self, table: Iterable[tuple[str, str]]) -> None:
        """`table` are codes of two, four and six digits with their names."""
        self._known = {code: Place(code, name) for code, name in (*table, *_BEYOND)}
        named = [one for one in self._known.values() if not _NO_NAME.fullmatch(one.name)]
        self._full: dict[str, list[Place]] = {}  # 昆山市; 围场县 for 围场满族蒙古族自治县
        self._was: dict[str, list[Place]] = {}  # 怀仁县 before it was a city
        self._short: dict[str, list[Place]] = {}  # 山西, 太原
        for one in named:
            for name in {one.name, _SELF_RULED.sub("", one.name)}:
                self._full.setdefault(name, []).append(one)
            if len(one.code) < 6:
                self._short.setdefault(_stem(one.name), []).append(one)
        for one in named:
            if len(one.code) == 6:
                for other in _earlier_names(one.name) - self._full.keys():
                    self._was.setdefault(other, []).append(one)
        self._stems: dict[str, list[str]] = {}  # 海淀, by its codes
        for one in named:
            if len(one.code) == 6:
                self._stems.setdefault(one.name[:-1], []).append(one.code)
        self._longest = max(map(len, self._full), default=0)

    def whole_name(self, place: Place) -> str:
        """江苏省南京市鼓楼区."""
        above = (self._known.get(place.code[:digits]) for digits in (2, 4, 6))
        names = [one.name for one in above if one and not _NO_NAME.fullmatch(one.name)]
        return "".join(dict.fromkeys(names))

    def read(self, text: str) -> Reading:
        """What a text names from its beginning; of several readings the longest."""
        text = _LED.sub("", _BETWEEN.sub("", text))
        best = max(
            self._readings(text), key=lambda one: (one.length, not one.wrong), default=Reading()
        )
        return replace(best, rest=text[best.length :])

    def _readings(self, text: str) -> Iterator[Reading]:
        for length, provinces in self._starts(text, 0, 2):
            one = Reading(length, province=provinces[0])
            yield one
            yield from self._below_province(text, one)
        yield from self._below_province(text, Reading())

    def _below_province(self, text: str, above: Reading) -> Iterator[Reading]:
        for length, found in self._starts(text, above.length, 4):
            inside, wrong = self._inside(found, above.province, text[above.length : length])
            if inside:
                one = replace(above, length=length, prefecture=inside[0], wrong=wrong)
                yield one
                yield from self._counties(text, one)
        yield from self._counties(text, above)

    def _counties(self, text: str, above: Reading) -> Iterator[Reading]:
        for length, found in self._starts(text, above.length, 6):
            over = above.prefecture or above.province
            inside, wrong = self._inside(found, over, text[above.length : length])
            if inside:
                yield replace(above, length=length, counties=inside, wrong=above.wrong or wrong)

    def _inside(
        self, found: Sequence[Place], above: Place | None, name: str
    ) -> tuple[tuple[Place, ...], str]:
        """Those of a name that lie where the text says, and what is wrong where its one does not.

        A name of several places is also said of others (上海市郊区): it contradicts nothing.
        """
        inside = tuple(one for one in found if above is None or one.code.startswith(above.code))
        if inside or above is None or len(found) > 1 or name not in self._full:
            return inside, ""
        return tuple(found), f"{above.name}没有{found[0].name}"

    def _starts(self, text: str, at: int, digits: int) -> Iterator[tuple[int, list[Place]]]:
        """Places of one level whose name stands at a place in a text, and where it ends."""
        for end in range(min(len(text), at + self._longest), at + 1, -1):
            name = text[at:end]
            full = [one for one in self._full.get(name, ()) if len(one.code) == digits]
            if at and digits == 6:  # an old name alone may be the own county's
                full = full or self._was.get(name, [])
            short = [one for one in self._short.get(name, ()) if len(one.code) == digits]
            further = end == len(text) or self._goes_on(text, end, digits)
            if full and (further or not _OTHER_WORD.match(text, end)):
                yield end, full
            else:
                short = [one for one in short if further or self._is_stem_inside(text[end:], one)]
                if short and (at or end < len(text) or digits == 2):
                    yield end, short

    def _is_stem_inside(self, rest: str, above: Place) -> bool:
        """Whether all that follows is a county of this place without its kind: 北京海淀."""
        return any(code.startswith(above.code) for code in self._stems.get(rest, ()))

    def _goes_on(self, text: str, at: int, digits: int) -> bool:
        """Whether a name of a lower level stands there: 内黄县 behind 河南省."""
        for end in range(at + 2, min(len(text), at + self._longest) + 1):
            name = text[at:end]
            full = (*self._full.get(name, ()), *self._was.get(name, ()))
            if any(len(one.code) > digits for one in full):
                return True
            below = [one for one in self._short.get(name, ()) if len(one.code) > digits]
            if below and (end == len(text) or self._goes_on(text, end, len(below[0].code))):
                return True
            if any(self._is_stem_inside(text[end:], one) for one in below):
                return True
        return False


def _stem(name: str) -> str:
    """What people call a province or a prefecture without its kind: 山西, 内蒙古, 延边, 太原."""
    return re.sub("(?:特别行政区|地区|[省市州盟])$", "", _SELF_RULED.sub("", name))


def _earlier_names(name: str) -> set[str]:
    """What it may have been called: 怀仁县 is a city by now, 即墨市 a district."""
    if name[-1] not in "县市区" or len(name) < 3 or name.endswith(("自治区", "行政区")):
        return set()
    return {name[:-1] + end for end in "县市区"}
