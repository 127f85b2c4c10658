"""Rows of known words of which some signs are misread: 免喜生活, 代缴电费手机充油.

Each word stands whole, sign for sign, but for a few of which the network itself was not sure; so
many as are right no limit shares with such a row.
"""

from collections.abc import Sequence
from functools import cache

from server.policy.brands import BRANDS, CARRIERS, SLOGANS
from server.policy.hours.trades import LISTED
from server.policy.hours.weighed import weight
from server.policy.signs.lines import Glyph
from server.policy.standard.wording import simplified

_SURE, _POSSIBLE = 0.95, 0.05
_SHORTEST_ROW, _LEAST_WORD = 4, 2
_ONE_IN = 3
"""Of so many signs of a row, and of a longer word, one may be misread."""
_WEIGHS_NOTHING = 0.0
SHUTS = frozenset("停休关闭歇息假不无没暂勿早晚午")
"""As another reading of a doubtful sign none of these is passed over."""
_CARRY = ("快递", "速递", "快运", "物流", "驿站")
_PRINTED = (
    "欢迎光临", "谢谢惠顾", "谢谢合作", "谢谢配合", "温馨提示", "请当面验货", "请出示取件码",
    "凭取件码取件", "凭身份证取件", "内有监控", "严禁烟火", "禁止吸烟", "禁止停车", "请排队取件",
    "请保持安静", "扫码付款", "微信支付", "代缴电费", "代缴水费", "代缴话费", "手机充值",
    "话费充值", "寄件优惠", "免费停车", "免费充电", "全国可寄", "代收代寄", "代收包裹",
    "全心全意为您服务", "竭诚为您服务", "您的满意", "我们的追求", "客户至上", "服务至上",
    "顾客至上", "安全快捷", "方便快捷", "便民利民", "服务群众", "联系电话", "服务热线",
)  # fmt: skip
_PASSED = " 　:：,，.。!！、·-—|"


@cache
def _words() -> dict[int, tuple[str, ...]]:
    carried = {one + way for one in (*CARRIERS, *BRANDS) for way in _CARRY}
    known = {*LISTED, *CARRIERS, *BRANDS, *SLOGANS, *_PRINTED, *carried}
    by_length: dict[int, list[str]] = {}
    for word in sorted(known):
        if len(word) >= _LEAST_WORD:
            by_length.setdefault(len(word), []).append(word)
    return {length: tuple(words) for length, words in by_length.items()}


def is_of_known_words(glyphs: Sequence[Glyph]) -> bool:
    """Whether a row is nothing but known words, of whose signs at most a third are misread."""
    row = [glyph for glyph in glyphs if glyph.text not in _PASSED]
    most = len(row) // _ONE_IN
    if len(row) < _SHORTEST_ROW:
        return False
    text = simplified("".join(glyph.text for glyph in row))
    if len(text) != len(row) or weight(text) > _WEIGHS_NOTHING:
        return False
    firm = [glyph.probability >= _SURE for glyph in row]
    if any(
        other in SHUTS or weight(f"{text[:place]}{other}{text[place + 1 :]}") > _WEIGHS_NOTHING
        for place, glyph in enumerate(row)
        for other, chance in glyph.others
        if chance >= _POSSIBLE and not firm[place]
    ):
        return False
    fewest: list[int | None] = [0] + [None] * len(row)
    for end in range(1, len(row) + 1):
        for length, words in _words().items():
            before = fewest[end - length] if length <= end else None
            if before is None:
                continue
            wrong = _misread(text[end - length : end], firm[end - length : end], words)
            if wrong is not None and before + wrong <= most:
                known = fewest[end]
                fewest[end] = before + wrong if known is None else min(known, before + wrong)
    return fewest[-1] is not None


def _misread(text: str, firm: Sequence[bool], words: Sequence[str]) -> int | None:
    """How many signs are misread if it is the nearest of the words; None if it is none of them."""
    most = len(text) // _ONE_IN
    found = None
    for word in words:
        wrong = 0
        for one, other, sure in zip(text, word, firm, strict=True):
            if one != other:
                wrong += 1
                if sure or wrong > most:
                    break
        else:
            found = wrong if found is None else min(found, wrong)
            if not found:
                return 0
    return found
