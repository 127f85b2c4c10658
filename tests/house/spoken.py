"""What a script of ours says in Chinese: its quoted words, and the texts and labels of its templates."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

CHINESE = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef“”…]")
HAN = re.compile(r"[\u4e00-\u9fff]")
STOPS = re.compile(r"[。！？，；：、]")
LABEL = 8  # so many Chinese characters name a thing or a deed; more of them say something about it
SLOT = "\0"  # where a template or a sum puts a value


@dataclass(frozen=True)
class Said:
    """One text in a script; `slots` where values are put into it, `line` where it begins."""

    line: int
    text: str

    @property
    def sentence(self) -> bool:
        """Whether this is more than a label: stops, values put in, or long."""
        return bool(
            STOPS.search(self.text) or SLOT in self.text or len(HAN.findall(self.text)) > LABEL
        )

    @property
    def shown(self) -> str:
        """The text with its values as {}."""
        return " ".join(self.text.replace(SLOT, "{}").split())


def spoken(source: str) -> list[Said]:
    """Every Chinese text of a script, in order; a quoted text that is added to has a slot."""
    return [said for said in _Reader(source).texts() if CHINESE.search(said.text)]


class _Reader:
    """Reads JavaScript just far enough to tell code, quotes, templates, patterns and comments apart."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._found: list[Said] = []

    def texts(self) -> list[Said]:
        self._code(0, within=False)
        return sorted(self._found, key=lambda said: said.line)

    def _note(self, at: int, text: str) -> None:
        self._found.append(Said(self._source.count("\n", 0, at) + 1, text))

    def _code(self, at: int, *, within: bool) -> int:
        """Read code to its end, or `within` a template to the brace that closes it."""
        source, depth = self._source, 0
        while at < len(source):
            letter = source[at]
            if source.startswith("//", at):
                at = min(end for end in (source.find("\n", at), len(source)) if end >= 0)
            elif source.startswith("/*", at):
                at = source.index("*/", at) + 2
            elif letter in "'\"":
                at = self._quoted(at)
            elif letter == "`":
                at = self._template(at + 1)
            elif letter == "/" and self._pattern_may_begin(at):
                at = self._pattern(at)
            elif letter == "}" and within and not depth:
                return at + 1
            else:
                depth += (letter == "{") - (letter == "}")
                at += 1
        return at

    def _quoted(self, at: int) -> int:
        source, quote, end = self._source, self._source[at], at + 1
        while source[end] != quote:
            end += 2 if source[end] == "\\" else 1
        before = SLOT if source[:at].rstrip().endswith("+") else ""
        after = SLOT if source[end + 1 :].lstrip().startswith("+") else ""
        self._note(at, before + source[at + 1 : end] + after)
        return end + 1

    def _template(self, at: int) -> int:
        start, source, text = at, self._source, []
        while source[at] != "`":
            if source.startswith("${", at):
                at = self._code(at + 2, within=True)
                text.append(SLOT)
            else:
                step = 2 if source[at] == "\\" else 1
                text.append(source[at : at + step])
                at += step
        for piece in _pieces("".join(text)):
            self._note(start, piece)
        return at + 1

    def _pattern_may_begin(self, at: int) -> bool:
        before = self._source[:at].rstrip()
        return not before or before[-1] in "(,=:[!&|?{};+" or before.endswith("return")

    def _pattern(self, at: int) -> int:
        source, in_class, at = self._source, False, at + 1
        while source[at] != "/" or in_class:
            if source[at] == "\\":
                at += 1
            elif source[at] in "[]":
                in_class = source[at] == "["
            at += 1
        return at + 1


def _pieces(template: str) -> Iterator[str]:
    """The texts between a template's tags, and the labels in them."""
    for tag in re.findall(r"<[^>]*>", template):
        yield from re.findall(r'"([^"]*)"', tag)
    yield from (text.strip() for text in re.split(r"<[^>]*>", template))
