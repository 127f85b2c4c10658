import copy
import gzip
import re
from pathlib import Path

import pytest

from tools import vendor
from tools.vendor import Entry, VendorError

FIRST_LOAD = ("preact", "hooks", "htm", "signals", "signals-core")


def entry(to: str, source: str, content: bytes = b"") -> Entry:
    return {"to": to, "from": source, "sha256": vendor.sha256(content)}


def test_bare_imports_become_relative() -> None:
    hooks = entry("hooks.mjs", "preact/hooks/dist/hooks.mjs")
    names = vendor.specifiers([hooks, entry("preact.mjs", "preact/dist/preact.mjs")])

    served = vendor.served_form(
        hooks,
        b'import{options as n}from"preact";export*from "preact/hooks";import"./x.mjs";',
        names,
    )

    assert served == (
        b'import{options as n}from"./preact.mjs";export*from "./hooks.mjs";import"./x.mjs";'
    )


def test_an_import_of_something_we_do_not_serve_is_refused() -> None:
    lonely = entry("signals.mjs", "@preact/signals/dist/signals.mjs")

    with pytest.raises(VendorError, match="lodash"):
        vendor.served_form(lonely, b'import x from"lodash"', vendor.specifiers([lonely]))


def test_a_source_map_comment_goes_and_the_line_it_stands_in_stays() -> None:
    one_line = entry("signals.mjs", "@preact/signals/dist/signals.mjs")

    served = vendor.served_form(one_line, b"const a=1;//# sourceMappingURL=signals.mjs.map", {})

    assert served == b"const a=1;"


def test_bytes_that_are_no_script_are_served_as_they_came() -> None:
    bare = entry("reader.wasm", "reader/dist/reader.wasm")

    assert vendor.served_form(bare, b"\0asm\xff//# sourceMappingURL=x", {}).endswith(b"URL=x")


def test_a_file_other_than_the_pinned_one_is_refused(tmp_path: Path) -> None:
    (tmp_path / "htm" / "dist").mkdir(parents=True)
    (tmp_path / "htm" / "dist" / "htm.mjs").write_bytes(b"stolen()")

    with pytest.raises(VendorError, match=r"htm\.mjs is not the file that was pinned"):
        vendor.checked([entry("htm.mjs", "htm/dist/htm.mjs", b"honest()")], tmp_path)


def test_pinning_records_what_is_served(tmp_path: Path) -> None:
    (tmp_path / "htm" / "dist").mkdir(parents=True)
    (tmp_path / "htm" / "dist" / "htm.mjs").write_bytes(b"newer()")
    files = [entry("htm.mjs", "htm/dist/htm.mjs", b"older()")]

    vendor.checked(files, tmp_path, pin=True)

    assert files[0]["sha256"] == vendor.sha256(b"newer()")
    assert vendor.checked(copy.deepcopy(files), tmp_path) == {"htm.mjs": b"newer()"}


def test_missing_changed_and_foreign_files_are_named(tmp_path: Path) -> None:
    (tmp_path / "licenses").mkdir()
    (tmp_path / "right.mjs").write_bytes(b"right")
    (tmp_path / "changed.mjs").write_bytes(b"changed")
    (tmp_path / "licenses" / "foreign.txt").write_bytes(b"foreign")
    files = [entry(name, name, b"right") for name in ("right.mjs", "changed.mjs", "missing.mjs")]

    wrong = vendor.wrong_files(files, tmp_path)

    assert wrong == ["changed.mjs", "missing.mjs", "licenses/foreign.txt"]


def test_what_is_served_here_is_what_was_pinned() -> None:
    assert vendor.wrong_files(vendor.entries()) == [], "run: make vendor"


def test_every_library_brings_its_licence() -> None:
    licensed = {
        file["from"].rsplit("/", 1)[0] for file in vendor.entries() if "LICENSE" in file["from"]
    }

    for file in vendor.entries():
        assert any(file["from"].startswith(package) for package in licensed), file["from"]


def test_served_modules_import_only_each_other() -> None:
    for module in vendor.VENDOR.glob("*.mjs"):
        for target in re.findall(r'\bfrom\s*"([^"]+)"', module.read_text(encoding="utf-8")):
            assert (vendor.VENDOR / target).is_file(), f"{module.name} imports {target}"


def test_the_libraries_of_the_first_load_weigh_less_than_fifteen_kilobytes() -> None:
    packed = sum(
        len(gzip.compress((vendor.VENDOR / f"{name}.mjs").read_bytes(), 9)) for name in FIRST_LOAD
    )

    assert packed < 15 * 1024
