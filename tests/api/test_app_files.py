"""The phone app's files: small on the wire, right in the caches."""

import gzip
import hashlib
import json
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from miniapp_api.app_files import AppFiles, app_files, gather
from miniapp_api.one_script import one_script


@pytest.fixture
def small_app(tmp_path: Path) -> tuple[Path, Path]:
    """A little app with the shapes that matter: static and late imports, a worker."""
    web, core = tmp_path / "web", tmp_path / "core"
    files = {
        "index.html": '<link rel="stylesheet" href="app.css"><script type="module" src="main.js">'
        '</script><link rel="icon" href="icons/sign.svg"><a href="alone.html">',
        "alone.html": '<script src="alone.js"></script>',
        "alone.js": "// says\nimport { keep } from './core/keep.js';\nkeep();\n",
        "main.js": 'import { a } from "./views/home.js";\nimport "./vendor/preact.mjs";',
        "app.css": "body{}",
        "views/home.js": 'import q from "../core/queue.js"; const s = () => import("./scan.js");',
        "views/scan.js": 'import z from "../vendor/qr_reader.js"; new URL("./late.js", 1);',
        "views/late.js": "1",
        "vendor/preact.mjs": "1",
        "vendor/qr_reader.js": "1",
        "vendor/htmx.min.js": "desk only",
        "icons/sign.svg": "<svg/>",
        "notes.md": "not served",
        "sw.js": "const VERSION='__VERSION__', SHELL=__SHELL__, LAZY=__LAZY__;",
    }
    for name, text in files.items():
        path = web / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    core.mkdir()
    (core / "queue.js").write_text("export default 1;")
    (core / "keep.js").write_text("/** Keeps. */\nexport function keep() {}\n")
    return web, core


@pytest.fixture
def gathered(small_app: tuple[Path, Path]) -> AppFiles:
    return gather(*small_app)


def test_the_shell_is_what_the_first_page_needs(gathered: AppFiles) -> None:
    assert gathered.shell == (
        "app.css",
        "core/queue.js",
        "index.html",
        "main.js",
        "vendor/preact.mjs",
        "views/home.js",
    )


def test_all_else_comes_later(gathered: AppFiles) -> None:
    assert gathered.lazy == (
        "alone.html",
        "alone.js",  # with what it keeps by; nobody else asks for core/keep.js
        "icons/sign.svg",
        "vendor/qr_reader.js",
        "views/late.js",
        "views/scan.js",
    )


def test_only_kinds_of_files_an_app_has_are_served(gathered: AppFiles) -> None:
    assert "notes.md" not in gathered.files


def test_the_worker_learns_version_and_lists(gathered: AppFiles) -> None:
    text = gathered.files["sw.js"].content.decode()

    assert f"VERSION='{gathered.version}'" in text
    assert "__" not in text
    listed = {name for name, _ in json.loads(text.split("SHELL=")[1].split(", LAZY")[0])}
    assert {"/app/", "/app/core/queue.js"} <= listed


def test_the_worker_knows_each_file_by_its_hash(gathered: AppFiles) -> None:
    text = gathered.files["sw.js"].content.decode()

    for name in (*gathered.shell, *gathered.lazy):
        path = "/app/" + ("" if name == "index.html" else name)
        digest = hashlib.sha256(gathered.files[name].content).hexdigest()[:32]
        assert f'["{path}","{digest}"]' in text


def test_what_must_work_alone_imports_nothing(gathered: AppFiles) -> None:
    text = gathered.files["alone.js"].content.decode()

    assert "import" not in text
    assert "function keep()" in text
    assert "Keeps." not in text  # comments stay at home


def test_a_form_that_does_not_fit_into_one_script_is_refused() -> None:
    with pytest.raises(ValueError, match=r"main\.js"):
        one_script("main.js", {"main.js": "import everything from './x.js';\n"})


def test_any_change_makes_another_version(small_app: tuple[Path, Path]) -> None:
    web, core = small_app
    before = gather(web, core)

    (core / "queue.js").write_text("export default 2;")

    after = gather(web, core)
    assert before.version != after.version
    assert before.files["sw.js"].etag != after.files["sw.js"].etag


def test_files_travel_compressed_and_are_revalidated(client: FlaskClient) -> None:
    name = next(iter(sorted(name for name in app_files().files if name.endswith(".js"))))

    zipped = client.get(f"/app/{name}", headers={"Accept-Encoding": "gzip"})
    plain = client.get(f"/app/{name}")

    assert zipped.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(zipped.data) == plain.data
    assert zipped.headers["Cache-Control"] == "no-cache"
    again = client.get(
        f"/app/{name}",
        headers={"Accept-Encoding": "gzip", "If-None-Match": zipped.headers["ETag"]},
    )
    assert (again.status_code, again.data) == (304, b"")


def test_the_app_opens_with_and_without_its_slash(client: FlaskClient) -> None:
    assert client.get("/app").headers["Location"] == "/app/"


def test_no_path_leads_out_of_the_app(client: FlaskClient) -> None:
    for path in ("../wsgi.py", "%2e%2e/wsgi.py", "core/../../wsgi.py", "vendor/licences"):
        assert client.get(f"/app/{path}").status_code == 404
