"""Rows that tell who is there and whom to call: 乡村医生：赵永福, 场部总机 0458-5550110.

What stands before a number is an open class. It limits nothing unless it names a time, a weather, a
season or a pick-up that is to be asked for: 周日打138…, 下雨打138…, 来前打138…, 预约138….
"""

import re

from server.policy.hours.silent import limits_nothing
from server.policy.hours.vocabulary import SURNAMES

_MOBILE = r"(?:\+?86[- ]?)?1[3-9]\d(?:[-. ]?[\dX*]){4}(?:[-. ]?\d){4}"
_LANDLINE = r"\(?0\d{2,3}\)?[-. ]?(?:\d{3,4}[-. ]?\d{3,4}|\d{5}[-. ]\d{2,3})(?:[-转 ]\d{1,5})?"
_SHORT = r"1[012]\d{1,3}|12[03]\d{2}|95\d{3,5}"
_FREE = r"[48]00[-. ]?\d{3,4}[-. ]?\d{3,4}(?:转\d{1,5})?"
_LOCAL = r"(?!1[3-9])\d{3,4}[-. ]?\d{4}|\d{3,6}"
NUMBER = rf"(?:{_MOBILE}|{_FREE}|{_LANDLINE}|{_SHORT})(?![\d:.点时])"
_ANY_NUMBER = rf"(?:{_MOBILE}|{_FREE}|{_LANDLINE}|{_SHORT}|{_LOCAL})(?![\d:.点时])"
_TELEPHONE = (
    "(?:电话|手机|热线|专线|座机|固话|总机|内线|军线|分机|短号|小号|号码|号|传真|TEL|PHONE|MOBILE|CALL|微信|V信|VX|QQ|"
    "[☎☏📞📱✆])"
)
_OF_A_HOUSE = re.compile("内线|军线|分机|短号|小号|总机|[场厂院站店村所]内|内部")
_BY_TELEPHONE = re.compile("快递员?(?:电话|手机|热线|联系|客服|咨询)")
"""快递电话 beside a shop's hours tells that the parcels have none of their own there."""
_LEAST_LOCAL = 7
_DAYS = (
    "周[一二三四五六日天末内1-7]|礼拜|星期|[双单]休|平[日时常]|假|节|过年|年[前后底初]|春节|国庆|中秋|端午|清明|元旦|五一"
    "|初[一二三四五六七八九十]|十五|[单双][日号]|[每逢隔]|[集圩墟]|赶[场街]|[场街][天日]|忙|农闲|闲[时天日]"
    "|[春夏秋冬][季天令]|三[夏秋伏九]|[下刮大小阴雨雪][雨雪风]|雨|雪|台风|天[气黑冷热]|[早晚夜晌午晨]|傍黑|凌"
    "|[几\\d点][点时]|时段|钟|期间|小时|其[他余它]|今|明[天日]|后天|次日|隔日|当[天日]|工作日|半天"
)
_CLOSES = "休|歇|停|闭|关门|不开|打烊|盘点|搬|迁|改|暂|临时|不营业|放假"
_ASKS = (
    "先|[之以来去取进出到寄]前|提前|预[约定]|约|须|只|仅|另|除|外|开门(?!锁)|随[叫到]"
    "|[取寄领拿收派][件货包快].{0,3}[打拨联致找呼叫喊约需]|[来到]店?(?:请|打|取|拿)|[打拨联]完|再来|才|时|了|[没未]接|在(?!线)|[去回]了?$|转[让租]|[店铺面].{0,3}[租让售]|取件(?!电话|手机|热线)|上门(?=[找取打请])"
    "|门关|下[村乡地田]|巡|出诊|[,，]"
)
_LIMITS = re.compile(f"{_DAYS}|{_CLOSES}|{_ASKS}")
_AWAY = re.compile(
    r"^(?:[如若]|如果|要是|万一)?(?:我|人|本人|店主|老板娘?|站长|店里|家里|屋里|站里|门口?|店门|敲门)*"
    r"(?:不在|没在|[没无]人|找不[到着见]人?|关[门着]|锁[门着]|没开|不应|出门|外出|走开|离开|有[急要]?事)"
    r"(?:了|时|着|的|话|家|店|站|岗|店里|家里|屋里|站里|开)*[, ]?"
)
"""店主不在请打138…: outside the hours, or while he is away for a moment."""
_LEAST_LABEL = 12
_ROW = re.compile(
    rf"(?P<words>[^\d\n]{{0,{_LEAST_LABEL}}}?)[:.,、 ]*(?P<number>{_ANY_NUMBER})"
    rf"(?P<more>(?:[ ,;、/或和]*(?:[^\d\n,;:]{{0,6}}[: ]*)?{NUMBER})*)"
    r"(?P<behind>[ ,]*(?:\(?(?:微信|电话|手机|V信)*(?:同[号步]|号)?\)?|\([^\d\n"
    r"()]{1,8}\)|[^\d\n()]{1,4}))"
    r"[ .。!]*"
)

_ROLES = (
    "员|人|长|生|大夫|医师|护士|药师|老师|师傅|掌柜|掌门|主任|书记|支书|主席|经理|老板娘?|店主|业主|户主|伙伴|伙计|店员"
    "|小哥|司机|骑手|专员|主理|东家|当家|主管|法人|技师|厨师"
)
_FAMILIES = (
    f"{SURNAMES}周欧诸司上牛柳洪左柴包费祝齐庞翟詹申耿兰庄殷施翁荆阮鲍俞柯涂符温麦岑骆甘凌卓冉蓝阳蒲"
    "游桂苗宁聂管褚缪韦覃农莫蒙岳向辛车满仇焦巴木马丹扎尼次多索央格"
)
_PLAIN_NAME = f"(?:[{_FAMILIES}][一-龥]{{1,3}}|[老小阿大胖二三][一-龥]{{1,3}})"
_CALLED = (
    "(?:师傅|老师|大夫|医生|[哥姐叔婶爷嫂娘妹弟伯姨舅]|大[哥姐爷娘妈叔婶姨]|[一-龥]?子|[一-龥]?娃)"
)
_PERSON = re.compile(
    rf"[一-龥]{{0,5}}(?:{_ROLES})(?P<apart>:| )(?P<name>{_PLAIN_NAME}{_CALLED}?)"
    rf"(?:[、,/ ](?P<other>{_PLAIN_NAME}{_CALLED}?))?"
)
_MARKS = " ,.!:·、-*★☆●()"
_LABEL = re.compile(
    "(?:(?:[一-龥]?(?:值班|急诊|监督|投诉|咨询|服务|订[货座餐位购]|磅房|门房|[水汛]情|难产急诊|接生|问件|拖车|救援|修车|安装|送[水气]|(?:要货|批发|大宗|量)[大多]?的?|批发|大宗|送货|派件|揽收|取件|寄件|查件|业务|联系|联络|受理|举报|客服|仓管|办公|管理|急救"
    "|火警|报警|加?微信|快递|网点|[场站矿村店厂][部内]?|问事|理事长|团长|呼号|单位|邮政|乡镇|县里|村里)"
    f"|{_ROLES}|本)"
    "|有[急要]?事(?:请|就)?|有(?:问题|疑问)(?:请|就)?|请|可|就|或|洽谈|问询|询问|询|致电|来电|拨打|拨通|拨|打|找我|找|机|电|联)*"
    f"(?:{_TELEPHONE})*(?:{_PLAIN_NAME}{_CALLED}?)?"
)
"""What stands before a number and says no more than whose it is."""
_KEYS = re.compile("钥|[代替]|[叫喊开]门|前打|[再过]来|[才就]在|礼拜|[免别]白|已[换撤关]|出车")
_NAMED_AFTER_DAYS = re.compile(
    rf"(?:(?:{_ROLES}|联系人?)[: ]?)?(?:小雪|小满|白露|谷雨|惊蛰"
    r"|霜降|寒露"
    rf"|[{_FAMILIES}](?:国庆|中秋|元旦|端午|清明|小雪|立[春夏秋冬]|[小晓][晨雨雪]|[雨晨][婷欣涵轩桐泽生]))"
    r"(?:师傅|老师|大夫|[哥姐叔婶嫂娘妹弟姨])?[: ]*(?:电话|手机)?[: ]*"
)
"""小雪 电话 and a number: people are called after feasts and seasons."""
_NO_FAMILY = frozenset("上车满向多次木马巴温江田高雷管金常成水房")
_OF_DOINGS = frozenset(
    "上下来去回到车坏酒病班倒地田里山坟课门圈棚场边站走等喊睡收工装泉婚勤队久胎出鱼路陪歇闲忙开县"
)
"""After a word that is a family's name as well these make a sentence: 站长：车坏, 店主：满月酒."""
_NO_NAME = re.compile(f"{_DAYS}|{_CLOSES}|不|没|[病事请走看在]|外出|出[差门]|有事|轮|值|人|都|家")


def without_people(plain: str) -> str:
    """A spelt text without the rows that only tell who is there, or whom to call."""
    if "\n" not in plain:
        return plain
    rows = [
        row for row in plain.split("\n") if _BY_TELEPHONE.search(row) or not tells_of_people(row)
    ]
    return "\n".join(rows) if rows else plain


def tells_of_people(row: str) -> bool:
    """Whether a spelt row is a telephone with its label, or a person with what he is."""
    row = row.strip(_MARKS)
    return _is_a_telephone(row) or _is_a_person(row)


def asks_to_call(words: str) -> bool:
    """Whether what stands before a number names a time, or asks to call before one comes."""
    return _LIMITS.search(words) is not None


def _is_a_telephone(row: str) -> bool:
    found = _ROW.fullmatch(row)
    if found is None:
        return False
    words = _AWAY.sub("", found["words"])
    named = _NAMED_AFTER_DAYS.fullmatch(words)
    if named and re.search("电话|手机|:", words):
        words = "电话"
    behind = f"{found['more']} {found['behind']}"
    digits = sum(map(str.isdigit, found["number"]))
    labelled = re.search(_TELEPHONE, words) and (
        digits >= _LEAST_LOCAL or _OF_A_HOUSE.search(words)
    )
    whole = re.fullmatch(NUMBER, found["number"]) is not None
    if not (whole or labelled) or (not words and not whole):
        return False
    asks = _LIMITS.search(re.sub("(?:[取寄领拿查问]件|出诊)(?=电话|手机|热线)", "", words))
    asks = asks or _LIMITS.search(re.sub(r"\d", "", behind))
    return not asks and _says_no_more(words) and _says_no_more(behind)


def _says_no_more(words: str) -> bool:
    """Whether words at a number are a label and a name, or weigh like none that limit."""
    bare = _letters(words)
    if _KEYS.search(bare):
        return False
    return not bare or _LABEL.fullmatch(bare) is not None or limits_nothing(bare)


def _letters(words: str) -> str:
    return re.sub("[^一-龥A-Z]", "", words)


def says_more_than_whose(row: str) -> bool:
    """Whether a spelt row with a telephone says more than whose it is."""
    found = _ROW.fullmatch(row.strip(_MARKS))
    if found is None or sum(map(str.isdigit, found["number"])) < _LEAST_LOCAL:
        return False
    words = [_letters(found[part]) for part in ("words", "more", "behind")]
    return not all(_LABEL.fullmatch(said) for said in words if said not in {"同号", "微信同号"})


def _is_a_person(row: str) -> bool:
    found = _PERSON.fullmatch(row)
    if found is None:
        return False
    names = found["name"] + (found["other"] or "")
    role = row[: found.start("apart")]
    doing = bool(set(names[1:]) & _OF_DOINGS) or any(
        len(name) == 2 and name[0] in _NO_FAMILY for name in (found["name"], found["other"] or "")
    )
    return not (doing or _NO_NAME.search(names) or _LIMITS.search(role))
