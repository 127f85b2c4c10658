"""What is said in one place only: states and their words, versions that hold, days, long texts."""

import ast
import re
from collections.abc import Iterator

from tests.house.trees import faults, parsed, texts, walked

CHINESE = re.compile("[一-鿿]")

# Which version holds


def test_which_version_is_the_newest_is_asked_of_the_models() -> None:
    """`Inspection.is_current()` and `ParcelCount.holds()`; versions.py walks the chain itself."""
    own = ("server/models/", "server/services/inspections/versions.py")

    def asking() -> Iterator[str]:
        for name, tree in parsed().items():
            if name.startswith(own):
                continue
            for node in walked(tree):
                if not isinstance(node, ast.Compare):
                    continue
                sides = [node.left, *node.comparators]
                named = [side.attr for side in sides if isinstance(side, ast.Attribute)]
                if "amends_id" in named and any(isinstance(op, ast.Eq) for op in node.ops):
                    yield f"{name}:{node.lineno}: use Inspection.is_current() or newer_than"
                if named.count("version") > 1 and isinstance(node.ops[0], ast.Gt | ast.Lt):
                    yield f"{name}:{node.lineno}: use ParcelCount.holds()"

    assert not faults(asking())


# Days and moments


def test_days_and_moments_are_written_by_the_calendar_alone() -> None:
    """No strftime, no month put together by hand, no 2026-07-03 inside a Chinese sentence."""

    def writing() -> Iterator[str]:
        for name, tree in parsed().items():
            # A spreadsheet says how its own cells write a day.
            if name in ("server/calendar.py", "server/media/sheets/formats.py"):
                continue
            for node in walked(tree):
                if isinstance(node, ast.Attribute) and node.attr == "strftime":
                    yield f"{name}:{node.lineno}: strftime"
                if isinstance(node, ast.JoinedStr):
                    yield from (f"{name}:{node.lineno}: {what}" for what in _days_in(node))

    assert not faults(writing())


def _days_in(text: ast.JoinedStr) -> Iterator[str]:
    said = "".join(one.value for one in text.values if isinstance(one, ast.Constant))
    for one in text.values:
        if not isinstance(one, ast.FormattedValue):
            continue
        called = one.value.func if isinstance(one.value, ast.Call) else None
        if (
            isinstance(called, ast.Attribute)
            and called.attr == "isoformat"
            and CHINESE.search(said)
        ):
            yield "a bare ISO day in a Chinese sentence"
        if getattr(one.value, "attr", "") in ("month", "day"):
            yield "a day put together by hand"
        if one.format_spec is not None and "%H" in ast.unparse(one.format_spec):
            yield "a time of day put together by hand"


# Long texts


def _cuts(node: ast.AST) -> Iterator[tuple[int, int]]:
    """Where something is cut to a number written in place: the line, and the number."""
    for one in ast.walk(node):
        if isinstance(one, ast.Subscript) and isinstance(one.slice, ast.Slice):
            upper = one.slice.upper
            if isinstance(upper, ast.Constant) and isinstance(upper.value, int):
                yield one.lineno, upper.value


def test_no_text_is_cut_to_a_number_that_a_column_knows() -> None:
    """What people wrote is `written()` whole or refused, a machine's words are `cut()`."""
    models = {
        node.name
        for name, tree in parsed().items()
        if name.startswith("server/models/")
        for node in tree.body
        if isinstance(node, ast.ClassDef)
    }

    def cutting() -> Iterator[str]:
        for name, tree in parsed().items():
            if name.startswith(("server/services/", "server/papers/", "desk/", "miniapp_api/")):
                yield from (f"{name}:{line}: [:{most}]" for line, most in _cuts(tree) if most >= 40)
            for node in walked(tree):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") in models:
                    for field in node.keywords:
                        yield from (
                            f"{name}:{line}: {field.arg}"
                            for line, most in _cuts(field.value)
                            if most >= 10  # less is a code's beginning, not a text cut
                        )

    assert not faults(cutting())


def test_a_reason_is_asked_for_in_one_way() -> None:
    def asking() -> Iterator[str]:
        for name, tree in parsed().items():
            for node in walked(tree):
                if (
                    isinstance(node, ast.Call)
                    and node.args
                    and isinstance(node.args[0], ast.Constant)
                    and node.args[0].value == "reason-needed"
                    and name != "server/services/common/written.py"
                ):
                    yield f"{name}:{node.lineno}: use reason_given"

    assert not faults(asking())


# Foreign files

DECODING = {
    "server.media.pictures.images": {"admit", "look_at_photo", "rendition", "thumbnail", "pixels"},
    "server.media.pictures.lookalike": {"compare", "prints_of"},
    "server.media.pictures.stored": {"stored"},
    "server.media.sheets.reading": {"open_book"},
    "server.media.sheets.xlsx": {"XlsxBook"},
}
OWN_PROCESS = ("server/media/", "server/cli/lookalike.py")
"""The decoders themselves and their children; a command of which nobody waits for another answer."""


def test_foreign_files_are_opened_apart() -> None:
    """`server.media.apart` does the same in a limited child process."""

    def opening() -> Iterator[str]:
        for name, tree in parsed().items():
            if name.startswith(OWN_PROCESS):
                continue
            for node in walked(tree):
                if isinstance(node, ast.ImportFrom):
                    taken = {one.name for one in node.names} & DECODING.get(
                        node.module or "", set()
                    )
                    yield from (f"{name}:{node.lineno}: {one}" for one in taken)

    assert not faults(opening())


# Papers


def test_nothing_refers_to_a_paper_that_is_not_in_the_repository() -> None:
    """A reader gets the reason itself, or the number of the decision."""
    # Said in two pieces, or this file would break its own rule.
    elsewhere = re.compile(
        "SP" + r"EC [A-Z]\d?\b|domain[.]" + r"md|\bWIN" + r"GS\b|HOUSE[.]" + "md"
    )

    def referring() -> Iterator[str]:
        for name, text in texts():
            for number, line in enumerate(text.splitlines(), 1):
                if (found := elsewhere.search(line)) is not None:
                    yield f"{name}:{number}: {found[0]}"

    assert not faults(referring())
