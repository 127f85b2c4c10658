"""站名的写法: how a county names stations of places that are no 乡、镇 or 村 (farms, 居委会 …)."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from server.errors import Invalid
from server.models.county import County, Division, DivisionKind, DivisionLevel
from server.models.person import Person
from server.plain_text import bare_text
from server.policy.standard.facts import Level
from server.services.common import history
from server.services.common.seals import Shown
from server.services.county.choices import hold_still, save_choices

PLACE = "地名"
LONGEST = 30
INVALID = "place-words-invalid"
LABELS: Mapping[str, str] = {
    "residents": "居委会、社区的站",
    "village_farm": "农场等（村一级）的站",
    "subdistrict": "街道、办事处的站",
    "township_farm": "农场、开发区等（乡镇一级）的站",
}
"""The kinds of places for which the plans and 附件3 give no wording."""
_KINDS = {
    (DivisionLevel.VILLAGE, DivisionKind.RESIDENTS_COMMITTEE): "residents",
    (DivisionLevel.VILLAGE, DivisionKind.FARM): "village_farm",
    (DivisionLevel.TOWNSHIP, DivisionKind.SUBDISTRICT): "subdistrict",
    (DivisionLevel.TOWNSHIP, DivisionKind.OFFICE): "subdistrict",
    (DivisionLevel.TOWNSHIP, DivisionKind.FARM): "township_farm",
    (DivisionLevel.TOWNSHIP, DivisionKind.ZONE): "township_farm",
}
_SAID_ANYWAY = {"residents": ("居委会", "社区"), "subdistrict": ("街道办事处", "街道", "办事处")}


def default_name(level: Level, place: str) -> str:
    """The name 附件3 二（2） asks for: 鹅城镇快递综合服务站, 马家沟村快递便民服务点."""
    return f"{place}{level.ending}"


def station_name(county: County, level: Level, place: Division) -> str:
    """What a new station of a place is called, in the county's own wording where it has one.

    地名 in it stands for the place without 居委会, 社区, 街道 or 办事处, which the wording says.
    """
    spoken = place.short_name if place.level is DivisionLevel.VILLAGE else place.name
    kind = _KINDS.get((place.level, place.kind), "")
    wording = place_words(county).get(kind, "")
    if not wording:
        return default_name(level, spoken)
    for ending in _SAID_ANYWAY.get(kind, ()):
        if spoken != ending and spoken.endswith(ending):
            spoken = spoken.removesuffix(ending)
            break
    return wording.replace(PLACE, spoken)


def place_words(county: County) -> dict[str, str]:
    """The county's wordings by kind of place; "" where it has none of its own."""
    kept: Mapping[str, str] = county.options.get("place_words", {})
    return {kind: str(kept.get(kind, "")) for kind in LABELS}


def place_words_shown(words: Mapping[str, str]) -> list[Shown]:
    """The wordings as seals and the history tell them."""
    return [Shown(kind, label, words.get(kind, "")) for kind, label in LABELS.items()]


def edit_place_words(
    session: Session,
    *,
    county: County,
    given: Mapping[str, str],
    by: Person,
    now: datetime,
    reason: str,
    seal: str | None = None,
) -> list[history.Change]:
    """Change how stations are named from now on; those that have a name keep it.

    Raises Invalid place-words-invalid, reason-needed; Conflict county-changed-meanwhile.
    """
    hold_still(session, county)
    held = place_words(county)
    wished = {**held, **{kind: bare_text(given[kind]) for kind in LABELS if kind in given}}
    wrong = {kind: said for kind, text in wished.items() if (said := _wrong(text))}
    if wrong:
        raise Invalid(INVALID, "".join(wrong.values()), fields=wrong)
    return save_choices(
        session,
        county=county,
        held=place_words_shown(held),
        wished=place_words_shown(wished),
        options={"place_words": {kind: text for kind, text in wished.items() if text}},
        by=by,
        now=now,
        reason=reason,
        seal=seal,
        about="站名的写法：",
    )


def _wrong(text: str) -> str:
    if not text:
        return ""
    if text.count(PLACE) != 1:
        return f"“{text[:LONGEST]}”里要有一处“{PLACE}”，系统把它换成地方的名字。"
    if len(text) > LONGEST:
        return f"“{text[:10]}…”太长了，最多{LONGEST}个字。"
    return ""
