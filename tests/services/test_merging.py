"""Two people in one form: each is heard where alone, both are asked where not."""

from hypothesis import given
from hypothesis import strategies as st

from server.services.common.seals import Value, merge, seal_of, unsealed

TEXTS = st.sampled_from(["", "甲", "乙", "丙"])
BOXES = st.lists(st.sampled_from("abc"), unique=True)


@given(before=TEXTS, theirs=TEXTS, mine=TEXTS)
def test_a_text_follows_whoever_changed_it_alone(before: str, theirs: str, mine: str) -> None:
    found = merge({"x": before}, {"x": theirs}, {"x": mine})

    both = len({before, theirs, mine}) == 3 or (mine != before != theirs and mine != theirs)
    assert bool(found.clashes) == both
    assert found.values == {"x": mine if mine != before else theirs}
    assert found.taken == (["x"] if mine == before != theirs else [])


@given(before=BOXES, theirs=BOXES, mine=BOXES)
def test_boxes_never_clash_and_each_follows_whoever_touched_it(
    before: list[str], theirs: list[str], mine: list[str]
) -> None:
    found = merge({"x": before}, {"x": theirs}, {"x": mine})

    assert found.clashes == []
    for box in "abc":
        touched = (box in mine) != (box in before)
        assert (box in found.values["x"]) == (box in (mine if touched else theirs))


def test_line_ends_of_a_browser_are_no_change() -> None:
    found = merge({"x": "秤\n打印机"}, {"x": "秤"}, {"x": "秤\r\n打印机 "})

    assert found.values == {"x": "秤"}
    assert found.clashes == []


def test_a_field_of_which_nothing_is_known_is_asked() -> None:
    assert merge({}, {"x": "甲"}, {"x": "乙"}).clashes == [("x", "乙", "甲")]
    assert merge({}, {"x": "甲"}, {"x": "甲"}).clashes == []


def test_a_seal_gives_back_what_was_sealed_and_nothing_for_nonsense() -> None:
    values: dict[str, Value] = {"地址": "村西头", "boxes": ["a", "b"]}

    assert unsealed(seal_of(values)) == values
    assert [unsealed(one) for one in ("", "zz", "31", seal_of({}))] == [None] * 4
