"""Hold the hours that were read on a board against the register's, and say what was passed over."""

from collections.abc import Sequence

from server.policy.hours import hours_lines, same_week, week_of
from server.policy.hours.week import Stored
from server.policy.masking import masked_text
from server.policy.signs.hours_board import CALL_FIRST, BoardHours, board_text
from server.policy.signs.match import Comparison
from server.policy.signs.placed import Outcome
from server.policy.signs.slips import mended


def compare_hours(
    read: BoardHours, declared: Stored, better: str = "", near: Sequence[str] = ()
) -> Comparison:
    """The board against the declared hours: the whole weeks are equal, or they differ.

    `better` says what to do for a better photo, where more is known than that not all was read;
    `near` what stands close by on another ground (`close_by`).
    """
    expected = "；".join(hours_lines(declared))
    if read.week is None:
        if read.words and CALL_FIRST.fullmatch(mended(read.words)):
            why = (
                f"牌上只读到“{read.words}”，没有读到几点到几点，没有核对。请看照片，和登记比一比。"
            )
            return Comparison(Outcome.UNREADABLE, read.words, expected, why)
        if read.words:
            aside = _rest_told(read, declared) + aside_told(read, near)
            why = (
                f"营业时间牌上的“{read.words}”机器看不懂，没有核对。{aside}请看照片，和登记比一比。"
            )
            return Comparison(Outcome.UNREADABLE, read.words, expected, why, aside=aside)
        better = better or "请走近一点，正对营业时间牌，把它拍满画面。"
        why = f"照片里没有读全营业时间。{better}"
        return Comparison(Outcome.UNREADABLE, "", expected, why)
    said, aside = board_text(read), aside_told(read, near)
    if same_week(read.week, week_of(declared)):
        why = f"营业时间牌与登记一致：{expected}。"
        return Comparison(Outcome.MATCHES, said, expected, why, aside=aside)
    why = f"营业时间牌上读到的是“{said}”，登记的是“{expected}”。{aside}"
    return Comparison(Outcome.DIFFERS, said, expected, why, aside=aside)


def _rest_told(read: BoardHours, declared: Stored) -> str:
    """What the other rows say, held against the register; "" where that is not known."""
    if read.rest is None:
        return ""
    if same_week(read.rest, week_of(declared)):
        return "其余的和登记一样，只看这句话改不改时间。"
    return f"其余的读作“{board_text(BoardHours(read.rest))}”。"


def aside_told(read: BoardHours, near: Sequence[str] = ()) -> str:
    """Which rows the machine took to limit nothing, or for another's; "" where there are none."""
    told = f"牌上还有{_quoted(read.aside)}，机器当作与时间无关。" if read.aside else ""
    return told + (f"紧挨着还有{_quoted(near)}，机器当作不是这块牌上的。" if near else "")


def _quoted(rows: Sequence[str]) -> str:
    """Rows as they stand there, but for telephones: whoever needs one sees the photo."""
    return "、".join(f"“{masked_text(row)}”" for row in rows)
