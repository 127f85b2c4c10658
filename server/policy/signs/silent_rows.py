"""Leave out a board's outer rows that limit nothing though not all their words are known.

On a photo nobody can be asked what 手机维修 means; in the form somebody can, and the grammar of
what is typed stays strict.
"""

import math
import re
from collections.abc import Callable, Iterator, Sequence
from difflib import SequenceMatcher
from itertools import product

from server.policy.brands import BRANDS
from server.policy.hours.asked import says_times_and_asks, says_what_is_asked
from server.policy.hours.harmless import is_harmless, may_limit_a_place
from server.policy.hours.people import tells_of_people
from server.policy.hours.silent import limits_nothing, may_limit
from server.policy.hours.timed import says_times_aside
from server.policy.hours.tokens import tokens
from server.policy.hours.trades import LISTED, says_goods_for_sale, says_trades_alone
from server.policy.signs.lines import Glyph, Line, columns, rows
from server.policy.signs.misread import SHUTS, is_of_known_words
from server.policy.signs.slips import mended
from server.policy.signs.telephones import tells_whom_to_call
from server.policy.standard.wording import simplified

_SURE, _LIKELY, _POSSIBLE = 0.95, 0.7, 0.01
"""Of each character: of a row not wholly known, and of one of known words alone."""
_LONG, _FEW, _HELD, _TOLD, _RIVAL, _MOST_READ = 6, 3, 0.4, 0.75, 0.05, 128
"""Of a row one character in so many may be in doubt, if all that it may be is nearly told."""
_SHORTEST = 4
"""到货 alone may be what is left of more."""
_BEFORE_TIMES = re.compile("[ :：]*(?=\\d|每[天日]|上午|早|全天)")

_HOURS_TITLE = re.compile("时间|时段|几点|营业|开门")
_NOT_OURS = re.compile(
    "(?:供[水电暖气]|充电|监控|体检|义诊|活动|促销|抽奖|演出|电影|讲座|培训|比赛|会议|接种|上课|补课|自习|聚会|停车|洗澡|加水"
    "|限[行速]|禁行|施工|放映|排练|彩排|选举|投票|募捐|献血|年检|检疫)(?:服务|开放|会|点|处)?[: ]*$"
)
"""供水 8:00-18:00 are not a station's hours, if no title says so."""

_TITLES = (
    "营业时间", "营业时间表", "营业时间牌", "工作时间", "服务时间", "取件时间", "本店营业时间",
    "收寄时间", "办公时间", "上班时间", "开门时间", "派件时间", "办理时间", "取货时间", "开放时间",
    "取件服务时间", "拿件时间", "取快递时间", "开店时间", "营业服务时间", "开放时段", "服务时段",
    "本站营业时间", "营业时间OPEN", "对外营业时间", "接待时间", "站点服务时间", "本站服务时间",
)  # fmt: skip
_ENDS = (
    "小卖部", "便利店", "服务站", "服务点", "代收点", "便民店", "营业厅", "小超市", "百货店",
    "综合服务社", "便民服务点", "便民服务站", "综合服务站", "电商服务站", "快递代收点", "便民驿站",
    "快递驿站",
)  # fmt: skip
_STOPS = "停休歇闭关止暂断撤迁移搬改变调终毕完无没不未禁"
_ENDS_NEARLY = re.compile(
    "(?P<place>[一-龥]{2,12})(?:"
    + "|".join(
        f"{end[:place]}[^{_STOPS}]{end[place + 1 :]}" for end in _ENDS for place in range(len(end))
    )
    + ")"
)
_ENDS_CUT = re.compile(
    "(?P<place>[一-龥]{2,12})(?:"
    + "|".join(end[:place] for end in _ENDS for place in range(3, len(end)))
    + ")"
)
"""团结村快递便民服, of which glare took the rest."""
_LEAST_OF_TITLE = 2
_PROGRAMMES = (
    "县域商业体系", "县域商业体系建设", "县域商业体系建设示范县", "电子商务进农村示范",
    "电子商务进农村综合示范", "电子商务进农村综合示范县", "县乡村三级物流体系",
    "县乡村三级物流配送体系", "三级物流体系", "农村寄递物流体系建设", "农村客货邮融合发展",
    "客货邮融合发展示范县", "快递进村工程", "交通运输服务站", "一村一站工程", "数字乡村建设",
    "乡村振兴示范村", "农产品上行服务站", "四好农村路",
)  # fmt: skip
_OF_A_PLACE = re.compile("[一-龥]{1,8}[县市区州旗镇乡村]")
_MISREAD_OF_PROGRAMME = 6
_ANOTHER_TITLE = re.compile("[^营]业|[日天末月季休停歇闭关外假集止暂断撤迁改变]|工作[^时]|工作$")
_QUIET = {"filler", "title", "label", "blank", "mark"}
_PLAIN = 0.75
"""Of each character of a row that is known whole."""

_BLANK = Glyph(" ", 1.0, 1.0)

Told = Callable[[Line], bool]


def without_timed(board: Sequence[Line]) -> list[Line]:
    """The board without rows whose times are none of opening: 中通下午三点到货, 24小时监控.

    Nor with torn telephones, of which a piece may look like a time (135205.20). They limit nothing
    wherever they stand, and any other reading of a character in doubt is of such a kind too.
    """
    units = [*rows(board), *([line] for line in columns(board))]
    aside = [
        line
        for unit in units
        if _tells_times_aside(unit) or _is_a_torn_telephone(unit)
        for line in unit
    ]
    return [line for line in board if line not in aside]


def _is_a_torn_telephone(unit: Sequence[Line]) -> bool:
    """Whether a row is a telephone that is not understood whole."""
    plain = mended(" ".join(line.text for line in unit))
    understood = is_harmless(plain) or all(word.kind in _QUIET for word in tokens(plain))
    return not understood and tells_whom_to_call([glyph for one in unit for glyph in one.glyphs])


def _tells_times_aside(unit: Sequence[Line]) -> bool:
    glyphs = [glyph for line in unit for glyph in line.glyphs]
    if len(glyphs) < _SHORTEST or not _tells_another_time(_spelt(glyphs)):
        return False
    if any(glyph.probability < _PLAIN for glyph in glyphs if not glyph.text.isdigit()):
        return False
    return all(
        _tells_another_time(
            _spelt([*glyphs[:place], glyph._replace(text=other), *glyphs[place + 1 :]])
        )
        for place, glyph in enumerate(glyphs)
        for other, chance in glyph.others
        if chance >= _POSSIBLE and glyph.probability < _SURE
    )


def _tells_another_time(row: str) -> bool:
    return says_times_aside(row) or says_times_and_asks(row)


def without_silent(
    board: Sequence[Line], odd: Sequence[Line], *, timely: Told, quiet: Told
) -> list[Line]:
    """The board without those of its odd lines that can limit nothing; as it is without any.

    Above its first row of times, where names stand, and below its last one; only where all rows
    further out are `quiet`, names and the like: 手机维修 above 周日休息 may be all that rests on
    Sundays. Beside times only where no other row has any.
    """
    units = [*rows(board), *([line] for line in columns(board))]
    timed = [n for n, unit in enumerate(units) if any(map(timely, unit))]
    if not timed:
        return list(board)
    heading = [line for unit in units[: timed[0]] for line in unit]
    pieces = {
        line.quad
        for unit in units
        if len(unit) > 1 and any(line in odd for line in unit) and _is_silent_row(unit, timely)
        for line in unit
    }
    titled = any(map(_HOURS_TITLE.search, (line.text for line in heading)))
    silent = [
        line
        for line in board
        if (line in odd or line.quad in pieces)
        and not timely(line)
        and not (line in heading and not titled and _NOT_OURS.search(line.text))
        and (
            line.quad in pieces
            or _says_nothing(line.glyphs)
            or is_of_known_words(line.glyphs)
            or _is_of_a_programme(line.glyphs)
            or (line in heading and (_is_torn_title(line.glyphs) or _is_torn_name(line.glyphs)))
        )
    ]

    def outer(unit: Sequence[Line]) -> bool:
        return all(line in silent or quiet(line) for line in unit)

    above = _first(n for n, unit in enumerate(units) if not outer(unit))
    below = len(units) - _first(n for n, unit in enumerate(reversed(units)) if not outer(unit))
    left = []
    for n, unit in enumerate(units):
        lone = timed == [n]
        for line in unit:
            if line in silent and (lone or n < above or n >= below):
                continue
            left.append(_without_head(line) if lone and line in odd else line)
    return [line for line in left if line.glyphs]


def _is_silent_row(unit: Sequence[Line], timely: Told) -> bool:
    """Whether a row of several pieces, without times, says nothing as one: 快递代收　冰块　鱼饵."""
    if any(map(timely, unit)):
        return False
    glyphs = [glyph for line in unit for glyph in (*line.glyphs, _BLANK)]
    return _says_nothing(glyphs[:-1])


def _first(places: Iterator[int]) -> int:
    return next(places, 0)


def _without_head(line: Line) -> Line:
    """手机维修 10:00-19:00 without what stands before the times."""
    for n in range(2, len(line.glyphs)):
        if _BEFORE_TIMES.match(line.text, n):
            ours = _says_nothing(line.glyphs[:n]) and not _NOT_OURS.search(line.text[:n])
            return line._replace(glyphs=line.glyphs[n:]) if ours else line
    return line


def _is_torn_title(glyphs: Sequence[Glyph]) -> bool:
    """Whether a row above the times is 营业时间 or the like, of which glare or a pole took a part.

    No sign stands before 业 but what may be 营: 停业时间 is another title.
    """
    plain = mended("".join(glyph.text for glyph in glyphs)).replace(" ", "").rstrip(":")
    for title in _TITLES:
        same = sum(
            block.size for block in SequenceMatcher(None, title, plain).get_matching_blocks()
        )
        foreign = len(plain) - same
        whole = 2 * same >= len(title) and same >= _LEAST_OF_TITLE
        if whole and (not foreign or (foreign == 1 and same > _LEAST_OF_TITLE)):
            return not _ANOTHER_TITLE.search(_with_its_sign(glyphs, plain))
    return False


def _with_its_sign(glyphs: Sequence[Glyph], plain: str) -> str:
    """吕业时间 of which the network thought 营业时间 possible, and no 停 or 歇."""
    first = glyphs[0]
    shuts = SHUTS & {first.text, *(other for other, _ in first.others)}
    may_be = any(other == "营" and chance >= _RIVAL for other, chance in first.others)
    return f"营{plain[1:]}" if may_be and not shuts and plain[1:2] == "业" else plain


def _is_torn_name(glyphs: Sequence[Glyph]) -> bool:
    """Whether a row above the times ends as names of shops do, but for one sign: 古城小贞部.

    Or for those that glare took: 团结村快递便民服.
    """
    plain = mended("".join(glyph.text for glyph in glyphs))
    if len(plain) > _LEAST_OF_TITLE and any(
        one.startswith(plain) and len(one) == len(plain) + 1 for one in (*BRANDS, *LISTED)
    ):
        return True  # 中国邮
    named = _ENDS_NEARLY.fullmatch(plain) or _ENDS_CUT.fullmatch(plain)
    return named is not None and not may_limit_a_place(named["place"])


def _is_of_a_programme(glyphs: Sequence[Glyph]) -> bool:
    """Whether a row is a county's name and a programme's, of which one sign in six is misread.

    临沭县景域商业体系建设: none of the misread ones is sure, nor may be a limit's.
    """
    signs = [glyph for glyph in glyphs if not glyph.text.isspace()]
    text = simplified("".join(glyph.text for glyph in signs))
    for programme in _PROGRAMMES:
        at = len(text) - len(programme)
        if at < 0 or len(text) != len(signs):
            continue
        wrong = [n for n, sign in enumerate(programme, at) if text[n] != sign]
        place = text[:at]
        named = not place or (_OF_A_PLACE.fullmatch(place) and not may_limit_a_place(place))
        if named and len(wrong) * _MISREAD_OF_PROGRAMME <= len(programme):
            return not any(
                signs[n].probability >= _SURE
                or SHUTS & {signs[n].text, *(other for other, _ in signs[n].others)}
                for n in wrong
            )
    return False


def _says_nothing(glyphs: Sequence[Glyph]) -> bool:
    """Whether neither what was read, nor what else was thought possible, can limit anything."""
    spaced, glyphs = glyphs, [glyph for glyph in glyphs if not glyph.text.isspace()]
    plain = _spelt(glyphs)
    if len(glyphs) >= _LONG and _is_asked_surely(spaced):
        return True
    if not _is_silent(_spelt(spaced)):
        return False
    least = _LIKELY if says_trades_alone(plain) else _SURE
    unsure = [place for place, glyph in enumerate(glyphs) if glyph.probability < least]
    if unsure:
        return _but_for_a_few(glyphs, unsure)
    if len(glyphs) >= _LONG:
        return _says_nothing_either_way(spaced)
    return not any(map(_may_be_a_limits, glyphs))


def _is_asked_surely(glyphs: Sequence[Glyph]) -> bool:
    """Whether a row is a whole request or promise, and no doubtful sign of it may shut.

    By chance no limit's misread signs make a sentence of them.
    """
    return says_what_is_asked(_spelt(glyphs)) and all(
        glyph.probability >= _SURE
        or (
            glyph.probability >= _LIKELY
            and not SHUTS & {other for other, chance in glyph.others if chance >= _RIVAL}
        )
        for glyph in glyphs
    )


def _but_for_a_few(glyphs: Sequence[Glyph], unsure: Sequence[int]) -> bool:
    """Whether a row says nothing without its few doubtful characters, nor with any in their place.

    What each may be is nearly all told; of so few there are not more ways than can be tried.
    """
    told = all(
        glyphs[place].probability >= _HELD
        and not SHUTS & {other for other, chance in glyphs[place].others if chance >= _RIVAL}
        and glyphs[place].probability + sum(chance for _, chance in glyphs[place].others) >= _TOLD
        for place in unsure
    )
    if not told or len(unsure) * _FEW > len(glyphs):
        return False
    sure = [glyph for place, glyph in enumerate(glyphs) if place not in unsure]
    if not _is_silent(_spelt(sure)):
        return False
    may_be = [
        [glyph.text, *(other for other, chance in glyph.others if chance >= _POSSIBLE)]
        if glyph.probability < _SURE
        else [glyph.text]
        for glyph in glyphs
    ]
    if math.prod(map(len, may_be)) > _MOST_READ:
        return False
    return all(
        _is_silent(mended("".join(read))) for read in product(*may_be)
    ) and _says_nothing_either_way(glyphs)


def _is_silent(row: str) -> bool:
    """Whether a row as it is read can limit nothing."""
    plain = row.replace(" ", "")
    known = limits_nothing(plain) or says_goods_for_sale(plain) or tells_of_people(row)
    return known or says_what_is_asked(row)


def _says_nothing_either_way(glyphs: Sequence[Glyph]) -> bool:
    """Whether with any one character that was thought possible a long row limits nothing either.

    None of them, where a sign is in doubt, may be one that shuts: of a row of goods the weight of
    one sign is little.
    """
    if any(
        other in SHUTS and chance >= _RIVAL and glyph.probability < _SURE
        for glyph in glyphs
        for other, chance in glyph.others
    ):
        return False
    read = (
        _spelt([*glyphs[:place], glyph._replace(text=other), *glyphs[place + 1 :]])
        for place, glyph in enumerate(glyphs)
        for other, chance in glyph.others
        if chance >= _POSSIBLE
    )
    return all(_is_silent(row) for row in read)


def _spelt(glyphs: Sequence[Glyph]) -> str:
    return mended("".join(glyph.text for glyph in glyphs))


def _may_be_a_limits(glyph: Glyph) -> bool:
    others = {simplified(other) for other, chance in glyph.others if chance >= _POSSIBLE}
    return any(map(may_limit, others - {simplified(glyph.text)}))
