"""场所和功能: in what kind of place stations stand, and what they do; the county's own words."""

from typing import Any, NamedTuple

from flask import Blueprint, request, url_for

from desk.frame.access import county_of_desk, may, me
from desk.frame.marks import carries
from desk.frame.merging import MergedForm, choices_saved, merged, opened
from desk.frame.pages import answering, done, page
from server.errors import NotAllowed, Problem
from server.http import clock
from server.http.database import session
from server.http.guards import guard_desk
from server.models.station import Station
from server.services.common.seals import Value, seal
from server.services.people.scope import OFFICE, SEES_ROUNDS
from server.services.registry.fields import SERVICES
from server.services.registry.functions import edit_functions, functions_shown, own_functions
from server.services.registry.venues import (
    VENUES,
    edit_venues,
    own_venues,
    stations_by_venue,
    venue_kind,
    venue_kinds,
    venues_shown,
)

blueprint = Blueprint("desk_venues", __name__, url_prefix="/desk/coverage")
guard_desk(blueprint, *SEES_ROUNDS)
OTHER, NOTHING = "other", "none"
COMMERCE, UPLINK = "commerce_coop", "agri_outbound"


class VenueLine(NamedTuple):
    """One kind of place: the words typed for it, each with how many stations have it."""

    key: str
    label: str
    words: list[tuple[str, int]]
    stations: list[Station]


def _lines() -> list[VenueLine]:
    county = county_of_desk()
    typed = stations_by_venue(session(), county=county, seen_by=me())
    found: dict[str, VenueLine] = {
        kind: VenueLine(kind, kind, [], []) for kind in venue_kinds(county)
    }
    found[OTHER] = VenueLine(OTHER, "词表以外的写法", [], [])
    found[NOTHING] = VenueLine(NOTHING, "没有登记", [], [])
    for word, stations in typed.items():
        line = found[(venue_kind(word, county) or OTHER) if word else NOTHING]
        line.words.extend([(word, len(stations))] if word else [])
        line.stations.extend(stations)
    return list(found.values())


def _held() -> dict[str, Any]:
    return {"venues": venues_shown(own_venues(county_of_desk()))[0].text}


def _merged() -> MergedForm:
    def told(field: str, value: Value) -> tuple[str, str]:  # noqa: ARG001
        return "场所类型和写法", str(value)

    held = _held()
    return merged(held, {"venues": request.form.get("venues", held["venues"])}, told)


def _page(problem: Problem | None = None, *, naming: bool = False) -> Any:
    """The page, with what is wrong with the form of kinds or, `naming`, with that of functions."""
    lines = _lines()
    every = [station for line in lines for station in line.stations]
    commerce = [one for one in every if COMMERCE in one.coop_modes]
    functions = {
        key: (label, [one for one in every if key in one.services])
        for key, label in {
            **SERVICES,
            **{word: word for word in own_functions(county_of_desk())},
        }.items()
    }
    chosen = {line.key: (line.label, line.stations) for line in lines}
    chosen |= {f"f-{key}": found for key, found in functions.items()}
    chosen["commerce"] = ("快商合作的站", commerce)
    chosen["uplink"] = (
        "快商合作、有农产品上行的站",
        [one for one in commerce if UPLINK in one.services],
    )
    chosen["no-uplink"] = (
        "快商合作、没有登记农产品上行的站",
        [one for one in commerce if UPLINK not in one.services],
    )
    asked = request.args.get("show", "")
    return page(
        "venues.html",
        problem=problem,
        lines=lines,
        functions=functions,
        chosen=chosen,
        shown=chosen.get(asked),
        asked=asked,
        ours=VENUES,
        own_functions=own_functions(county_of_desk()),
        functions_text=functions_shown(own_functions(county_of_desk()))[0].text,
        functions_seal=seal(functions_shown(own_functions(county_of_desk()))),
        naming=naming,
        form=_merged() if problem and not naming else opened(_held()),
        reason="" if naming else request.form.get("reason", "").strip(),
    )


@blueprint.get("/venues")
def venues() -> Any:
    """Kinds of places and functions, each with its stations."""
    return _page()


@blueprint.post("/venues")
@carries("seal")
def save() -> Any:
    """The county's own kinds and spellings."""
    if not may(*OFFICE):
        raise NotAllowed("not-your-page", "场所类型由县专班定。如有意见，请联系县专班。")
    with answering(_page):
        form = _merged()
        made = choices_saved(
            form,
            edit_venues,
            what="县设置",
            shown=venues_shown(own_venues(county_of_desk())),
            text=str(form.values["venues"]),
        )
    said = "改好了，站点上原来写的字都没有动。" if made else "没有改动。"
    return done(said + form.told(), url_for("desk_venues.venues"))


@blueprint.post("/venues/functions")
@carries("seal")
def save_functions() -> Any:
    """The county's own words for what stations do, each from a day on."""
    if not may(*OFFICE):
        raise NotAllowed("not-your-page", "服务项目由县专班定。如有意见，请联系县专班。")
    form = request.form
    with answering(lambda problem: _page(problem, naming=True)):
        made = edit_functions(
            session(),
            county=county_of_desk(),
            text=form.get("functions", ""),
            by=me(),
            now=clock.now(),
            today=clock.today(),
            reason=form.get("reason", "").strip(),
            seal=form.get("seal", ""),
        )
    said = "改好了，改登记时就能勾选。" if made else "没有改动。"
    return done(said, url_for("desk_venues.venues"))
