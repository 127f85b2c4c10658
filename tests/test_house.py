"""The house's own promises: what the documents say of the code, held against the code."""

import ast
import functools
import json
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from server.settings import ROOT, Settings
from tools import map as house_map

CODE = ("wsgi.py", "server", "miniapp_api", "desk")
BYTES = {".xz", ".png", ".jpg", ".jpeg", ".webp", ".xlsx", ".docx", ".pdf", ".ico", ".ttf", ".otf"}
AS_RECEIVED = ("standards/sources/", "data/")
KINDS = {"Problem", "NotFound", "NotAllowed", "Invalid", "Conflict", "TooMany"}
MAY_READ_THE_CLOCK = (
    "server/http/clock.py",
    "server/worker.py",
    "server/__main__.py",
    "server/cli/",
)
# Said in two pieces, or this file would break its own rule.
MACHINE_PATHS = re.compile("/" + r"(?:work|tmp|farm|root|home/[a-z]+)/")
REGISTRIES = re.compile("registry[.]npm|npm" + "mirror|pypi" + "[.]org|files[.]python" + "hosted")


def committed() -> list[str]:
    """Every file git knows, or that it would take in; all files where there is no git."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    names = sorted(set(listed.stdout.decode().split("\0")) - {""})
    return [name for name in names if (ROOT / name).is_file()]


FILES = committed()


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def texts() -> Iterator[tuple[str, str]]:
    """Every committed text of ours, by name; not the authorities' documents and bare data."""
    for name in FILES:
        if Path(name).suffix not in BYTES and not name.startswith(AS_RECEIVED):
            yield name, text_of(name)


def python_files(*places: str) -> list[str]:
    return [
        name
        for name in FILES
        if name.endswith(".py") and name.startswith(places) and "/migrations/" not in name
    ]


def script(name: str) -> str:
    """A JavaScript file without its comments."""
    return re.sub(r"/\*.*?\*/|(?<!:)//[^\n]*", "", text_of(name), flags=re.DOTALL)


def scripts(place: str) -> list[str]:
    return [
        name
        for name in FILES
        if name.startswith(place) and name.endswith((".js", ".mjs")) and "/vendor/" not in name
    ]


def faults(found: Iterable[str]) -> str:
    return "\n".join(sorted(set(found)))


# Modules and files


@pytest.mark.parametrize("module", house_map.modules(), ids=str)
def test_a_module_opens_with_one_sentence_saying_what_it_is_for(module: Path) -> None:
    sentence = house_map.first_sentence(module)

    if module.name == "__init__.py" and not text_of(str(module)).strip():
        return
    assert sentence, f"{module} says nothing"
    assert sentence.endswith((".", "。")), (
        f"{module}: {sentence!r} is no whole sentence on one line"
    )
    assert not re.search(r"[a-z)]\. [A-Z]", sentence), f"{module}: more than one sentence"


def test_the_map_is_fresh() -> None:
    assert house_map.document() == house_map.DOCUMENT.read_text(encoding="utf-8"), "run: make map"


def test_every_path_that_the_architecture_names_exists() -> None:
    page = text_of("docs/architecture.md").split("<!-- map:")[0]
    named = re.findall(r"`((?:[\w.-]+/)+[\w.-]*|[\w-]+\.(?:py|toml))`", page)

    assert len(named) > 60
    assert not faults(path for path in named if not (ROOT / path).exists())


def test_no_file_is_longer_than_four_hundred_lines() -> None:
    def long() -> Iterator[str]:
        for name, text in texts():
            ours = name.endswith((".py", ".js", ".css", ".html", ".sh"))
            if ours and "/migrations/versions/" not in name and text.count("\n") > 400:
                yield f"{name}: {text.count(chr(10))} lines"

    assert not faults(long())


def test_every_text_is_utf_8_with_plain_line_ends() -> None:
    def odd() -> Iterator[str]:
        for name in FILES:
            if Path(name).suffix in BYTES:
                continue
            content = (ROOT / name).read_bytes()
            try:
                text = content.decode("utf-8")
            except UnicodeDecodeError as error:
                yield f"{name}: {error}"
                continue
            if name.startswith(AS_RECEIVED):
                continue
            if text.startswith("\ufeff"):
                yield f"{name}: begins with a byte order mark"
            if "\r" in text:
                yield f"{name}: has carriage returns"

    assert not faults(odd())


def test_nothing_of_others_is_committed() -> None:
    def foreign() -> Iterator[str]:
        for name in FILES:
            if re.search(r"(^|/)(vendor|node_modules|\.venv)/|\.min\.(js|css)$|\.wasm$", name):
                yield name

    assert not faults(foreign())


def test_no_file_knows_one_machines_paths_or_a_registrys_name() -> None:
    def knowing() -> Iterator[str]:
        for name, text in texts():
            for number, line in enumerate(text.splitlines(), 1):
                if MACHINE_PATHS.search(line) or REGISTRIES.search(line):
                    yield f"{name}:{number}: {line.strip()[:100]}"

    assert not faults(knowing())


def test_no_test_file_is_a_shelf_for_others() -> None:
    borrowed = re.compile(
        r"^\s*from tests\.(?:\w+\.)*test_\w+ import|^\s*import tests\..*test_", re.MULTILINE
    )

    assert not faults(
        name for name in python_files("tests", "bench") if borrowed.search(text_of(name))
    )


# Problems


def problem_kinds(trees: dict[str, ast.Module]) -> set[str]:
    """The names of the Problem family: the kinds of errors.py and their subclasses."""
    kinds = set(KINDS)
    for tree in trees.values():
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                bases = {base.id for base in node.bases if isinstance(base, ast.Name)}
                if bases & kinds and not node.name.startswith("_"):  # private ones never get out
                    kinds.add(node.name)
    return kinds


@functools.cache
def parsed() -> dict[str, ast.Module]:
    return {name: ast.parse(text_of(name)) for name in python_files(*CODE)}


def raised_codes() -> dict[str, str]:
    """Each literal problem code in the code, with a file that raises it."""
    trees = parsed()
    kinds = problem_kinds(trees)
    codes = {}
    for name, tree in trees.items():
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            called = node.func
            if getattr(called, "attr", getattr(called, "id", "")) not in kinds:
                continue
            code = node.args[0]
            if isinstance(code, ast.Constant) and isinstance(code.value, str):
                codes[code.value] = name
    return codes


def documented_codes() -> list[str]:
    cells = re.findall(r"^\| ?`?([^|` ]+)", text_of("docs/problems.md"), flags=re.MULTILINE)
    return [cell for cell in cells if cell != "code" and not cell.startswith("-")]


def test_every_problem_code_is_in_the_table_of_problems() -> None:
    raised = raised_codes()
    missing = raised.keys() - set(documented_codes())

    assert not faults(f"{code} ({raised[code]})" for code in missing)


def test_the_table_of_problems_lists_only_codes_that_occur_sorted_and_once() -> None:
    codes = documented_codes()
    literals = {
        node.value
        for tree in parsed().values()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }

    assert not faults(code for code in codes if code not in literals), "nowhere in the code"
    assert codes == sorted(set(codes))


def test_problem_codes_are_kebab_case() -> None:
    assert not [
        code for code in raised_codes() if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", code)
    ]


# Doors and storeys


@pytest.mark.parametrize("name", python_files(*CODE))
def test_the_clock_is_read_only_where_it_may_be(name: str) -> None:
    if name.startswith(MAY_READ_THE_CLOCK):
        return
    readers = {
        ("datetime", "now"),
        ("datetime", "utcnow"),
        ("datetime", "today"),
        ("date", "today"),
        ("time", "time"),
        ("time", "time_ns"),
        ("time", "localtime"),
        ("time", "gmtime"),
        ("func", "now"),
        ("func", "current_timestamp"),
    }

    found = [
        f"{name}:{node.lineno}"
        for node in ast.walk(ast.parse(text_of(name)))
        if isinstance(node, ast.Attribute)
        and (getattr(node.value, "attr", getattr(node.value, "id", "")), node.attr) in readers
    ]

    assert not found


def test_every_blueprint_names_its_guard(tmp_path: Path) -> None:
    from server.http.guards import GUARDS
    from wsgi import create_app

    home = Settings(
        home=tmp_path,
        database_url=f"sqlite:///{tmp_path / 'house.db'}",
        base_url="https://kd.example.cn",
        plaque_keys=(("k1", b"5" * 32),),
        secret_key="for tests only",
    )

    app = create_app(home)

    unguarded = app.blueprints.keys() - GUARDS.keys()
    without = {str(r) for r in app.url_map.iter_rules() if "." not in r.endpoint}
    assert not unguarded, "attach guard_phones, guard_desk or open_to_all before registering"
    assert without <= {"/", "/healthz", "/readyz"}, "a route outside any blueprint has no guard"


def test_every_command_explains_itself() -> None:
    said = subprocess.run(
        [sys.executable, "-m", "server", "--help"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert said.returncode == 0, said.stderr
    for module in (ROOT / "server" / "cli").glob("*.py"):
        if "def add_parser" in module.read_text(encoding="utf-8"):
            assert re.search(rf"^    {module.stem}\s+\S", said.stdout, re.MULTILINE), module.stem


# The phone


def test_only_the_platform_folder_touches_the_browser() -> None:
    reach = re.compile(r"\bfetch\s*\(|\bindexedDB\b|getUserMedia|\bgeolocation\b|vendor/idb")

    def touching() -> Iterator[str]:
        for name in scripts("web/"):
            # A service worker stands between browser and network: fetch is what it is for.
            if name.startswith("web/platform/") or name == "web/sw.js":
                continue
            for match in reach.finditer(script(name)):
                yield f"{name}: {match[0]}"

    assert not faults(touching())


def imports_of(name: str) -> list[str]:
    return re.findall(r"""(?:\bfrom\s*|\bimport\s*\(?\s*)["']([^"']+)["']""", script(name))


def test_views_never_import_each_other() -> None:
    def importing() -> Iterator[str]:
        for name in scripts("web/views/"):
            for target in imports_of(name):
                path = ((ROOT / name).parent / target).resolve()
                if target.startswith(".") and path.is_relative_to(ROOT / "web" / "views"):
                    yield f"{name} imports {target}"

    assert not faults(importing())


def test_the_shared_phone_logic_knows_neither_browser_nor_wechat() -> None:
    platform = re.compile(
        r"(?<![\w.'\"-])(?:wx|window|document|navigator|localStorage|indexedDB|fetch|uni)\s*[.(\[]"
    )

    def knowing() -> Iterator[str]:
        for name in scripts("miniapp/core/"):
            for match in platform.finditer(script(name)):
                yield f"{name}: {match[0]}"
            for target in imports_of(name):
                path = ((ROOT / name).parent / target).resolve()
                if not target.startswith(".") or not path.is_relative_to(ROOT / "miniapp" / "core"):
                    yield f"{name} imports {target}"

    assert not faults(knowing())


# Set-up


def test_every_requirement_is_pinned_exactly_and_as_tested() -> None:
    def plain(name: str) -> str:
        return re.sub(r"\[.*\]", "", name).lower().replace("_", "-")

    constraints = {
        plain(line.split("==")[0]): line.split("==")[1]
        for line in text_of("constraints.txt").splitlines()
        if line and not line.startswith("#")
    }

    def loose() -> Iterator[str]:
        for file in ("requirements.txt", "requirements-dev.txt"):
            for line in text_of(file).splitlines():
                requirement = line.split("#")[0].strip()
                if not requirement or requirement.startswith("-"):
                    continue
                name, _, version = requirement.partition("==")
                if constraints.get(plain(name)) != version:
                    yield f"{file}: {requirement}"

    assert not faults(loose())


def test_every_make_command_in_the_documents_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", text_of("Makefile"), flags=re.MULTILINE))
    pages = [name for name in FILES if name.endswith(".md")]

    promised = {
        command for name in pages for command in re.findall(r"\bmake ([a-z]+)`", text_of(name))
    }

    assert {"run", "test", "help", "check", "drill"} <= targets
    assert promised <= targets


def test_the_browser_libraries_are_pinned_exactly() -> None:
    wanted = json.loads(text_of("package.json"))["dependencies"]
    locked = json.loads(text_of("package-lock.json"))["packages"]

    for name, version in wanted.items():
        assert re.fullmatch(r"\d+\.\d+\.\d+", version), name
        assert locked[f"node_modules/{name}"]["version"] == version
    for name, package in locked.items():
        assert "resolved" not in package, name
        assert not name or package["integrity"].startswith("sha512-"), name
