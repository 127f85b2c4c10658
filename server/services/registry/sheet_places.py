"""What a line of a stations' sheet says of its place twice, and not the same."""

import re

from server.errors import Problem
from server.models.county import Division, DivisionLevel
from server.plain_text import bare_text
from server.policy.signs.parts import PREFIXES
from server.policy.standard.facts import Level
from server.services.county.place_names import Places

_PLACES = {"乡|镇|街道|苏木": Level.TOWNSHIP_STATION, "村|社区|嘎查": Level.VILLAGE_POINT}
_ENDINGS = {"综合服务站": Level.TOWNSHIP_STATION, "便民服务点": Level.VILLAGE_POINT}


def level_written(text: str) -> Level:
    """The level that a cell names: 乡级, 村级综合服务站, 便民服务点.

    乡 or 村 say it, and what offices call a kind of station only where neither stands.
    Raises ValueError with a sentence: 乡镇村级 names both.
    """
    plain = bare_text(text).replace("乡村", "村")
    found = {kind for words, kind in _PLACES.items() if re.search(words, plain)}
    found = found or {kind for word, kind in _ENDINGS.items() if word in plain}
    if len(found) != 1:
        only = "、".join(kind.label for kind in PREFIXES)
        raise ValueError(f"级别“{text}”不认识，只能填：{only}。")
    return found.pop()


def spoken(place: Division) -> str:
    """What people call a place: 宋家村 for 宋家村委会."""
    return place.short_name if place.level is DivisionLevel.VILLAGE else place.name


def other_place_in(name: str, level: Level, place: Division, places: Places) -> Division | None:
    """The other place of the county that a station's name says: 张家村快递便民服务点 at 宋家村.

    None where the name says this place, or none that the division table has.
    """
    bare = bare_text(name)
    said = bare.removesuffix(level.ending)
    if said == bare:
        return None
    for parent in (place.parent, None):
        try:
            found = places.find(said, level=DivisionLevel(place.level), parent=parent)
        except Problem:
            continue
        return found if found.code != place.code else None
    return None
