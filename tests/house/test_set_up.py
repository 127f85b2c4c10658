"""What is pinned, and that commands in the documents exist."""

import json
import re
from collections.abc import Iterator

from tests.house.trees import FILES, faults, text_of
from tools import supply


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
                version = version.partition(";")[0]  # some have a wheel for some machines only
                if constraints.get(plain(name)) != version:
                    yield f"{file}: {requirement}"

    assert not faults(loose())


def test_every_package_is_locked_with_hashes_at_the_version_that_was_tested() -> None:
    wanted = {
        supply.plain(name): version
        for file in ("constraints.txt", "requirements.txt", "requirements-dev.txt")
        for name, version in re.findall(
            r"^([\w.-]+)(?:\[\w+\])?==([^\s;]+)", text_of(file), flags=re.MULTILINE
        )
    }
    runs, checks = supply.locked("requirements.lock"), supply.locked("requirements-dev.lock")

    assert len(runs) > 50
    assert runs.items() <= checks.items(), "what is checked is what runs"
    assert {name: version for name, (version, _) in checks.items()} == wanted, "run: make lock"
    assert all(
        hashes for _, hashes in [*checks.values(), *supply.locked("tools/supply.lock").values()]
    )
    for name in re.findall(r"^([\w.-]+)", text_of("requirements.txt"), flags=re.MULTILINE):
        assert supply.plain(name) in runs


def test_the_page_of_licences_is_fresh_and_no_package_is_silent() -> None:
    said = text_of("docs/licences.md")

    assert said == supply.page(), "run: make licences"
    assert "not said" not in said
    assert not re.search(r"\b(AGPL|SSPL|Commons Clause)", said)


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
