"""What was said or decided against a value of the register lapses when that value changes."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy.orm import Session

from server.calendar import beijing_day
from server.models.county import County
from server.models.person import Person
from server.models.station import Station
from server.policy.standard.checks import SIGN_TEXT
from server.policy.standard.facts import RULED, Word
from server.policy.standard.standards import Standard, standards_for
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
    standards: Sequence[Standard],
    by: Person | None,
    now: datetime,
) -> None:
    """Take back what one station's changed fields leave without ground, each with its history.

    `standards` are all that this installation has: the county's own choice is looked up.
    """
    for fields, fact, words, note in LAPSING:
        for word in words if fields & set(changed) else ():
            lapse(session, station=station, fact=fact, word=word, by=by, now=now, note=note)
    if NAMES & set(changed):
        ruled = rulings_on_names(
            session, [station.id], county=station.county, standards=standards, now=now
        )
        for fact in ruled:
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
    standards: Sequence[Standard],
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
    ruled = rulings_on_names(session, renamed, county=county, standards=standards, now=now)
    for fact in ruled:
        gone = lapses(session, renamed, fact=fact, word=Word.INSPECTOR, note=RENAMED)
        sayings = [saying for saying, _ in gone]
        take_down(session, sayings, county=county, word=Word.INSPECTOR, by=by, now=now)
        made += [(saying.station_id, change) for saying, change in gone]
    return made


def rulings_on_names(
    session: Session,
    station_ids: Collection[int],
    *,
    county: str,
    standards: Sequence[Standard],
    now: datetime,
) -> list[str]:
    """Rulings that inspectors gave on what a sign says, held against the registered name.

    What a rule is about is said by the standards that the county follows today, of a rule that
    they do not have by any other of the installation. A rule that none has is taken for one on the
    sign.
    """
    held = rulings_held(session, station_ids) if station_ids else []
    if not held:
        return []
    chosen = session.get_one(County, county).standard_id
    own = standards_for(standards, beijing_day(now), county, chosen)
    return [fact for fact in held if _on_the_sign(fact.removeprefix(RULED), own, standards)]


def _on_the_sign(code: str, own: Sequence[Standard], every: Sequence[Standard]) -> bool:
    for standards in (own, every):
        rules = [rule for one in standards for rule in one.rules if rule.code == code]
        if rules:
            return any(SIGN_TEXT in rule.facts for rule in rules)
    return True
