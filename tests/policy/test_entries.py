"""Cells that say nothing, names that are nobody's, telephones that nobody can dial."""

import pytest

from server.policy.entries import amiss_in_name, amiss_in_telephone, says_nothing, telephone


@pytest.mark.parametrize(
    "written",
    r'/ \ - — —— 、 。 ... …… * ? 0 000 ０ 〃 " 无 （无） 没有 暂无 待定 同上 不详 空缺 N/A null NaN'.split(),  # noqa: SIM905
)  # fmt: skip
def test_what_only_fills_a_cell_says_nothing(written: str) -> None:
    assert says_nothing(f" {written} ")
    assert "没有说是谁" in amiss_in_name(written)


@pytest.mark.parametrize(
    "written",
    [
        "",
        " ",
        "王明",
        "无为县快递公司",
        "空心村超市",
        "05",
        "C0",
        "吴",
        "待贤村村委会",
        "晋邮备2023-0",
    ],
)
def test_what_says_something_or_is_empty_is_left_alone(written: str) -> None:
    assert not says_nothing(written)


def test_a_name_with_its_telephone_behind_is_two_cells_in_one() -> None:
    assert "13903500001" in amiss_in_name("王明13903500001")
    assert "139 0350 0001" in amiss_in_name("王明 １39 0350 0001")
    assert amiss_in_name("王明2") == amiss_in_name("阿卜杜拉·买买提") == ""


@pytest.mark.parametrize(
    ("written", "dialled"),
    [
        ("13903500001", "13903500001"), ("139 0350 0001", "13903500001"),
        ("139-0350-0001", "13903500001"), ("+86 139 0350 0001", "13903500001"),
        ("8613903500001", "13903500001"), ("0086 13903500001", "13903500001"),
        ("１３９０３５００００１", "13903500001"), ("(0350)6521234转801", "0350-6521234转801"),
        ("0350—6521234", "0350-6521234"), ("010-12345678", "010-12345678"), ("6521234", "6521234"),
        ("400-800-1234", "400-800-1234"), ("12305", "12305"), ("95338", "95338"), ("114", "114"),
        ("0350-6521234-801", "0350-6521234转801"), ("6521234-8001", "6521234转8001"),
        ("139.0350.0001", "13903500001"), ("0350.6521234", "0350-6521234"),
        ("013903500001", "13903500001"), ("手机：13903500001（微信同号）", "13903500001"),
        ("13903500001。", "13903500001"), ("电话 0350-6521234", "0350-6521234"),
        ("03506521234", "0350-6521234"), ("0350 652 1234", "0350-6521234"),
        ("01012345678", "010-12345678"), ("0350 6521234转801", "0350-6521234转801"),
        ("0350-12305", "0350-12305"), ("0350-96123", "0350-96123"), ("118114", "118114"),
        ("10101111", "10101111"),
        ("+852 2345 6789", "+852 2345 6789"), ("+86 350 6521234", "+86 350 6521234"),
    ],
)  # fmt: skip
def test_a_telephone_has_one_spelling(written: str, dialled: str) -> None:
    assert telephone(written) == dialled
    assert telephone(dialled) == dialled


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("1390350000", "10位数字，手机号应是11位"), ("139035000012", "12位数字，手机号应是11位"),
        ("+86 139 0350 000", "10位数字"), ("13903500001/13903500002", "不止一个号码"),
        ("139O3500001", "不像电话号码"), ("无", "不像电话号码"), ("12", "不像电话号码"),
        ("12305、0350-6521234", "不止一个号码"), ("0350-6521234-35", "看不清是不是分机"),
        ("0350-65212", "要带区号"), ("0350652123456", "要带区号"), ("3506521234", "要带区号"),
        ("10903500001", "要带区号"), ("0350-6521234转", "不像电话号码"),
    ],
)  # fmt: skip
def test_a_number_with_a_figure_too_few_or_too_many_is_no_telephone(written: str, why: str) -> None:
    assert why in amiss_in_telephone(written)
    with pytest.raises(ValueError, match=why):
        telephone(written)
