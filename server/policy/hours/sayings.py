"""What places and people call the parts of a day, the days and the doors, put in the common words.

头晌7点到11点, 早6点开铺晚9点收铺, 周内, 每一天: each by what it is made of, never a whole sentence.
"""

import re

from server.policy.hours.from_to import from_to
from server.policy.hours.titles import CLOSES, OPENS
from server.policy.hours.turns import AT_ROW, in_plain_turns

_CN = "[一二三四五六七八九十两]"
_BEFORE_CLOCK = rf"(?=:? ?(?:\d{{1,2}}(?:[:.点时]|(?! ?[一-龥]))|{_CN}{{1,3}}[点时]))"
_HALVES = {
    "上午": "午前|头晌|前晌|上晌|[前上]半[晌天日]",
    "下午": "(?:吃[过了完])?[午中]饭[以之]?后|下晚|过晌|后晌|下晌|[后下]半[晌天日]|晌后|过午",
    "中午": "晌午头?|正晌|响午|午时|(?<![歇头前上过后下])晌(?![一-龥])",
    "傍晚": "黑天|天?擦黑|傍黑|天?黑前|天黑|日落前?|太阳落山前?|落黑|掌灯",
    "早上": "朝早|(?:吃[过了完])?早饭[以之]?后?|一?大清?早上?|一早|天[亮明]后?|天不亮"
    "|天刚亮|起早|早起|清早起|大清早|早起来?",
    "晚上": "(?:吃[过了完])?晚饭[以之]?后|黑夜|晚夕|晚黑|夜黑|[夜晚]头|黑了|夜晚|黑里|入夜"
    "|落夜|断黑",
}
_PLACES = tuple(
    (re.compile(f"(?<![一二三])(?:{said}){_BEFORE_CLOCK}"), half) for half, said in _HALVES.items()
)
_HALF = "(?:凌晨|清晨|早上|早晨|上午|中午|下午|傍晚|晚上|夜里|夜间|夜晚|黑夜|[早晚夜])"
_CLOCK = (
    rf"(?:{_HALF}:? ?)?(?:\d{{1,2}}[:.][0-5]\d(?!\d)|(?:\d{{1,2}}|二?十?{_CN}|十|二十)[点时]"
    rf"(?:钟|整|半|[一三]刻|[0-5]?\d分?|(?:[二三四五]?十{_CN}?|零?{_CN})分)?|\d{{1,2}}(?![\d:.点时]))"
)
_PARTICLE = "[哦啦呢哈噢咯喽了]?"
_APART = r"[ ,;、\n。]*"
_LEAD = rf"(?<![\d半刻分整不])(?<!\d[点时])(?<!{_CN}[点时])(?<![\d点时半刻分整] )"
_PROMPT = "(?:准时|就|才|准点|左右|即|便|起|后)?"
_EACH = "(?:每[天日] ?)?"
_LUNCH = "(?:[回去]?(?:家|去)?(?:吃[午晌中]?饭|做饭|用餐)|午休|午睡|歇晌|休息|关门|中午休息)"
_DOORS = (
    # 早上8点开门,12点吃饭,下午2点再开,5点半收工
    (
        re.compile(
            rf"({_CLOCK}){_PROMPT}{OPENS}{_APART}({_CLOCK}){_PROMPT}{_LUNCH}{_APART}"
            rf"({_CLOCK}){_PROMPT}[再又接重](?:着|新)?(?:{OPENS}|开)?{_APART}"
            rf"({_CLOCK}){_PROMPT}{CLOSES}{_PARTICLE}(?![一-龥])"
        ),
        r"\1-\2 \3-\4",
    ),
    (
        re.compile(
            rf"{_LEAD}{OPENS}(?:时间)?[: ]*({_CLOCK}){_APART}(?:[-至到] ?)?{_EACH}"
            rf"{CLOSES}(?:时间)?[: ]*({_CLOCK})(?![-至到])"
        ),
        r" \1-\2",
    ),
    (
        re.compile(
            rf"{_LEAD}{OPENS}(?:时间)?[: ]*({_CLOCK})[ ,;、]+({_CLOCK}){_PROMPT}{CLOSES}"
            rf"(?![一-龥\d])"
        ),
        r" \1-\2",
    ),
    # 9:00开到17:00, 自上午八点始至下午六点终
    (
        re.compile(
            rf"(?<![\d:-])({_CLOCK})(?:一直|都)?(?:开门?|营业|上班|干|忙|卖)[到至]({_CLOCK})(?![-至到])"
        ),
        r"\1-\2",
    ),
    (
        re.compile(
            rf"(?:自|从)({_CLOCK})(?:开始|始|起)?[ ,]*(?:-|至|到|直到)({_CLOCK})(?:结束"
            rf"|为止|止|终)?(?![-至到])"
        ),
        r" \1-\2",
    ),
    # 开亭7:15 闭亭18:45: whatever it is that is opened and shut.
    (
        re.compile(
            rf"{_LEAD}开([一-龥]{{1,2}})(?:时间)?[: ]*({_CLOCK}){_APART}{_EACH}"
            rf"[关闭收歇锁]\1(?:时间)?[: ]*({_CLOCK})(?![-至到])"
        ),
        r" \2-\3",
    ),
    (
        re.compile(
            rf"(?<![\d:-])({_CLOCK}){_PROMPT}{OPENS}{_APART}(?:[-至到] ?)?{_EACH}"
            rf"({_CLOCK}){_PROMPT}"
            rf"{CLOSES}{_PARTICLE}(?![一-龥\d])"
        ),
        r"\1-\2",
    ),
    (
        re.compile(
            rf"(?<![\d:-])({_CLOCK}){_PROMPT}开([一-龥]{{1,2}}){_APART}({_CLOCK}){_PROMPT}"
            r"[关闭收歇锁]\2(?![一-龥\d])"
        ),
        r"\1-\3",
    ),
)
"""A time with its own word for opening and one with its own for shutting."""

_DOORS_BARE = (
    # 7:00开 20:00关, 上午9:00起,下午6:30止, 起:6:45 止:22:15
    (
        re.compile(
            rf"(?<![\d:-])({_CLOCK})(?:开[始门]?{_APART}({_CLOCK})[关收]|起{_APART}({_CLOCK})(?:止|结束))"
            rf"{_PARTICLE}(?![一-龥\d])"
        ),
        lambda found: f"{found[1]}-{found[2] or found[3]}",
    ),
    (
        re.compile(
            rf"{_LEAD}(?<![一-龥])(?:起|开)[: ]*({_CLOCK}){_APART}(?:止|关|收)[: ]*"
            rf"({_CLOCK})(?![-至到])"
        ),
        lambda found: f" {found[1]}-{found[2]}",
    ),
    # 早上开门7:20 晚上关门21:20, 上午上班8:00,下班12:00
    (
        re.compile(
            rf"({_HALF}) ?{OPENS}(?:时间)?[: ]*(\d{{1,2}}[:点]\S*?){_APART}({_HALF})? ?"
            rf"{CLOSES}(?:时间)?[: ]*(\d{{1,2}}(?::[0-5]\d|点半?))(?![-至到\d:])"
        ),
        lambda found: f"{found[1]}{found[2]}-{found[3] or ''}{found[4]}",
    ),
    # 鸡叫开门(六点),熄灯关门(二十二点)
    (
        re.compile(
            rf"(?:鸡叫|天亮|熄灯|天黑|[子丑寅卯辰巳午未申酉戌亥]时)?{OPENS} ?\(({_CLOCK})\){_APART}"
            rf"(?:鸡叫|天亮|熄灯|天黑|[子丑寅卯辰巳午未申酉戌亥]时)?{CLOSES} ?\(({_CLOCK})\)"
        ),
        lambda found: f"{found[1]}-{found[2]}",
    ),
)
_SAID = r"(?=[: ]*(?:早上?|上午|每天|营业|\d|休息|全天))"
_CLOSED = (
    "(?:(?:全天|整天)?(?:休息|停[业诊办]|歇[业店]?|不(?:营业|开门?|上班|办公|坐[诊堂]|接诊|在店?)"
    "|关门|店休|[锁闩]门))"
)
_NAMED_DAYS = (
    "(?:每?逢?周[一二三四五六日天末](?:[、和及]?周?[一二三四五六日天])*(?:[上下]午)?|[上下]午|双休日"
    "|(?:逢|每月)*初[一二三四五六七八九十](?:[、和]?(?:十五|初?[二三四五六七八九十]))?)"
)
_REASON = (
    "(?:[去到上回赴往赶进](?!午|货)[一-龥]{0,5}|[一-龥]{0,2}(?:开会|例会|进货|拉货|送货|换水|清仓"
    "|盘库|盘货|盘账|清账|停电|学习|培训|理货|盘点|出诊|巡诊|"
    "下村|下乡|吃斋|烧香|上香|拜佛|礼拜|检修|保养|清洁|打扫|消毒|搞卫生|大扫除))"
)
_NO_REASON = re.compile("[雨雪风如若遇逢除月初第隔半点时忙节假或不没无也都]")
_CLOSED_FOR = re.compile(
    rf"(?:(?<=[\n ,;。(])|^)({_NAMED_DAYS})(?:因|要)?({_REASON})[, ]?({_CLOSED})(?=[ ,;。!)\n]|$)"
)
"""周三到镇上例会,停诊: the reason says nothing more; one that may not hold (下雨) does."""
_WAYS = (
    (re.compile(r"(?<=\d点)钟(?!头)|(?<=[一二三四五六七八九十两]点)钟(?!头)"), ""),
    (re.compile(r"(?<=[早晚])([五六七八九十])(?=半|整)"), r"\1点"),
    (
        re.compile(
            r"(?:(?:啥|什么)时[候间]|几点钟?|几时)(开|关)门?[:?? ]+"
            r"(?=[早晚上中下\d一二三四五六七八九十])"
        ),
        r"\1门:",
    ),
    (
        re.compile(
            r"(?:(?<=[\n,!])|^)亲(?:们|爱的[一-龥]{0,4})?[,:!~ ]*(?=我|本|营|每|\d)|(?:"
            r"(?<=[\n,! ])|^)"
            rf"(?:我们|咱们?|俺们?|我家|咱家|小店|我)(?:都是)?[: ]?(?="
            rf"(?:{_HALF})?\d{{1,2}}[:点]|每天|天天)"
        ),
        "",
    ),
    (
        re.compile(
            r"(?:白天黑夜|黑天白夜|白日黑夜|日日夜夜|不分昼夜|没日没夜)[都均]?(?:有人|开门?|营业|能取|在)?"
            r"(?=[ ,;。!\n]|$)"
        ),
        "24小时",
    ),
    (re.compile(r"(?<=24小时)(?:都|均|一直)?(?:有人)?值守(?=[ ,;。!\n]|$)"), "营业"),
    (
        re.compile(
            r"(?:一周|每周|一星期|一个星期)(?:开|上|营业)[六6]天[, ]*(?=周[一二三四五六日天][休歇])"
        ),
        "",
    ),
    (re.compile(r"(?<=周[一二三四五六日天])歇(?=[ ,;。!)\n]|$)"), "休息"),
    (
        re.compile(
            rf"({_NAMED_DAYS})(?:晚|早|推迟|提前|延后|延迟)(?:开|关|收)门?[一二两半]个?半?(?:小时|钟头?)"
            rf" ?\(({_CLOCK} ?[-至到] ?{_CLOCK})\)"
        ),
        r"\1 \2",
    ),
    # 旺季(5-8月): a season is as long as its months, whatever it is called.
    (
        re.compile(
            rf"{AT_ROW}(?![春夏秋冬]{{1,2}}[季天]?\(|农[忙闲])[^\W\d休停歇关逢周节假日]{{1,5"
            rf"}}(?:时间)?[: ]?"
            r"\((\d{1,2}月?份?[-至到](?:次年|来年)?\d{1,2}月)份?\)[: ]*(?=[早上\d])"
        ),
        r"\1 ",
    ),
    (
        re.compile(rf"{AT_ROW}只?在?([集场圩墟街][日天]|赶[集场圩墟街]天?)才?开门?(?=[: ]*\d)"),
        r"\1",
    ),
    (re.compile(r"(?<=\d)H(?=[0-5]\d)"), ":"),
    (re.compile("(?:零|0|〇)点?(?::?00)? ?[-至到] ?(?:二十四|24)[点时](?:整)?"), "24小时"),
    (
        re.compile(r"别日|[别旁]的(?:日子|时候|天)|剩下(?:的|几)(?:日子|天)|另外[几五六]天"),
        "其余日子",
    ),
    (
        re.compile(
            r"(周[一二三四五六日天末]|双休日)(?:只|仅)(?:开|上|营业)?(上午|中午|下午|晚上)"
            r"(?=[: ]*\d)"
        ),
        r"\1\2",
    ),
    (
        re.compile(
            rf"[与同跟和][^\d\n休停歇周]{{2,10}}(?:一致|相同|一样)[(: ]*"
            rf"({_CLOCK} ?[-至到] ?{_CLOCK})\)?"
        ),
        r"\1",
    ),
    (
        re.compile(
            r"(?<=[\d半点]) ?[,(]?[与同跟][^\d\n休停歇周]{2,6}(?:营业|开门|上班)时间(?:一致"
            r"|相同|一样)?\)?(?=\n|$)"
        ),
        "",
    ),
    (re.compile(r"廿(?=[一二三四]?[点时])"), "二十"),
    (re.compile("每一天|日日(?=[: ]*[早上\\d])|每日里|每天里"), "每天"),
    (
        re.compile(
            rf"(?:一天到晚|从早到晚|一日到夜|起早贪黑)(?=[: ]*(?:从|早|上午|\d|{_CN}{{1,3}}点))"
        ),
        "每天",
    ),
    (
        re.compile(
            rf"{AT_ROW}(?:平常日子|平常时候|平时候|一般(?:时候|情况下?|日子)?|常日|素日|往常|通常){_SAID}"
        ),
        "平时",
    ),
    (re.compile("逢年过节|过年过节|年节"), "节假日"),
    (re.compile(rf"{AT_ROW}每?逢(?=周[末六日天])"), ""),
    (re.compile("(?:一[天日]|天天|日日)不(?:落|缺|拉|歇|停)"), "全年无休"),
    (re.compile(r"(?<=\d)[: ]*睡[午晌中]?觉(?:[, ]*请?(?:勿|不要|别)(?:敲门|打扰|来))?"), "午休"),
    (re.compile("除了?(周[一二三四五六日天])(?:以外)?[, ]+(?=每天|天天|都|其)"), r"除\1外,"),
    (re.compile("(?:照样|照旧|依旧|仍然?|继续|也)(?=[开营]|不[休歇打关])"), "照常"),
    (re.compile("照常(?:不[休歇打关][息业烊门]?|开着?门?|营业)|照开(?:门)?"), "照常营业"),
    (re.compile("晚(?=[34][:点]|[三四]点)(?<=至晚|到晚|-晚)"), "下午"),
)
_LISTED_DAYS = re.compile(
    rf"{AT_ROW}([一二三四五六日天](?:[、,和 ]?[一二三四五六日天]){{1,4}}"
    rf"|[一二三][-至到][四五六日])(?=[: ]*(?:早上?|上午|下午)?[: ]*\d)"
)
_WORKDAYS = re.compile(
    r"(?<![一两二三四五六七\d本下上])(?:周内|周中|上班日|上班天)(?=[: ]*(?:早上?|上午|每天|\d))"
    r"|(?<=\()上班[日天](?=\))"
)
_WEEKEND = re.compile(
    rf"{AT_ROW}(?:双休|大礼拜|休息[日天]|公休日?|双休天)(?=[: ]*(?:早上?|上午|下午)?[: ]*\d)"
)
_OF_WEEKEND = re.compile("周[六日天末]|双休|休息[日天]|公休")
_OF_WORKDAYS = re.compile("周[一五内中]|工作日|上班[日天]|平[日时常]")
"""Beside one of these the other is told: 周内 8:30-18:00 alone may be 一周内."""
_HEATS = tuple(
    (re.compile(rf"{AT_ROW}{heat}(?:了|时|的?时候)?(?=[: ]*(?:早上?|上午|每天|\d))"), season)
    for heat, season in (("(?:天气?热|热天|大?热天)", "夏季"), ("(?:天气?冷|冷天|大?冷天)", "冬季"))
)
"""天热 7:00-19:00 above 天冷 8:00-17:00; one alone is no season."""
_WEEKENDS_TOO = re.compile(
    rf"{AT_ROW}(?:周六[、和]?周?[日天]|周末|双休日?)(?:也|都|一样|照常|正常)+"
    r"(?:上班|开门?|营业|取件|收发|有人|在)[。!]?(?:\n|\Z)"
)
_BEGINS = re.compile(r"\((?:从|自)?(\d{1,2})月(?:1[日号])?(?:起|开始)\)")
_LEFT_ALONE = re.compile("[集场圩墟街农阴逢]|初")
_USUAL_ELSE = re.compile(
    r"(?:(?<=[\n ,;。])|^)其[余他它](?:的?(?:时间|日子|时候|天))?(?:都|均|全)?"
    r"(?:照常|正常)(?:营业|开门)?(?=[ ,;。!)\n]|$)"
)
_PLAIN_DAYS = re.compile(rf"{AT_ROW}(?:平日|平时|平常)(?=[: ]*(?:早上?|上午)?[: ]*\d)")
_OTHER_GROUPS = re.compile("周|工作日|双休|[集场圩墟街]|农|单|[初逢]")


def in_common_words(plain: str) -> str:
    """A spelt text with places' own words for times, days and doors in the common ones."""
    plain = from_to(in_plain_turns(plain))
    for said, half in _PLACES:
        plain = said.sub(half, plain)
    for way, plainly in _WAYS:
        plain = way.sub(plainly, plain)
    for door, times in _DOORS:
        plain = door.sub(times, plain)
    plain = _CLOSED_FOR.sub(
        lambda one: one[0] if _NO_REASON.search(one[2]) else f"{one[1]}{_shut(one[3])}", plain
    )
    for bare, joined in _DOORS_BARE:
        plain = bare.sub(joined, plain)
    plain = _named_days(plain)
    plain = _WORKDAYS.sub("工作日", plain) if _OF_WEEKEND.search(plain) else plain
    plain = _WEEKEND.sub("双休日", plain) if _OF_WORKDAYS.search(plain) else plain
    if all(heat.search(plain) for heat, _ in _HEATS):
        for heat, season in _HEATS:
            plain = heat.sub(season, plain)
    return _weekdays(_usual_else(_weekends_too(_until_the_next(plain))))


def _weekends_too(plain: str) -> str:
    """8:00-20:00 / 周六周日也上班 says of each day what the times say already."""
    without = _WEEKENDS_TOO.sub("", plain)
    return plain if _OTHER_GROUPS.search(without) or "休" in without else without


def _until_the_next(plain: str) -> str:
    """夏季(5月起) and 冬季(11月起) hold each until the other begins."""
    begins = [int(month) for month in _BEGINS.findall(plain)]
    if len(set(begins)) != 2 or len(begins) != 2 or not all(1 <= one <= 12 for one in begins):
        return plain
    ends = iter([(begins[1] - 2) % 12 + 1, (begins[0] - 2) % 12 + 1])
    return _BEGINS.sub(lambda one: f"({one[1]}月至{next(ends)}月)", plain)


def _shut(word: str) -> str:
    return "休息" if re.search("[停歇锁闩]|不[坐接在]", word) else word


_DAY_NAMED = re.compile(
    rf"{AT_ROW}(?P<name>[一-龥]{{0,4}}[日天场圩墟]) ?\((?:每?逢|每)?"
    rf"(?P<days>周[一二三四五六日天](?:[、,和 ]?周?[一二三四五六日天])*)\)"
    r"(?=[: ]*(?:早上?|上午)?[: ]*\d)"
)


def _named_days(plain: str) -> str:
    """邮车日(周二、周五) 9:00-18:00 above 非邮车日 10:00-16:00."""
    found = list(_DAY_NAMED.finditer(plain))
    if len(found) != 1 or re.search("[节假休闲非不]", found[0]["name"]):
        return plain
    others = (
        rf"{AT_ROW}(?:非|不是|没有){re.escape(found[0]['name'])}(?=[: ]*(?:早上?|上午)?[: ]*\d)"
    )
    return re.sub(others, "其余日子", _DAY_NAMED.sub(r"\g<days>", plain))


def _usual_else(plain: str) -> str:
    """平日 8:00-20:00 / 大年三十至初三歇业 / 其余照常: on all days but these."""
    if _USUAL_ELSE.search(plain) and _PLAIN_DAYS.search(plain):
        left = re.sub("(?:大?年|正月|腊月)初?[一二三四五六七八九十]{1,3}|初[一-十]", "", plain)
        if not _OTHER_GROUPS.search(left):
            return _USUAL_ELSE.sub("", _PLAIN_DAYS.sub("每天", plain))
    return plain


def _weekdays(plain: str) -> str:
    """一至五 11:30-21:30 above 六、日 9:30-22:30: days of a week that leave none out."""
    found = _LISTED_DAYS.findall(plain)
    if len(found) < 2 or _LEFT_ALONE.search(plain):
        return plain
    days = [day for said in found for day in _days(said)]
    whole = sorted(days) == sorted(set(days)) and len(days) >= 6
    return _LISTED_DAYS.sub(lambda one: f"周{one[1]}", plain) if whole else plain


def _days(said: str) -> list[int]:
    signs = [
        "一二三四五六日".index(sign.replace("天", "日"))
        for sign in re.sub("[-至到、,和 ]", "", said)
    ]
    return list(range(signs[0], signs[1] + 1)) if re.search("[-至到]", said) else signs
