"""A keeper's own copy of a signed record on the phone, held against what the server says later."""

import json
from typing import Any

import pytest

from tests.app.quick import Core

COPY: dict[str, Any] = {
    "id": "i-1", "version": 1, "station": {"id": 1, "name": "马家沟村"}, "outcome": "to_confirm",
    "outcome_note": "", "inspector_name": "王督导", "second_name": "", "keeper_name": "李福来",
    "day_on": "2026-11-20", "arrived_at": "a", "finished_at": "b", "waits_for_you": False,
    "rows": [{"code": "A", "verdict": "fail", "why": "没有货架", "note": "", "values": []}],
    "signatures": {"inspector": "M1 1", "keeper": "", "second": ""},
    "standards": [{"id": "shanxi", "sha256": "ff", "name": "试行"}],
    "frozen_sha256": "ab" * 32, "confirmed_at": "c", "refused_at": None, "refusal": "",
}  # fmt: skip


@pytest.fixture(scope="module")
def core() -> Core:
    return Core()


def compared(core: Core, later: dict[str, Any]) -> Any:
    return core.run(f"return differs(kept({json.dumps(COPY)}, 5), {json.dumps(later)});")


def test_the_same_record_is_the_same_however_the_house_names_things_now(core: Core) -> None:
    renamed = COPY | {
        "station": {"id": 1, "name": "改了名的站"},
        "standards": [{"id": "shanxi", "sha256": "ff", "name": "换了叫法"}],
        "rows": [{**COPY["rows"][0], "verdict_label": "没做到"},
                 {"code": "B", "verdict": "pass", "why": "", "note": ""}],
        "mends": [1, 2],
    }  # fmt: skip

    assert compared(core, COPY) == ""
    assert compared(core, renamed) == ""


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"frozen_sha256": "cd" * 32}, "hash"),
        ({"rows": [{"code": "A", "verdict": "pass", "why": "没有货架", "note": ""}]}, "content"),
        ({"rows": [{"code": "A", "verdict": "fail", "why": "有货架", "note": ""}]}, "content"),
        ({"rows": []}, "content"),
        ({"finished_at": "z"}, "content"),
        ({"signatures": {"inspector": "M2 2", "keeper": "", "second": ""}}, "content"),
        ({"keeper_name": "别人"}, "content"),
        ({"confirmed_at": None, "refused_at": "d", "refusal": "不对"}, "answer"),
    ],
)
def test_whatever_was_changed_since_is_told(core: Core, change: dict[str, Any], what: str) -> None:
    assert compared(core, COPY | change) == what


def test_only_what_was_answered_on_this_phone_is_called_signed(core: Core) -> None:
    said = core.run(
        f"const copy = {json.dumps(COPY)};"
        "return [true, false].map((here) => COPY_WORDS.sameAsKept(kept(copy, 5, here), '11月20日'));"
    )

    assert said == [
        "和您签的一样。这部手机 11月20日 留了一份，校验码 abababab。",
        "和这部手机 11月20日 第一次看到的一样，没人动过，校验码 abababab。",
    ]


def test_what_still_waits_for_the_keeper_is_not_yet_signed(core: Core) -> None:
    waiting = COPY | {"waits_for_you": True}

    assert core.run(f"return [isFinal({json.dumps(waiting)}), isFinal({json.dumps(COPY)})];") == [
        False,
        True,
    ]
