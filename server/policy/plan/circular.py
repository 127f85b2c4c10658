"""通报: what a circular says part by part, praise and blame in the office's words alone."""

from collections.abc import Mapping, Sequence
from typing import TypedDict

from server.labelled import Labelled

CLOSING = "特此通报。"
NUMERALS = "一二三四五六七八九十"


class CircularSource(Labelled):
    """Whose figures a circular tells."""

    ASSESSMENT = "assessment", "考核结果"
    PACE = "pace", "进度排名"


class CircularPart(Labelled):
    """A part of the body that the office writes; one that stays blank is left out."""

    OPENING = "opening", "开头"
    PRAISE = "praise", "好的方面"
    PROBLEMS = "problems", "存在的问题"
    DEMANDS = "demands", "工作要求"


class CircularTable(TypedDict):
    """The ranking as it stood: its columns, rows and what the figures rest on.

    `align` has l or r for each column, `widths` are shares.
    """

    title: str
    header: list[str]
    rows: list[list[str]]
    align: str
    widths: list[float]
    notes: list[str]


class CircularChapter(TypedDict):
    """A heading with its paragraphs; without a heading the letter's beginning."""

    heading: str
    paragraphs: list[str]


class TableLetter(TypedDict):
    """A letter of the office around one table; `date` is ISO 8601, "" while it is not set.

    `table_after` is the number of chapters before the table.
    """

    county: str
    issuer: str
    number: str
    title: str
    to: str
    chapters: list[CircularChapter]
    table: CircularTable
    table_after: int
    closing: str
    date: str
    copies_to: str
    demo: bool


class CircularContent(TableLetter):
    """A circular as it is issued, whole; `source` tells whose figures.

    `source_sha256` is the hash of the assessment, "" for a ranking.
    """

    source: str
    source_sha256: str
    drawn_at: str


def chapters_of(texts: Mapping[str, str], heading: str) -> tuple[list[CircularChapter], int]:
    """The body in order, headings numbered, and after how many chapters the table stands.

    `heading` is that of the table. Lines become paragraphs.
    """
    found: list[CircularChapter] = []
    opening = _paragraphs(texts.get(CircularPart.OPENING, ""))
    if opening:
        found.append({"heading": "", "paragraphs": opening})
    found.append({"heading": f"一、{heading}", "paragraphs": []})
    after, number = len(found), 1
    for part in (CircularPart.PRAISE, CircularPart.PROBLEMS, CircularPart.DEMANDS):
        said = _paragraphs(texts.get(part, ""))
        if said:
            found.append({"heading": f"{NUMERALS[number]}、{part.label}", "paragraphs": said})
            number += 1
    return found, after


def _paragraphs(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def table_changes(then: CircularTable, now: CircularTable) -> list[str]:
    """Where a table drawn anew says otherwise, row by row, by the name in its second column."""
    if then["header"] != now["header"]:
        return ["表的各列变了"]
    before = {row[1]: row for row in then["rows"]}
    after = {row[1]: row for row in now["rows"]}
    found = [f"{name}：原来没有" for name in after if name not in before]
    for name, row in before.items():
        new = after.get(name)
        if new is None:
            found.append(f"{name}：现在没有了")
        elif new != row:
            found.append(f"{name}：{_differs(then['header'], row, new)}")
    return found


def _differs(header: Sequence[str], row: Sequence[str], new: Sequence[str]) -> str:
    return "，".join(
        f"{word}从{old or '空'}变成{now or '空'}"
        for word, old, now in zip(header, row, new, strict=True)
        if old != now
    )
