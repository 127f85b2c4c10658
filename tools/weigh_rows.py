"""Weigh what rows on boards are made of: `python -m tools.weigh_rows` writes weights.txt anew.

Rows that limit hours and rows that do not (`tools/rows/`, and what `server/policy/hours` lists)
are put beside rows composed of who is away and why, of what breaks, and of names and trades, and
beside two rows joined. Each gram gets one weight that serves two logistic regressions at once: of
what a row weighs, and of what its heaviest stretch does. `tests/cases/hours` holds rows that are
measured on and never learnt from. One seed: the same lists give the same weights.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from random import Random
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from server.policy.hours.trades import LISTED, unmarked
from server.policy.hours.weighed import TENTHS, WEIGHTS, steps
from server.policy.signs.slips import mended
from server.settings import ROOT

_SEED, _ROUNDS, _AT_ONCE, _STEP, _SHRINK = 4, 8, 512, 0.3, 1.0
_FEWEST, _LEAST = 2, 2
"""A gram of a single row is chance; weights are kept in tenths, those below two of them not."""
_COMPOSED = 0.2
"""What a composed row counts beside one that somebody wrote: many are alike, none is long."""
_JOINED, _JOINED_COUNTS, _JOINED_STRETCH = 10_000, 0.3, 1.0
"""So many rows made of a limit and another, what each counts as a row, and for its stretches."""
_DRIFTS = np.array([0.0, 1.0])
"""What is added to a row stays nought: one that nobody knows is in doubt."""
_OF_A_PLACE, _LONGEST, _ALIKE = 4, 48, 4
"""Grams that end at a character; the characters of a row looked at; lengths put together by so
many, for less is empty."""
_LIMITS, _HARMLESS = 1.0, 0.0

_SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石"
    "姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
)
_GIVEN = (
    "英秀兰芳华红玉梅桂凤霞丽云珍花燕艳春菊香月娟敏静淑琴萍强伟军勇平杰涛明刚建国志文辉斌海波林峰德福贵财旺喜庆根柱栓宝山水生大小"
    "二三阿胜义忠良才成龙虎彪松柏树森金银铜铁娃妹仔狗牛巧翠莲荣素凡桃杏环秋霜洁倩佳雅婷蓉莉瑞祥吉安泰昌隆盛丰源达顺发利鑫聚宏兴茂永新恒万百千"
    "邦牌威美乐康力士奇特王通宝乐福佳尔赛优雅诺迪立科维克斯顿"
)
_POSTS = (
    "店主", "站长", "店长", "村医", "负责人", "主任", "支书", "会计", "代办员", "兽医", "电工",
    "大夫", "团长", "经办人",
)  # fmt: skip


class Row(NamedTuple):
    """Its text, whether it limits hours, and how much it counts, as a row and for its stretches."""

    text: str
    limits: float
    counts: float
    stretch: float


Numbers = NDArray[np.float64]
Places = NDArray[np.int32]


def _listed(name: str) -> list[str]:
    text = (ROOT / name).read_text("utf-8").split("\n", 1)[1]
    return [mended(row) for row in text.split()]


def _named(random: Random) -> str:
    given = random.choice(_GIVEN) + random.choice(["", random.choice(_GIVEN)])
    family = random.choice(_SURNAMES)
    return random.choice(
        [given, family + given, f"老{family}", f"小{family}", f"阿{random.choice(_GIVEN)}"]
        + [family + called for called in ("记", "氏", "家", "师傅", "姐", "嫂", "叔")]
    )


def _written() -> Iterator[Row]:
    """What somebody wrote or said."""
    for name, limits, counts in (
        ("server/policy/hours/limiting.txt", _LIMITS, 3.0),
        ("tools/rows/limits.txt", _LIMITS, 2.0),
        ("tools/rows/honest.txt", _HARMLESS, 2.0),
        ("tools/rows/limits-by-others.txt", _LIMITS, 1.5),
        ("tools/rows/honest-by-others.txt", _HARMLESS, 1.5),
    ):
        yield from (Row(row, limits, counts, counts) for row in _listed(name))


def _composed(random: Random) -> Iterator[tuple[str, float, float]]:
    """Rows made of words: each, whether it limits, and how much it counts among these."""
    who, does, things, happens, harmless = (
        _listed(f"tools/rows/{name}.txt") for name in ("who", "does", "things", "happens", "honest")
    )
    trades = sorted(word for word in LISTED if len(word) > 1)
    short = [word for word in trades if len(word) < 5]
    pick = random.choice
    yield from ((row, _HARMLESS, 1) for row in trades)
    yield from ((row, _LIMITS, 1) for row in [*does, *happens] if len(row) > 1)
    yield from ((row, _HARMLESS, 1) for row in things if len(row) > 1)
    yield from ((row, _HARMLESS, 0.2) for row in who)
    for _ in range(3000):
        away = pick(who) + pick(["", "", "", *"去在要正又得"]) + pick(does)
        yield away + pick(["", "", "", *"了中着呢", "去了", "着呢", "不在"]), _LIMITS, 0.5
        broken = pick(things) + pick(["", "", "", *"已被要又", "正在"]) + pick(happens)
        yield broken + pick(["", "", "了"]), _LIMITS, 0.5
    for _ in range(1500):
        yield pick(short) + pick(happens), _LIMITS, 0.3
        yield pick(harmless) + pick(short), _HARMLESS, 0.3
    for _ in range(4000):
        yield pick(short) + pick(short), _HARMLESS, 0.4
    for _ in range(5000):
        yield _named(random) + pick(short), _HARMLESS, 0.6
    for _ in range(600):
        yield pick(_POSTS) + _named(random), _HARMLESS, 0.4


def _joined(written: Sequence[Row], random: Random) -> Iterator[Row]:
    """Two rows read as one limit what either does."""
    limits = [row.text for row in written if row.limits]
    harmless = [row.text for row in written if not row.limits]
    pick = random.choice
    for _ in range(_JOINED):
        pair = [pick(harmless), pick(limits)]
        random.shuffle(pair)
        yield Row("".join(pair), _LIMITS, _JOINED_COUNTS, _JOINED_STRETCH)
        both = pick(harmless) + pick(harmless)
        yield Row(both, _HARMLESS, _JOINED_COUNTS, _JOINED_STRETCH)


def all_rows() -> list[Row]:
    """All that is learnt from, without marks."""
    random = Random(_SEED)
    written = list(_written())
    made = [
        Row(text, limits, counts * _COMPOSED, counts * _COMPOSED)
        for text, limits, counts in _composed(random)
    ]
    learnt_from = [*written, *made, *_joined(written, random)]
    return [row._replace(text=unmarked(row.text)) for row in learnt_from]


def learnt(learnt_from: Sequence[Row]) -> tuple[Mapping[str, float], tuple[float, float]]:
    """The weight of each gram, and what is added to a row's and to a stretch's: log odds."""
    told = [list(steps(row.text))[:_LONGEST] for row in learnt_from]
    counted = Counter(gram for row in told for gram in {gram for step in row for gram in step})
    known = sorted(gram for gram, times in counted.items() if times >= _FEWEST)
    place = {gram: n for n, gram in enumerate(known, 1)}
    numbers = np.array([row[1:] for row in learnt_from], float)
    alike: dict[int, list[int]] = {}
    for n, row in enumerate(told):
        alike.setdefault(-(-len(row) // _ALIKE) * _ALIKE, []).append(n)
    heaps = [
        (numbers[mine], _placed([told[n] for n in mine], long, place))
        for long, mine in sorted(alike.items())
    ]
    weights, squares = np.zeros(len(known) + 1), np.ones(len(known) + 1)
    added, added_squares = np.array([0.0, -1.0]), np.ones(2)
    chance = np.random.default_rng(_SEED)
    for _ in range(_ROUNDS):
        for wanted, grams in _handfuls(heaps, chance):
            off, inside = _off(weights[grams].sum(2), added, wanted)
            ending = off[:, :1] + off[:, 1:] * inside
            slope = (
                np.bincount(grams.ravel(), np.repeat(ending.ravel(), _OF_A_PLACE), len(weights))
                + _SHRINK * len(wanted) / len(learnt_from) * weights
            )
            slope[0] = 0
            squares += slope * slope
            weights -= _STEP * slope / np.sqrt(squares)
            drift = off.sum(0) * _DRIFTS
            added_squares += drift * drift
            added -= _STEP * drift / np.sqrt(added_squares)
    return dict(zip(known, weights[1:].tolist(), strict=True)), (float(added[0]), float(added[1]))


def _placed(told: Sequence[Sequence[Sequence[str]]], long: int, place: Mapping[str, int]) -> Places:
    """Rows × places × grams that end there, as numbers; nought for a gram that is not known."""
    made = np.zeros((len(told), long, _OF_A_PLACE), np.int32)
    for n, row in enumerate(told):
        for at, step in enumerate(row):
            made[n, at, : len(step)] = [place.get(gram, 0) for gram in step]
    return made


def _handfuls(
    heaps: Sequence[tuple[Numbers, Places]], chance: np.random.Generator
) -> Iterator[tuple[Numbers, Places]]:
    """All rows once, some at a time, each handful of rows of like length."""
    handfuls = [
        (heap, mixed[n : n + _AT_ONCE])
        for heap, (_, grams) in enumerate(heaps)
        for mixed in [chance.permutation(len(grams))]
        for n in range(0, len(mixed), _AT_ONCE)
    ]
    for n in chance.permutation(len(handfuls)):
        heap, mine = handfuls[n]
        yield heaps[heap][0][mine], heaps[heap][1][mine]


def _off(places: Numbers, added: Numbers, wanted: Numbers) -> tuple[Numbers, NDArray[np.bool_]]:
    """How far the odds are off, rows × (of the row, of its stretch); rows × places in the stretch.

    `places` holds what ends at each place of each row weighs.
    """
    limits, counts = wanted[:, :1], wanted[:, 1:]
    sums = np.concatenate([np.zeros((len(places), 1)), places.cumsum(1)], 1)
    risen = sums - np.minimum.accumulate(sums, 1)
    end = risen.argmax(1)[:, None]
    at = np.arange(sums.shape[1])[None, :]
    start = np.where((risen == 0) & (at <= end), at, 0).max(1)[:, None]
    inside = (at[:, :-1] >= start) & (at[:, :-1] < end)
    odds = np.stack([sums[:, -1], risen.max(1)], 1) + added
    return (1 / (1 + np.exp(-odds)) - limits) * counts, inside


def main() -> None:
    """Write the weights: a line for each, with the grams that have it."""
    weights, added = learnt(all_rows())
    by_weight: dict[int, list[str]] = {}
    for gram, weight in weights.items():
        tenths = round(weight * TENTHS)
        if abs(tenths) >= _LEAST:
            by_weight.setdefault(tenths, []).append(gram)
    lines = [f"{tenths} {' '.join(sorted(by_weight[tenths]))}" for tenths in sorted(by_weight)]
    head = "# 由 tools/weigh_rows.py 写成：每行先是分量（十分之几），后是字；首行是底数：整行一段。"
    first = " ".join(str(round(odds * TENTHS)) for odds in added)
    WEIGHTS.write_text("\n".join([head, first, *lines]) + "\n", "utf-8")


if __name__ == "__main__":
    main()
