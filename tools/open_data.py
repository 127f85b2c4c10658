"""Draws the columns of docs/open-data.md from the tables of open data.

python -m tools.open_data            write them
python -m tools.open_data --check    only compare (exit code 1 when they are stale)
"""

import sys

from server.services.opendata.tables import TABLES
from server.settings import ROOT

DOCUMENT = ROOT / "docs" / "open-data.md"
BEGIN = "<!-- columns: drawn by tools/open_data.py, do not edit between the marks -->"
END = "<!-- columns: end -->"


def drawn() -> str:
    """The dictionary: a table for each kind of data, a line for each column."""
    parts = [BEGIN]
    for table in TABLES.values():
        parts += ["", f"### {table.label} `{table.name}`", "", table.about, ""]
        parts += ["| 列 | 接口里叫 | 内容 | 说明 |", "|---|---|---|---|"]
        for one in table.columns:
            codes = "；".join(f"`{code}` {word}" for code, word in one.codes.items())
            about = "。".join(filter(None, (one.about, codes)))
            parts.append(f"| {one.label} | `{one.name}` | {one.shape.label} | {about} |")
    return "\n".join([*parts, "", END])


def whole() -> str:
    """The document with its columns as they are now."""
    text = DOCUMENT.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN)
    return before + drawn() + rest.split(END)[1]


if __name__ == "__main__":
    if "--check" not in sys.argv[1:]:
        DOCUMENT.write_text(whole(), encoding="utf-8")
    sys.exit(int(DOCUMENT.read_text(encoding="utf-8") != whole()))
