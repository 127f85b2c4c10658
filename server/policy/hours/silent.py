"""Rows that limit no hours though not every word in them is known: 老陈家豆腐坊, 专修小家电.

What shops call themselves, sell and do is an open class, and so is what limits hours. Most of a
row are known trades, with no character of a limit (停, 只, 先, a number, a day) beside them; or it
weighs like a name, a thing on sale or a request, and no stretch of it like a limit (`weighed`).
"""

import re
from pathlib import Path

from server.policy.hours.trades import parted, says_trades_alone, unmarked
from server.policy.hours.weighed import heaviest, known_of, weight

_SHORT, _LONG = 3, 5
_DOUBTED, _HEAVY_AMONG_TRADES = 0.0, -1.0
"""What a row with known trades may weigh, and what no stretch of it."""
_HEAVY, _HEAVY_SHORT, _HEAVY_WITH_DAYS = 0.3, -1.3, -1.4
"""What no stretch of a row may weigh, and of a short one: rows made of one and a limit are as light
as both (霜重 beside 老字号放心店)."""
_LIGHT, _LIGHT_SHORT, _LIGHT_WITH_DAYS, _VERY_LIGHT = 0.9, -1.1, -0.8, -3.0
"""What another may weigh, with a day or a part of one (周六只有豆腐), and with several of the
characters that 周日休息 is taken for (门口, 广告). What is passed over is told
(docs/decisions/0061)."""
_LIGHT_UNKNOWN = -0.1
"""And one of which more than half the characters are in no list: it weighs next to nought."""
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
    "曰目口田白因囗同国用冋闩林体沐怵恳恩思愿牛干平夫美矢失亭享丁宁末木术本朱束车"
    "太犬尢羊王玉全金令合仓公么厶丢云古吉叶计什升斗刁习刀力丸凡兔况兆北此比它宅字乎归但坦晓夂备条复厦"
    "名门排绝星化庆"
)
"""What 周 日 休 息 and the like are taken for; of several at once it may be they."""
LIMITING, LIKE_LIMITING = frozenset(_LIMITS), frozenset(_LIKENESSES) - frozenset(_LIMITS)
_AT_THE_DOOR = re.compile(
    "(?<=...)大?门[口前]|(?<=..)(?:大门|[路村街巷]口|过道|通道)(?=..)|(?<=...)[路村街巷]口"
)
"""Where a car is not to stand; of 周日休息 misread so many signs beside it make no request."""
_SHUTS = re.compile(
    "休息$|放假$|搬迁$|停业(?![多的损整])|歇业|暂停(?![键播使])|停止(?:营业|服务|收|办)|关店(?!大吉)|打烊(?![牌酒])|闭店|[店轮]休|不营业"
    "|(?:一四七|二五八|三六九|四七十)(?![将等牌])"
    "|(?:节日|节假日?|假日|假期|过年|春节)[请可先]*(?:联系|致电|打|找|电话)"
    "|(?:[雨雪风水]天?|路滑|停电|断网|停网)[不没停关]|钥匙|回家过年|不干了|另有(?:时间|安排|通知|一张)|只限|仅限"
    "|不开门|不上班|不办公|外出(?!务工|打工|的|旅)|没人(?![比不管要爱疼敢说])|人不在(?![多线江意贵])"
)
"""However light what it stands beside is: 停业欢迎新老顾客, 三六九豆腐, 节日联系 and a number."""
_ASKS = re.compile("[勿别请]|不[要得准许]|禁止|严禁|[小当]心|注意")
_DAYS = re.compile(
    "周[一二三四五六日末]|星期|礼拜|[上下中]午|[早晚]上|[初廿][一二三四五六七八九十]|逢|节假"
)
_INSIDE = re.compile(
    r"(?<![取寄收派件递货])(?<!快递)(?<!包裹)(?:请|就)?[进到去在往]"
    r"(?:里屋|里间|内屋|屋内|屋里|店内|店里|柜台|前台|收银台)(?:买|挑选|选购|看)?$"
)
"""农药兽药请到里屋: where in the house what is sold stands; parcels may be fetched elsewhere."""
_PLACE = re.compile("[一-龥]{2,5}[村镇乡县屯庄寨]")
_WORKS = re.compile("[店站点社心场市厅行所室馆部院路线网](?:维修|安装|保养|清洗|办卡)")
"""广场维修 closes it; 家电维修 is what it does."""
_ROW = re.compile(r"[一-龥 、,.!:/|·&()+-]{1,30}")
_ASIDE = re.compile(
    r"\d{3,4}-\d{7,8}|\d{7,}|(?<![\d:.])\d{5,6}(?![\d:.点时])"
    r"|\d+(?:\.\d+)?(?:-\d+(?:\.\d+)?)? ?(?:[元块毛角斤件单袋箱折]|公斤|KG|CM)"
    r"(?:-\d+ ?(?:KG|CM|公斤|斤))?"
    r"|(?<![A-Z])(?:WIFI|EMS|POS|ATM|VIP|LED|QQ|APP|KTV|DIY|PVC|PPR|USB|GPS|OPPO|VIVO|TCL|[45]G"
    r"|SIM|ETC|E(?=[家站购付]))(?![A-Z])"
    r"|(?<![A-Z\d])[A-Z]{1,3}-?\d{3,6}(?![\d:])|\((?:24小时|全天)\)$"
)
"""Telephones, prices, weights and codes: they limit nothing beside words that do not."""
_BRACKETS = str.maketrans(dict.fromkeys("【】[]〔〕〖〗《》「」『』“”×☆★◆◇●○■□▲△※♥❤✿", " "))
_LIMITING_ROWS = frozenset(
    Path(__file__).with_name("limiting.txt").read_text("utf-8").split("\n", 1)[1].split()
)


def limits_nothing(row: str) -> bool:
    """Whether a spelt row, be some of its words unknown, can say nothing of days or times.

    At least half of it are words of trade, or it is made of what names, goods and requests are made
    of (云图控股复合肥, 骑车请戴头盔).
    """
    plain = _ASIDE.sub("", row.translate(_BRACKETS))
    if not _ROW.fullmatch(plain):
        return False
    bare, (known, left) = unmarked(plain), parted(plain)
    half = any(len(word) > 1 for word in known) and len(left) <= sum(map(len, known))
    named = (half and heaviest(bare) < _HEAVY_AMONG_TRADES) or _PLACE.fullmatch(plain) is not None
    if _INSIDE.search(plain) and says_trades_alone(_INSIDE.sub("", plain)):
        return True
    traded = named and weight(bare) < _DOUBTED and not may_limit(plain)
    return traded or _is_light(plain)


def _is_light(row: str) -> bool:
    """Whether a row weighs little, is none that people wrote down, and not 周日休息 misread."""
    _, left = parted(row)
    plain = unmarked(row)
    light, heavy = (_LIGHT, _HEAVY) if len(plain) >= _LONG else (_LIGHT_SHORT, _HEAVY_SHORT)
    if 2 * known_of(plain) < len(plain):
        light = _LIGHT_UNKNOWN
    if len(plain) >= _LONG and _DAYS.search(plain):
        light, heavy = _LIGHT_WITH_DAYS, _HEAVY_WITH_DAYS
    left = _AT_THE_DOOR.sub("", left) if _ASKS.search(plain) else left
    alike = sum(sign in LIKE_LIMITING for sign in left)
    return (
        len(plain) >= _SHORT
        and (len(plain) >= _LONG or alike < _SHORT)
        and not _SHUTS.search(plain)
        and heaviest(plain) < heavy
        and weight(plain) <= (light if alike <= 1 else _VERY_LIGHT)
        and plain not in _LIMITING_ROWS
    )


def may_limit(row: str) -> bool:
    """Whether what is left of a spelt row without its words of trade has a limit's character."""
    if _WORKS.search(row):
        return True
    _, left = parted(row)
    alike = sum(sign in LIKE_LIMITING for sign in left)
    return bool(LIMITING & set(left)) or alike > (len(row) > _SHORT)
