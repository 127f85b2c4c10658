"""What is said in one place only: states and their words, versions that hold, days, long texts."""

import ast
from collections.abc import Iterator

from tests.house.trees import faults, parsed

# Which version holds


def test_which_version_is_the_newest_is_asked_of_the_models() -> None:
    """`Inspection.is_current()` and `ParcelCount.holds()`; versions.py walks the chain itself."""
    own = ("server/models/", "server/services/inspections/versions.py")

    def asking() -> Iterator[str]:
        for name, tree in parsed().items():
            if name.startswith(own):
                continue
            for node in ast.walk(tree):
                if not isinstance(node, ast.Compare):
                    continue
                sides = [node.left, *node.comparators]
                named = [side.attr for side in sides if isinstance(side, ast.Attribute)]
                if "amends_id" in named and any(isinstance(op, ast.Eq) for op in node.ops):
                    yield f"{name}:{node.lineno}: use Inspection.is_current() or newer_than"
                if named.count("version") > 1 and isinstance(node.ops[0], ast.Gt | ast.Lt):
                    yield f"{name}:{node.lineno}: use ParcelCount.holds()"

    assert not faults(asking())
