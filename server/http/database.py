"""One request, one transaction: the session both doors use."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from flask import Flask, current_app, has_app_context, request
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.orm import Session
from werkzeug.exceptions import HTTPException
from werkzeug.routing import IntegerConverter, Map

from server.db import Base, begin_write, engine_options, prepare_engine
from server.http import clock
from server.media.apart.opener import shared_opener
from server.services.upkeep.killed_tries import KilledTries
from server.slow_statements import tell_slow_statements

# Nothing expires on commit: what a view has read stays readable while the answer is written.
db = SQLAlchemy(metadata=Base.metadata, session_options={"expire_on_commit": False})
WRITING = frozenset({"POST", "PUT", "PATCH", "DELETE"})
View = TypeVar("View", bound=Callable[..., Any])


def session() -> Session:
    """The request's session (the real one, not Flask-SQLAlchemy's proxy)."""
    return db.session()


def own_transaction(view: View) -> View:
    """Mark a view that opens its writing transaction itself, after slow work on bytes."""
    view.own_transaction = True  # type: ignore[attr-defined]
    return view


@contextmanager
def own_write() -> Iterator[None]:
    """One writing transaction of a view that `own_transaction` marks: kept at the end, or undone.

    What was read before is let go, so that everything in it is read under the write lock.
    """
    session().rollback()
    begin_write(session())
    try:
        yield
        session().commit()
    except BaseException:
        session().rollback()
        raise


def looks_first(look: Callable[[], None]) -> Callable[[View], View]:
    """Mark a view whose files are opened before the write lock is taken, once its guard has asked.

    The guard asks again when the lock is held.
    """

    def mark(view: View) -> View:
        view.looks_first = look  # type: ignore[attr-defined]
        return view

    return mark


def takes_bodies_of(most_bytes: int) -> Callable[[View], View]:
    """Mark a view that takes another body than others do, such as a file that goes to disk."""

    def mark(view: View) -> View:
        view.most_body_bytes = most_bytes  # type: ignore[attr-defined]
        return view

    return mark


def takes_large_bodies() -> bool:
    """Whether this request's view takes files so large that they are for those it knows alone."""
    view = current_app.view_functions.get(request.endpoint or "")
    most: int = current_app.config["MAX_CONTENT_LENGTH"]
    return getattr(view, "most_body_bytes", 0) > most


MOST_JSON_BYTES = 64 * 1024
"""Of a JSON body where a view says nothing else: each of its lists and texts is a Python object."""
MOST_FORM_BYTES = 256 * 1024
"""Of any other body where a view says nothing else: some 28,000 letters of Chinese in a form."""
MOST_FILES_BYTES = 16 * 1024 * 1024
"""Of a form with files, all together: above what a file may have, so that a larger one is told its
own limit on the form, with all that was typed."""
MOST_FORM_PARTS = 1000
LARGEST_ROW_ID = 2**31 - 1


def row_id(text: str) -> int:
    """A row's number from an address or a form; ValueError for what no INTEGER column can hold."""
    number = int(text)
    if not 0 <= number <= LARGEST_ROW_ID:
        raise ValueError
    return number


class RowIdConverter(IntegerConverter):
    """`<int:…>` in a rule: a number that no row can have is an address that is not there."""

    def __init__(self, map: Map) -> None:
        super().__init__(map, min=0, max=LARGEST_ROW_ID)


class HouseApp(Flask):
    """Flask whose requests are transactions: a normal answer commits, a raised one rolls back."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.url_map.converters["int"] = RowIdConverter

    def most_body_of(self, method: str, path: str) -> int:
        """The largest body, in bytes, that a request to this address may have."""
        try:
            endpoint, _ = self.url_map.bind("").match(path, method)
        except HTTPException:  # nothing is there: it will hear so
            return MOST_FORM_BYTES
        return int(getattr(self.view_functions[endpoint], "most_body_bytes", MOST_FORM_BYTES))

    def preprocess_request(self) -> Any:
        """Take the write lock before the view reads: SQLite cannot turn a reader into a writer."""
        view = self.view_functions.get(request.endpoint or "")
        most_body_bytes = getattr(view, "most_body_bytes", None)
        if most_body_bytes is None:
            most_body_bytes = MOST_JSON_BYTES if request.is_json else MOST_FORM_BYTES
        request.max_content_length = most_body_bytes
        if (
            request.method in WRITING
            and view is not None
            and not getattr(view, "own_transaction", False)
        ):
            # The body is read before the write lock is taken: a slow phone must not hold it.
            request.get_data(cache=True)
            # Whoever is refused never takes it; who may write is asked again once it is held.
            refused = super().preprocess_request()
            if refused is not None:
                return refused
            look = getattr(view, "looks_first", None)
            if look is not None:
                look()
            session().rollback()
            begin_write(session())
        return super().preprocess_request()

    def dispatch_request(self) -> Any:
        """Answer, and commit before the answer leaves."""
        answer = super().dispatch_request()
        session().commit()
        return answer


def init_database(
    app: Flask, url: str, *, threads: int, keys: Sequence[bytes] = (), slow_sql_ms: int = 0
) -> None:
    """Attach the database to an app whose process answers so many requests at once."""
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    app.config["MAX_FORM_MEMORY_SIZE"] = MOST_FORM_BYTES
    app.config["MAX_FORM_PARTS"] = MOST_FORM_PARTS
    # A connection for each thread, and as many again for looking at the database itself: nobody
    # waits for another's.
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {
        "pool_size": threads,
        "max_overflow": threads,
        **engine_options(url),
    }
    db.init_app(app)
    with app.app_context():
        tell_slow_statements(prepare_engine(db.engine, keys), slower_than_ms=slow_sql_ms)
    killed = KilledTries(lambda: db.engine if has_app_context() else None, clock.now)
    shared_opener().memory = lambda: killed


def settings_of() -> Any:
    """This installation's settings."""
    return current_app.extensions["settings"]


def blobs_of() -> Any:
    """Where this installation keeps photos."""
    return current_app.extensions["blobs"]
