"""What was said or decided against a value of the register lapses when that value changes."""

from collections.abc import Collection, Mapping
from datetime import datetime
from functools import cache
from typing import NamedTuple

from sqlalchemy.orm import Session

from server.models.person import Person
from server.models.station import Station
from server.policy.standard.checks import SIGN_TEXT
from server.policy.standard.facts import RULED, Word
from server.policy.standard.standards import STANDARDS_FOLDER, standards_in
from server.services.common import history
from server.services.standing.statements import lapse, lapses, rulings_held, take_down


class Lapsing(NamedTuple):
    """When one of these fields changes, these words on this fact are taken back, with the note."""

    fields: frozenset[str]
    fact: str
    words: tuple[Word, ...]
    note: str


NAMES = frozenset(("name", "filed_name"))
RENAMED = "登记的名称改了；督导员认定的是旧名称，请重新认定"
LAPSING = (
    Lapsing(
        frozenset(("hours",)),
        "hours_board_matches",
        (Word.REVIEWER,),
        "登记的营业时间改了；原来的核查对照的是旧登记，请重新核对",
    ),
    Lapsing(
        NAMES,
        "sign_name_accepted",
        (Word.REVIEWER, Word.INSPECTOR),
        "登记的名称改了；原来认定的是旧名称，请重新认定",
    ),
    Lapsing(
        frozenset(("address",)),
        "service_plaque_approved",
        (Word.REVIEWER,),
        "登记的地址改了；原来同意的是旧地方，请重新决定",
    ),
)


def lapse_with(
    session: Session,
    *,
    station: Station,
    changed: Collection[str],
    by: Person | None,
    now: datetime,
) -> None:
    """Take back what one station's changed fields leave without ground, each with its history."""
    for fields, fact, words, note in LAPSING:
        for word in words if fields & set(changed) else ():
            lapse(session, station=station, fact=fact, word=word, by=by, now=now, note=note)
    if NAMES & set(changed):
        for fact in rulings_on_names(session, [station.id]):
            lapse(
                session,
                station=station,
                fact=fact,
                word=Word.INSPECTOR,
                by=by,
                now=now,
                note=RENAMED,
            )


def lapse_with_many(
    session: Session,
    *,
    county: str,
    changed: Mapping[int, Collection[str]],
    by: Person | None,
    now: datetime,
) -> list[tuple[int, history.Change]]:
    """The same for many stations, by the fields that change; each change for the deed's history."""
    made = []
    for fields, fact, words, note in LAPSING:
        ids = [station_id for station_id, names in changed.items() if fields & set(names)]
        for word in words if ids else ():
            gone = lapses(session, ids, fact=fact, word=word, note=note)
            sayings = [saying for saying, _ in gone]
            take_down(session, sayings, county=county, word=word, by=by, now=now)
            made += [(saying.station_id, change) for saying, change in gone]
    renamed = [station_id for station_id, names in changed.items() if NAMES & set(names)]
    for fact in rulings_on_names(session, renamed) if renamed else ():
        gone = lapses(session, renamed, fact=fact, word=Word.INSPECTOR, note=RENAMED)
        sayings = [saying for saying, _ in gone]
        take_down(session, sayings, county=county, word=Word.INSPECTOR, by=by, now=now)
        made += [(saying.station_id, change) for saying, change in gone]
    return made


def rulings_on_names(session: Session, station_ids: Collection[int]) -> list[str]:
    """Rulings that inspectors gave on what a sign says, held against the registered name.

    A ruling on a rule that no standard of ours has is taken for one of them.
    """
    return [
        fact
        for fact in rulings_held(session, station_ids)
        if fact.removeprefix(RULED) not in _rules_on_other_things()
    ]


@cache
def _rules_on_other_things() -> frozenset[str]:
    return frozenset(
        rule.code
        for standard in standards_in(STANDARDS_FOLDER)
        for rule in standard.rules
        if SIGN_TEXT not in rule.facts
    )
