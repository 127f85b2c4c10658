"""Makes up what may be written on signs: names of places whole, in pieces, misspelt and adorned."""

from random import Random

from server.policy.standard.facts import Place

TOWNSHIP = ("乡快递综合服务站", "镇快递综合服务站", "乡(镇)快递综合服务站")
VILLAGE = ("村快递便民服务点",)
_PIECES = (
    "马家沟村", "鹅城镇", "静乐县", "忻州市", "山西省", "城内村", "馬家溝", "村", "乡", "镇", "县",
    "农村", "行政村", "某", "XX", "×", "··", "·", "（", "）", "(", ")", "快递", "中通", "超市",
    "社区", "街道", "老李", "赤泥洼", "赤泥窊", "壹", "1", "区", "开发区", "王", "古县", "市", "旗",
    "\U00020bb7", " ", "\n", "A", "ß", "〇", "东", "鎮", "鄉", "縣", "嘎查", "苏木", "街道办事处",
    "县城", "建制", "本", "自然村", "欢迎光临", "。", "~", "--", "?", "慰藉", "乾隆", "\ufeff", "㎡",
)  # fmt: skip
_ENDINGS = (
    "快递便民服务点", "快递综合服务站", "快遞便民服務點", "快遞綜合服務站", "便民服务点",
    "村快递便民服务点", "乡（镇）快递综合服务站", "镇·快递综合服务站", "乡镇快递综合服务站",
)  # fmt: skip
_PLACES = (
    "马家沟村", "鹅城镇", "下马城", "赤泥窊乡", "古县村", "城南社区", "街道村", "", "三合村", "静乐街道",
)  # fmt: skip
_ALIASES = ("马家圪洞", "赤泥洼乡", "鹅城", "馬家沟村")
_WITHIN = ("鹅城镇", "静乐县", "忻州市", "山西省", "娘子神乡", "城区", "阳泉市")
_OWN = ("马家沟村快递便民服务点", "静乐县鹅城镇快递综合服务站", "老李代收点")

Question = tuple[str, tuple[str, ...], Place | None, tuple[str, ...]]
"""What `named` takes."""


def _some(dice: Random, most: int) -> str:
    return "".join(dice.choice(_PIECES) for _ in range(dice.randint(0, most)))


def any_text(dice: Random, place: Place | None) -> str:
    """Something written on a sign: mostly near the right name, often with something about it."""
    kind = dice.random()
    if kind < 0.1:
        return _some(dice, 8)
    if kind < 0.5:
        name = place.name if place and dice.random() < 0.4 else ""
        return f"{_some(dice, 6)}{name}{dice.choice(_ENDINGS)}{_some(dice, 2)}"
    names = (place.name, *place.aliases) if place else ("马家沟村", "鹅城镇", "三合村", "娘子神乡")
    name = dice.choice(names)
    above = "".join(one for one in _WITHIN[:4][::-1] if dice.random() < 0.2)
    before = _some(dice, 1) if dice.random() < 0.4 else ""
    ending = "快递便民服务点" if name.endswith("村") else "快递综合服务站"
    return f"{above}{before}{name}{ending}{_some(dice, 1)}"


def any_place(dice: Random) -> Place | None:
    """A registered place, or none."""
    if dice.random() < 0.25:
        return None
    return Place(
        name=dice.choice((*_PLACES, _some(dice, 2))),
        aliases=tuple(dice.choice((*_ALIASES, _some(dice, 2))) for _ in range(dice.randint(0, 2))),
        within=tuple(dice.sample(_WITHIN, dice.randint(0, 4))),
    )


def any_question(dice: Random) -> Question:
    """A sign, what should stand there, where, and what the station is registered as."""
    place = any_place(dice)
    own = tuple(
        dice.choice((*_OWN, _some(dice, 3) + dice.choice(_ENDINGS)))
        for _ in range(dice.randint(0, 2))
    )
    text = any_text(dice, place)
    likely = VILLAGE if "便民" in text else TOWNSHIP
    words = likely if dice.random() < 0.8 else dice.choice((TOWNSHIP, VILLAGE))
    return text, words, place, own
