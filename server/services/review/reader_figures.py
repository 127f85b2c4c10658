"""How right the machine's reading was on a county's own judged photos, in words for people."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from server.media.reading.measured import OUTCOMES, RIGHT, WRONG, likely_share
from server.services.common.house_notes import note_of, write_note
from server.services.review.judged import REMINDED_FROM, judged_photos

PARTS = {"name": "名称", "number": "编号", "hours": "营业时间"}
Counts = Mapping[str, Counter[str]]
"""Of name, number and hours how often it was read right, not at all, or wrong."""


def keep_figures(
    session: Session, *, county: str, counts: Counts, photos: int, on: date, now: datetime
) -> None:
    """Keep the newest measure of a county, for `check` and the desk."""
    parts = {part: [counted[one] for one in OUTCOMES] for part, counted in counts.items()}
    write_note(
        session, _name(county), {"on": on.isoformat(), "photos": photos, "parts": parts}, now=now
    )


def figures_said(session: Session, county: str) -> str:
    """The newest measure in one sentence, "" where there is none; one query."""
    kept = note_of(session, _name(county))
    if kept is None:
        return ""
    said = [
        f"{PARTS[part]}读对{_share(right, right + unread + wrong)}、"
        f"读错{_share(wrong, right + unread + wrong)}"
        for part, (right, unread, wrong) in kept["parts"].items()
        if right + unread + wrong
    ]
    return f"本县实测（{kept['on']}，{kept['photos']}张有人判过的照片）：{'；'.join(said)}。"


def reminder(session: Session, county: str, name: str) -> str:
    """What `check` says of a county's figures: them, or that they are due; "" before that."""
    said = figures_said(session, county)
    if said:
        return f"{name}{said}"
    if len(judged_photos(session, county=county, most=REMINDED_FROM)) < REMINDED_FROM:
        return ""
    return (
        f"{name}有人判过的照片已经满{REMINDED_FROM}张，还没有量过机器识读：文档里的准确率没有一个是"
        f"本县牌子的。请运行 python -m server label-set --county {county} 文件夹。"
    )


def table(counts: Counts) -> str:
    """The measure as a table for a screen."""
    rows = ["            张数   读对                     没读出   读错"]
    for part, counted in counts.items():
        of = counted.total()
        if not of:
            continue
        rows.append(
            f"{_wide(PARTS[part], 12)}{of:<7}{_wide(_with_range(counted[RIGHT], of), 25)}"
            f"{_wide(_share(of - counted[RIGHT] - counted[WRONG], of), 9)}"
            f"{_with_range(counted[WRONG], of)}"
        )
    rows.append("括号里是95%可信的范围：照片越少，范围越宽。")
    rows.append(
        "请人核查的照片，多半正是机器读不准的，所以这些数通常比平时低；督导员现场记下的不受这个影响。"
    )
    return "\n".join(rows)


def counted(found: Sequence[Mapping[str, Any]]) -> dict[str, Counter[str]]:
    """The outcomes of many photos added up, in the order of the parts."""
    counts: dict[str, Counter[str]] = {part: Counter() for part in PARTS}
    for one in found:
        for part, outcome in one.items():
            counts[part][outcome] += 1
    return counts


def _name(county: str) -> str:
    return f"reader-measured:{county}"


def _share(hits: int, of: int) -> str:
    return f"{hits / of:.1%}"


def _with_range(hits: int, of: int) -> str:
    least, most = likely_share(hits, of)
    return f"{_share(hits, of)}（{least:.1%}–{most:.1%}）"


def _wide(text: str, columns: int) -> str:
    """Padded for a screen on which a Chinese character takes two columns."""
    taken = sum(2 if ord(one) > 0x2000 and one != "–" else 1 for one in text)
    return text + " " * max(1, columns - taken)
