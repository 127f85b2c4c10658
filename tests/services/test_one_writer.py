"""What has one writer, so that nobody writes it a second way."""

import ast
from collections.abc import Iterator

import pytest

from server.settings import ROOT


def writers_of(noun: str) -> Iterator[str]:
    """The files that make rows of a noun, singly or with an insert."""
    for top in ("server", "desk", "miniapp_api"):
        for path in (ROOT / top).rglob("*.py"):
            for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if not isinstance(call, ast.Call):
                    continue
                named = ast.unparse(call.func).rpartition(".")[2]
                if named == "insert":
                    named = ast.unparse(call.args[0]) if call.args else ""
                if named == noun:
                    yield str(path.relative_to(ROOT))


@pytest.mark.parametrize(
    ("noun", "writer"),
    [
        ("Statement", "server/services/standing/statements.py"),
        ("HistoryLine", "server/services/common/history.py"),
    ],
)
def test_it_has_one_writer(noun: str, writer: str) -> None:
    assert set(writers_of(noun)) == {writer}
