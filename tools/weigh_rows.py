"""Weigh what rows on boards are made of: `python -m tools.weigh_rows` writes weights.txt anew.

Rows that limit hours and rows that do not (`tools/rows/`, and what `server/policy/hours` lists)
are put beside rows composed of who is away and why, of what breaks, and of names and trades; each
character and each pair of them gets a weight by logistic regression. `tests/cases/hours` holds rows
that are measured on and never learnt from. One seed: the same lists give the same weights.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from random import Random

import numpy as np

from server.policy.hours.trades import LISTED, unmarked
from server.policy.hours.weighed import TENTHS, WEIGHTS, grams
from server.policy.signs.slips import mended
from server.settings import ROOT

_SEED, _ROUNDS, _STEP, _SHRINK, _BIAS_STEP = 4, 8, 0.15, 1e-3, 0.002
_FEWEST, _LEAST = 2, 2
"""A gram of a single row is chance; weights are kept in tenths, those below two of them not."""
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

Row = tuple[str, float, float]
"""Its text, whether it limits hours, and how much it counts."""


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


def _rows(random: Random) -> Iterator[Row]:
    who, does, things, happens, limits, harmless = (
        _listed(f"tools/rows/{name}.txt")
        for name in ("who", "does", "things", "happens", "limits", "honest")
    )
    trades = sorted(word for word in LISTED if len(word) > 1)
    short = [word for word in trades if len(word) < 5]
    pick = random.choice
    yield from ((row, _LIMITS, 3) for row in _listed("server/policy/hours/limiting.txt"))
    yield from ((row, _LIMITS, 2) for row in limits)
    yield from ((row, _HARMLESS, 2) for row in harmless)
    yield from ((row, _LIMITS, 1.5) for row in _listed("tools/rows/limits-by-others.txt"))
    yield from ((row, _HARMLESS, 1.5) for row in _listed("tools/rows/honest-by-others.txt"))
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


def learnt() -> tuple[Mapping[str, float], float]:
    """The weight of each gram, and what a row without any weighs; above nought it limits."""
    random = Random(_SEED)
    rows = list(_rows(random))
    counted = Counter(gram for text, _, _ in rows for gram in grams(unmarked(text)))
    known = sorted(gram for gram, times in counted.items() if times >= _FEWEST)
    place = {gram: n for n, gram in enumerate(known)}
    made = [
        np.array(sorted(place[gram] for gram in grams(unmarked(text)) if gram in place), int)
        for text, _, _ in rows
    ]
    weights, squares, bias = np.zeros(len(known)), np.full(len(known), 1e-6), 0.0
    order = list(range(len(rows)))
    for _ in range(_ROUNDS):
        random.shuffle(order)
        for n in order:
            mine, (_, wanted, counts) = made[n], rows[n]
            said = 1 / (1 + np.exp(-(weights[mine].sum() + bias)))
            off = float(said - wanted) * counts
            slope = off + _SHRINK * weights[mine]
            squares[mine] += slope * slope
            weights[mine] -= _STEP * slope / np.sqrt(squares[mine])
            bias -= _BIAS_STEP * off
    return dict(zip(known, weights.tolist(), strict=True)), bias


def main() -> None:
    """Write the weights: a line for each, with the grams that have it."""
    weights, bias = learnt()
    by_weight: dict[int, list[str]] = {}
    for gram, weight in weights.items():
        tenths = round(weight * TENTHS)
        if abs(tenths) >= _LEAST:
            by_weight.setdefault(tenths, []).append(gram)
    lines = [f"{tenths} {' '.join(sorted(by_weight[tenths]))}" for tenths in sorted(by_weight)]
    head = "# 由 tools/weigh_rows.py 写成：每行先是分量（十分之几），后是字；首行是底数。"
    WEIGHTS.write_text("\n".join([head, str(round(bias * TENTHS)), *lines]) + "\n", "utf-8")


if __name__ == "__main__":
    main()
