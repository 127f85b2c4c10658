"""Two looks at one board: rows that one shows in part, and digits that one doubted."""

import numpy as np

from server.media.reading.cut_outs import ends_at_side
from server.media.reading.merging import still_doubted, untorn
from server.policy.signs.hours_board import board_hours
from server.policy.signs.lines import Glyph, Line, Quad, own_lines, plain_line


def _box(left: float, top: float, right: float, below: float) -> Quad:
    return ((left, top), (right, top), (right, below), (left, below))


def test_a_row_that_the_closer_look_cuts_off_is_taken_from_the_one_that_has_it_whole() -> None:
    times = plain_line("9:00-18:30", _box(100, 100, 400, 160))
    cut_off = plain_line("除大年三十外天", _box(60, 180, 440, 240))
    whole = plain_line("除大年三十外天天开门", _box(58, 182, 620, 241))
    kept = untorn([times, cut_off], [times, whole], [cut_off])
    assert kept == [times]
    # What is as long as the other look's is kept, and so is what nobody else saw.
    assert untorn([times, whole], [times, whole], [whole]) == [times, whole]
    assert untorn([times, cut_off], [times], [cut_off]) == [times, cut_off]


def test_all_pieces_of_such_a_row_go() -> None:
    first = plain_line("周一至周五", _box(60, 180, 240, 240))
    second = plain_line("8:00-1", _box(250, 180, 440, 240))
    whole = plain_line("周一至周五8:00-18:00", _box(58, 182, 620, 241))
    assert untorn([first, second], [whole], [second]) == []


def test_other_writing_beside_is_no_end_of_a_row() -> None:
    piece = plain_line("取件", _box(400, 180, 440, 200))
    poster = plain_line("大促销", _box(380, 100, 700, 260))
    assert untorn([piece], [poster], [piece]) == [piece]


def test_a_line_at_the_side_of_what_was_cut_out_is_told() -> None:
    cut = np.zeros((400, 500, 3), np.uint8)
    assert ends_at_side(cut, plain_line("天天开", _box(100, 50, 490, 110)))
    assert ends_at_side(cut, plain_line("天天开", _box(5, 50, 300, 110)))
    assert not ends_at_side(cut, plain_line("天天开", _box(100, 50, 400, 110)))


def _row(digit: Glyph) -> Line:
    plain = plain_line("早7点半-晚9点", _box(100, 100, 500, 150))
    glyphs = tuple(
        digit._replace(at=glyph.at) if glyph.text == "9" else glyph for glyph in plain.glyphs
    )
    return plain._replace(glyphs=glyphs)


def test_a_digit_stays_in_doubt_until_it_is_as_good_as_certain() -> None:
    before = _row(Glyph("7", 0.78, 0.0, (("9", 0.17),)))
    hardly = _row(Glyph("7", 0.95, 0.0, (("9", 0.03),)))
    certain = _row(Glyph("9", 0.995, 0.0))
    assert board_hours([hardly]).week is not None  # alone it would be believed
    assert board_hours(still_doubted([hardly], [before])).week is None
    assert still_doubted([certain], [before]) == [certain]


def test_a_digit_read_otherwise_before_is_in_doubt() -> None:
    before = _row(Glyph("7", 0.7, 0.0))
    now = _row(Glyph("9", 0.9, 0.0))
    assert board_hours(still_doubted([now], [before])).week is None
    # What was no digit, as a dash of noise, speaks for none.
    noise = _row(Glyph("夕", 0.7, 0.0))
    assert still_doubted([now], [noise]) == [now]


def test_a_piece_of_a_line_that_is_beside_is_beside_too() -> None:
    name = plain_line("东坡傣族乡快递综合服务站", _box(100, 100, 580, 140))._replace(beside=True)
    piece = plain_line("东坡傣", _box(100, 100, 220, 140))
    times = plain_line("6:00-19:00", _box(100, 200, 420, 240))
    assert own_lines([piece, name, times]) == [times]
    elsewhere = plain_line("东坡傣", _box(300, 300, 420, 340))
    assert own_lines([elsewhere, name]) == [elsewhere]


def test_a_row_of_which_the_closer_look_has_a_slice_is_taken_whole() -> None:
    slice_ = plain_line("联宫三店", _box(100, 60, 300, 108))
    whole = plain_line("联营三店", _box(100, 10, 302, 110))
    times = plain_line("11:30至次日00:30", _box(80, 260, 420, 350))
    assert untorn([slice_, times], [whole, times], [slice_]) == [times]
    # Small writing in a tall poster is no slice of it.
    small = plain_line("取件", _box(150, 60, 200, 80))
    assert untorn([small], [whole], [small]) == [small]


def test_a_line_at_the_upper_side_of_what_was_cut_out_is_told() -> None:
    cut = np.zeros((400, 500, 3), np.uint8)
    assert ends_at_side(cut, plain_line("联宫三店", _box(100, 2, 300, 50)))
    assert ends_at_side(cut, plain_line("联宫三店", _box(100, 350, 300, 398)))
