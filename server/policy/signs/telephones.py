"""Where telephone numbers stand in a photo, so that a copy for others can hide them."""

import re
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher

from server.policy.hours.silent import LIMITING
from server.policy.hours.tokens import spelt
from server.policy.hours.vocabulary import SURNAMES
from server.policy.masking import number_spans
from server.policy.signs.lines import Glyph, Line, Quad, rows
from server.policy.signs.number import part_of
from server.policy.standard.wording import simplified

_LIKE_DIGITS = str.maketrans("OoQＯIlｌ|ＩB", "0000111118")
_OPEN, _MINUTES = r"(?:[01]?\d|2[0-4])", "[0-5][05]"
_DASH = "[-‐-―−－]"
_TIMES = re.compile(  # 400-820-8820 is none
    rf"(?<!\d)(?<!\d{_DASH}){_OPEN}[:：.]?{_MINUTES} ?(?:{_DASH}|[~～至到]) ?"
    rf"{_OPEN}[:：.]?{_MINUTES}(?!\d|{_DASH}\d)"
)
_LONG_WAY = 4.0
"""Pieces of a row so many heights apart are not one number."""

_LABELS = (
    "联系人", "负责人", "站长", "店长", "店主", "老板", "掌柜", "经理", "快递员", "村邮员",
    "电话", "手机", "热线", "联系电话", "服务电话", "手机号", "手机号码", "电话号码", "客服电话",
    "投诉电话", "监督电话", "咨询电话", "订货电话", "送货电话", "业务电话", "站长电话",
    "老板电话", "店主电话", "取件电话", "寄件电话", "TEL", "服务热线", "客服热线", "监督热线",
    "投诉热线", "服务监督", "全国客服", "举报电话", "微信同电话", "微信同号", "手机微信同号",
    "管理员", "网点电话", "投诉受理", "受理电话", "群众监督", "总部热线", "客诉电话", "申诉电话",
    "查件电话", "联系方式",
)  # fmt: skip
_COMPLAINTS = re.compile("监督|投诉|举报|客服|受理|客诉|总部")
_ASK_AT = re.compile("^(?:[找查问]?件)?请?打(?:电话)?(?=[: ]*[01])")
"""找件打138…: who looks for a parcel calls; 取件请打 may be all the hours there are."""
_CALL_ROW = re.compile(
    r"(?P<words>[^\d:]{0,8}?)(?P<colon> ?: ?)?(?P<name>[^\d:]{0,6}?)[ .,]*(?P<number>\d[\d .-]*\d)"
    r" ?(?:\([一-龥]{2,4}\))?"
)
_WHOLE_NUMBER = re.compile(
    r"(?:86[- ]?)?1[3-9]\d[-. ]?\d{4}[-. ]?\d{4}|0\d{2,3}[-. ]?\d{7,8}|[48]00[-. ]?\d{3}[-. ]?\d{4}"
)
_TORN_NUMBER = re.compile(
    r"(?=[\d .-]*\d{5})(?:86[- ]?)?1[3-9]\d{1,9}(?:[-. ]\d{2,8}){0,2}|\d{9,12}"
)
_TORN_DIGITS = range(8, 13)
_SHORT_NUMBER = re.compile(r"[\d.]{5,8}")
_LIMITS = re.compile(
    "周[一二三四五六日天末曰目旦田]|[休停关闭歇息假不没无未勿莫别只仅限雨雪逢集圩墟赶忙闲农]|外出|出[门去差]|有事|急事|[打拨约请须需先]"
    "|[早晚]上|[上中下]午|[早晚午夜]|[搬迁改换转]|营业|开[门店]|[每单双各]|[节时点]|初[一二三四五六七八九十]|[去进回]|[病事丧孕婚学考]|住院"
)
"""What stands in no label and no name, and may in a limit: 周日, 不在, 看病去了."""
_NOT_OF_NAMES = (LIMITING | set("家庄头边处店铺屋这那")) - set(
    "春夏秋冬明月天中光亮水云雪喜庆来进有生平金旺林华文志国安永小大元清亭"
)
_DOUBTED, _POSSIBLE, _NAME = 0.95, 0.05, range(2, 5)


def telephone_quads(lines: Sequence[Line]) -> list[Quad]:
    """The corners of whatever may be a telephone number: seven digits and more, however spaced.

    Letters that look like digits count as such. Times and the station's own code are none. A
    number of which pieces stand beside each other in one row is found too.
    """
    found = [quad for line in lines for quad in _in_line(line)]
    for row in rows(lines):
        for pieces in _runs(row):
            if len(pieces) > 1 and _spans(" ".join(line.text for line in pieces)):
                found += [line.quad for line in pieces if re.search(r"\d", _folded(line.text))]
    return list(dict.fromkeys(found))


def tells_whom_to_call(glyphs: Sequence[Glyph]) -> bool:
    """Whether a row is a telephone, whole or torn, with no more before it than a label and a name.

    联人：宋小燕150-2809-2048, 联电话：135205.20. Neither what was read before the number nor what
    else was thought possible there may be a day, a time or a reason: 周日打150… is none.
    """
    found = _CALL_ROW.fullmatch(_plain(glyphs))
    if found is None:
        return False
    read = f"{found['words']}:{found['name']}"
    if _LIMITS.search(read) or any(map(_LIMITS.search, _ways(glyphs))):
        return False
    words, name, number = (found[part].strip(" .,") for part in ("words", "name", "number"))
    whole = _WHOLE_NUMBER.fullmatch(number) is not None
    torn = _TORN_NUMBER.fullmatch(number) and sum(map(str.isdigit, number)) in _TORN_DIGITS
    if not found["colon"]:
        words += name
        cut = next((n for n in range(len(words), 0, -1) if words[:n] in _LABELS), 0)
        words, name = (words[:cut], words[cut:].strip()) if cut else (words, "")
        if not _label(words, most=len(words) > _NAME[-1] - 1):
            return whole and _is_a_name(words, [other for other, _ in _likely(glyphs[0])])
    named = not name or len(name) in _NAME or (whole and bool(found["colon"]))
    label = _label(words, most=1)
    if not label or not named or (name.startswith("周") and len(name) <= _NAME[0]):
        return False
    if whole or torn:
        return True
    return bool(_COMPLAINTS.search(label)) and _SHORT_NUMBER.fullmatch(number) is not None


def _is_a_name(words: str, others: Sequence[str]) -> bool:
    """A family's name and two signs that names are made of, the first be it misread."""
    family = any(sign in SURNAMES for sign in (words[:1], *others) if sign)
    return family and len(words) == _NAME[1] and not set(words[1:]) & _NOT_OF_NAMES


def _plain(glyphs: Sequence[Glyph]) -> str:
    plain = spelt(simplified("".join(glyph.text for glyph in glyphs))).strip(" .,·*☎")
    return _ASK_AT.sub("查件电话", plain)


def _likely(glyph: Glyph) -> list[tuple[str, float]]:
    return [one for one in glyph.others if one[1] >= _POSSIBLE and glyph.probability < _DOUBTED]


def _ways(glyphs: Sequence[Glyph]) -> Iterable[str]:
    """What stands before the number with any one of its signs read otherwise."""
    text = [glyph.text for glyph in glyphs]
    end = next((n for n, sign in enumerate(text) if sign.isdigit()), len(text))
    for place in range(end):
        for other, _ in _likely(glyphs[place]):
            yield simplified("".join([*text[:place], other, *text[place + 1 : end]]))


def _label(words: str, *, most: int) -> str:
    """The label that these words are, be half of it lost and so many misread; "" for none."""
    best, found = 0, ""
    for label in _LABELS if words else ():
        same = sum(one.size for one in SequenceMatcher(None, label, words).get_matching_blocks())
        if same > best and 2 * same >= len(label) and len(words) - same <= min(most, same):
            best, found = same, label
    return found


def _in_line(line: Line) -> Iterable[Quad]:
    # A glyph may be of several characters, or of none in other writing: count by glyphs.
    text, owner = "", []
    for n, glyph in enumerate(line.glyphs):
        text += glyph.text
        owner += [n] * len(glyph.text)
    for start, end in _spans(text):
        yield part_of(line, line.glyphs[owner[start] : owner[end - 1] + 1])


def _spans(text: str) -> list[tuple[int, int]]:
    folded = _folded(text)
    without_times = _TIMES.sub(lambda found: "时" * len(found[0]), folded)
    return number_spans(without_times)


def _folded(text: str) -> str:
    return text.translate(_LIKE_DIGITS)


def _runs(row: Sequence[Line]) -> Iterable[list[Line]]:
    """Pieces of a row that stand near each other, from left to right."""
    run: list[Line] = []
    for line in row:
        if run and line.quad[0][0] - run[-1].quad[1][0] > _LONG_WAY * line.glyph_px:
            yield run
            run = []
        run.append(line)
    if run:
        yield run
