"""What offices write in a column of levels."""

import pytest

from server.services.registry.sheet_places import level_written


@pytest.mark.parametrize(
    ("written", "level"),
    [
        ("乡级", "TOWNSHIP_STATION"), ("镇级", "TOWNSHIP_STATION"), ("镇", "TOWNSHIP_STATION"),
        ("乡（镇）级", "TOWNSHIP_STATION"), ("街道", "TOWNSHIP_STATION"),
        ("乡镇综合便民服务站", "TOWNSHIP_STATION"), ("综合服务站", "TOWNSHIP_STATION"),
        ("村级综合服务站", "VILLAGE_POINT"), ("村级寄递物流综合服务站", "VILLAGE_POINT"),
        ("社区", "VILLAGE_POINT"), ("农村", "VILLAGE_POINT"), ("便民服务点", "VILLAGE_POINT"),
        ("乡村", "VILLAGE_POINT"), ("村级", "VILLAGE_POINT"),
    ],
)  # fmt: skip
def test_levels_are_read_as_offices_write_them(written: str, level: str) -> None:
    assert level_written(written).name == level


@pytest.mark.parametrize("written", ["乡镇村级", "县级", "三级", "服务点"])
def test_a_level_that_is_none_or_both_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="不认识"):
        level_written(written)
