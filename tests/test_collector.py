"""A web process takes what it loaded out of the collector's rounds before it answers anybody."""

import subprocess
import sys

import pytest
from flask import Flask

from server.errors import Conflict
from server.http.database import db
from server.supervisor import done_apart
from wsgi import create_app

seen = False

ASKED = """
import gc
import desk, server.gunicorn_conf as conf
conf.when_ready(None)
print(gc.get_freeze_count(), *gc.get_threshold())
"""


def test_what_a_web_process_loaded_is_never_looked_through_again() -> None:
    told = subprocess.run(
        [sys.executable, "-c", ASKED], capture_output=True, text=True, check=True
    ).stdout.split()
    resting, young, *_ = map(int, told)

    assert resting > 30_000
    assert young == 10_000


def test_whatever_starts_looks_seldom_from_before_it_loads_its_code() -> None:
    begun = (
        "import gc, server.gunicorn_conf; print(gc.get_threshold()[0], 'sqlalchemy' in sys.modules)",
        "runpy.run_module('server', run_name='__main__')",
    )
    asks = """
import gc, runpy, sys
import importlib as real
def seen(name, *more):
    print(gc.get_threshold()[0], 'sqlalchemy' in sys.modules)
    raise SystemExit
real.import_module = seen
sys.argv = ['server', 'worker']
"""
    for program in begun:
        said = subprocess.run(
            [sys.executable, "-c", asks + program], capture_output=True, text=True, check=True
        ).stdout
        assert said.split() == ["10000", "False"], program


def test_what_is_done_apart_leaves_this_process_small_and_its_problems_come_back() -> None:
    """The house is prepared by a copy of the supervisor, which else would hold 100 MB for ever."""

    def work() -> None:
        global seen  # noqa: PLW0603 - in the copy, or else the test sees it
        seen = True
        raise Conflict("port-taken", "端口被占用。", port=8000)

    with pytest.raises(Conflict, match="端口被占用") as told:
        done_apart(work)

    assert (told.value.code, told.value.details) == ("port-taken", {"port": 8000})
    assert not seen
    done_apart(lambda: None)
    with pytest.raises(RuntimeError, match="LocalError"):  # what cannot travel comes as its text
        done_apart(_fail_oddly)


def _fail_oddly() -> None:
    class LocalError(Exception):
        pass

    raise LocalError


def test_a_web_application_made_before_its_processes_has_no_connection_and_no_place_yet(
    app: Flask,
) -> None:
    """Two processes on one connection, or counting in one file, would spoil both."""
    made = create_app(app.extensions["settings"])

    with made.app_context():
        assert db.engine.pool.checkedin() + db.engine.pool.checkedout() == 0
    assert "counters" not in made.extensions
