"""A refused form is shown by the first `answering` of its view: all of a view show one page."""

import ast

from server.settings import ROOT


def _shows(view: ast.FunctionDef) -> set[str]:
    """What each `answering` of a function would show; those of functions within it apart."""
    found = set()
    for node in ast.walk(view):
        if isinstance(node, ast.With):
            for item in node.items:
                call = item.context_expr
                if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "answering":
                    found.add(ast.unparse(call.args[0]))
    return found


def test_no_view_has_two_pages_for_a_refused_form() -> None:
    several = [
        f"{path.name}:{node.lineno} {node.name}"
        for path in sorted((ROOT / "desk").rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef)
        and not any(isinstance(one, ast.FunctionDef) for one in ast.walk(node) if one is not node)
        and len(_shows(node)) > 1
    ]
    assert several == []
