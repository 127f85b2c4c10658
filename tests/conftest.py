"""What every test may ask for: both engines, a house on them, and the cast of the stories."""

import gc
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import expect
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from server.__main__ import main
from server.db import open_engine
from server.media.blobs import FolderStore
from server.metrics import Counters
from server.models.person import Person, SignInKind
from server.settings import ROOT, Settings
from tests import databases, patience
from tests.cast_kept import kept_cast
from tests.factories import RING, TEXT_KEYS, Cast, Pass, make_sign_in
from tests.s3_server import S3Server, s3_server
from tests.shared_out import pytest_handlecrashitem, pytest_xdist_make_scheduler  # noqa: F401
from tools.chromium import chromium_path

# Files that take long come first, so that no process waits while another does the last long one.
SHOWN_AGAIN = re.compile(r"^/desk/.*[?&](kept|again)=")
BROWSER_MS = 15_000  # for what a screen should say, and for what is to be tapped
ROOMY = 8 * 1024**3
LONG_FIRST = (
    "tests/journey",
    "tests/drills",
    "tests/api/test_whole_round",
    "tests/app",
    "tests/desk",
)


def pytest_configure() -> None:
    """Put what tests write into memory where there is much of it: they write and drop a lot."""
    os.environ["CZT_TEXT_KEYS"] = TEXT_KEYS[0].hex()  # of every house that a test begins
    memory = Path("/dev/shm")
    if "TMPDIR" not in os.environ and memory.is_dir() and free_bytes(memory) > ROOMY:
        os.environ["TMPDIR"] = tempfile.tempdir = str(memory)


def free_bytes(folder: Path) -> int:
    """How much may be written into a folder, at most what memory is free."""
    available = re.search(
        r"^MemAvailable:\s+(\d+)", Path("/proc/meminfo").read_text(), re.MULTILINE
    )
    return min(shutil.disk_usage(folder).free, int(available[1]) * 1024 if available else 0)


@pytest.hookimpl(hookwrapper=True)
def pytest_collection() -> Iterator[None]:
    """Keep Python from looking again and again through what stays until the end for rubbish."""
    gc.disable()
    yield
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
    gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put long files first; let browser tests try twice more, and say so.

    On a busy machine Chromium may miss a wait. The closing line counts every rerun, so a test that
    leans on them does not hide.
    """

    def turn(item: pytest.Item) -> int:
        place = item.path.relative_to(ROOT).as_posix()
        begins = (n for n, long in enumerate(LONG_FIRST) if place.startswith(long))
        return next(begins, len(LONG_FIRST))

    items.sort(key=turn)
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.flaky(reruns=2, reruns_delay=1))


def pytest_sessionfinish() -> None:
    """End the children that opened files, as a process that ends does."""
    from server.media.apart.opener import shared_opener

    shared_opener().close()


@pytest.hookimpl(tryfirst=True, hookwrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Stretch a test's own limit, and the browsers', before anybody looks for them."""
    mark = item.get_closest_marker("timeout")
    calm = float(mark.args[0] if mark and mark.args else item.config.getini("timeout") or 0)
    if calm and patience.slower() > 1:
        item.add_marker(pytest.mark.timeout(patience.seconds(calm)), append=False)
    expect.set_options(timeout=patience.ms(BROWSER_MS))
    yield


@pytest.fixture(scope="session")
def shelf(pytestconfig: pytest.Config) -> Path:
    """Where the test processes of this checkout keep migrated databases, this run and the next."""
    return pytestconfig.cache.mkdir("databases")


@pytest.fixture(scope="session")
def sqlite_template(shelf: Path) -> Path:
    """A migrated, empty SQLite file; each test works on its own copy."""
    return databases.migrated_sqlite(shelf)


@pytest.fixture(scope="session")
def sqlite_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where this process's test database lies: always the same, so that apps can be used again."""
    return tmp_path_factory.mktemp("sqlite") / "test.db"


@pytest.fixture(scope="session")
def postgres_engine(shelf: Path) -> Iterator[Engine]:
    """One migrated PostgreSQL database for this test process; emptied before each test."""
    try:
        with databases.migrated_postgres(shelf) as engine:
            yield engine
    except databases.PostgresMissing as missing:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(missing))


@pytest.fixture(scope="session")
def chromium() -> str:
    """Where Chromium is; a test that needs it fails loudly without.

    What drives it is pytest-playwright's `playwright`: there can only be one in a process.
    """
    return chromium_path()


@pytest.fixture(scope="session")
def sqlite_engine(sqlite_path: Path) -> Iterator[Engine]:
    """One engine for all SQLite tests of this process: it remembers the SQL it has put together."""
    engine = open_engine(f"sqlite:///{sqlite_path}", TEXT_KEYS)
    yield engine
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, sqlite_path: Path) -> Iterator[Engine]:
    """An empty, migrated database; every test that asks for it runs on both engines."""
    if request.param == "postgresql":
        postgres_engine: Engine = request.getfixturevalue("postgres_engine")
        databases.empty(postgres_engine)
        yield postgres_engine
        return
    for old in sqlite_path.parent.glob("test.db*"):
        old.unlink()
    shutil.copy(request.getfixturevalue("sqlite_template"), sqlite_path)
    sqlite_engine: Engine = request.getfixturevalue("sqlite_engine")
    yield sqlite_engine
    sqlite_engine.dispose()  # the next test's connections are to the next test's file


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """A session for arranging and looking; requests of `client` see and show what it holds."""
    with Session(engine, expire_on_commit=False) as session:
        yield session


@pytest.fixture
def blobs(tmp_path: Path) -> FolderStore:
    """An empty photo store (the app's own, when the test has an app)."""
    return FolderStore(tmp_path / "home" / "photos")


@pytest.fixture(scope="session")
def s3() -> Iterator[S3Server]:
    """A real S3 server of this test process; each test takes a prefix of its own."""
    with s3_server() as server:
        yield server


@pytest.fixture(scope="session")
def standards() -> Any:
    """The standards in the repository, read once."""
    from server.policy.standard.standards import standards_in

    return standards_in(ROOT / "standards")


@pytest.fixture
def cast(session: Session, request: pytest.FixtureRequest) -> Cast:
    """老李, 小赵, 王督导, 县办, 镇干, 外县 and their stations, committed."""
    return kept_cast(session, asked="unasked" not in request.fixturenames)


@pytest.fixture
def unasked() -> None:
    """For a test with a `cast` whose keepers were asked nothing yet."""


@pytest.fixture
def settings(engine: Engine, tmp_path: Path) -> Settings:
    """An installation on this test's database."""
    home = tmp_path / "home"
    home.mkdir(exist_ok=True)
    return Settings(
        home=home,
        database_url=engine.url.render_as_string(hide_password=False),
        base_url="https://kd.example.cn",
        plaque_keys=RING,
        secret_key="for tests only",
        text_keys=TEXT_KEYS,
    )


@pytest.fixture(scope="session")
def apps() -> dict[str, Flask]:
    """The applications built so far, by database: building one takes a tenth of a second."""
    return {}


@pytest.fixture
def app(settings: Settings, apps: dict[str, Flask]) -> Iterator[Flask]:
    """The whole web application on this test's database, with this test's home and photo store."""
    from server.http.database import db
    from wsgi import create_app

    app = apps.get(settings.database_url)
    if app is None:
        app = apps[settings.database_url] = create_app(settings)
    app.extensions["settings"] = settings
    app.extensions["blobs"] = FolderStore(settings.photos)
    app.extensions["counters"] = Counters()
    app.extensions.pop("day_use", None)
    app.config["LOG_REQUESTS"] = False
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def client(app: Flask, session: Session) -> FlaskClient:
    """A client before which the test's session commits, and after which it looks again.

    Otherwise an arranged row would be unseen, and on SQLite an open one would block the writer.
    As a browser does, it goes on to the page on which a form of the desk is shown again; with
    `goes_on` off it stays with the answer to the POST.
    """

    class HouseClient(FlaskClient):
        goes_on = True

        def open(self, *args: Any, **kwargs: Any) -> Any:
            session.commit()
            answer = super().open(*args, **kwargs)
            session.expire_all()
            if self.goes_on and answer.status_code == 303 and SHOWN_AGAIN.search(answer.location):
                answer = super().open(answer.location)
                session.expire_all()
            return answer

    app.test_client_class = HouseClient
    return app.test_client()


@pytest.fixture
def signed_in(session: Session) -> Callable[[Person], dict[str, str]]:
    """The headers of a person's phone: `client.get(path, headers=signed_in(cast.li))`."""

    def headers(person: Person) -> dict[str, str]:
        held = make_sign_in(session, person)
        session.commit()
        return held.headers

    return headers


@pytest.fixture
def at_desk(client: FlaskClient, session: Session) -> Callable[[Person], Pass]:
    """Sign a person in at the desk of `client`; gives the page's CSRF token as `.csrf`."""
    from server.http.desk_cookie import DESK_COOKIE

    def sign_in(person: Person) -> Pass:
        held = make_sign_in(session, person, SignInKind.DESK)
        session.commit()
        client.set_cookie(DESK_COOKIE, held.token)
        return held

    return sign_in


@pytest.fixture
def run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, str]]:
    """Run one command as a technician would, on an empty installation; exit code and words."""
    monkeypatch.setenv("CZT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("CZT_BASE_URL", "https://kd.example.cn")
    monkeypatch.delenv("CZT_DATABASE_URL", raising=False)

    def run(*args: str) -> tuple[int, str, str]:
        code = main(args)
        said = capsys.readouterr()
        return code, said.out, said.err

    return run
