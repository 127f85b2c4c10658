"""The codes of problems: all in docs/problems.md, each once, in one spelling."""

import ast
import re

from tests.house.trees import (
    faults,
    parsed,
    text_of,
    walked,
)

KINDS = {"Problem", "NotFound", "NotAllowed", "Invalid", "Conflict", "TooMany"}


def problem_kinds(trees: dict[str, ast.Module]) -> set[str]:
    """The names of the Problem family: the kinds of errors.py and their subclasses."""
    kinds = set(KINDS)
    for tree in trees.values():
        for node in walked(tree):
            if isinstance(node, ast.ClassDef):
                bases = {base.id for base in node.bases if isinstance(base, ast.Name)}
                if bases & kinds and not node.name.startswith("_"):  # private ones never get out
                    kinds.add(node.name)
    return kinds


def raised_codes() -> dict[str, str]:
    """Each literal problem code in the code, with a file that raises it."""
    trees = parsed()
    kinds = problem_kinds(trees)
    codes = {}
    for name, tree in trees.items():
        for node in walked(tree):
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
        for node in walked(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }

    assert not faults(code for code in codes if code not in literals), "nowhere in the code"
    assert codes == sorted(set(codes))


def test_problem_codes_are_kebab_case() -> None:
    assert not [
        code for code in raised_codes() if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", code)
    ]
