"""场所类型: what kind of place a station stands in, told from the words people typed for it."""

from collections.abc import Iterable, Mapping
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.errors import Invalid
from server.models.county import County
from server.models.person import Person
from server.models.station import Station
from server.plain_text import bare_text
from server.services.common import history
from server.services.common.seals import Shown
from server.services.county.choices import hold_still, own_lines, save_choices
from server.services.people.scope import Everybody, stations_visible_to

VENUES: Mapping[str, tuple[str, ...]] = {
    "村集体场所": ("村委会", "村部", "村集体", "党群服务中心", "村级活动室", "文化活动室"),
    "盘活的闲置资产": ("闲置资产", "老学校", "旧学校", "闲置校舍", "旧校舍"),
    "超市、小卖部": ("超市", "便民超市", "小卖部", "便利店", "商店"),
    "邮政网点": ("邮政所", "邮政支局", "村邮站", "邮政服务所"),
    "农资店": ("农资店", "农资门市", "供销社", "供销超市"),
    "客运站点": ("客运站", "汽车站", "候车亭"),
    "电商服务站": ("电商服务站", "电商站", "电商服务点"),
}
"""Kinds of places and how people write them; the first two are from 西平方案 四（一）."""
MOST_LINES, LONGEST_LINE = 30, 120


def own_venues(county: County) -> dict[str, list[str]]:
    """The county's own kinds and spellings, as it entered them."""
    kept: Iterable[tuple[str, list[str]]] = county.options.get("venues", [])
    return {str(kind): [str(word) for word in words] for kind, words in kept}


def venue_kinds(county: County) -> dict[str, tuple[str, ...]]:
    """Every kind with its spellings, the county's own after ours."""
    own = own_venues(county)
    found = {kind: (*words, *own.get(kind, ())) for kind, words in VENUES.items()}
    return {**found, **{kind: tuple(words) for kind, words in own.items() if kind not in VENUES}}


def venue_kind(typed: str, county: County) -> str:
    """The kind whose name or spelling this equals; "" for other words and for none.

    What was typed stays as it is: a county's new spelling tells the kind of old words too.
    """
    plain = bare_text(typed)
    if not plain:
        return ""
    for kind, words in reversed(venue_kinds(county).items()):
        if plain in {bare_text(one) for one in (kind, *words)}:
            return kind
    return ""


def stations_by_venue(
    session: Session, *, county: County, seen_by: Person | Everybody
) -> dict[str, list[Station]]:
    """The open stations in sight by what was typed of their place; "" is nothing; one query."""
    found: dict[str, list[Station]] = {}
    for one in session.scalars(
        sa.select(Station)
        .where(
            Station.county == county.code,
            stations_visible_to(seen_by),
            Station.closed_on.is_(None),
        )
        .order_by(Station.code, Station.id)
    ):
        found.setdefault(one.venue.strip(), []).append(one)
    return found


def venues_shown(own: Mapping[str, list[str]]) -> list[Shown]:
    """The county's own words as its form, seals and the history show them: a kind a line."""
    text = "\n".join(f"{kind}：{'、'.join(words)}" for kind, words in own.items())
    return [Shown("venues", "场所类型和写法", text)]


def edit_venues(
    session: Session,
    *,
    county: County,
    text: str,
    by: Person,
    now: datetime,
    reason: str,
    seal: str | None = None,
) -> list[history.Change]:
    """Change the county's own kinds and spellings; no station's word is touched.

    Raises Invalid venues-invalid, reason-needed; Conflict county-changed-meanwhile.
    """
    hold_still(session, county)
    wished = _read(text)
    return save_choices(
        session,
        county=county,
        held=venues_shown(own_venues(county)),
        wished=venues_shown(wished),
        options={"venues": [[kind, words] for kind, words in wished.items()]},
        by=by,
        now=now,
        reason=reason,
        seal=seal,
    )


def _read(text: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    spelled: dict[str, str] = {}
    for line, kind, words in own_lines(text, most=MOST_LINES, wrong=_wrong):
        if not kind or len(line) > LONGEST_LINE:
            raise _wrong(
                f"“{line}”看不懂：一行写一种，如“卫生室：卫生所、诊所”，最多{LONGEST_LINE}个字。"
            )
        if kind in found:
            raise _wrong(f"“{kind}”写了两行，请合成一行。")
        found[kind] = list(dict.fromkeys(one.strip() for one in words.split("、") if one.strip()))
        for word in (kind, *found[kind]):
            other = spelled.setdefault(bare_text(word), kind)
            if other != kind:
                raise _wrong(f"“{word}”在“{other}”和“{kind}”里都有，请只留一处。")
    return found


def _wrong(what: str) -> Invalid:
    return Invalid("venues-invalid", what, fields={"venues": what})
