"""Turn what was read on a business-hours board into a week.

Reading adds slips of its own (a dash read as 一, an O for a nought, a dash lost behind a pole), and
a photo shows more than the board. The grammar is that of what people type.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from server.errors import Invalid
from server.policy.hours import Week, hours_lines, read_week, stored
from server.policy.hours.harmless import is_harmless
from server.policy.hours.one_kind import of_another_house
from server.policy.hours.tokens import tokens
from server.policy.hours.vocabulary import GAP
from server.policy.signs.held import as_read
from server.policy.signs.in_doubt import read_in_doubt
from server.policy.signs.lines import (
    Glyph,
    Line,
    columns,
    hull,
    own_lines,
    plain_line,
    row_text,
    rows,
    said_once,
    slope,
    written,
)
from server.policy.signs.passed_over import says_only, shares, taken_out, whom_to_call
from server.policy.signs.silent_rows import without_silent, without_timed
from server.policy.signs.slips import mended
from server.policy.signs.windows import may_be_windows
from server.policy.standard.wording import simplified

_CN = "零〇一二三四五六七八九十两"
_DOTTED = r"(?<![\d.])\d{1,2}\.[0-5]\d ?(?:-|至|到) ?\d{1,2}\.[0-5]\d(?![\d.])"
_UNPOINTED = r"(?<![\d-])[0-2]\d[0-5]\d-[0-2]\d[0-5]\d(?![\d-])"
"""0800-1200, but not the end of a telephone's 152-9720-6758."""
_TWO_BARE = (
    r"(?<![\d:-])(?:[5-9]|10) ?- ?1[0-3][ ,;/、]+"
    r"(?:1[2-6] ?- ?(?:1[6-9]|2[0-2])|[1-4] ?- ?[4-9])(?![\d:.-])"
)
"""8-12 14-18."""
_TIMES = (
    rf"{_DOTTED}|(?<![第慢轻小稳])[{_CN}][点时]|[早朝晚][\d{_CN}]|{_UNPOINTED}|{_TWO_BARE}"
    r"|\d ?[AP]\.?M"
)
_TIMELY = re.compile(
    r"营业时间|工作时间|服务时间|全天|[昼日]夜营业|二十四小时|24 ?(?:小时|H(?:OURS?)?(?![A-Z]))"
    r"|\d{1,2}\s*[:：]\s*\d{2}(?!\d)|\d{1,2}[点时]|[上下]午|" + _TIMES
)
_HAS_TIMES = re.compile(
    r"\d[:.]\d\d|\d[点时]|小时|(?:24|二十四) ?H(?:OURS?)?(?![A-Z])|全天|[昼日]夜营业|" + _TIMES
)
# Characters of which days, times and their limits are made; also what a limit garbled by the
# network is likely to keep.
_MAY_LIMIT = re.compile(
    "[休关除外逢停歇假雨雪忙闲不仅只暂另约期节时点早晚午夜营业开门周星礼拜日天月季夏冬春秋农集场号限改调班临]"
)
_SMALL, _LARGE = 0.5, 2.0
_TINY = 0.3
"""Of the height of the times: smaller writing without a word on hours is not the board's."""
_NEAR, _RHYTHM = 1.0, 1.1
"""Lines stand on one board when less than so many heights of its writing lie between them, or so
many times what lies between its other rows."""
_ASKEW = math.radians(10)
_LEAST_BARE, _ROW_BETWEEN, _BETWEEN_TWO, _BESIDE_HOURS = 0.8, 0.6, 1.2, 1.5
"""A row may be lost where so many heights are bare between two others."""
_ELSEWHERE = 4.0
"""Further off, writing is not on the board at all."""
LEGIBLE = 0.85
_HARDLY, _LIMIT_LONG, _ROWS_OFF, _CLOSE_ROWS, _SMALLEST = 0.75, 3, 5, 2, 0.3
"""周日休息, in the dark or cut, is read as 同目体白: such a row may be one."""
_BELIEVED, _BELIEVED_DIGIT = 0.5, 0.4
_SPLIT_TIME, _WHOLE_TIME = re.compile(r"\d [:：] ?\d"), re.compile(r"\d[:：] ?\d")
"""1 :00 among others without a space is what is left of 10:00."""
_DAYS = re.compile("[周休集除]|节假|初[一二三四五六七八九十]|每[天日]|[单双][日号]|农[忙闲]")
CALL_FIRST = re.compile(
    r"(?:(?:仅限|只限|请|需|须)?(?:提前)?(?:打?电话|来电|微信)(?:预约|联系)(?:[取寄]件|制|服务|上门)?"
    r"|预约(?:[取寄]件|电话)|[取寄]件前?请?(?:先|提前)?(?:打?电话|来电)(?:预约|联系)?)[: ]*[\d -]*"
)
_GARBLED_NUMBER = re.compile(
    r"[联系电话手机小中送货订咨询服务热线客监督投诉海P: ]{1,7}[A-Z]?"
    r"(?:\d{9,14}|0\d{2,3}-\d{7,8}|1\d{2,5}\.\d{4,8})[A-Z]?"
)
"""A telephone in lamps, 电C213000130300, or behind a pole: no time has so many digits."""
_NOTHING, _ANOTHER, _HALF_LIKELY, _OTHER_DIGITS = 0.1, 0.2, 0.55, 0.2
_ENGLISH_WORDS, _ENGLISH_SMALL = 6, 0.7
_ENGLISH_CLOSED = re.compile("CLOS|EXCEPT|HOLI|ONLY|APPOINT")
_ENGLISH_LIMIT = re.compile(
    "CLOS|EXCEPT|HOLI|MON|TUE|WED|THU|FRI|SAT|SUN|DAY|WEEK|ONLY|UNTIL|FROM|SEASON|WINTER|SUMMER"
    "|APPOINT|LUNCH|BREAK|REST|NOON|NIGHT"
)


@dataclass(frozen=True, slots=True)
class BoardHours:
    """The week on a board; falsy when none can be made out.

    `words` are those that were clearly read and not understood: a better photo would not help.
    `rest` is what the other rows tell then, where none of those not understood has times.
    `aside` are rows that were taken to limit nothing: not wholly understood, or with times that are
    none of opening.
    """

    week: Week | None
    words: str = ""
    rest: Week | None = None
    aside: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return self.week is not None

    def as_json(self) -> list[list[object]]:
        """As the register keeps hours; [] when there are none."""
        return stored(self.week) if self.week else []


def looks_like_hours(text: str) -> bool:
    """Whether a line may belong to a business-hours board."""
    return _TIMELY.search(mended(text)) is not None


def hours_sure(lines: Sequence[Line]) -> float | None:
    """The network's probability of the weakest line with times; None where there is none."""
    return min((line.confidence for line in lines if looks_like_hours(line.text)), default=None)


def hours_anchor(lines: Sequence[Line]) -> Line | None:
    """The line with times that takes most room; None where there is none."""
    timely = [line for line in lines if looks_like_hours(line.text)]
    return max(timely, key=lambda line: len(line.glyphs) * line.glyph_px, default=None)


def speaks_of_hours(text: str) -> bool:
    """Whether times, or English words on days and closing, stand in a line."""
    plain = mended(text)
    known = _HAS_TIMES.search(plain) or _ENGLISH_LIMIT.search(plain)
    return looks_like_hours(text) or known is not None


def where_limits_stand(line: Line, anchor: Line, *, close: bool = False) -> bool:
    """Above or below the times and not much larger; what is hardly read is taken for too small.

    `close`: within two rows, and hardly smaller.
    """
    rows_off, smallest = (_CLOSE_ROWS, _SMALL) if close else (_ROWS_OFF, _SMALLEST)
    left, top, right, below = hull([line.quad])
    left2, top2, right2, below2 = hull([anchor.quad])
    over = min(right, right2) - max(left, left2) > (right - left) / 2
    near = max(top - below2, top2 - below) < rows_off * anchor.glyph_px
    return over and near and smallest <= line.glyph_px / anchor.glyph_px <= _LARGE


def board_hours(lines: Sequence[Line]) -> BoardHours:
    """The week in a photo's lines; falsy when none can be made out."""
    upright = as_read(own_lines(lines))[0]
    board = said_once(on_board(upright))
    if not board:
        return BoardHours(None, next(filter(_says_to_call, upright), plain_line("")).text)
    in_rows, other = rows(board), of_another_house([mended(line.text) for line in board])
    if other or _is_cut(board) or _lost_row(in_rows, slope(board)):
        return BoardHours(None, other)
    whole, board = board, without_timed(board)
    if any(line.parted and _HAS_TIMES.search(mended(line.text)) for line in board):
        return BoardHours(None)  # 8:00-12:00 here and 14:00-18:00 on the neighbour's board
    if any(map(_doubts_a_digit, board)):
        return BoardHours(None)
    found = _told(board)
    odd = _odd(board, found)
    said = without_silent(board, odd, timely=_says_times, quiet=is_title)
    aside = (*taken_out(whole, said), *whom_to_call(said))
    if said != board:
        board, found = said, _told(said)
        odd = _odd(board, found)
    sure = odd and read_in_doubt(board, odd.__contains__, lambda read: _told(read).week)
    if week := sure or found.week:
        return BoardHours(week, aside=aside)
    clear = all(line.confidence >= LEGIBLE for line in odd)
    told = replace(found, rest=_rest(board, odd, found.words), aside=aside)
    return told if clear else BoardHours(None)


def _rest(board: Sequence[Line], odd: Sequence[Line], words: str) -> Week | None:
    """What a board tells without the lines that were not understood.

    None where these say more than the words that are named, as 周日休息 before 看老母亲, or times.
    """
    if any(_says_times(line) or not says_only(line.text, words) for line in odd):
        return None
    return _told([line for line in board if line not in odd]).week


def edge_hides(lines: Sequence[Line]) -> bool:
    """Whether the picture's edge cuts a line of the board in which a limit may stand."""
    return _is_cut(on_board([line for line in lines if not line.beside]))


def _is_cut(board: Sequence[Line]) -> bool:
    return any(line.cut and not _hides_nothing(line, board) for line in board)


def _says_times(line: Line) -> bool:
    return _HAS_TIMES.search(mended(line.text)) is not None


def _odd(board: Sequence[Line], found: BoardHours) -> list[Line]:
    """The lines with words that were not understood."""
    return [line for line in board if found.words and shares(line.text, found.words)]


def _told(board: Sequence[Line]) -> BoardHours:
    """What the lines of a board tell, rows before columns."""
    level = [row_text(row) for row in rows(board)]
    return hours_in("\n".join([*level, *(written(line) for line in columns(board))]))


def hours_in(text: str) -> BoardHours:
    """The week in a board's text of several rows."""
    if _SPLIT_TIME.search(text) and _WHOLE_TIME.search(text):
        return BoardHours(None)
    plain = mended(text)
    kept = "\n".join(row for row in plain.split("\n") if not _is_noise(row))
    if not _HAS_TIMES.search(kept) and "预约" not in kept:
        return BoardHours(None)
    try:
        return BoardHours(read_week(kept, machine=True, typed=text))
    except Invalid as problem:
        unknown = "看不懂" in problem.message
        words = str(problem.details.get("words", "")).replace(GAP, "") if unknown else ""
        return BoardHours(None, words)


def board_text(hours: BoardHours) -> str:
    """The hours in words for a screen."""
    return "；".join(hours_lines(hours.as_json()))


# What belongs to the board


def on_board(lines: Sequence[Line]) -> list[Line]:
    """The lines that stand on the board with the times, and all others that may limit them.

    A shop's name across the street does not; 周日休息 does, wherever it stands.
    """
    anchor = hours_anchor(lines)
    if anchor is None:
        return []

    def belongs(line: Line) -> bool:
        share, text = line.glyph_px / anchor.glyph_px, mended(line.text)
        small = _SMALL / 2 if line.cut else _SMALL  # the edge takes of its height
        as_large = small <= share <= _LARGE and _HAS_TIMES.search(text)
        limits = _MAY_LIMIT.search(simplified(line.text)) or _ENGLISH_CLOSED.search(text)
        garbled = line.confidence < _HARDLY and len(line.glyphs) >= _LIMIT_LONG
        hidden = garbled and where_limits_stand(line, anchor)
        return bool(as_large or limits or hidden or line.unread) and not _is_nothing(line)

    lines = [line for line in lines if not _is_windows(line, anchor)]
    board = [line for line in lines if line is anchor or belongs(line)]
    others = [
        line
        for line in lines
        if line not in board
        and not _is_speck(line)
        and line.glyph_px >= _TINY * anchor.glyph_px
        and (len(line.glyphs) < 3 or abs(slope([line]) - slope([anchor])) < _ASKEW)
    ]
    apart = _rows_apart(board)
    while joined := [line for line in others if any(_beside(line, one, apart) for one in board)]:
        board += joined
        others = [line for line in others if line not in joined]
    return [line for line in lines if line in board]


def _is_windows(line: Line, anchor: Line) -> bool:
    """Whether it is a house's windows, 田五田田, that the network hardly believed; not close by."""
    return may_be_windows(line) and not where_limits_stand(line, anchor, close=True)


def _says_to_call(line: Line) -> bool:
    """Whether a line only says to call first. Times may stand unread beside it: it is no week."""
    return line.confidence >= LEGIBLE and CALL_FIRST.fullmatch(mended(line.text)) is not None


def _doubts_a_digit(line: Line) -> bool:
    """Whether a digit of a time may nearly as well be another one: 7:30 in glare read as 7:20."""
    return _HAS_TIMES.search(mended(line.text)) is not None and any(
        _is_in_doubt(glyph) for glyph in line.glyphs if glyph.text.isdigit()
    )


def _is_in_doubt(digit: Glyph) -> bool:
    """Whether other digits are nearly as likely, or none is likely: an 8 in lamps as 5 or 话.

    Several unlikely ones count together: a broken 0 is 3 to the network, or else 0, 1 or 2.
    """
    likely = any(chance >= _ANOTHER for _, chance in digit.others)
    others = sum(chance for text, chance in digit.others if text.isdigit() and text.isascii())
    least = _HALF_LIKELY if likely else 0.5
    return others >= _OTHER_DIGITS * digit.probability or digit.probability < least


def is_title(line: Line) -> bool:
    """Whether a line is wholly a title, a name or a welcome, be it close to the picture's edge."""
    plain = mended(line.text)
    return is_harmless(plain) or all(
        word.kind in {"title", "filler", "blank", "mark"} for word in tokens(plain)
    )


def _hides_nothing(line: Line, board: Sequence[Line]) -> bool:
    """Whether what the picture's edge cuts is a title, or small English beside Chinese.

    What such a line limits stands in Chinese as well.
    """
    letters = line.text.replace(" ", "")
    english = letters.isascii() and letters.isalpha() and len(letters) >= _ENGLISH_WORDS
    sure = english and line.confidence >= LEGIBLE and not speaks_of_hours(line.text)
    chinese = any(sign > "\u2e7f" for one in board for sign in one.text)
    tallest = max(one.glyph_px for one in board)
    return is_title(line) or (sure and chinese and line.glyph_px < _ENGLISH_SMALL * tallest)


def _is_speck(line: Line) -> bool:
    """A nail or a stain that the network took for a character, and hardly believed it."""
    digits = any(sign.isdigit() for sign in line.text)
    return len(line.glyphs) <= 2 and line.confidence < (_BELIEVED_DIGIT if digits else _BELIEVED)


def _is_nothing(line: Line) -> bool:
    """Less than a speck: not even a word that limits hours is believed of it."""
    return len(line.glyphs) <= 2 and line.confidence < _NOTHING


def _beside(line: Line, member: Line, rows_apart: float) -> bool:
    """Whether hardly the height of a member's writing lies between it and another line.

    Or, above or below it, no more than between the board's own rows.
    """
    left, top, right, below = hull([line.quad])
    left2, top2, right2, below2 = hull([member.quad])
    aside, off = max(left - right2, left2 - right, 0), max(top - below2, top2 - below, 0)
    return max(aside, off / rows_apart) < _NEAR * member.glyph_px


def _rows_apart(board: Sequence[Line]) -> float:
    """The most heights of writing that a row may stand from the next and continue the board."""
    spans = [(hull([line.quad for line in row]), row[0].glyph_px) for row in rows(board)]
    bare = sorted(
        (below[1] - above[3]) / min(tall, tall2)
        for (above, tall), (below, tall2) in pairwise(spans)
    )
    return min(_BESIDE_HOURS, max(_NEAR, _RHYTHM * bare[len(bare) // 2])) if bare else _NEAR


def _lost_row(in_rows: Sequence[Sequence[Line]], lean: float) -> bool:
    """Whether so much is bare between two rows that one may have stood there: 午休 under glare.

    Against the other rows' distance; a title and a telephone may stand further off.
    """
    said = [mended(" ".join(line.text for line in row)) for row in in_rows]
    of_hours = [n for n, text in enumerate(said) if _HAS_TIMES.search(text) or _DAYS.search(text)]
    cosine, sine = math.cos(lean), math.sin(lean)
    spans = []
    for row in in_rows:
        middles = [line.middle[1] * cosine - line.middle[0] * sine for line in row]
        tall = max(line.glyph_px for line in row)
        spans.append((min(middles) - tall / 2, max(middles) + tall / 2, tall))
    bare = [
        (later[0] - earlier[1]) / min(earlier[2], later[2]) for earlier, later in pairwise(spans)
    ]
    for place, gap in enumerate(bare):
        others = sorted(bare[:place] + bare[place + 1 :])
        least = 2 * others[len(others) // 2] + _ROW_BETWEEN if others else _BETWEEN_TWO
        between = bool(of_hours) and of_hours[0] <= place < of_hours[-1]
        if max(least, _LEAST_BARE if between else _BESIDE_HOURS) <= gap <= _ELSEWHERE:
            return True
    return False


def _is_noise(row: str) -> bool:
    """Latin letters of who knows what beside the board, which name no day, or a telephone."""
    if _GARBLED_NUMBER.fullmatch(row):
        return True
    if any(sign > "\u2e7f" for sign in row) or _HAS_TIMES.search(row):
        return False
    return bool(re.search("[A-Z]", row)) and not _ENGLISH_LIMIT.search(row)
