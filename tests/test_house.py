"""The house's own promises: what the documents say of the code, held against the code."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from server.__main__ import main
from server.settings import ROOT, Settings
from tests.factories import TEXT_KEYS
from tests.house.trees import (
    AS_RECEIVED,
    BYTES,
    FILES,
    faults,
    parsed,
    python_files,
    scripts,
    text_of,
    texts,
    walked,
)
from tools import map as house_map

MAY_READ_THE_CLOCK = (
    "server/http/clock.py",
    "server/worker.py",
    "server/__main__.py",
    "server/cli/",
)
# Said in two pieces, or this file would break its own rule.
MACHINE_PATHS = re.compile("/" + r"(?:work|tmp|farm|root|home/[a-z]+)/")
REGISTRIES = re.compile("registry[.]npm|npm" + "mirror|pypi" + "[.]org|files[.]python" + "hosted")

# Modules and files


def test_a_module_opens_with_one_sentence_saying_what_it_is_for() -> None:
    def unsaid() -> Iterator[str]:
        for module in house_map.modules():
            sentence = house_map.first_sentence(module)
            if module.name == "__init__.py" and not text_of(str(module)).strip():
                continue
            if not sentence:
                yield f"{module} says nothing"
            elif not sentence.endswith((".", "。")):
                yield f"{module}: {sentence!r} is no whole sentence on one line"
            elif re.search(r"[a-z)]\. [A-Z]", sentence):
                yield f"{module}: more than one sentence"

    assert len(house_map.modules()) > 500
    assert not faults(unsaid())


def test_no_text_holds_the_marks_of_a_merge() -> None:
    marks = re.compile(r"^(?:<{7}|>{7}) ", re.MULTILINE)

    assert not faults(name for name, text in texts() if marks.search(text))


def test_the_map_is_fresh() -> None:
    assert house_map.document() == house_map.DOCUMENT.read_text(encoding="utf-8"), "run: make map"


def test_every_path_that_the_architecture_names_exists() -> None:
    page = text_of("docs/architecture.md").split("<!-- map:")[0]
    named = re.findall(r"`((?:[\w.-]+/)+[\w.-]*|[\w-]+\.(?:py|toml))`", page)

    assert len(named) > 60
    assert not faults(path for path in named if not (ROOT / path).exists())


def test_every_decision_has_a_number_of_its_own_and_says_it() -> None:
    pages = [name for name in FILES if re.match(r"docs/decisions/\d{4}-", name)]
    numbers = [Path(name).name[:4] for name in pages]

    assert numbers == sorted(set(numbers)), "two pages share a number"
    assert not faults(
        name for name, number in zip(pages, numbers, strict=True)
        if not text_of(name).startswith(f"# {number} ")
    )  # fmt: skip


def test_no_file_is_longer_than_four_hundred_lines() -> None:
    def long() -> Iterator[str]:
        for name, text in texts():
            ours = name.endswith((".py", ".js", ".css", ".html", ".sh"))
            if ours and "/migrations/versions/" not in name and text.count("\n") > 400:
                yield f"{name}: {text.count(chr(10))} lines"

    assert not faults(long())


def test_scripts_are_a_hundred_characters_wide_at_most() -> None:
    def wide() -> Iterator[str]:
        for name in scripts(""):
            for number, line in enumerate(text_of(name).splitlines(), 1):
                if len(line) > 100:
                    yield f"{name}:{number}: {len(line)} characters"

    assert not faults(wide())


def test_a_whole_hash_on_a_page_may_break_on_a_narrow_screen() -> None:
    whole = re.compile(r"<(\w+)([^<>]*)>[^<>]*\{\{ [\w.]*sha256 \}\}")

    def stiff() -> Iterator[str]:
        for name, text in texts():
            if name.startswith("desk/templates/"):
                for tag, attributes in whole.findall(text):
                    if "wrap" not in attributes and "hash" not in attributes:
                        yield f"{name}: <{tag}{attributes}>"

    assert not faults(stiff())


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


# Doors and storeys


def test_the_clock_is_read_only_where_it_may_be() -> None:
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

    def reading() -> Iterator[str]:
        for name, tree in parsed().items():
            for node in walked(tree):
                if not isinstance(node, ast.Attribute):
                    continue
                owner = getattr(node.value, "attr", getattr(node.value, "id", ""))
                if (owner, node.attr) in readers:
                    yield f"{name}:{node.lineno}"

    found = list(reading())
    assert any(one.startswith("server/http/clock.py:") for one in found)
    assert not faults(one for one in found if not one.startswith(MAY_READ_THE_CLOCK))


def test_every_blueprint_names_its_guard(tmp_path: Path) -> None:
    from server.http.guards import GUARDS
    from wsgi import create_app

    home = Settings(
        home=tmp_path,
        database_url=f"sqlite:///{tmp_path / 'house.db'}",
        base_url="https://kd.example.cn",
        plaque_keys=(("k1", b"5" * 32),),
        secret_key="for tests only",
        text_keys=TEXT_KEYS,
    )

    app = create_app(home)

    unguarded = app.blueprints.keys() - GUARDS.keys()
    without = {str(r) for r in app.url_map.iter_rules() if "." not in r.endpoint}
    assert not unguarded, "attach guard_phones, guard_desk or open_to_all before registering"
    assert without <= {"/", "/healthz", "/readyz"}, "a route outside any blueprint has no guard"


def test_every_command_explains_itself(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--help"])

    said = capsys.readouterr().out
    assert not ended.value.code
    for module in (ROOT / "server" / "cli").glob("*.py"):
        if "def add_parser" in module.read_text(encoding="utf-8"):
            assert re.search(rf"^    {module.stem.replace('_', '-')}\s+\S", said, re.MULTILINE), (
                module.stem
            )
