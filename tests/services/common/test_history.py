"""Lines of the history: of which row, of which kind, and written in one place."""

import ast
import importlib
import pkgutil
from collections import Counter
from collections.abc import Iterator

from sqlalchemy.orm import Session

import server.services
from desk.frame import words
from server.services.common import history
from server.services.county.actions import CountyAction
from server.services.registry.actions import RegistryAction
from server.settings import ROOT
from tests.factories import NOW, Cast, make_sign


def declared() -> Iterator[history.Action]:
    """Every action of every wing, also of wings that nobody has imported yet."""
    for wing in pkgutil.iter_modules(server.services.__path__, "server.services."):
        if importlib.util.find_spec(f"{wing.name}.actions"):
            importlib.import_module(f"{wing.name}.actions")
    for kind in history.Action.__subclasses__():
        yield from kind


def test_every_action_has_a_code_of_its_own_and_a_word_on_the_audit_page() -> None:
    actions = list(declared())

    assert [code for code, times in Counter(actions).items() if times > 1] == []
    assert {one.value: one.label for one in actions} == words.ACTIONS


def test_every_written_action_is_declared_by_a_wing() -> None:
    codes = {one.value for one in declared()}
    written = [
        (path.name, keyword.value.value)
        for path in (ROOT / "server").rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "history.write"
        for keyword in call.keywords
        if keyword.arg == "action" and isinstance(keyword.value, ast.Constant)
    ]

    assert written == []  # by its name, not by a text that nobody has declared
    assert "station-edited" in codes


def test_a_line_stands_where_its_row_belongs(session: Session, cast: Cast) -> None:
    sign = make_sign(session, cast.c2)
    rows = [cast.county, cast.c1, sign, cast.outsider]
    for row in rows:
        history.write(
            session,
            of=row,
            by=None,
            at=NOW,
            action=CountyAction.COUNTY_EDITED
            if row is cast.county
            else RegistryAction.STATION_EDITED,
            summary="一行",
        )

    here, there = (
        history.lines(session, county=code, station_id=None) for code in ("140926", "411721")
    )
    assert [one.station_id for one in reversed(here)] == [None, cast.c1.id, cast.c2.id]
    assert [one.station_id for one in there] == [None]
