"""Numbers and plates for many stations at once: who lacks one, issuing after a second look."""

from collections.abc import Collection
from typing import Any

from flask import Blueprint, request, url_for

from desk.frame.access import county_of_desk, may, me
from desk.frame.pages import done, page
from server.errors import Invalid, NotAllowed
from server.http import clock
from server.http.database import row_id, session
from server.http.guards import guard_desk
from server.models.sign import LIVE_STATES, SignState
from server.models.station import Station
from server.policy.signs.parts import PREFIXES
from server.services.county.counties import townships
from server.services.people.scope import OFFICE, TOWNSHIP
from server.services.plates.numbers import gaps, issue_missing_codes, stations_to_number
from server.services.plates.signs import issue_missing_signs, live_signs, mark

blueprint = Blueprint("desk_numbers", __name__, url_prefix="/desk")
guard_desk(blueprint, *TOWNSHIP)

MOST_NAMED = 10
"""Of stations in one sentence: it travels in a cookie, which a browser drops from 4 KB."""


def _open_stations() -> list[Station]:
    return stations_to_number(session(), seen_by=me())


@blueprint.get("/numbers")
def numbers() -> Any:
    """Who has no number, who has no plate, what is to be printed and to be hung."""
    stations = _open_stations()
    signs = live_signs(session(), station_ids=[one.id for one in stations])
    by_state = {
        state: [one for one in stations if one.id in signs and signs[one.id].state == state]
        for state in LIVE_STATES
    }
    names = {one.code: one.name for one in townships(session(), me().county)}
    return page(
        "numbers.html",
        total=len(stations),
        without_code=[one for one in stations if not one.code],
        without_sign=[one for one in stations if one.code and one.id not in signs],
        issued=by_state[SignState.ISSUED],
        printed=by_state[SignState.PRINTED],
        mounted=by_state[SignState.MOUNTED],
        plates={key: sign.id for key, sign in signs.items()},
        gaps=[(level, gaps(session(), county=me().county, level=level)) for level in PREFIXES],
        townships=names,
        present=sorted({one.township_code for one in stations if one.township_code}),
    )


def _chosen() -> list[int]:
    """The stations that were ticked; raises Invalid when none was."""
    ids = request.values.getlist("station", type=row_id)
    if not ids:
        raise Invalid("nothing-chosen", "还没有选站点。请返回上一页，勾选后再办。")
    seen = {station.id for station in _open_stations()}
    return [one for one in ids if one in seen]


def _left(ids: Collection[int], why: str) -> str:
    """Which of the ticked, all but these, were left as they are, in a sentence; "" for none."""
    chosen = set(_chosen())
    names = [one.code or one.name for one in _open_stations() if one.id in chosen - {*ids}]
    first = "、".join(names[:MOST_NAMED]) + ("等" if len(names) > MOST_NAMED else "")
    told = f"另有 {len(names)} 站没有动（{first}）：{why}。" if names else ""
    gone = len(set(request.form.getlist("station", type=row_id)) - chosen)
    return told + (f"另有 {gone} 站已经停业或不归您管，没有动。" if gone else "")


@blueprint.get("/numbers/confirm")
def confirm() -> Any:
    """A second look before numbers are given, for they are given for ever."""
    ids = set(_chosen())
    wanted = [one for one in _open_stations() if one.id in ids and not one.code]
    return page(
        "confirm_numbers.html",
        wanted=wanted,
        townships={one.code: one.name for one in townships(session(), me().county)},
    )


@blueprint.post("/numbers/issue")
def issue() -> Any:
    """Give the ticked stations their numbers, and a plate each."""
    if not may(*OFFICE):
        raise NotAllowed("not-your-page", "编号由县专班编发。如需编号，请联系县专班。")
    ids, county, now = _chosen(), county_of_desk(), clock.now()
    numbered = issue_missing_codes(
        session(), county=county, by=me(), now=now, seen_by=me(), station_ids=ids
    )
    signs = issue_missing_signs(
        session(),
        county=county,
        by=me(),
        now=now,
        seen_by=me(),
        station_ids=[one.id for one in numbered],
    )
    codes = [one.code or "" for one in numbered]
    left = _left([one.id for one in numbered], "都有编号了")
    told = f"{codes[0]} 至 {codes[-1]}" if len(codes) > 2 else "、".join(codes)
    return done(
        f"已编发 {len(codes)} 个编号（{told}）和 {len(signs)} 块标识牌。{left}"
        if codes
        else f"没有新编发编号。{left}",
        url_for("desk_numbers.numbers"),
    )


@blueprint.post("/numbers/plates")
def plates() -> Any:
    """Plates for numbered stations without one, or the next step of many plates at once."""
    ids, now = _chosen(), clock.now()
    step = request.form.get("step", "")
    where = url_for("desk_numbers.numbers")
    if step == "issue":
        made = issue_missing_signs(
            session(), county=county_of_desk(), by=me(), now=now, seen_by=me(), station_ids=ids
        )
        left = _left([sign.station_id for sign in made], "已经有牌，或者还没有编号")
        return done(f"已编发 {len(made)} 块标识牌。{left}", where)
    steps = {"printed": SignState.PRINTED, "mounted": SignState.MOUNTED}
    before = {"printed": SignState.ISSUED, "mounted": SignState.PRINTED}
    if step not in steps:
        raise Invalid("sign-step-unknown", "没有这一步。请返回上一页重新选择。")
    # Of a plate that was replaced since the page was opened, the new one was never printed.
    moved = [
        sign
        for key, sign in live_signs(session(), station_ids=ids).items()
        if sign.state == before[step] and request.form.get(f"plate-{key}") == str(sign.id)
    ]
    for sign in moved:
        mark(session(), sign=sign, state=steps[step], by=me(), now=now)
    word = "已印" if step == "printed" else "已挂"
    left = _left([sign.station_id for sign in moved], "牌子换过了，或者已经记过，请看下面")
    return done(f"{len(moved)} 块标识牌记为{word}。{left}", where)
