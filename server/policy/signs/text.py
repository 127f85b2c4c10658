"""Bring what stands on signs to one spelling: width, simplified characters, no blanks or marks."""

import unicodedata
from collections.abc import Iterable
from functools import cache

from server.policy.signs.lines import Glyph
from server.policy.standard.wording import simplified

BREAK = "\n"
"""Stands between two lines that may belong together."""
GAP = " "
"""Stands between two pieces of one line, near each other, with perhaps a character lost between."""

# Spellings that mean the same place: the Jingle plan writes 赤泥洼, the division table 赤泥窊.
_VARIANTS = {"窊": "洼", "凹": "洼"}

_TWINS = (
    "乌鸟", "己已巳", "未末", "日曰", "戊戌戍", "汩汨", "崇祟", "茶荼", "土士", "母毋", "沪泸",
    "洗冼", "兔免", "治冶", "亳毫", "汜氾", "沐沭", "徒徙",
)  # fmt: skip
"""So alike that neither the network nor a painter keeps them apart. No county of the division table
has two places that differ in nothing else (侯/候 and 栗/粟 do: they are none)."""
_TWIN_OF = {sign: frozenset(group) for group in _TWINS for sign in group}


_GROUPS = (
    "垅珑", "峁昴", "墕坞", "坬坻", "夭天", "埇埔", "硷砼", "榃替", "圙图", "圐圀", "逄逢", "堼封",
    "礤磜", "楝栋", "垇地", "崀昆", "牤牡", "塂港", "㙟堋", "㘵怖布", "岺岑", "杈权", "贠负",
    "囗口", "褡裕", "坽玲", "硋砀", "砩砕", "岕芥界", "坣堂", "冮江", "佀侣", "衖街", "沶泳",
    "朳机", "奤奋", "鄑鄱", "堐堆", "坔尘", "馀余", "郞郎", "轵枳", "荍莜", "涢员", "浲泽", "杴枚",
    "撖撤", "靰靳", "铙饶", "鐣镗", "遆滝", "迸进", "苽茂", "舂春", "耈耆", "禇褚", "磛暂", "畤时",
    "甽刚", "甶由", "玍生", "猓狸", "栜棘", "枊柳", "杮柿", "杄杆", "暧暖", "昄畈", "岎蚡吩",
    "垎珞", "坥坦", "圫托", "嗄嘎", "啕陶", "咘晞布", "剌刺", "仚企", "乪巴", "㭎枫", "鳘鳌",
    "骟骗", "骔骠", "鞔挽", "酄鄞", "讪汕", "蓭庵", "萂莉茹", "茍苟", "苲芹", "芶苟", "艻芳",
    "艞旐", "耖秒", "耇者", "罳崽", "筸篁", "竂寮", "磵碉", "磂磘", "硠硍", "硔碘", "矴矿", "皛晶",
    "畬畲", "琍利", "牮华", "潆洁", "漋隆", "溠差", "湆涪", "涳泾", "浀油", "洰洹", "洖淏", "洈沧",
    "泶栄", "泘浮", "泑沏", "泃洵", "汫洪", "汖炭", "氐氏", "檺蚝", "橖楪", "椗淀", "棆榆", "梽桔",
    "栆枣", "柤租", "枆秏", "晹旸", "旴盱", "戗饯", "庒庄压", "帲帡", "嶀崿", "嵠溪", "嵔畏",
    "崶对", "峏峤", "峎良昆", "峉客", "岴蚯", "屽村", "屴另", "夿奄", "壆学", "垷现", "坶姆",
    "坢坪", "囮囤", "噉瞰", "喦嵒", "卩卫", "凃涂", "冸泮", "仫仏", "乢此", "䩐干", "䌷细", "䃥疃",
    "㳇淡", "㱔岁", "㯊桥", "㟓崤",
)  # fmt: skip
"""What the network makes of a character, however clear the print: 峁 is read as 昴 in each face.

Measured over the 4,708 characters of the names of villages and townships in four faces: each that
it did not read in three of them. No county has two places that differ in nothing else."""
READ_AS = {group[0]: frozenset(group[1:]) for group in _GROUPS}

_COMMON_UNTIL = 0xD7
"""First byte of GB 2312's last common character: its 3,755 common ones come first."""
_SLIGHT = 0.01
"""Of a character that the network has hardly ever seen this chance is much."""


UNKNOWN = frozenset(
    "垅硷屲礤垇塂㘵贠岺奤岕硋鲶馀坔耈氵泘鴜筸巺㯊骔㵲鐣苽玍艞犭岎仚枊埉乪甶䃥夿澬磂䌷汖栆岴洰"
    "爃嵔斢泑垷湗乢峏晹庒畓檺洖㟓艻钅溡嵠卩朩䩐浀㴩凗冸峎竂滣帲楻橖芶嗙㱔萂屽涺坢泶亁"
)
"""Characters of the division table (in 678 of its names) that the network has never seen: it reads
another one there, however clear the sign is, and that says nothing."""


_SHAPES = {"×": "X"}
"""Marks that the network gives for letters of their shape: 编码：×20016."""


def twins(one: str, other: str) -> bool:
    """Whether two characters are so alike that either may be the other: 乌 and 鸟."""
    return other in _TWIN_OF.get(one, ())


def may_stand_for(glyph: Glyph, wanted: str) -> bool:
    """Whether the network, which reads it otherwise, cannot tell the two apart."""
    return twins(wanted, glyph.text) or glyph.text in READ_AS.get(wanted, ())


def slightly(glyph: Glyph, wanted: str) -> bool:
    """Whether a rare character was held for possible, be it only a little: 濉 where it says 滩."""
    return glyph.text != wanted and glyph.chance(wanted) >= _SLIGHT and is_rare(wanted)


def is_rare(character: str) -> bool:
    """Whether it is none of the 3,755 characters that GB 2312 has as common."""
    try:
        return character.encode("gb2312")[0] > _COMMON_UNTIL
    except UnicodeEncodeError:
        return True


def plain(text: str) -> str:
    """Only Chinese characters, A–Z and 0–9 remain: "（静乐）ＸＺ００１ 號" → "静乐XZ001号"."""
    return "".join(_plain_character(character) for character in text)


def plain_glyphs(glyphs: Iterable[Glyph]) -> list[Glyph]:
    """The same for glyphs; what a glyph else may be is brought to the same spelling and added up.

    A glyph read as a mark stays away even where it might have been a letter.
    """
    kept = []
    for glyph in glyphs:
        text = _plain_character(glyph.text)
        if len(text) != 1:
            continue
        chances: dict[str, float] = {}
        probability = glyph.probability
        for other, chance in glyph.others:
            spelt = _plain_character(other)
            if spelt == text:
                probability += chance
            elif spelt:
                chances[spelt] = chances.get(spelt, 0.0) + chance
        others = tuple(chances.items())
        kept.append(Glyph(text, min(1.0, probability), glyph.at, others, glyph.foreign))
    return kept


def is_chinese(character: str) -> bool:
    """Whether it is a Chinese character (not a mark, letter or digit)."""
    return "\u3400" <= character <= "\u9fff" or character == "〇"


def same_place(one: str, other: str) -> bool:
    """Whether two names are spelt alike once both are plain."""
    return plain(one) == plain(other)


@cache
def _plain_character(character: str) -> str:
    character = _SHAPES.get(character, character)
    kept = "".join(
        part
        for part in unicodedata.normalize("NFKC", character).upper()
        if is_chinese(part) or (part.isascii() and part.isalnum())
    )
    return "".join(_VARIANTS.get(part, part) for part in simplified(kept))
