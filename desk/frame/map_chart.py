"""A map drawn by the server: marks that differ by shape and colour, no boundary of our own.

Equirectangular about the middle of what is shown: within a county it is off by less than a
thousandth. Three or more of one group that would lie on one another are one mark with their number;
other marks are moved apart, with a thin line to the true place.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from statistics import fmean

from markupsafe import Markup

WIDTH, HEIGHT, MARGIN = 960, 720, 46
APART, FARTHEST = 13.0, 120.0
FEWEST_TOGETHER, GROUP_SIZE = 3, 26.0
M_PER_DEGREE = 111_195.0
SCALES_KM = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100)


@dataclass(frozen=True, slots=True)
class Spot:
    """A station on the map: WGS-84 degrees, `kind` its style and shape, `title` what it says.

    Only spots of one `group` are drawn as one mark; "" is none.
    """

    latitude: float
    longitude: float
    kind: str
    title: str
    href: str
    group: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Spots drawn as one mark: where they stand among the spots; `key` names it on the page."""

    key: str
    members: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A map, and the groups on it in the order of their spots."""

    drawing: Markup
    groups: tuple[Group, ...]


@dataclass(frozen=True, slots=True)
class Name:
    """A word written on the map, at the mean of the places that it stands for."""

    latitude: float
    longitude: float
    word: str


def _spiral() -> Iterator[tuple[float, float]]:
    """How far from its true place a mark may be moved, nearest first."""
    for step in range(600):
        far = APART * 0.35 * math.sqrt(step)
        if far > FARTHEST:
            return
        angle = step * 2.399963  # the golden angle spreads the tries evenly
        yield far * math.cos(angle), far * math.sin(angle)


_TRIES = tuple(_spiral())


class _Room:
    """Where marks lie already, by squares as wide as the widest: only near ones are in the way."""

    def __init__(self) -> None:
        self._marks: dict[tuple[int, int], list[tuple[float, float, float]]] = defaultdict(list)

    def free(self, true: tuple[float, float], size: float) -> tuple[float, float]:
        """The nearest place on a spiral around the true one where no other mark lies; now taken."""
        edge = size / 2 + 2
        place = true
        for away, down in _TRIES:
            x = min(max(true[0] + away, edge), WIDTH - edge)
            y = min(max(true[1] + down, edge), HEIGHT - edge)
            if not self._in_the_way(x, y, size):
                place = true if (away, down) == _TRIES[0] else (round(x, 1), round(y, 1))
                break
        self._marks[int(place[0] // GROUP_SIZE), int(place[1] // GROUP_SIZE)].append((*place, size))
        return place

    def _in_the_way(self, x: float, y: float, size: float) -> bool:
        column, row = int(x // GROUP_SIZE), int(y // GROUP_SIZE)
        for across in (column - 1, column, column + 1):
            for down in (row - 1, row, row + 1):
                for a, b, other in self._marks.get((across, down), ()):
                    if _close(x - a, y - b, (size + other) / 2):
                        return True
        return False


@dataclass(frozen=True, slots=True)
class _View:
    """How degrees become pixels."""

    west: float
    north: float
    across: float  # pixels for a degree of longitude
    down: float  # pixels for a degree of latitude
    left: float
    top: float

    def at(self, longitude: float, latitude: float) -> tuple[float, float]:
        """The pixels of a place."""
        return (
            round(self.left + (longitude - self.west) * self.across, 1),
            round(self.top + (self.north - latitude) * self.down, 1),
        )


SHAPES = {
    "circle": Markup('<circle r="5.5"/>'),
    "ring": Markup('<circle r="4.6" class="hollow"/>'),
    "square": Markup('<rect x="-5" y="-5" width="10" height="10"/>'),
    "diamond": Markup('<polygon points="0,-6.5 6.5,0 0,6.5 -6.5,0"/>'),
    "triangle": Markup('<polygon points="0,-6 6,5 -6,5"/>'),
    "cross": Markup(
        '<path d="M-4.500-4.500L4.500 4.500M4.500-4.500L-4.500 4.500" class="hollow"/>'
    ),
}


def map_chart(
    spots: Sequence[Spot],
    names: Iterable[Name] = (),
    outline: Sequence[Sequence[Sequence[float]]] = (),
    *,
    shapes: dict[str, str],
    title: str,
    signature: str = "",
    told: Callable[[Group], tuple[str, str]] | None = None,
) -> Drawn:
    """The map as one SVG: outline below, then names, then marks; `shapes` gives each kind's shape.

    `signature` stands in the lower left corner (an outline's 审图号). `told` gives what a mark of
    many says and where it leads; without it nothing is drawn together.
    """
    view = _view(spots, outline)
    drawn = [
        Markup('<svg class="map" viewBox="0 0 {} {}" role="img" aria-label="{}">').format(
            WIDTH, HEIGHT, title
        )
    ]
    for ring in outline:
        way = "M" + "L".join(
            "{} {}".format(*view.at(float(point[0]), float(point[1]))) for point in ring
        )
        drawn.append(Markup('<path class="outline" d="{}Z"/>').format(way))
    for name in names:
        x, y = view.at(name.longitude, name.latitude)
        drawn.append(Markup('<text class="name" x="{}" y="{}">{}</text>').format(x, y, name.word))
    trues = [view.at(one.longitude, one.latitude) for one in spots]
    groups = _groups(spots, trues) if told else ()
    within = {index for group in groups for index in group.members}
    room = _Room()
    for group in groups:
        there = [trues[index] for index in group.members]
        middle = (fmean(x for x, _ in there), fmean(y for _, y in there))
        place = room.free(middle, GROUP_SIZE)
        words, href = told(group) if told else ("", "")
        drawn.append(
            Markup(
                '<a href="{}" aria-label="{}"><title>{}</title><g class="group" '
                'transform="translate({} {})"><circle r="12.5"/>'
                '<text y="5.500" text-anchor="middle">{}</text></g></a>'
            ).format(href, words, words, *(round(one, 1) for one in place), len(group.members))
        )
    for index, spot in enumerate(spots):
        if index in within:
            continue
        true = trues[index]
        place = room.free(true, APART)
        if place != true:
            drawn.append(
                Markup('<line class="leader" x1="%s" y1="%s" x2="%s" y2="%s"/>') % (*true, *place)
            )
        drawn.append(
            Markup(  # `%` takes a third of the time of `format`, and there are hundreds
                '<a href="%s" aria-label="%s"><title>%s</title>'
                '<g class="spot %s" transform="translate(%s %s)">%s</g></a>'
            )
            % (
                spot.href, spot.title, spot.title, spot.kind, *place,
                SHAPES[shapes[spot.kind]],
            )
        )  # fmt: skip
    drawn.append(_north())
    drawn.append(_scale(view))
    if signature:
        drawn.append(
            Markup('<text class="signature" x="14" y="{}">{}</text>').format(HEIGHT - 14, signature)
        )
    drawn.append(Markup("</svg>"))
    return Drawn(Markup("").join(drawn), groups)


def _groups(spots: Sequence[Spot], trues: Sequence[tuple[float, float]]) -> tuple[Group, ...]:
    """Which spots lie on the first of their group's that is near: three or more are one mark."""
    near: dict[str, list[list[int]]] = defaultdict(list)
    for index, spot in enumerate(spots):
        if not spot.group:
            continue
        x, y = trues[index]
        for members in near[spot.group]:
            a, b = trues[members[0]]
            if _close(x - a, y - b, APART):
                members.append(index)
                break
        else:
            near[spot.group].append([index])
    every = sorted(members for groups in near.values() for members in groups)
    many = [members for members in every if len(members) >= FEWEST_TOGETHER]
    return tuple(Group(f"k{place}", tuple(one)) for place, one in enumerate(many, 1))


def _close(across: float, down: float, apart: float) -> bool:
    return abs(across) < apart and abs(down) < apart


def legend_mark(kind: str, shape: str) -> Markup:
    """One kind's mark, for the legend beside the map."""
    return Markup(
        '<svg class="map key" viewBox="-9 -9 18 18" aria-hidden="true">'
        '<g class="spot {}">{}</g></svg>'
    ).format(kind, SHAPES[shape])


def _view(spots: Sequence[Spot], outline: Sequence[Sequence[Sequence[float]]]) -> _View:
    """The view that holds everything, north up, the same length everywhere."""
    places = [(one.longitude, one.latitude) for one in spots]
    places += [(float(point[0]), float(point[1])) for ring in outline for point in ring]
    if not places:
        places = [(0.0, 0.0)]
    west, east = min(x for x, _ in places), max(x for x, _ in places)
    south, north = min(y for _, y in places), max(y for _, y in places)
    shrink = math.cos(math.radians((south + north) / 2))
    wide, high = max((east - west) * shrink, 0.01), max(north - south, 0.01)
    scale = min((WIDTH - 2 * MARGIN) / wide, (HEIGHT - 2 * MARGIN) / high)
    return _View(
        west=west,
        north=north,
        across=scale * shrink,
        down=scale,
        left=(WIDTH - (east - west) * shrink * scale) / 2,
        top=(HEIGHT - (north - south) * scale) / 2,
    )


def _north() -> Markup:
    return Markup(
        '<g class="north" transform="translate({} 40)"><path d="M0-24L8 8L0 2L-8 8Z"/>'
        '<text y="24" text-anchor="middle">北</text></g>'
    ).format(WIDTH - 34)


def _scale(view: _View) -> Markup:
    """A bar of a round length between a twelfth and a quarter of the width."""
    km = next(
        (one for one in SCALES_KM if one * 1000 / M_PER_DEGREE * view.down >= WIDTH / 12),
        SCALES_KM[-1],
    )
    long = round(km * 1000 / M_PER_DEGREE * view.down, 1)
    x, y = WIDTH - 24 - long, HEIGHT - 18
    word = f"{km:g}公里" if km >= 1 else f"{km * 1000:g}米"
    return Markup(
        '<g class="scale"><path d="M{x} {up}V{y}H{end}V{up}"/>'
        '<text x="{middle}" y="{word_at}" text-anchor="middle">{word}</text></g>'
    ).format(
        x=round(x, 1), y=y, up=y - 6, end=round(x + long, 1), middle=round(x + long / 2, 1),
        word_at=y - 9, word=word,
    )  # fmt: skip
