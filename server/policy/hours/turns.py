"""Turns of phrase round days and times that say no more than the days and times do.

周六值班：9:00-11:30, 礼拜天 休, 除大年三十外天天开: put the plain way. What is said of no day or
time that the register has (立夏到立秋, 寒暑假) stays, and the grammar refuses it.
"""

import re

_HALF = "(?:早上?|早晨|清晨|上午|中午|下午|傍晚|晚上?|夜里|夜间)"
_CLOCK = r"\d{1,2}(?::[0-5]\d|[点时](?:半|整|[0-5]?\d分?)?)"
_DAY = "(?:周[一二三四五六日天末](?:[、和及]?周?[一二三四五六日天])*|双休日|工作日|节假日)"
_END = r"(?=[ ,;。!)\n]|$)"
AT_ROW = r"(?:(?<=\n)|\A)"
"""Where a row of a text begins."""
_TIMES = rf"(?=[: ]*(?:{_HALF})?[: ]*\d{{1,2}}[:点时-])"
_DOES = "(?:值班|开门|上班|坐班|坐诊|在店|在岗|在家|有人|开放|办公|看店|接待|办理)"
_NUMBER = "[一二三四五六七八九十]"

_TURNS = (
    # 取件请在早8点到晚7点之间, 每天8:00-18:00有人
    (
        re.compile(
            rf"(?:(?<=[\n ,;])|^)(?:取件|[取领拿]快递|[取领拿]包裹)?请?您?(?:在|于)[: ]*"
            rf"(?={_HALF}?{_CLOCK} ?[-至到] ?{_HALF}?{_CLOCK} ?(?:之间|以内|之内|内|期间))"
        ),
        "",
    ),
    (
        re.compile(
            r"(?:(?<=[\d点])|(?<=点半)) ?(?:之间|以内|之内|内|期间)(?:前?来)?"
            rf"(?:取件?|[取领拿](?:快递|包裹)|办理)?{_END}"
        ),
        "",
    ),
    (
        re.compile(
            rf"{AT_ROW}(?:取|收|寄|派)件?[、/和及与 ]{{1,2}}(?:取|收|寄|发)件(?=(?:服务)?时[间段])"
        ),
        "取寄件",
    ),
    (re.compile(rf"(?<=:\d\d)有人在?{_END}"), ""),
    (re.compile(rf"(?<=赶[集场圩墟街]), ?(?={_HALF}?\d{{1,2}}[:点])"), " "),
    (
        re.compile(rf"({_HALF}) ?\(({_CLOCK} ?[-至到] ?{_HALF}?{_CLOCK})\)(?![休不])"),
        r"\1\2",
    ),
    (re.compile(rf"({_HALF}) (?=\d{{1,2}}[:点时])"), r"\1"),
    (re.compile(r"(?<=\d) ?[▶►➜➔⇒»>]+ ?(?=\d)"), "-"),
    (
        re.compile(
            rf"(?P<title>(?:开[关闭][门店]|起止|上下班|开收门)(?:时间)?[: ]*)"
            rf"(?P<opens>{_CLOCK}) ?/ ?"
            rf"(?P<closes>{_CLOCK})(?!\d)"
        ),
        r"\g<title>\g<opens>-\g<closes>",
    ),
    (re.compile(rf"{AT_ROW}(?:白天|日间|白日){_TIMES}"), ""),
    (
        re.compile(
            rf"(?:(?<=[\d点])|(?<=点半))(?:都|均|一直)+(?:在|有人|开着?门?|能取|可取|营业)(?:店|家)?{_END}"
        ),
        "",
    ),
    (re.compile(rf"({_DAY}){_DOES}[: ]*{_TIMES}"), r"\1 "),
    (re.compile(r"(?<=[上下]午)(?:开门|营业|上班|对外|有人)[: ]*(?=\d)"), ""),
    (re.compile(rf"{AT_ROW}(?:店休|休店|休业|歇业)日?[: ]+({_DAY}){_END}"), r"\1休息"),
    (
        re.compile(rf"(?!周六 ?休)({_DAY}) ?:? ?(?:[公店]?休|[无没]有?人|不来人?|歇){_END}"),
        r"\1休息",
    ),
    (
        re.compile(
            rf"({_DAY})([上下]午)[、,和及] ?({_DAY})(?:全天|一天|整天)?(休息|不营业|不开门"
            rf"|关门){_END}"
        ),
        r"\1\2休息 \3休息",
    ),
    (
        re.compile(
            rf"(?P<days>{_DAY})(?P<half>[上下]午)(?:政治|业务|例行|集中)?(?:学习|开会|例会|培训)(?:休息|不营业|不办公|不开门?){_END}"
        ),
        r"\g<days>\g<half>休息",
    ),
    # Busy times on the land, by whatever name.
    (
        re.compile(
            rf"{AT_ROW}(?:收种|三夏|三秋|秋收|夏收|抢收|春耕)?大忙(?:季节?|时节?|时候|期间|天|月)?{_TIMES}"
            rf"|{AT_ROW}(?:农活忙|农事忙|地里忙|忙农活)(?:时|的?时候)?{_TIMES}"
        ),
        "农忙",
    ),
    (re.compile(rf"余[日下][天]?{_TIMES}|其[余他它](?:的)?时候{_TIMES}"), "其余日子"),
    # Market days, their numbers first.
    (
        re.compile(
            rf"{AT_ROW}((?:[农阴]历)?)每?({_NUMBER}(?:[、,和]?{_NUMBER}){{1,3}})(?:[日号])?[逢赶][集场圩墟街][日天]?{_TIMES}"
        ),
        r"\1逢\2 ",
    ),
    (re.compile(f"逢({_NUMBER})[排逢赶和、]({_NUMBER})(?!月)"), r"逢\1、\2"),
    (
        re.compile(
            rf"除了?(?P<day>大?年三十|除夕夜?|大年夜|年夜)(?:当?天|晚上)?(?:以外|之外|外)?,?"
            rf"(?:其[余他它](?:的?时间|日子)?)?(?:全年|每天|天天|一年到头)?[均都]?"
            rf"(?:开门?|营业|无休|不休息?|照常(?:营业)?|在){_END}"
        ),
        "除夕休息",
    ),
    (re.compile(rf"(?<!节)假日(?:也)?不休息?{_END}"), "节假日照常营业"),
    (
        re.compile(
            r"(?m)^[【\[〔<《(]([春夏秋冬]{1,2}[季天]?|周[一二三四五六日末]|平[日时]|工作日|双休日|节假日|[上下]午)"
            r"[】\])〕>》][: ]*"
        ),
        r"\1:",
    ),
    # 夜间急病请按门铃
    (
        re.compile(
            rf"{AT_ROW}(?:夜间|夜里|晚上|半夜)(?:急病|急诊|看病|买药|取药|有?急?事)?请?(?:按门?铃|敲[门窗]|叫门|喊门){_END}"
        ),
        "夜间请按门铃",
    ),
)
_SPOKEN_AFTERNOON = re.compile(
    r"(?m)^(?P<before>(?:[^\n\d]*[^\d\n-])?(?:[5-9]|1[01])点半? ?[-至到] ?1[0-2]点半?[ ,;、\n]+)"
    r"(?P<later>[1-4]点半? ?[-至到] ?[4-9]点半?)(?![\d:])"
)
_OTHERWISE = re.compile(r"(?<!\d)(?:1[3-9]|2[0-4])[:点时]|[上下]午|[早晚]")


def in_plain_turns(plain: str) -> str:
    """A spelt text with what is said round its days and times put the plain way."""
    for turn, plainly in _TURNS:
        plain = turn.sub(plainly, plain)
    if not _OTHERWISE.search(plain):
        plain = _SPOKEN_AFTERNOON.sub(r"\g<before>下午\g<later>", plain)
    return plain
