"""站点的功能: what a station does beside ours, in the county's own words, each from a day on."""

from collections.abc import Mapping
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.errors import Conflict, Invalid
from server.models.county import County
from server.models.person import Person
from server.models.proposal import Proposal, ProposalState
from server.models.station import Station
from server.plain_text import bare_text
from server.policy.document import day_from
from server.services.common import history
from server.services.common.seals import Shown
from server.services.county.choices import hold_still, own_lines, save_choices
from server.services.registry.fields import SERVICES

MOST_WORDS, LONGEST_WORD = 30, 20
FIELD = "services"


def own_functions(county: County) -> dict[str, date]:
    """The county's own words, each with the day from which it may be chosen."""
    kept: list[list[str]] = county.options.get("functions", [])
    return {str(word): date.fromisoformat(str(day)) for word, day in kept}


def functions_on(county: County, on: date) -> dict[str, str]:
    """Every function that may be chosen on a day by its key; the county's word is its own key."""
    own = {word: word for word, begins in own_functions(county).items() if begins <= on}
    return {**SERVICES, **own}


def functions_shown(own: Mapping[str, date]) -> list[Shown]:
    """The county's own words as its form, seals and the history show them: a word a line."""
    text = "\n".join(f"{word}：{begins.isoformat()}" for word, begins in own.items())
    return [Shown("functions", "本县自己的服务项目", text)]


def edit_functions(
    session: Session,
    *,
    county: County,
    text: str,
    by: Person,
    now: datetime,
    reason: str,
    today: date,
    seal: str | None = None,
) -> list[history.Change]:
    """Change the county's own words; one that a station has, or is to have, stays.

    A line is a word, or a word and the day from which it may be chosen (today unless said). Raises
    Invalid functions-invalid, reason-needed; Conflict function-used, county-changed-meanwhile.
    """
    hold_still(session, county)
    held, wished = own_functions(county), _read(text, today)
    gone = [word for word, day in held.items() if wished.get(word, date.max) > day]
    for word, number in _used(session, county.code, gone).items():
        sentence = f"“{word}”已有{number}个站登记或提交过，不能去掉、改写，也不能推后。"
        raise Conflict("function-used", sentence, fields={"functions": sentence})
    return save_choices(
        session,
        county=county,
        held=functions_shown(held),
        wished=functions_shown(wished),
        options={"functions": [[word, day.isoformat()] for word, day in wished.items()]},
        by=by,
        now=now,
        reason=reason,
        seal=seal,
    )


def _used(session: Session, county: str, words: list[str]) -> dict[str, int]:
    """How many stations, open and closed, have these words, and how many wishes ask for them."""
    found: dict[str, int] = {}
    if not words:
        return found
    rows = session.scalars(sa.select(Station.services).where(Station.county == county)).all()
    wishes = session.scalars(
        sa.select(Proposal.change).where(
            Proposal.county == county,
            Proposal.state.in_([one for one in ProposalState if one.at_township]),
        )
    )
    asked = [
        one["new_value"] for change in wishes for one in change["fields"] if one["field"] == FIELD
    ]
    for has in [*rows, *asked]:
        for word in words:
            if isinstance(has, list) and word in has:
                found[word] = found.get(word, 0) + 1
    return found


def _read(text: str, today: date) -> dict[str, date]:
    found: dict[str, date] = {}
    taken = {bare_text(label) for label in SERVICES.values()} | set(SERVICES)
    for line, word, said in own_lines(text, most=MOST_WORDS, wrong=_wrong):
        begins = day_from(said) if said else today
        if not word or len(word) > LONGEST_WORD or any(sign in word for sign in "、,，;；/"):
            raise _wrong(f"“{line[:30]}”看不懂：一行写一项，最多{LONGEST_WORD}个字，不用顿号。")
        if begins is None:
            raise _wrong(f"“{said[:20]}”不是日期，请写成 2023-07-01 这样，或者不写。")
        if bare_text(word) in taken:
            raise _wrong(f"“{word}”已经有了，请不要写两次。")
        taken.add(bare_text(word))
        found[word] = begins
    return found


def _wrong(what: str) -> Invalid:
    return Invalid("functions-invalid", what, fields={"functions": what})
