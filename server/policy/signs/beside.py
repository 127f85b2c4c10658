"""What a line near an hours board says, which decides how strange it must look to be left out.

What speaks of hours, or may, is never left out: a limit may hang on a strip of its own.
"""

import re
from enum import Enum, auto

from server.policy.signs.hours_board import LEGIBLE, speaks_of_hours, where_limits_stand
from server.policy.signs.lines import Line
from server.policy.standard.wording import simplified

# Fewer characters than on the board's own ground: on another one a limit stands large, and alone.
_MAY_LIMIT = re.compile(
    "[休息关除逢停歇假雨雪忙闲周星礼拜期节季夏冬春秋农集号限班临日晚早午暂另约调改仅只不至月初半]|天[黑亮]|营业|开门|开放"
)
_NO_LIMIT = re.compile(
    "营业(?:厅|部|所|员|执照)|[助惠三富兴支]农|农(?:业|村|家乐?|资|药|机|商|行|产|贸|科|信|民|庄|牧|具)|周(?:氏|记|岁|边|转|师傅|黑鸭)|满月"
    "|日(?:用|杂|化|本|式|料|报|立)|生日|今日|礼(?:品|服|仪|金|盒|炮)|早(?:点|教|茶|餐)(?!时)"
    "|晚(?:报|宴|礼)|午托|四季(?!度)|春(?=[城花风光联晖华])|秋(?=[林菊香])|月(?:饼|嫂|季|亮)"
    "|(?:字|型)号|号码|老字号|(?:班车|培训班|兴趣班|辅导班)|空调|调[料味理]|改[衣灯装造]|停车(?!场时)"
    "|关(?:东煮|爱|注)|机关|开关(?!门)|节(?:能|水)|休闲|信息|利息|除[甲尘草]|扫除|限[高速重]|有限公司"
    "|集(?:团|成|中)|临(?:街|汾|县)|至(?:尊|诚)|半价|不锈钢|星(?:级|光)|假(?:牙|发)|雨(?:伞|衣)|雪(?:糕|花)"
)


_ENDS_AS_A_NAME = re.compile(
    "[一-龥]{2,10}(?:店|行|庄|坊|馆|城|厂|公司|超市|学校|小学|中学|幼儿园|医院|诊所|药房|社|酒楼|宾馆|女装|男装|童装"
    "|家具|家电|美发|烧烤|奶茶|火锅|彩票|照相)"
)
_IN_NO_NAME = re.compile(
    "[休息关除停歇假忙闲拜期节限班临晚早午暂另约调改仅只不至]|周[一二三四五六日天末]|星期|逢[集一二三四五六七八九十]"
)


class Says(Enum):
    """What a line tells of hours."""

    HOURS = auto()
    """It does, or a word in it may limit them, or nobody could read what stands there."""
    GARBLED = auto()
    """Hardly read, or a scrap at the picture's edge; and above or below the times, where a limit
    would stand."""
    NAME = auto()
    """A word that holds a limit's character and is none: 农业, 四季, 停车."""
    NUMBER = auto()
    """Digits, which may be what is left of a time."""
    NOTHING = auto()


_WHOLE = 3


def says(line: Line, anchor: Line) -> Says:
    """What a line says of hours, beside the line with the times."""
    if line.unread or speaks_of_hours(line.text):
        return Says.HOURS
    text = simplified(line.text)
    limiting = _MAY_LIMIT.search(text)
    if limiting and not (line.confidence >= LEGIBLE and _is_no_limit(text)):
        return Says.HOURS
    torn = line.cut and len(line.glyphs) < _WHOLE
    if (line.confidence < LEGIBLE or torn) and where_limits_stand(line, anchor):
        return Says.GARBLED
    if limiting:
        return Says.NAME
    return Says.NUMBER if any(sign.isdigit() for sign in text) else Says.NOTHING


def _is_no_limit(text: str) -> bool:
    """Whether each of a limit's characters is part of a word or of a name: 农业, 月季理发店."""
    named = _ENDS_AS_A_NAME.fullmatch(text) and not _IN_NO_NAME.search(_NO_LIMIT.sub("", text))
    return bool(named) or not _MAY_LIMIT.search(_NO_LIMIT.sub("", text))
