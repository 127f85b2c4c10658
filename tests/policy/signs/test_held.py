"""Photos held the wrong way: what was read in them stands, and people are told in words."""

from collections.abc import Callable, Mapping, Sequence

import pytest

from server.policy.signs.held import Held, advice, held
from server.policy.signs.hours_board import board_hours, board_text
from server.policy.signs.lines import Line, Point, Quad
from server.policy.signs.match import match_sign
from server.policy.signs.parts import sign_parts
from server.policy.signs.placed import Outcome
from tests.policy.signs.written import NAME, at

SIGN = [at("西庄村", 40, 0), at("快递便民服务点", 0, 30), at("编号：C0007", 40, 60, 14)]
BOARD = [at("营业时间", 30, 0), at("8:00-18:00", 0, 30), at("周日休息", 20, 60)]
WAYS: Mapping[Held, Callable[[Point], Point]] = {
    Held.TURNED: lambda point: (300 - point[0], 200 - point[1]),
    Held.MIRRORED: lambda point: (300 - point[0], point[1]),
}


def seen(lines: Sequence[Line], way: Callable[[Point], Point]) -> list[Line]:
    """The same lines in a photo held that way."""

    def moved(quad: Quad) -> Quad:
        first, second, third, fourth = map(way, quad)
        return first, second, third, fourth

    return [line._replace(quad=moved(line.quad)) for line in lines]


@pytest.mark.parametrize("how", WAYS)
def test_what_was_read_in_a_photo_held_wrongly_is_read_in_its_own_order(how: Held) -> None:
    sign, board = seen(SIGN, WAYS[how]), seen(BOARD, WAYS[how])
    assert held(sign) is how
    match = match_sign(sign, names=[NAME], number="C0007")
    assert match.outcome is Outcome.MATCHES
    # Where it is shown, it stands as the photo was taken.
    assert set(match.name.quads) <= {line.quad for line in sign}
    assert set(sign_parts(sign).name_quads) <= {line.quad for line in sign}
    assert match_sign(sign, names=["东庄村快递便民服务点"], number=None).outcome is Outcome.DIFFERS
    assert board_text(board_hours(board)) == "周一至周六 08:00–18:00"


@pytest.mark.parametrize("how", WAYS)
def test_a_number_unread_in_a_photo_held_wrongly_says_how_it_was_held(how: Held) -> None:
    """Once: not again where the name says it. Two columns are no photo on its side."""
    nameless = [at("斧故合服", 0, 0), at("史杂", 0, 30)]
    columns = [at("西庄村", 60, 0, vertical=True), at("快递便民服务点", 0, 0, vertical=True)]

    def why(lines: Sequence[Line]) -> str:
        return match_sign(lines, names=[NAME], number="C0007").why

    assert why(seen(SIGN[:2], WAYS[how])).endswith(f"把编号拍清楚。{how.advice}")
    assert why(seen(nameless, WAYS[how])).count(how.advice) == 1
    assert why(SIGN[:2]).endswith("把编号拍清楚。")
    assert "横着" not in why(columns)


def test_a_person_is_told_what_helps() -> None:
    odd = [at("斧故合服", 0, 0), at("史杂", 0, 30)]

    def why(lines: list[Line]) -> str:
        return match_sign(lines, names=[NAME], number=None).name.why

    unclear = "招牌上的站点名称看不清。"
    assert why(odd) == f"{unclear}请走近一点，正对招牌，避开遮挡再拍一张。"
    assert why(seen(odd, WAYS[Held.TURNED])) == f"{unclear}照片是倒着的。请把手机转正再拍一张。"
    mirrored = why(seen(odd, WAYS[Held.MIRRORED]))
    assert mirrored == f"{unclear}照片像是自拍镜头照反了。请换后置镜头再拍一张。"
    on_side = [at("斧故合服", 0, 0, vertical=True), at("史杂朋", 40, 0, vertical=True)]
    assert why(on_side) == f"{unclear}照片是横着的。请把手机转正再拍一张。"
    far = [at("斧故合服", 0, 0, 12)]
    assert why(far) == f"{unclear}牌子在照片里太小了，请走近两步再拍一张。"
    assert not advice(SIGN)
    assert not advice([])
