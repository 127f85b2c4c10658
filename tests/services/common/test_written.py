"""What a person wrote is never cut behind their back; a machine's words end at the column."""

import pytest

from server.errors import Invalid
from server.models.history import HistoryLine
from server.models.sign import SignEvent
from server.services.common.written import cut, longest, reason_given, written


def test_what_a_person_wrote_is_kept_whole_up_to_the_columns_last_letter() -> None:
    assert written(" 字" * 1, "说明", field="note", into=SignEvent.reason) == "字"
    assert len(written("字" * 200, "说明", field="note", into=SignEvent.reason)) == 200


def test_one_letter_more_is_refused_with_how_many_there_are_and_how_many_may_be() -> None:
    with pytest.raises(Invalid) as refused:
        written("字" * 201, "说明", field="note", into=SignEvent.reason)

    assert refused.value.code == "text-too-long"
    assert refused.value.message == "“说明”写了201个字，最多能记200个字。请写短一些，再交一次。"
    assert refused.value.details == {"fields": {"note": "最多200个字"}}


def test_a_reason_is_asked_for_in_the_words_of_the_deed_and_names_its_field() -> None:
    with pytest.raises(Invalid) as refused:
        reason_given("……", "请写明为什么退回。", field="because")
    assert refused.value.code == "reason-needed"
    with pytest.raises(Invalid) as refused:
        reason_given(" \n", "请写明为什么退回。", field="because")

    assert (refused.value.code, refused.value.message) == ("reason-needed", "请写明为什么退回。")
    assert refused.value.details == {"fields": {"because": "请填写"}}
    assert reason_given(" 现场核实 ", "请写明。") == "现场核实"


def test_a_machines_words_end_where_the_column_does() -> None:
    assert longest(HistoryLine.summary) == 400
    assert cut("字" * 500, HistoryLine.summary) == "字" * 400
