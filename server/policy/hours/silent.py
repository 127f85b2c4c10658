"""Rows that limit no hours though not every word in them is known: 老陈家豆腐坊, 专修小家电.

What shops call themselves, sell and do is an open class. What limits hours is nearly a closed
one: numbers, days, seasons, weather, errands, and words such as 停, 只, 先 or 除. A row without
a character of these, once the known trades are taken out of it, says nothing of hours; nor does one
without their words that weighs like a name (`weighed`).
"""

import re
from pathlib import Path
from typing import NamedTuple

from server.policy.hours.trades import parted, unmarked
from server.policy.hours.weighed import weight

_SHORT, _LONG = 3, 5
_DOUBTED = 0.0
"""What a row with known trades may weigh."""


class _Bars(NamedTuple):
    """What a row may weigh below the times and above them, and from where on few words count.

    Of the limits that people wrote down those count in it that have `least` characters.
    """

    light: float
    light_above: float
    very_light: float
    least: int


_SHORT_ROW, _LONG_ROW = _Bars(-3.0, -2.0, -4.0, 2), _Bars(0.0, 0.0, -1.0, 3)
"""A row of five characters and more tells enough of itself: of 2,000 limits two weigh as little,
and hold no word of limits (茶青下来连轴转); of four characters and fewer, nineteen do (铁将军)."""
_LIMITS = (
    # Numbers, days, times, seasons, feasts.
    "零〇一二三四五六七八九十百千两半双单奇偶几多每各第初廿卅数次回天日号周礼拜旬月季年岁世纪"
    "今前后先早晚午晨晌夜昼晡旦暮昏黑亮光曙朝夕暑寒春夏秋冬伏数节假历阴阳农闰元端清中秋劳祭祀祖"
    "时点分秒刻钟间候段久暂临短期限旺淡忙闲耕种割插播栽采摘碾拔掰刨挖掐晾喷浇割锄犁捕捞晒谷麦稻熟"
    # Markets and gatherings.
    "集场圩墟街市逢赶会庙戏唱冷热斋麻诵祷"
    # Open and closed.
    "停休息歇关闭打烊摊开启始营业班岗值守轮换倒调补替代连续通止毕完结束至到从起迄讫满截"
    "改变更迁移搬转让租售拆废旧别处除外余例非不无没未莫勿毋否禁拒免仅只唯惟专才方可须需要应当必得"
    "或者但如若倘遇且均都也仍再又还就便凭照按依据由因为以于与及准定固随意视看望听问见"
    "约预订登报申请批许证票券灵活弹性待议陪读喂"
    # Who is away, and why.
    "人有员板娘掌柜主妻夫父母爸妈孩娃子孙课考试病看护丧葬婚喜嫁娶宴席酒孕产育乳胎"
    "去来走往进在离返归差旅游访探办事务急请睡觉眠吃喝餐食洗厕"
    "下上里内楼院背反侧旁隔邻田地坡"
    # Weather, disorder, works.
    "雨雪风雾雷霜冻晴云洪涝汛旱灾震疫毒离控防消检查修维护系统升级故障断缺坏漏电水气"
    "施工路设道桥装封观参绕情酌盘点存货库账理整顿罚"
    # To call, to tell.
    "打拨话机叫喊敲铃联致信微群告知讯播喇叭示"
    # To fetch elsewhere; to be few.
    "拦疏烧赛爆抽收过户并撤裁学训选举坐堂档卖买修诊取领派投寄件自助快慢迟延推误提退少剩尽空亡了吗吧"
)
_LIKENESSES = (
    "曰目口田白因囗同国用冋闩林体沐怵恳思愿牛干平夫美矢失亭享丁宁末木术本朱束车"
    "太犬尢羊王玉全金令合仓公么厶丢云古吉叶计什升斗刁习刀力丸凡兔况兆北此比它宅字乎归但坦晓夂备条复厦"
    "名门排绝星化庆"
)
"""What 周 日 休 息 and the like are taken for; of several at once it may be they."""
LIMITING, LIKE_LIMITING = frozenset(_LIMITS), frozenset(_LIKENESSES) - frozenset(_LIMITS)
_PLACE = re.compile("[一-龥]{2,5}[村镇乡县屯庄寨]")
_WORKS = re.compile("[店站点社心场市厅行所室馆部院路线网](?:维修|安装|保养|清洗|办卡)")
"""广场维修 closes it; 家电维修 is what it does."""
_ROW = re.compile(r"[一-龥 、,.!:/|·&()]{1,30}")
_ASIDE = re.compile(r"\d{3,4}-\d{7,8}|\d{7,}|\d+(?:\.\d+)? ?[元块毛角]|WIFI")
"""Telephones and prices: they limit nothing beside words that do not."""
_LIMITING_ROWS = frozenset(
    Path(__file__).with_name("limiting.txt").read_text("utf-8").split("\n", 1)[1].split()
)
_LIMITING_WORDS = re.compile(
    "[休停闭歇烊假今昨仅只除外逢赶集圩墟改换搬迁拆售罄暂延推迟早晚午夜晨雨雪霜冰雾雷暑寒伏旱涝汛疫忙闲"
    "耕种割插播麦稻谷秋春夏冬节祭祀庙庆婚丧宴席吃饭睡觉课考产孕奶娃孩爸妈爹娘撤坏满缺限封订需禁勿别莫白]"
    "|[明后次翌隔单双每逐当本下上头][天日早晚周月旬朝]|关[门闭张店机掉着]|关$|星期|礼拜|周[一二三四五六日末天]"
    "|[初廿][一二三四五六七八九十]|[一二三四五六七八九十][号日月天点时]|[腊正单双]月|月[初中底末]|季|[上下]午"
    "|[单双奇偶]数?[号日]|点[钟半]|时[间段候]|小时|分钟|为准|另|通知|公告|有事|出[门差去诊车工海]|[回返再]|[去来到往走进在]"
    "|营业|开[门张业店始放]|人|[叫喊敲按铃打拨联系约]|等|候|送[货件菜餐药]|不送|不干|接[娃孩人货]|进货|[拉盘]货|盘[点存库]"
    "|整[理顿治]|检修|维护|抢修|装修|施工|修路|故障|升级|培训|开会|学习|没|无[人货电水网]|不[在开营做办收]|未|转让|招租"
    "|出租|先|才|方可|凭|按|视|看|如|若|临时|特殊|期间|以内|起|止|至|截|前|后|隔壁|对门|并入|合并|值班|加班|代班|交班|下班|上班"
    "|不$|收工|其[他余]|[一二三四五六七八九十]|住院|生病|[高降]温|天[冷热]|半[天日]|灵活|弹性|机动|酌情|预[约定]|内部|专用|名额|年审|义诊|坐诊|包场|绕行|背面|作废|旧牌"
)
"""Words of limits, each enough of itself; of a row without known trades they are asked."""
_PLAIN_LIMITS = re.compile(
    "[休停闭歇烊假今昨仅只除逢赶圩墟搬迁售罄暂延迟晚午夜晨雾雷暑伏旱涝汛疫忙闲播稻夏冬节祭祀庙丧睡课产孕撤缺限封]"
    "|[明次翌隔每逐当][天日晚周月]|周末|关[门闭张店机掉着]|关$|星期|礼拜|周[一二三四五六日末]"
    "|[初廿][一二三四五六七八九十]|[一二三四五六七八九十][号日月天点时](?![路楼栋])|[腊正单双]月|月[初中底末]|季|[单双奇偶]数?[号日]|点[钟半]"
    "|时[间段候]|小时|分钟|另行|通知|公告|有事|出[门差去诊车工海]|开[门张业店始放]|没人|无人|人[不没]|有人|不[在开营做办干接]|[进拉盘]货|[下落雨]雨|雨[天停]|下雪|雪天"
    "|检修|维护|抢修|装修|施工|修路|故障|转让|招租|临时|期间|以内|值班|加班|代班|上班|下班|住院|生病|吃[饭席]|半[天日]|灵活|弹性|预[约定]|作废|绕行"
)
"""Of a row that weighs very little only these are: 人, 到, 一 and 先 stand in many a request."""


def limits_nothing(row: str) -> bool:
    """Whether a spelt row, be some of its words unknown, can say nothing of days or times.

    At least half of it are words of trade, or it holds no word of limits and is made of what names,
    goods and requests are made of (云图控股复合肥, 骑车请戴头盔).
    """
    plain = _ASIDE.sub("", row)
    if not _ROW.fullmatch(plain):
        return False
    known, left = parted(plain)
    weighs = weight(unmarked(plain))
    half = any(len(word) > 1 for word in known) and len(left) <= sum(map(len, known))
    named = half or _PLACE.fullmatch(plain) is not None
    return (named and weighs < _DOUBTED and not may_limit(plain)) or (
        weighs <= _bars(plain).light and _says_no_limit(plain, weighs)
    )


def heads_a_board(row: str) -> bool:
    """Whether a spelt row that stands above the times can say nothing of them.

    There stand names (老杨豆腐, 立邦漆专卖), of which less is asked.
    """
    plain = _ASIDE.sub("", row)
    weighs = weight(unmarked(plain))
    return (
        _ROW.fullmatch(plain) is not None
        and weighs <= _bars(plain).light_above
        and _says_no_limit(plain, weighs)
    )


def _bars(row: str) -> _Bars:
    return _LONG_ROW if len(unmarked(row)) >= _LONG else _SHORT_ROW


def _says_no_limit(row: str, weighs: float) -> bool:
    """Whether no word of limits (下雪关门) stands in a row, and none that people wrote down."""
    _, left = parted(row)
    bars = _bars(row)
    limits = _PLAIN_LIMITS if weighs <= bars.very_light else _LIMITING_WORDS
    plain = unmarked(row)
    alike = sum(sign in LIKE_LIMITING for sign in left)
    return (
        len(row) >= _SHORT
        and alike <= 1
        and limits.search(left) is None
        and not any(
            plain[at : at + long] in _LIMITING_ROWS
            for at in range(len(plain))
            for long in range(bars.least, len(plain) - at + 1)
        )
    )


def may_limit(row: str) -> bool:
    """Whether what is left of a spelt row without its words of trade has a limit's character."""
    if _WORKS.search(row):
        return True
    _, left = parted(row)
    alike = sum(sign in LIKE_LIMITING for sign in left)
    return bool(LIMITING & set(left)) or alike > (len(row) > _SHORT)
