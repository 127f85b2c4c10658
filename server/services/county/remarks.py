"""常用备注: short sentences that a county's inspectors write again and again, to tap instead."""

import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from server.errors import Invalid
from server.models.county import County
from server.models.person import Person
from server.plain_text import plain_text
from server.policy.standard.standards import Rule
from server.services.common import history
from server.services.common.seals import Shown
from server.services.county.choices import hold_still, save_choices

AT_MOST = 80
LONGEST = 60  # characters: a remark is read on a phone, and stands in a table of the record
BARS = "|｜"
INVALID = "remark-invalid"


@dataclass(frozen=True, slots=True)
class Remark:
    """One sentence; `clause` as the standard writes it, empty where it fits any."""

    text: str
    clause: str = ""

    @property
    def line(self) -> str:
        """As the office types it: 四（2）｜没有巴枪。"""
        return f"{self.clause}｜{self.text}" if self.clause else self.text

    def fits(self, rule: Rule) -> bool:
        """Whether it is offered at this rule before the others."""
        return bool(self.clause) and _bare(self.clause) == _bare(rule.clause)


def remarks_of(county: County) -> tuple[Remark, ...]:
    """The county's sentences in its own order; none until it has written some."""
    kept: Iterable[Mapping[str, Any]] = county.options.get("remarks", ())
    return tuple(Remark(str(one["text"]), str(one.get("clause", ""))) for one in kept)


def remarks_shown(remarks: Iterable[Remark]) -> list[Shown]:
    """The sentences as seals and the history tell them."""
    return [Shown("remarks", "常用备注", "\n".join(one.line for one in remarks) or "没有")]


def edit_remarks(
    session: Session,
    *,
    county: County,
    lines: Iterable[str],
    clauses: Collection[str],
    by: Person,
    now: datetime,
    reason: str,
    seal: str | None = None,
) -> list[history.Change]:
    """Put these lines in the place of the county's sentences; what changed, in words.

    `clauses` are those of the standards the county is held against. Remarks already written into
    records stay as they are. Raises Invalid remark-invalid, reason-needed; Conflict
    county-changed-meanwhile.
    """
    hold_still(session, county)
    wished = _read(lines, clauses)
    return save_choices(
        session,
        county=county,
        held=remarks_shown(remarks_of(county)),
        wished=remarks_shown(wished),
        options={"remarks": [{"text": one.text, "clause": one.clause} for one in wished]},
        by=by,
        now=now,
        reason=reason,
        seal=seal,
    )


def _read(lines: Iterable[str], clauses: Collection[str]) -> tuple[Remark, ...]:
    named = {_bare(clause): clause for clause in clauses}
    found: dict[Remark, None] = {}
    for raw in lines:
        line = " ".join(plain_text(raw).split())
        if not line:
            continue
        clause, text = _split(line)
        if clause and _bare(clause) not in named:
            raise _invalid(f"标准里没有“{clause[:20]}”这一条。请照条款号写，如“四（2）｜没巴枪。”")
        if not text:
            raise _invalid(f"“{line[:20]}”只有条款号，没有话。请把话写上，或者删掉这一行。")
        if len(text) > LONGEST:
            raise _invalid(f"“{text[:10]}…”有{len(text)}个字，一句最多{LONGEST}个字，请写短些。")
        found[Remark(text, named[_bare(clause)] if clause else "")] = None
    if len(found) > AT_MOST:
        raise _invalid(f"一共写了{len(found)}句，最多{AT_MOST}句，请只留常用的。")
    return tuple(found)


def _split(line: str) -> tuple[str, str]:
    """The clause before the first bar, if there is any, and the sentence."""
    for at, character in enumerate(line):
        if character in BARS:
            return line[:at].strip(), line[at + 1 :].strip()
    return "", line


def _bare(clause: str) -> str:
    """A clause's number however it was typed: 四（2）, 四(2), 四 (２)."""
    return "".join(unicodedata.normalize("NFKC", clause).split())


def _invalid(sentence: str) -> Invalid:
    return Invalid(INVALID, sentence, fields={"remarks": sentence})
