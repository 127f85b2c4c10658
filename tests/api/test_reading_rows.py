"""Answers are read from rows by attribute; what is promised never goes missing without a word."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from marshmallow import Schema, fields

from miniapp_api.lenient import Lenient, Strict
from miniapp_api.reading_rows import Beside, Out


@dataclass
class Place:
    name: str
    level: str = "village"


@dataclass
class Seen:
    name: str
    place: Place


class SeenOut(Out):
    name = fields.String(required=True)
    of_place = fields.String(required=True, attribute="place.name")
    note = fields.String()


def test_a_row_is_read_with_what_was_worked_out_for_it_first() -> None:
    row = Beside(Place("马家沟"), Seen("老李", Place("杨家山")), note="在", name="老赵")

    assert SeenOut().dump(row) == {"name": "老赵", "of_place": "杨家山", "note": "在"}
    assert row.level == "village"
    with pytest.raises(AttributeError):
        _ = row.nothing


@pytest.mark.parametrize("row", [{"name": "老李"}, Place("马家沟"), Beside(name="老李")])
def test_a_promised_field_that_is_missing_is_a_bug_and_not_left_out(row: Any) -> None:
    with pytest.raises(LookupError, match=r"SeenOut: no place\.name"):
        SeenOut().dump(row)


def kinds_of(schema: type[Schema]) -> Iterator[type[Schema]]:
    for kind in schema.__subclasses__():
        yield kind
        yield from kinds_of(kind)


def test_every_shape_of_the_api_is_an_answer_that_keeps_its_promises_or_is_read_leniently(
    app: Flask,
) -> None:
    ours = {one for one in kinds_of(Schema) if one.__module__.startswith("miniapp_api.")}

    assert [one.__name__ for one in ours if not issubclass(one, (Out, Lenient, Strict))] == []
