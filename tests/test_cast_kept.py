"""The cast that is put back is the cast that is made."""

import shutil
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from server.models.station import Station
from tests import cast_kept, databases
from tests.cast_kept import kept_cast
from tests.databases import everything
from tests.factories import Cast, make_county, make_operator, make_station


@pytest.fixture(autouse=True)
def _nothing_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cast_kept, "_KEPT", {})


@pytest.fixture
def empty(engine: Engine, sqlite_template: Path, sqlite_path: Path) -> Callable[[], None]:
    """Give the test an empty database once more."""

    def empty() -> None:
        if engine.dialect.name == "postgresql":
            databases.empty(engine)
            return
        engine.dispose()
        for old in sqlite_path.parent.glob("test.db*"):
            old.unlink()
        shutil.copy(sqlite_template, sqlite_path)

    return empty


def told(cast: Cast) -> dict[str, dict[str, Any]]:
    """All that the objects of a cast say."""
    members = {field.name: getattr(cast, field.name) for field in fields(cast)}
    return {
        name: {column.key: getattr(one, column.key) for column in sa.inspect(one).mapper.columns}
        for name, one in members.items()
    }


@pytest.mark.parametrize("asked", [True, False])
def test_a_cast_put_back_is_the_one_that_was_made(
    engine: Engine, empty: Callable[[], None], *, asked: bool
) -> None:
    with Session(engine, expire_on_commit=False) as session:
        made = told(kept_cast(session, asked=asked))
    rows = sorted(everything(engine))
    empty()
    assert list(everything(engine)) == []

    with Session(engine, expire_on_commit=False) as session:
        assert told(kept_cast(session, asked=asked)) == made
        assert not session.dirty
        assert not session.new
    assert sorted(everything(engine)) == rows
    assert any(row.startswith("consents") for row in rows) == asked


def test_numbers_go_on_after_a_cast_put_back(engine: Engine, empty: Callable[[], None]) -> None:
    with Session(engine) as session:
        kept_cast(session, asked=True)
    empty()

    with Session(engine) as session:
        cast = kept_cast(session, asked=True)
        last = max(one.id for one in (cast.c1, cast.c2, cast.xz1, cast.c3, cast.foreign))
        assert make_station(session, code="C0009").id == last + 1
        assert make_operator(session, name="又一家").id == cast.c1.operator_id + 1


def test_where_something_lies_already_the_cast_is_made_beside_it(
    engine: Engine, empty: Callable[[], None]
) -> None:
    with Session(engine) as session:
        kept_cast(session, asked=True)
    empty()

    with Session(engine) as session:
        make_county(session, "140925", "宁武县")
        first = make_station(session, "140925", "C0001")
        assert kept_cast(session, asked=True).c1.id > first.id
        assert session.get_one(Station, first.id) is first
