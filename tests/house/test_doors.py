"""Doors: who may come in is said in one place, what is refused is undone in one."""

import ast
import re
from collections.abc import Iterator

from tests.house.trees import FILES, faults, parsed, text_of, walked

GROUPS = "server/services/people/scope.py"


def is_role(node: ast.expr) -> bool:
    return (
        isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "Role"
    )


def test_who_may_do_what_is_grouped_in_one_place() -> None:
    def grouped() -> Iterator[str]:
        for name, tree in parsed().items():
            if name == GROUPS:
                continue
            for node in walked(tree):
                among = node.elts if isinstance(node, ast.Tuple | ast.List | ast.Set) else ()
                given = node.args if isinstance(node, ast.Call) else ()
                if any(map(is_role, among)) or sum(map(is_role, given)) > 1:
                    yield f"{name}:{node.lineno}: {ast.unparse(node)[:80]}"

    assert not faults(grouped()), f"name the group in {GROUPS}"


def test_no_template_knows_what_a_role_may_do() -> None:
    comparing = re.compile(r"\bme\.role\s*(?:==|!=|(?:not )?in\b)")

    def knowing() -> Iterator[str]:
        for name in FILES:
            if name.startswith("desk/templates/"):
                for match in comparing.finditer(text_of(name)):
                    yield f"{name}: {match[0]}"

    assert not faults(knowing()), "ask is_office, is_township, sees_county or opens(blueprint)"


def test_no_view_undoes_by_itself() -> None:
    undoing = re.compile(r"\b(?:rollback|begin_write)\(")

    def by_itself() -> Iterator[str]:
        for name in FILES:
            if name.startswith("desk/") and name.endswith(".py") and "/frame/" not in name:
                for match in undoing.finditer(text_of(name)):
                    yield f"{name}: {match[0]}"

    assert not faults(by_itself()), "use answering(), page(problem=…) or own_write()"
