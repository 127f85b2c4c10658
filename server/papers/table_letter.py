"""A letter of the office around one table, in GB/T 9704 layout; PDF and DOCX say the same words."""

import io
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from server.calendar import full_day_text, moment_text
from server.media.paper.typesetting import BLACK, SONG, SONG_LIKE, TITLE, faces, typeset
from server.media.paper.word_table import word_table
from server.models.circular import Circular
from server.models.referral import Referral
from server.papers.notice import TEXT_WIDTH_PT, red_head, title_lines
from server.policy.plan.circular import CircularTable, TableLetter
from server.services.common import chain
from server.services.inspections.kept_papers import keep_paper, kept_paper

HERE = Path(__file__).parent
WITHDRAWN, TABLE_HERE = "withdrawn", "〔表〕"
WORD_FONT, WORD_BLACK = "仿宋_GB2312", "黑体"


def letter_as_kept(
    session: Session,
    *,
    of: Circular | Referral,
    kind: str,
    now: datetime,
    make: Callable[[str, str], bytes],
) -> bytes:
    """A letter's file, the same bytes whenever it is asked for; `make` is given mark and anchor.

    Of one that was withdrawn it is another file, which says so; the first stays kept.
    """
    kept = kept_letter(session, of=of, kind=kind)
    if kept is not None:
        return kept
    mark = f"已撤回　{moment_text(of.withdrawn_at)}" if of.withdrawn_at is not None else ""
    made = make(mark, chain.foot(session, county=of.county, at=now))
    return keep_paper(session, of=of, stage=_stage(of), kind=kind, content=made, now=now)


def kept_letter(session: Session, *, of: Circular | Referral, kind: str) -> bytes | None:
    """The same as kept; None where nothing is kept yet."""
    return kept_paper(session, of=of, stage=_stage(of), kind=kind)


def _stage(of: Circular | Referral) -> str:
    return WITHDRAWN if of.withdrawn_at is not None else ""


def table_letter(
    content: TableLetter,
    kind: str,
    *,
    mark: str = "",
    anchor: str = "",
    font_dir: Path | None = None,
) -> bytes:
    """The letter as pdf or docx; `mark` stands in red in its corner (a draft, taken back).

    `anchor` is the day's of the chain, at the foot.
    """
    words = _words(content) | {"mark": mark, "anchor": anchor}
    return _docx(words, content["table"]) if kind == "docx" else _pdf(words, font_dir)


def _words(content: TableLetter) -> dict[str, Any]:
    """Every sentence of the letter, the same for PDF and DOCX."""
    day = full_day_text(date.fromisoformat(content["date"])) if content["date"] else "（成文日期）"
    table = content["table"]
    return {
        "head": f"{content['issuer']}文件",
        "number": content["number"] or "（发文字号）",
        "title": content["title"],
        "title_lines": title_lines(content["title"]),
        "to": content["to"],
        "chapters": content["chapters"],
        "table": {**table, "align": list(table["align"])},
        "table_after": content["table_after"],
        "closing": content["closing"],
        "issuer": content["issuer"],
        "date": day,
        "copies_to": content["copies_to"],
    }


def _pdf(words: dict[str, Any], font_dir: Path | None) -> bytes:
    title_fonts = faces(TITLE, font_dir)
    given = {
        **{name.replace("_", "-"): value for name, value in words.items()},
        "song-like": faces(SONG_LIKE, font_dir),
        "title-fonts": title_fonts,
        "own-title": title_fonts[0] != TITLE[-1],
        "song": faces(SONG, font_dir),
        "black": faces(BLACK, font_dir),
    }
    return typeset(HERE / "circular.typ", given, font_dir)


def _docx(words: dict[str, Any], table: CircularTable) -> bytes:
    """The same words by the template beside this module, which an office may exchange for its own.

    The table is put in the place of the paragraph that reads TABLE_HERE.
    """
    from docxtpl import DocxTemplate

    template = DocxTemplate(HERE / "circular.docx")
    chapters, after = words["chapters"], words["table_after"]
    template.render(
        {
            **words,
            "red_head": red_head(words["head"]),
            "before": chapters[:after],
            "after": chapters[after:],
            "table_here": TABLE_HERE,
        },
        autoescape=True,
    )
    document: Any = template.docx  # `get_docx` would read the template anew
    place = next(one for one in document.paragraphs if one.text == TABLE_HERE)
    made = word_table(
        document,
        table["header"],
        table["rows"],
        table["widths"],
        width_pt=TEXT_WIDTH_PT,
        size_pt=12,
        faces=(WORD_BLACK, WORD_FONT),
        align="".join(table["align"]),
    )
    place._p.addnext(made._tbl)  # noqa: SLF001
    place._p.getparent().remove(place._p)  # noqa: SLF001
    out = io.BytesIO()
    template.save(out)
    return out.getvalue()
