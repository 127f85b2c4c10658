import pytest

from server.plain_text import bare_text, narrow_text, plain_text


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("张\u200b三\u200f\u202e", "张三"),  # zero width, right to left
        ("\ufeff李四\u2060\u00ad", "李四"),
        ("王明_x000D_\n", "王明\n"),
        ("两行_x000a_字", "两行\n字"),
        ("_x005F_x000D_", "_x000D_"),  # an escaped underscore stands for itself
        ("１３９０３５０００", "139035000"),
        ("Ｃ００１２", "C0012"),
        ("（村委会旁）", "（村委会旁）"),  # Chinese punctuation stays as wide as it is
        ("葛\U000e0100家村", "葛家村"),
        ("王\U00020164", "王\U00020164"),
        ("李\ue826", "李\u9fb5"),  # GB18030's old place
        ("甲\u3164乙", "甲乙"),
        ("一\r\n二\r三\u2028四", "一\n二\n三\n四"),
    ],
)
def test_text_is_kept_without_marks_that_nobody_sees(written: str, kept: str) -> None:
    assert plain_text(written) == kept


def test_text_is_compared_in_one_width_and_names_without_blanks() -> None:
    assert narrow_text(" １２．５㎡\u200b ") == "12.5m2"
    assert bare_text("鹅 城　镇\n\u200b") == "鹅城镇"


def test_plain_text_of_plain_text_is_the_same() -> None:
    for text in ("张\u200b三", "王明_x000D_", "１２", "a\u3000b"):
        once = plain_text(text)
        assert plain_text(once) == once
