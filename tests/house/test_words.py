"""One word for one thing: the Chinese of a kind or state stands on its enum and nowhere else."""

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from server.models.phone_event import EventKind, Subject
from tests.app.quick import Core
from tests.house.trees import FILES, faults, parsed, text_of, walked

CHINESE = re.compile("[一-鿿]")
ENUMS = {"StrEnum", "Labelled"}
PAIR_IN_TEMPLATE = re.compile(r"""["']([a-z_]+)["']\s*[:,]\s*["'][^"']*[一-鿿]""")


@dataclass(frozen=True)
class Kind:
    """An enum by its name, with the names of its members and their values."""

    name: str
    members: frozenset[str]
    values: frozenset[str]


def _value(node: ast.expr) -> str | None:
    first = node.elts[0] if isinstance(node, ast.Tuple) and node.elts else node
    return first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else None


def kinds(trees: Mapping[str, ast.Module]) -> list[Kind]:
    """Every enum of texts with more than one member."""
    found = []
    for tree in trees.values():
        for node in walked(tree):
            if not isinstance(node, ast.ClassDef):
                continue
            if not ENUMS & {getattr(base, "attr", getattr(base, "id", "")) for base in node.bases}:
                continue
            members = {
                target.id: value
                for one in node.body
                if isinstance(one, ast.Assign)
                for target in one.targets
                if isinstance(target, ast.Name) and (value := _value(one.value)) is not None
            }
            if len(members) > 1:
                found.append(Kind(node.name, frozenset(members), frozenset(members.values())))
    return found


def _said_in_chinese(node: ast.expr) -> bool:
    return any(
        isinstance(one, ast.Constant)
        and isinstance(one.value, str)
        and CHINESE.search(one.value) is not None
        for one in ast.walk(node)
    )


def _tables(tree: ast.Module) -> Iterator[tuple[int, list[ast.expr]]]:
    """Dicts and rows of tuples, each with the keys to which it gives Chinese."""
    for node in walked(tree):
        if isinstance(node, ast.Dict):
            yield (
                node.lineno,
                [
                    key
                    for key, value in zip(node.keys, node.values, strict=True)
                    if key is not None and _said_in_chinese(value)
                ],
            )
        elif isinstance(node, ast.Tuple | ast.List):
            rows = [row for row in node.elts if isinstance(row, ast.Tuple) and len(row.elts) > 1]
            yield (
                node.lineno,
                [row.elts[0] for row in rows if any(map(_said_in_chinese, row.elts[1:]))],
            )


def _member(node: ast.expr) -> tuple[str, str] | None:
    """Role.KEEPER and Role.KEEPER.value alike as ("Role", "KEEPER")."""
    if isinstance(node, ast.Attribute) and node.attr == "value":
        node = node.value
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name | ast.Attribute):
        owner = node.value
        return (owner.attr if isinstance(owner, ast.Attribute) else owner.id), node.attr
    return None


def second_tables(trees: Mapping[str, ast.Module], known: Sequence[Kind]) -> Iterator[str]:
    """Where a table words an enum's members again."""
    for name, tree in trees.items():
        for line, keys in _tables(tree):
            members = {one for key in keys if (one := _member(key)) is not None}
            texts = {value for key in keys if (value := _value(key)) is not None}
            for kind in known:
                own = [one for one in members if one[0] == kind.name and one[1] in kind.members]
                if len(own) > 1 or kind.values <= texts:
                    yield f"{name}:{line} words {kind.name} a second time"


def test_no_second_table_words_an_enum() -> None:
    trees = parsed()

    assert len(kinds(trees)) > 20
    assert not faults(second_tables(trees, kinds(trees)))


def test_a_second_table_would_be_found_however_it_is_written() -> None:
    tree = ast.parse(
        "class Light(Labelled):\n"
        "    ON = 'on', '开着'\n"
        "    OFF = 'off', '关着'\n"
        "A = {Light.ON: '亮', Light.OFF: '灭'}\n"
        "B = {'on': '亮', 'off': '灭', 'all': '全部'}\n"
        "C = (('on', '亮', 1), ('off', '灭', 0))\n"
        "D = [(words.Light.ON.value, '亮'), (words.Light.OFF.value, '灭')]\n"
        "ICONS = {Light.ON: 'sun', Light.OFF: 'moon'}\n"
        "WORDS = {light: light.label for light in Light} | {'all': '全部'}\n"
    )

    found = list(second_tables({"x": tree}, kinds({"x": tree})))

    assert [one.split()[0] for one in found] == ["x:4", "x:5", "x:6", "x:7"]


def test_no_template_words_an_enum() -> None:
    known = kinds(parsed())

    def wording() -> Iterator[str]:
        for name in FILES:
            if name.endswith(".html"):
                texts = set(PAIR_IN_TEMPLATE.findall(text_of(name)))
                for kind in known:
                    if kind.values <= texts:
                        yield f"{name} words {kind.name}"

    assert not faults(wording())


# The phone says the same


def test_the_phone_calls_what_it_sends_as_the_server_does() -> None:
    names = ", ".join(f"'{kind.value}'" for kind in EventKind)

    said = Core().run(f"return [{names}].map((kind) => kindLabel({{kind, photos: []}}));")

    assert said == [kind.short for kind in EventKind]


def test_the_phone_calls_what_a_photo_shows_as_the_server_tells_keepers() -> None:
    said = Core().run("return SUBJECT_KEYS.map((key) => [key, subjectLabel(key)]);")

    assert said == [
        [one.value, one.short] for one in Subject if one not in (Subject.MEND, Subject.CLAUSE)
    ]
