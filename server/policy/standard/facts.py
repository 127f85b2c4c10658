"""What is known of one station: register values, and what was said of it, by whom and when."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from typing import Any, Literal, NamedTuple

from server.errors import Invalid
from server.labelled import Labelled
from server.policy.numerals import decimal
from server.policy.standard.contests import Contest
from server.policy.standard.options import SAFETY_ITEMS, CountyOptions


class Level(Labelled):
    """Where a station stands in the county's tree; the two plans use the same three levels.

    The labels are the official names (附件3; 静乐方案 三).
    """

    COUNTY_HUB = "county_hub", "县级统仓共配中心", "县级中心"
    TOWNSHIP_STATION = "township_station", "乡镇快递综合服务站", "乡镇站"
    VILLAGE_POINT = "village_point", "村级快递便民服务点", "村级点"

    @property
    def ending(self) -> str:
        """How a station's name ends after its place (附件3 四): 快递综合服务站, 快递便民服务点."""
        return self.label.removeprefix("乡镇").removeprefix("村级")


class Ownership(Labelled):
    """附件3 二（1）（2）: the operator's own premises, or opened together with somebody."""

    SELF_OPERATED = "self_operated", "自营"
    COOPERATIVE = "cooperative", "合作开办"


class Word(Labelled):
    """On whose word something rests, weakest first; compare with < and >.

    `reviewer` is the county's desk. `register` is nobody's statement: it is the word of a finding
    that the county's own register settles (numbers, dates), so it ranks above the others.
    """

    KEEPER = "keeper", "站长"
    MACHINE = "machine", "机器识读"
    REVIEWER = "reviewer", "县办"
    INSPECTOR = "inspector", "督导员"
    REGISTER = "register", "登记"

    @property
    def rank(self) -> int:
        """0 for the weakest."""
        return _RANKS[self]

    @property
    def confirms(self) -> bool:
        """True where this word alone may hold a failed rule against a station."""
        return _RANKS[self] >= _RANKS[Word.REVIEWER]

    # Enum hashes by its name in Python code; a word is looked up a million times a night.
    __hash__ = str.__hash__

    # A text enum would otherwise compare by spelling, and put `inspector` below `keeper`.
    def __lt__(self, other: str) -> bool:
        return self.rank < Word(other).rank

    def __le__(self, other: str) -> bool:
        return self.rank <= Word(other).rank

    def __gt__(self, other: str) -> bool:
        return self.rank > Word(other).rank

    def __ge__(self, other: str) -> bool:
        return self.rank >= Word(other).rank


_RANKS: dict[Word, int] = {word: rank for rank, word in enumerate(Word)}

Value = bool | str | Decimal | None


class Said(NamedTuple):
    """One statement about one fact. `value` None takes back what the same word said before."""

    value: Value
    word: Word
    on: date
    by: str | None = None
    evidence: tuple[str, ...] = ()
    note: str = ""


class FactGroup(Labelled):
    """Under which heading of a form a fact stands, in the order of the form."""

    PLACE = "place", "场所、面积与设备"
    SIGN = "sign", "标识牌"
    HOURS = "hours", "营业时间牌与服务"
    CHOSEN = "chosen", "本县要查的安全与必要设备"  # asked where the county has chosen it


ANYBODY = (Word.KEEPER, Word.MACHINE, Word.REVIEWER, Word.INSPECTOR)
PEOPLE = (Word.KEEPER, Word.REVIEWER, Word.INSPECTOR)


@dataclass(frozen=True, slots=True)
class Fact:
    """Something a person can judge at a station; `yes` and `no` are what a screen says of it.

    `speakers` are the words that count on it; what anybody else says of it is not heard. A
    `decision` is taken, not seen: it holds until it is taken back, however old, and whoever took it
    does not weaken the word of whoever looked.
    """

    name: str
    title: str
    yes: str = ""
    no: str = ""
    kind: Literal["flag", "text", "amount"] = "flag"
    speakers: tuple[Word, ...] = ANYBODY
    decision: bool = False
    group: FactGroup = FactGroup.PLACE


_FACTS = (
    Fact("premises_fixed", "固定经营场所", "有固定的经营场所", "没有固定的经营场所"),
    Fact("services_posting", "寄件服务", "能寄件", "不能寄件", group=FactGroup.HOURS),
    Fact("services_delivery", "投递服务", "能取件投递", "不能取件投递", group=FactGroup.HOURS),
    Fact(
        "signboard_present",
        "门头标识牌",
        "场所外有门头标识牌",
        "场所外没有门头标识牌",
        group=FactGroup.SIGN,
    ),
    Fact(
        "signboard_design_ok",
        "门头标识牌样式",
        "门头标识牌是统一设计的样式",
        "门头标识牌不是统一设计的样式",
        group=FactGroup.SIGN,
    ),
    Fact(
        "signboard_unobstructed",
        "门头标识牌遮挡情况",
        "标识牌没有遮挡",
        "标识牌被遮挡",
        group=FactGroup.SIGN,
    ),
    Fact(
        "signboard_prominent",
        "标识位置",
        "标识设在醒目位置",
        "标识不在醒目位置",
        group=FactGroup.SIGN,
    ),
    Fact("sign_text", "标识牌名称文字", kind="text", group=FactGroup.SIGN),
    Fact(
        "sign_name_accepted",
        "标识牌名称的认定",
        "认定标识牌上的名称就是本站的名称",
        "认定标识牌上的名称不是本站的名称",
        speakers=(Word.REVIEWER, Word.INSPECTOR),
        decision=True,
        group=FactGroup.SIGN,
    ),
    Fact(
        "service_plaque_present",
        "服务标识牌",
        "门外墙面有固定使用的服务标识牌",
        "门外墙面没有服务标识牌",
        group=FactGroup.SIGN,
    ),
    Fact(
        "service_plaque_approved",
        "服务标识牌的同意意见",
        "县办已同意用服务标识牌代替门头标识牌",
        "县办没有同意用服务标识牌代替门头标识牌",
        speakers=(Word.REVIEWER,),
        decision=True,
        group=FactGroup.SIGN,
    ),
    Fact(
        "sign_code_visible",
        "牌上编号",
        "标识牌上看得到编号",
        "标识牌上看不到编号",
        group=FactGroup.SIGN,
    ),
    Fact(
        "hours_board_present",
        "营业时间牌",
        "入口处挂有营业时间牌",
        "入口处没有营业时间牌",
        group=FactGroup.HOURS,
    ),
    Fact(
        "hours_board_matches",
        "营业时间牌内容",
        "营业时间牌与登记的营业时间一致",
        "营业时间牌与登记的营业时间不一致",
        group=FactGroup.HOURS,
    ),
    Fact(
        "area_fits_volume",
        "面积与业务量",
        "面积够业务量用",
        "面积不够业务量用",
        speakers=PEOPLE,  # 附件3 gives no figure to reckon with
    ),
    Fact("floor_area_m2", "面积", kind="amount"),
    Fact("service_counter", "接待台席", "有接待台席", "没有接待台席"),
    Fact("shelves", "货架", "有货架", "没有货架"),
    Fact("barcode_scanner", "巴枪", "有巴枪", "没有巴枪"),
    *(
        Fact(f"safety_{item}", title, f"有{title}", f"没有{title}", group=FactGroup.CHOSEN)
        for item, title in SAFETY_ITEMS.items()
    ),
    Fact("zoning", "区域划分", "场所内划分了区域", "场所内没有划分区域", speakers=PEOPLE),
    Fact(
        "video_coverage",
        "视频监控覆盖",
        "视频监控已全覆盖",
        "视频监控没有全覆盖",
        group=FactGroup.CHOSEN,
    ),
)

JUDGED: Mapping[str, Fact] = {fact.name: fact for fact in _FACTS}
"""Every fact people and machines may speak about; a county adds `equipment_<key>` of its own."""

EQUIPMENT = "equipment_"
RULED = "ruled_"


def facts_on_form(options: CountyOptions) -> list[tuple[FactGroup, list[Fact]]]:
    """Every fact that is asked in a county, by its heading; headings without any are left out."""
    chosen = {f"safety_{item}" for item in options.safety_items} | (options.enabled & {*JUDGED})
    asked = [
        fact
        for fact in JUDGED.values()
        if fact.group is not FactGroup.CHOSEN or fact.name in chosen
    ]
    asked += [equipment_fact(key, title) for key, title in options.equipment_items]
    grouped = [(group, [fact for fact in asked if fact.group is group]) for group in FactGroup]
    return [(group, facts) for group, facts in grouped if facts]


def fact_named(name: str, options: CountyOptions) -> Fact:
    """The fact of this name, the county's own equipment included. Raises Invalid fact-unknown."""
    fact = JUDGED.get(name)
    if fact is None and name.startswith(EQUIPMENT):
        title = dict(options.equipment_items).get(name.removeprefix(EQUIPMENT))
        fact = equipment_fact(name.removeprefix(EQUIPMENT), title) if title else None
    if fact is None and name.startswith(RULED):
        fact = ruling_on(name.removeprefix(RULED))
    if fact is None:
        raise Invalid("fact-unknown", f"没有“{name}”这个核查项{nearest(name, JUDGED)}")
    return fact


def nearest(name: str, known: Iterable[str]) -> str:
    """The end of a refusal: the name that was probably meant, or where to look."""
    close = get_close_matches(name, list(known), n=1)
    return f"，是不是“{close[0]}”？" if close else "，请对照 standards/README.md 改正"


def equipment_fact(key: str, title: str) -> Fact:
    """The fact for one entry of the county's equipment list."""
    return Fact(f"{EQUIPMENT}{key}", title, f"有{title}", f"没有{title}", group=FactGroup.CHOSEN)


def ruling_on(code: str) -> Fact:
    """What an inspector found of a whole rule on the spot, beside or against its check.

    Heard by `examine` for the rule of this code; the statement's note is the finding's sentence.
    """
    return Fact(
        f"{RULED}{code}",
        f"督导员对{code}的现场认定",
        "督导员现场认定符合",
        "督导员现场认定不符合",
        speakers=(Word.INSPECTOR,),
    )


LONGEST_TEXT = 200
SMALLEST = Decimal("0.01")
_SQUARE_METRES = ("平方米", "平方公尺", "平米", "平方", "平", "m2", "m^2", "sqm")


def value_of(fact: Fact, raw: Any) -> Value:
    """Turn a JSON or form value into the fact's type; raises Invalid fact-value-invalid.

    Amounts are kept as written (text or number, no binary rounding), from 0.01 to below 1,000,000;
    an area may name its unit (8平米, 12.5㎡).
    """
    if raw is None:
        return None
    if fact.kind == "flag" and isinstance(raw, bool):
        return raw
    if fact.kind == "text" and isinstance(raw, str) and 0 < len(raw.strip()) <= LONGEST_TEXT:
        return raw.strip()
    if fact.kind == "amount" and not isinstance(raw, bool):
        try:
            amount = decimal(str(raw), *(_SQUARE_METRES if fact.name == "floor_area_m2" else ()))
        except ValueError:
            amount = Decimal(0)
        if SMALLEST <= amount < 1_000_000:
            return amount
    expected = {
        "flag": "“是”或“否”",
        "text": f"{LONGEST_TEXT}个字以内的文字",
        "amount": "大于0的数字",
    }[fact.kind]
    raise Invalid("fact-value-invalid", f"“{fact.title}”应填{expected}，请改正", fact=fact.name)


REGISTERED: Mapping[str, str] = {
    "operator": "运营企业",
    "address": "地址",
    "name": "站点名称",
    "filed_name": "备案名称",
    "code": "编号",
    "opened_on": "开办",
    "filed_on": "备案",
    "filing_changed_on": "备案事项变更",
    "filing_change_filed_on": "变更备案",
}
"""Register values a rule may name, with the word a sentence uses for each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a station stands by the division table: its own 乡镇 or 村, "" where that is not known.

    `aliases` are other spellings the county has entered for it, `within` the places around it
    (township, county, prefecture, province), which may stand before its name on a sign.
    """

    name: str
    aliases: tuple[str, ...] = ()
    within: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StationFacts:
    """One station as the policy sees it. Give all stations of a county the same `options`."""

    level: Level
    ownership: Ownership | None = None
    code: str | None = None
    code_duplicated: bool = False
    name: str | None = None
    filed_name: str | None = None
    opened_on: date | None = None
    filed_on: date | None = None
    filing_changed_on: date | None = None
    filing_change_filed_on: date | None = None
    postal: bool | None = False  # `postal_of`; None: nobody entered enough to tell
    operator: str | None = None
    address: str | None = None
    place: Place | None = None
    options: CountyOptions = field(default_factory=CountyOptions)
    judged: Mapping[str, tuple[Said, ...]] = field(default_factory=dict)
    contested: Mapping[str, Contest] = field(default_factory=dict)  # by rule


def settled(
    statements: tuple[Said, ...], on: date, fresh_from: date, inspection_from: date
) -> Said | None:
    """The statement that counts on a day: highest word, newest within a word, in date.

    Statements made after `on` had not been made yet. A word whose newest statement is None has
    nothing to say, and the next lower word is heard. None when nobody has anything to say.
    """
    if len(statements) == 1:
        only = statements[0]
        from_day = inspection_from if only.word is Word.INSPECTOR else fresh_from
        return only if from_day <= only.on <= on and only.value is not None else None
    heard = statements
    while True:
        best: Said | None = None
        best_rank = -1
        for said in heard:
            word = said.word
            if (inspection_from if word is Word.INSPECTOR else fresh_from) <= said.on <= on:
                rank = _RANKS[word]
                if rank > best_rank or (rank == best_rank and best and said.on >= best.on):
                    best, best_rank = said, rank
        if best is None or best.value is not None:
            return best
        heard = tuple(said for said in heard if said.word is not best.word)
