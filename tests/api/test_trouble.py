"""When the database is in trouble, phones hear 503 and when to come again, never 500."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy import exc

from server.http.watch import Known
from tests.api.events import batch


def _raised(kind: type[exc.DBAPIError], sqlstate: str = "") -> Exception:
    origin = Exception("as the driver says it")
    origin.sqlstate = sqlstate  # type: ignore[attr-defined]
    return kind("INSERT", {}, origin)


TROUBLES = {
    "the connection broke": _raised(exc.OperationalError),
    "the connection was closed": _raised(exc.InterfaceError),
    "the file is damaged": _raised(exc.DatabaseError),
    "the server only reads": _raised(exc.InternalError, "25006"),
    "no connection came free": exc.TimeoutError("QueuePool limit"),
}


@pytest.mark.parametrize("trouble", TROUBLES.values(), ids=TROUBLES)
@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_trouble_of_the_database_is_503_with_when_to_come_again(
    app: Flask, trouble: Exception
) -> None:
    answer = answer_to(app, trouble, "/api/v1/sync")

    assert (answer.status_code, answer.json["code"]) == (503, "busy")
    assert answer.headers["Retry-After"] == "5"
    assert answer.content_type == "application/problem+json"


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_a_desk_page_says_when_to_come_again_too(app: Flask) -> None:
    answer = answer_to(app, TROUBLES["the connection broke"], "/desk/sign-in")

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert "系统正忙" in answer.text


@pytest.mark.parametrize(
    "bug",
    [_raised(exc.ProgrammingError), _raised(exc.InternalError, "25P02")],
    ids=["sql", "state"],
)
@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_a_wrong_statement_of_ours_is_a_bug(app: Flask, bug: Exception) -> None:
    assert answer_to(app, bug, "/api/v1/sync").status_code == 500


def test_readiness_is_looked_at_once_however_many_ask() -> None:
    known, looked = Known(), []
    gate = threading.Event()

    def look() -> list[str]:
        gate.wait(10)
        looked.append(1)
        return [f"fault {len(looked)}"]

    with ThreadPoolExecutor(8) as pool:
        asked = [pool.submit(known.within, 5.0, look) for _ in range(8)]
        gate.set()

    assert {tuple(one.result()) for one in asked} == {("fault 1",)}
    assert known.within(5.0, look) == ["fault 1"]
    assert known.within(0.0, look) == ["fault 2"]


def answer_to(app: Flask, error: Exception, path: str) -> Any:
    """What a caller hears when a connection fails with this error."""
    from server.http.database import db

    def fail(*_: object) -> None:
        raise error

    with app.app_context():
        sa.event.listen(db.engine, "begin", fail)
        try:
            asking = {"Authorization": "Bearer whoever"}  # who asks is looked up before anything
            return app.test_client().post(path, json=batch(), headers=asking)
        finally:
            sa.event.remove(db.engine, "begin", fail)
