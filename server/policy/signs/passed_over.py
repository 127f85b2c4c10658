"""What of a board's lines was passed over, and what was not understood, to tell it to a person."""

import re
from collections.abc import Iterator, Sequence

from server.policy.hours.people import says_more_than_whose
from server.policy.hours.tokens import spelt
from server.policy.signs.lines import Line
from server.policy.standard.wording import simplified


def taken_out(board: Sequence[Line], left: Sequence[Line]) -> Iterator[str]:
    """What lines say that were left out, and what was taken from before a line's times."""
    kept = {line.quad: len(line.text) for line in left}
    for line in board:
        if said := line.text[: len(line.text) - kept.get(line.quad, 0)].strip():
            yield said


_MAY_BE_AWAY = re.compile(
    r"(?:不在|没在|[没无]人|找不[到着见]|外出|走开|离开|出门|[关锁]着?门|门[关锁])"
    r".{0,8}(?:电话|[打拨]|联系|微信|喊|叫|\d{7})"
)


def whom_to_call(left: Sequence[Line]) -> Iterator[str]:
    """Lines with a telephone that say more than whose it is: call should nobody be there."""
    for line in left:
        plain = _plain(line.text)
        if _MAY_BE_AWAY.search(plain) or says_more_than_whose(plain):
            yield line.text.strip()


def shares(text: str, words: str) -> bool:
    """Whether a line holds one of these words, parted by 、, or is a piece of one."""
    plain = _plain(text)
    return any(word in plain or plain in word for word in _each(words))


def says_only(text: str, words: str) -> bool:
    """Whether a line says nothing beside these words: 周日休息 看老母亲 says more than 看老母亲."""
    plain = _plain(text)
    for word in _each(words):
        if plain in word:
            return True
        plain = plain.replace(word, "")
    return not any(map(str.isalnum, plain))


def _plain(text: str) -> str:
    return spelt(simplified(text))


def _each(words: str) -> list[str]:
    told = [_plain(word) for word in words.split("、")]
    return sorted(filter(None, told), key=len, reverse=True)
