"""Every address of the house, with something in it that is there where that can be."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

from flask import Flask
from werkzeug.routing import Rule

from tests.factories import Cast


def addresses(app: Flask, cast: Cast) -> Iterator[tuple[Rule, str, str]]:
    """Each rule with each of its methods, and an address that reaches it."""
    known = {"station_id": cast.c1.id, "person_id": cast.li.id}
    bound = app.url_map.bind("localhost")

    def value(rule: Rule, argument: str) -> Any:
        converter = rule._converters[argument]
        if items := getattr(converter, "items", None):
            return min(items)
        kinds = {"RowIdConverter": known.get(argument, 1), "UUIDConverter": uuid4()}
        return kinds.get(type(converter).__name__, "a" * 64)

    for rule in app.url_map.iter_rules():
        given = {name: value(rule, name) for name in rule.arguments - set(rule.defaults or ())}
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield rule, method, bound.build(rule.endpoint, given, method=method)
