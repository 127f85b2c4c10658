"""Charts of indicators drawn by the server: a bar of what is done and unknown, lines by month.

Every figure drawn also stands in a table beside the chart; lines differ by mark and not by colour
alone, so that a black and white print can be read.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from server.policy.plan.indicators import Indicator

WIDTH, HEIGHT, LEFT, RIGHT, HEAD, FOOT = 760, 210, 38, 96, 12, 24
LABEL_APART = 14


@dataclass(frozen=True, slots=True)
class Series:
    """One line: its word, a number for each column, None where nobody can tell."""

    word: str
    values: tuple[int | None, ...]


def figure_bar(figure: Indicator) -> Markup:
    """Done, then unknown (hatched), of all; the figures stand beside it in words."""
    total = len(figure.among)
    done = 300 * len(figure.done) / total if total else 0
    dark = 300 * len(figure.unknown) / total if total else 0
    return Markup(
        '<svg class="bar" viewBox="0 0 300 10" preserveAspectRatio="none" aria-hidden="true">'
        '<rect width="300" height="10" rx="2" fill="#ebe9e0"/>'
        '<rect width="{}" height="10" rx="2" fill="#17733f"/>'
        '<rect x="{}" width="{}" height="10" fill="#e9bf74"/></svg>'
    ).format(round(done, 1), round(done, 1), round(dark, 1))


def _top(most: int) -> int:
    """A round number not below `most` whose quarters are whole."""
    step = 1
    while True:
        for times in (1, 2, 5):
            if step * times * 4 >= most:
                return step * times * 4
        step *= 10


def _mark(kind: int, x: float, y: float, *, hollow: bool) -> Markup:
    """A circle, square, triangle, diamond or cross-shaped bar; hollow where reckoned back."""
    css = f"m{kind}{' hollow' if hollow else ''}"
    if kind == 0:
        return Markup('<circle class="{}" cx="{}" cy="{}" r="4"/>').format(css, x, y)
    shapes = {
        1: ((-3.6, -3.6), (3.6, -3.6), (3.6, 3.6), (-3.6, 3.6)),
        2: ((0, -4.8), (4.4, 3.6), (-4.4, 3.6)),
        3: ((0, -5), (5, 0), (0, 5), (-5, 0)),
        4: ((-4.4, -3.6), (4.4, -3.6), (0, 4.8)),
    }
    points = " ".join(f"{round(x + dx, 1)},{round(y + dy, 1)}" for dx, dy in shapes[kind % 5])
    return Markup('<polygon class="{}" points="{}"/>').format(css, points)


def trend_chart(
    labels: Sequence[str],
    series: Sequence[Series],
    *,
    reckoned: Sequence[bool],
    title: str,
    goal: int | None = None,
) -> Markup:
    """Lines over the same columns; `reckoned` columns have hollow marks and dashed ways to them.

    `goal` draws the plan's number as a line of its own. Words stand at the lines' ends.
    """
    most = max([n or 0 for one in series for n in one.values] + [goal or 0], default=0)
    top = _top(max(most, 4))
    high = HEIGHT - HEAD - FOOT
    step = (WIDTH - LEFT - RIGHT) / max(len(labels) - 1, 1)

    def x(column: int) -> float:
        return round(LEFT + 8 + column * step, 1)

    def y(n: float) -> float:
        return round(HEAD + high * (1 - n / top), 1)

    drawn = [
        Markup('<svg class="chart trend" viewBox="0 0 {} {}" role="img" aria-label="{}">').format(
            WIDTH + 16, HEIGHT, title
        )
    ]
    for part in range(5):
        n = top * part // 4
        drawn.append(
            Markup(
                '<line class="{}" x1="{}" x2="{}" y1="{}" y2="{}"/>'
                '<text x="{}" y="{}" text-anchor="end">{}</text>'
            ).format(
                "grid" if part else "axis", LEFT, WIDTH - RIGHT + 16, y(n), y(n), LEFT - 6,
                y(n) + 4, n,
            )
        )  # fmt: skip
    if goal:
        drawn.append(
            Markup('<line class="goal" x1="{}" x2="{}" y1="{}" y2="{}"/>').format(
                LEFT, WIDTH - RIGHT + 16, y(goal), y(goal)
            )
        )
    every = max(1, -(-len(labels) // 7))
    for column, label in enumerate(labels):
        if (len(labels) - 1 - column) % every == 0:
            drawn.append(
                Markup('<text x="{}" y="{}" text-anchor="middle">{}</text>').format(
                    x(column), HEIGHT - 6, label
                )
            )
    ends: list[tuple[float, str, int | None]] = [(y(goal), f"目标 {goal}", None)] if goal else []
    for kind, one in enumerate(series):
        drawn += _line(kind, one, labels, reckoned, (x, y))
        told = [column for column, n in enumerate(one.values) if n is not None]
        if told:
            last = one.values[told[-1]] or 0
            ends.append((y(last), f"{one.word} {last}", kind))
    drawn += _end_words(ends, WIDTH - RIGHT + 22)
    drawn.append(Markup("</svg>"))
    return Markup("").join(drawn)


def _line(
    kind: int,
    one: Series,
    labels: Sequence[str],
    reckoned: Sequence[bool],
    place: tuple[Callable[[int], float], Callable[[float], float]],
) -> list[Markup]:
    """One line's ways and marks; a column of which nobody can tell breaks it."""
    x, y = place
    drawn = []
    before: int | None = None
    for column, n in enumerate(one.values):
        if n is None:
            before = None
            continue
        if before is not None:
            css = f"l{kind}{' dashed' if reckoned[before] else ''}"
            drawn.append(
                Markup('<line class="{}" x1="{}" y1="{}" x2="{}" y2="{}"/>').format(
                    css, x(before), y(one.values[before] or 0), x(column), y(n)
                )
            )
        before = column
    for column, n in enumerate(one.values):
        if n is not None:
            drawn.append(
                Markup("<g>{}<title>{} {} {}{}</title></g>").format(
                    _mark(kind, x(column), y(n), hollow=reckoned[column]),
                    labels[column],
                    one.word,
                    n,
                    "（倒推）" if reckoned[column] else "",
                )
            )
    return drawn


def _end_words(ends: Sequence[tuple[float, str, int | None]], x: float) -> list[Markup]:
    """The words at the lines' ends, moved apart where they would lie on one another."""
    drawn = []
    last: float = HEIGHT - FOOT + LABEL_APART
    for height, word, kind in sorted(ends, key=lambda end: end[0], reverse=True):
        last = min(height, last - LABEL_APART)
        mark = Markup("") if kind is None else _mark(kind, x + 4, last - 4, hollow=False)
        drawn.append(
            mark + Markup('<text class="end" x="{}" y="{}">{}</text>').format(x + 14, last, word)
        )
    return drawn
