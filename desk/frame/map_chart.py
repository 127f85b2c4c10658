"""A map drawn by the server: marks that differ by shape and colour, no boundary of our own.

Equirectangular about the middle of what is shown: within a county it is off by less than a
thousandth. Marks that would lie on one another are moved apart, with a thin line to the true place.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

WIDTH, HEIGHT, MARGIN = 960, 720, 46
APART, FARTHEST = 13.0, 120.0
M_PER_DEGREE = 111_195.0
SCALES_KM = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100)


@dataclass(frozen=True, slots=True)
class Spot:
    """A station on the map: WGS-84 degrees, `kind` its style and shape, `title` what it says."""

    latitude: float
    longitude: float
    kind: str
    title: str
    href: str


@dataclass(frozen=True, slots=True)
class Name:
    """A word written on the map, at the mean of the places that it stands for."""

    latitude: float
    longitude: float
    word: str


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
) -> Markup:
    """The map as one SVG: outline below, then names, then marks; `shapes` gives each kind's shape.

    `signature` stands in the lower left corner (an outline's 审图号).
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
    taken: list[tuple[float, float]] = []
    for spot in spots:
        true = view.at(spot.longitude, spot.latitude)
        place = _free(true, taken)
        taken.append(place)
        if place != true:
            drawn.append(
                Markup('<line class="leader" x1="{}" y1="{}" x2="{}" y2="{}"/>').format(
                    *true, *place
                )
            )
        drawn.append(
            Markup(
                '<a href="{}" aria-label="{}"><title>{}</title>'
                '<g class="spot {}" transform="translate({} {})">{}</g></a>'
            ).format(
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
    return Markup("").join(drawn)


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


def _free(true: tuple[float, float], taken: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """The nearest place on a spiral around the true one where no other mark lies."""
    for step in range(600):
        far = 0.0 if step == 0 else APART * 0.35 * math.sqrt(step)
        if far > FARTHEST:
            break
        angle = step * 2.399963  # the golden angle spreads the tries evenly
        x = min(max(true[0] + far * math.cos(angle), 8), WIDTH - 8)
        y = min(max(true[1] + far * math.sin(angle), 8), HEIGHT - 8)
        if all(abs(x - a) >= APART or abs(y - b) >= APART for a, b in taken):
            return true if step == 0 else (round(x, 1), round(y, 1))
    return true


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
