"""Whoever took a photo that could not be made out is told what to do, never only that."""

import pytest

from server.policy.hours import parse_hours
from server.policy.signs.lines import Line
from server.policy.signs.photo_match import ANY, Registered, match_photo
from server.policy.signs.placed import Outcome
from tests.policy.signs.written import at

STATION = Registered(
    names=("马家沟村快递便民服务点",), number="C0001", hours=parse_hours("8:00-18:00"),
    others=("马家洼村快递便民服务点",),
)  # fmt: skip
UPSIDE_DOWN = ((900.0, 300.0), (100.0, 300.0), (100.0, 200.0), (900.0, 200.0))


def doubtful(line: Line) -> Line:
    """The same with every character hardly made out."""
    return line._replace(
        glyphs=tuple(one._replace(probability=0.31, others=(("口", 0.3),)) for one in line.glyphs)
    )


@pytest.mark.parametrize(
    "lines",
    [
        [],
        [at("快递", 100, 40)],
        [at("便民服务点", 100, 12)],
        [doubtful(at("马家沟村快递便民服务点", 100, 60)), at("C00", 300, 20)],
        [at("马家沟村", 100, 60), at("8:00", 300, 30)],
        [at("快递", 0, 0)._replace(quad=UPSIDE_DOWN)],
        [at("营业时间", 100, 40), at("8:00-18:00 雨天除外", 200, 40)],
        [at("快递", 0, 0)._replace(quad=(*UPSIDE_DOWN[1::-1], *UPSIDE_DOWN[:1:-1]))],
    ],
    ids=["nothing", "a word", "small", "in doubt", "half", "upside down", "odd words", "mirrored"],
)
def test_every_part_that_is_not_made_out_says_what_helps(lines: list[Line]) -> None:
    unread = [
        part
        for part in match_photo(ANY, lines, STATION).parts.values()
        if part.outcome is Outcome.UNREADABLE
    ]
    assert unread
    for part in unread:
        assert "请" in part.why, part.why
        assert part.why.endswith("。")
