"""地图: stations by township and state, drawn by the server, without a boundary of our own."""

from collections import Counter, defaultdict
from statistics import fmean
from typing import Any

from flask import Blueprint, request, url_for

from desk.frame.access import county_of_desk, may, me, standings_in_sight
from desk.frame.map_chart import Name, Spot, legend_mark, map_chart
from desk.frame.pages import answering, done, page
from server.errors import NotAllowed, Problem
from server.http import clock
from server.http.database import session
from server.http.guards import guard_desk
from server.labelled import Labelled
from server.models.station import Stage
from server.policy.outline import Datum
from server.policy.standard.examine import Status
from server.services.county.outlines import (
    outline_for,
    outline_here,
    record_outline,
    remove_outline,
)
from server.services.people.scope import OFFICE, SEES_ROUNDS
from server.services.standing.standing import Standing

blueprint = Blueprint("desk_map", __name__, url_prefix="/desk")
guard_desk(blueprint, *SEES_ROUNDS)

PLANNED = "planned"
SHAPE_OF: dict[str, str] = {
    Status.MEETS.value: "circle",
    Status.MEETS_OPEN.value: "triangle",
    Status.FAILS.value: "square",
    Status.TO_VERIFY.value: "diamond",
    Status.NOT_ASSESSED.value: "ring",
    Stage.BUILT.value: "circle",
    Stage.STANDARDISED.value: "circle",
    Stage.BUILT_BEFORE.value: "ring",
    PLANNED: "cross",
}
"""Every kind of mark by its shape, so that a black and white print can be read."""


def _kind(one: Standing, *, assessed: bool) -> tuple[str, Labelled]:
    """A station's mark: 拟建, else its state; without a standard how far it is built."""
    stage = one.station.stage
    if stage is Stage.PLANNED:
        return PLANNED, stage
    if not assessed:
        built = Stage.BUILT if stage.accepted else stage
        return built.value, built
    return one.status.value, one.status


def map_of(
    standings: list[Standing], rings: list[Any], signature: str
) -> tuple[Any, list[tuple[Any, str, int]], list[Standing]]:
    """The drawing, its legend (mark, word, how many), and the stations without a position."""
    assessed = any(one.findings for one in standings)
    spots, words, counts = [], {}, Counter[str]()
    lost: list[Standing] = []
    places: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for one in standings:
        station = one.station
        if station.latitude is None or station.longitude is None:
            lost.append(one)
            continue
        kind, word = _kind(one, assessed=assessed)
        words[kind] = word.label
        counts[kind] += 1
        spots.append(
            Spot(
                station.latitude,
                station.longitude,
                kind,
                f"{station.code or '未编号'} {station.name}：{word.label}",
                url_for("desk_station.station", station_id=station.id),
            )
        )
        if one.township_name:
            places[one.township_name].append((station.latitude, station.longitude))
    names = [
        Name(fmean(north for north, _ in there), fmean(east for _, east in there), name)
        for name, there in sorted(places.items())
    ]
    drawing = map_chart(
        spots, names, rings, shapes=SHAPE_OF, title=f"{len(spots)}个站点的位置和状态",
        signature=signature,
    )  # fmt: skip
    legend = [
        (legend_mark(kind, SHAPE_OF[kind]), words[kind], counts[kind])
        for kind in SHAPE_OF
        if counts[kind]
    ]
    return drawing, legend, lost


def _page(problem: Problem | None = None) -> Any:
    county = county_of_desk()
    found = outline_here(session(), county.code)
    standings = standings_in_sight()
    drawing, legend, lost = map_of(
        standings,
        found[0].rings if found else [],
        f"审图号：{found[0].review_number}" if found else "",
    )
    return page(
        "map.html",
        problem=problem,
        drawing=drawing if len(lost) < len(standings) or found else None,
        legend=legend,
        lost=lost,
        count=len(standings),
        outline=found[0] if found else None,
        outline_who=found[1] if found else "",
        datums=Datum,
    )


@blueprint.get("/map")
def stations_map() -> Any:
    """Every open station in sight where it stands."""
    return _page()


def _only_office() -> None:
    if not may(*OFFICE):
        raise NotAllowed("not-your-page", "县域轮廓由县专班上传。如有需要，请联系县专班。")


@blueprint.post("/map/outline")
def add_outline() -> Any:
    """Take in the county's own outline with its 审图号."""
    _only_office()
    form, file = request.form, request.files.get("outline")
    with answering(_page):
        record_outline(
            session(),
            county=county_of_desk(),
            content=file.read() if file else b"",
            file_name=(file.filename or "") if file else "",
            review_number=form.get("review_number", ""),
            datum=next((one for one in Datum if one == form.get("datum")), None),
            by=me(),
            now=clock.now(),
        )
    return done("轮廓已画到图上，审图号印在左下角。", url_for("desk_map.stations_map"))


@blueprint.post("/map/outline/<int:outline_id>/remove")
def take_outline_off(outline_id: int) -> Any:
    """Draw it no more."""
    _only_office()
    found = outline_for(session(), me().county, outline_id)
    with answering(_page):
        remove_outline(
            session(),
            outline=found,
            by=me(),
            now=clock.now(),
            reason=request.form.get("reason", ""),
        )
    return done("已撤下轮廓，记录还在操作历史里。", url_for("desk_map.stations_map"))
