"""功能: a county adds its own words from a day on; one that a station has stays."""

from datetime import date

import pytest
from sqlalchemy.orm import Session

from server.errors import Conflict, Invalid
from server.services.common.seals import seal
from server.services.registry.functions import (
    edit_functions,
    functions_on,
    functions_shown,
    own_functions,
)
from server.services.registry.stations import edit_station
from tests.databases import ON_SQLITE
from tests.factories import NOW, TODAY, Cast
from tests.proposals import own_officer, proposed

pytestmark = ON_SQLITE


def add(session: Session, cast: Cast, text: str, **more: str) -> None:
    edit_functions(
        session, county=cast.county, text=text, by=cast.office, now=NOW, today=TODAY,
        reason="专班会议", **more,
    )  # fmt: skip


def do(session: Session, cast: Cast, *words: str) -> None:
    edit_station(
        session, station=cast.c1, changes={"services": ["posting", *words]}, by=cast.office,
        now=NOW, reason="核实", standards=(),
    )  # fmt: skip


def test_a_countys_own_word_is_chosen_from_its_day_and_stays_once_it_is_used(
    session: Session, cast: Cast
) -> None:
    add(session, cast, "代缴水电费\n助农取款：2023-08-01")
    assert own_functions(cast.county) == {"代缴水电费": TODAY, "助农取款": date(2023, 8, 1)}
    assert "助农取款" not in functions_on(cast.county, TODAY)
    with pytest.raises(Invalid):
        do(session, cast, "助农取款")  # not yet
    do(session, cast, "代缴水电费")
    assert cast.c1.services == ["posting", "代缴水电费"]

    for text in ("助农取款", "代缴水电费：2023-09-01", "代缴水费"):
        with pytest.raises(Conflict) as refused:
            add(session, cast, text)
        assert refused.value.code == "function-used"
        assert "“代缴水电费”已有1个站登记或提交过" in refused.value.message
    add(session, cast, "代缴水电费：2023-07-01")  # earlier, and the unused one is gone
    assert list(own_functions(cast.county)) == ["代缴水电费"]
    do(session, cast)
    add(session, cast, "代缴水电费：2023-07-01\n代购")
    proposed(session, cast.c2, own_officer(session, cast), services=["posting", "代购"])
    with pytest.raises(Conflict):
        add(session, cast, "代缴水电费：2023-07-01")  # somebody asks for it


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("寄件", "已经有了"),
        ("代购\n代购", "已经有了"),
        ("代购：明年", "不是日期"),
        ("代购、代缴", "看不懂"),
        ("代" * 21, "看不懂"),
        ("\n".join(f"第{n}项" for n in range(31)), "最多写30行"),
    ],
)
def test_words_that_cannot_be_are_refused(
    session: Session, cast: Cast, text: str, said: str
) -> None:
    with pytest.raises(Invalid) as refused:
        add(session, cast, text)
    assert said in refused.value.message
    assert own_functions(cast.county) == {}


def test_of_two_who_change_the_words_the_second_is_told(session: Session, cast: Cast) -> None:
    seen = seal(functions_shown(own_functions(cast.county)))
    add(session, cast, "代购", seal=seen)
    with pytest.raises(Conflict) as refused:
        add(session, cast, "代缴", seal=seen)
    assert refused.value.code == "county-changed-meanwhile"
