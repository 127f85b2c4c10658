"""Reading a YAML file strictly, so that every refusal can name its file, line and reason."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from hashlib import sha256
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import yaml

MAX_BYTES = 1_000_000
"""A standard is a few pages; anything this large is the wrong file."""

_TAG = "tag:yaml.org,2002:"
_KINDS = {
    "map": "一组“名称: 值”",
    "seq": "列表",
    "str": "文字",
    "int": "整数",
    "float": "小数",
    "bool": "true 或 false",
    "timestamp": "日期",
    "null": "空值",
}

T = TypeVar("T")


class StandardError(Exception):
    """A standard, programme or facts file that may not be used: which file, which line, why."""

    def __init__(self, file: str, line: int | None, reason: str) -> None:
        super().__init__(f"{file} 第{line}行：{reason}" if line else f"{file}：{reason}")
        self.file = file
        self.line = line
        self.reason = reason

    def __reduce__(self) -> Any:
        """How it goes from one process to another: `run` reads standards in a copy of itself."""
        return type(self), (self.file, self.line, self.reason)


class _Loader(yaml.SafeLoader):
    """SafeLoader without anchors: what a line says must be read on that line."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        event = self.peek_event()  # type: ignore[no-untyped-call]
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise yaml.composer.ComposerError(
                None, None, "不要使用“&”“*”引用，请把内容写全", event.start_mark
            )
        return super().compose_node(parent, index)


class Part:
    """One value in a document, knowing its place; the readers below return it typed or refuse."""

    __slots__ = ("_node", "file", "line", "name")

    def __init__(self, file: str, name: str, node: yaml.Node) -> None:
        self.file = file
        self.name = name
        self.line = node.start_mark.line + 1
        self._node = node

    def refuse(self, reason: str) -> NoReturn:
        """Raise StandardError at this line."""
        raise StandardError(self.file, self.line, reason)

    @property
    def kind(self) -> str:
        """YAML's own word for the value: map, seq, str, int, float, bool, timestamp, null."""
        return self._node.tag.removeprefix(_TAG)

    @property
    def empty(self) -> bool:
        """True for an explicit null."""
        return self.kind == "null"

    def fields(self, *, needed: Sequence[str] = (), known: Sequence[str] = ()) -> "Fields":
        """The mapping's values by name; unknown, doubled and missing names are refused."""
        node = self._node
        if not isinstance(node, yaml.MappingNode):
            self._wrong_kind("map")
        found: dict[str, Part] = {}
        for key_node, value_node in node.value:
            key = Part(self.file, self.name, key_node)
            if not isinstance(key_node, yaml.ScalarNode):
                key.refuse(f"“{self.name}”里的名称必须是一个词")
            name = key_node.value
            if name in found:
                key.refuse(f"“{name}”写了两次，请只留一个")
            if (needed or known) and name not in needed and name not in known:
                allowed = "、".join([*needed, *known])
                key.refuse(f"不认识“{name}”；这里可以写：{allowed}")
            found[name] = Part(self.file, name, value_node)
        for name in needed:
            if name not in found:
                self.refuse(f"“{self.name}”缺少“{name}”，请补上")
        return Fields(self, found)

    def items(self) -> list["Part"]:
        """The list's values, in order."""
        node = self._node
        if not isinstance(node, yaml.SequenceNode):
            self._wrong_kind("seq")
        return [Part(self.file, self.name, item) for item in node.value]

    @property
    def is_list(self) -> bool:
        """True for a list."""
        return isinstance(self._node, yaml.SequenceNode)

    @property
    def is_mapping(self) -> bool:
        """True for names with values."""
        return isinstance(self._node, yaml.MappingNode)

    def text(self) -> str:
        """Words, not blank. Numbers and dates meant as words need quotes."""
        value = self._scalar("str")
        if not value.strip():
            self.refuse(f"“{self.name}”不能是空的")
        return value

    def one_of(self, allowed: Sequence[str]) -> str:
        """One word of a closed list."""
        value = self.text()
        if value not in allowed:
            self.refuse(f"“{self.name}”写的是“{value}”，只能是：{'、'.join(allowed)}")
        return value

    def whole(self) -> int:
        """A whole number, zero or more."""
        raw = self._scalar("int")
        if raw.startswith("-"):
            self.refuse(f"“{self.name}”不能小于0，写的是“{raw[:40]}”")
        if not raw.isascii() or not raw.isdigit() or len(raw) > 12:
            self.refuse(f"“{self.name}”应为整数，写的是“{raw[:40]}”")
        return int(raw)

    def amount(self) -> Decimal:
        """A number as it is written, without binary rounding; zero or more."""
        raw = self._scalar("int", "float")
        try:
            value = Decimal(raw)
        except InvalidOperation:
            self.refuse(f"“{self.name}”应为数字，写的是“{raw}”")
        if not value.is_finite() or value < 0 or (value and abs(value.adjusted()) > 12):
            self.refuse(f"“{self.name}”应为不小于0、大小合理的数字，写的是“{raw[:40]}”")
        return value

    def flag(self) -> bool:
        """True or false, nothing else (YAML also calls yes/no/on/off flags)."""
        return self._scalar("bool").lower() in {"true", "yes", "on"}

    def day(self) -> date:
        """A calendar day, written 2023-04-11."""
        raw = self._scalar("timestamp", "str")
        found = day_from(raw)
        if found is None:
            self.refuse(f"“{self.name}”应为日期（例如 2023-04-11），写的是“{raw[:40]}”")
        return found

    def plain(self) -> Any:
        """The value as JSON would give it: mapping, list, text, number, flag or None."""
        if self.is_list:
            return [one.plain() for one in self.items()]
        if self.is_mapping:
            return {name: value.plain() for name, value in self.fields()}
        if self.empty:
            return None
        readers: dict[str, Callable[[Part], Any]] = {
            "bool": Part.flag,
            "int": Part.whole,
            "float": Part.amount,
            "timestamp": Part.day,
        }
        return readers.get(self.kind, Part.text)(self)

    def _scalar(self, *kinds: str) -> str:
        node = self._node
        if not isinstance(node, yaml.ScalarNode) or self.kind not in kinds:
            self._wrong_kind(kinds[0])
        value: str = node.value
        return value

    def _wrong_kind(self, kind: str) -> NoReturn:
        is_kind = _KINDS.get(self.kind, self.kind)
        advice = "，请加上引号" if kind == "str" and self.kind not in {"map", "seq", "null"} else ""
        self.refuse(f"“{self.name}”应为{_KINDS[kind]}，现在是{is_kind}{advice}")


class Fields:
    """A mapping already checked for its names."""

    __slots__ = ("_found", "part")

    def __init__(self, part: Part, found: dict[str, Part]) -> None:
        self.part = part
        self._found = found

    def __getitem__(self, name: str) -> Part:
        return self._found[name]

    def __contains__(self, name: str) -> bool:
        return name in self._found

    def __iter__(self) -> Iterator[tuple[str, Part]]:
        return iter(self._found.items())

    def get(self, name: str, read: Callable[[Part], T], default: T) -> T:
        """Read an optional value; missing or null gives the default."""
        part = self._found.get(name)
        return default if part is None or part.empty else read(part)


def day_from(text: str) -> date | None:
    """A day written 2023-04-11, between 1949 and 2199; None for anything else."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 1949 <= day.year < 2200 else None


def read_document(path: Path, *, folder: Path | None = None) -> tuple[Part, str]:
    """Read one YAML file; its root and the SHA-256 of its bytes. Raises StandardError."""
    shown = path.relative_to(folder).as_posix() if folder else path.name
    try:
        content = path.read_bytes()
    except OSError as error:
        raise StandardError(shown, None, "文件读不出来，请检查文件是否存在、能否读取") from error
    if len(content) > MAX_BYTES:
        raise StandardError(shown, None, "文件太大，不像是一份标准，请检查是不是放错了文件")
    return parse_document(content, shown), sha256(content).hexdigest()


def parse_document(content: bytes, shown: str) -> Part:
    """The root of a YAML text; `shown` is the name used in refusals. Raises StandardError."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise StandardError(shown, line, "文字编码不是 UTF-8，请另存为 UTF-8 后再放进来") from error
    try:
        node = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        if "quoted scalar" in (error.context or ""):
            mark = error.context_mark  # where the quote opened, not where the file ended
        line = mark.line + 1 if mark else 1
        raise StandardError(shown, line, _syntax_reason(error)) from error
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise StandardError(shown, line, "有不能显示的控制字符，请删掉") from error
    except RecursionError as error:
        raise StandardError(shown, 1, "层次太深，不像是一份标准，请检查文件") from error
    if node is None:
        raise StandardError(shown, 1, "文件是空的")
    return Part(shown, "文件", node)


def _syntax_reason(error: yaml.MarkedYAMLError) -> str:
    problem = error.problem or ""
    if "不要使用" in problem:
        return problem
    if "\\t" in problem or "'\t'" in problem:
        return "YAML 写法有误：行首用了制表符（Tab），请改成空格"
    if "expected a single document" in (error.context or "") or "single document" in problem:
        return "一个文件里只能有一份内容，请去掉多余的“---”"
    return f"YAML 写法有误，请检查这一行和上面几行的缩进、冒号和引号（{problem or '无法解析'}）"
