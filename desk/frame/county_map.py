"""A county's stations on the map: marks by state, those too close together as one, and its list."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from flask import url_for
from markupsafe import Markup

from desk.frame.map_chart import Group, Name, Spot, legend_mark, map_chart
from server.labelled import Labelled
from server.models.station import Stage
from server.policy.standard.examine import Status
from server.services.standing.standing import Standing

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


@dataclass(frozen=True, slots=True)
class Legend:
    """One kind of mark: as it is drawn, its word, how many stations have it."""

    mark: Markup
    word: str
    number: int


@dataclass(frozen=True, slots=True)
class Together:
    """Stations of a township that stand too close for marks of their own; `key` is its anchor."""

    key: str
    township: str
    stations: tuple[tuple[Standing, str], ...]


@dataclass(frozen=True, slots=True)
class CountyMap:
    """The drawing with what it says in words; `lost` are the stations without a position."""

    drawing: Markup
    legend: list[Legend]
    together: list[Together]
    lost: list[Standing]
    placed: int


def map_of(standings: list[Standing], rings: list[Any], signature: str) -> CountyMap:
    """Every station where it stands; who stands closest of a township is one mark with a count."""
    assessed = any(one.findings for one in standings)
    placed: list[tuple[Standing, str]] = []
    spots: list[Spot] = []
    counts, words = Counter[str](), dict[str, str]()
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
        placed.append((one, word.label))
        spots.append(
            Spot(
                station.latitude,
                station.longitude,
                kind,
                f"{station.code or '未编号'} {station.name}：{word.label}",
                url_for("desk_station.station", station_id=station.id),
                station.township_code or "",
            )
        )
        if one.township_name:
            places[one.township_name].append((station.latitude, station.longitude))
    names = [
        Name(fmean(north for north, _ in there), fmean(east for _, east in there), name)
        for name, there in sorted(places.items())
    ]
    drawn = map_chart(
        spots, names, rings, shapes=SHAPE_OF, title=f"{len(spots)}个站点的位置和状态",
        signature=signature, told=lambda group: _told(group, placed),
    )  # fmt: skip
    return CountyMap(
        drawing=drawn.drawing,
        legend=[
            Legend(legend_mark(kind, SHAPE_OF[kind]), words[kind], counts[kind])
            for kind in SHAPE_OF
            if counts[kind]
        ],
        together=[
            Together(
                key=group.key,
                township=placed[group.members[0]][0].township_name or "没有登记乡镇",
                stations=tuple(placed[index] for index in group.members),
            )
            for group in drawn.groups
        ],
        lost=lost,
        placed=len(spots),
    )


def _told(group: Group, placed: list[tuple[Standing, str]]) -> tuple[str, str]:
    """What a mark with a count says, and where it leads: the list of just its stations."""
    states = Counter(placed[index][1] for index in group.members)
    parts = "，".join(f"{word}{number}" for word, number in states.most_common())
    township = placed[group.members[0]][0].township_name
    where = url_for("desk_map.stations_map", _anchor=group.key)
    return f"{township}{len(group.members)}个站挨在一起：{parts}", where


def _kind(one: Standing, *, assessed: bool) -> tuple[str, Labelled]:
    """A station's mark: 拟建, else its state; without a standard how far it is built."""
    stage = one.station.stage
    if stage is Stage.PLANNED:
        return PLANNED, stage
    if not assessed:
        built = Stage.BUILT if stage.accepted else stage
        return built.value, built
    return one.status.value, one.status
