"""The small pieces every page is set from: icons, status tags, the hidden token, SVG bars."""

from collections.abc import Sequence
from datetime import date

from flask import g
from markupsafe import Markup

from desk.frame import words
from desk.frame.again import at_here
from desk.frame.assets import asset
from server.calendar import day_text, month_day
from server.policy.standard.examine import Finding, Verdict

CHART_WIDTH, CHART_HEIGHT, CHART_LEFT, CHART_FOOT = 760, 190, 38, 22


def icon(name: str) -> Markup:
    """One picture from icons.svg, hidden from screen readers: a word always stands beside it."""
    return Markup('<svg class="icon" aria-hidden="true"><use href="{}#{}"></use></svg>').format(
        asset("icons.svg"), name
    )


def csrf() -> Markup:
    """The hidden fields of every form: the token, and the page on which it is shown again."""
    return Markup(
        '<input type="hidden" name="csrf" value="{}"><input type="hidden" name="at" value="{}">'
    ).format(g.sign_in.csrf, at_here())


def status_tag(code: str, *, big: bool = False) -> Markup:
    """A station's state: icon, word and colour together."""
    return Markup('<span class="status {}{}">{}{}</span>').format(
        code, " big" if big else "", icon(words.STATUS_ICONS[code]), words.Status(code).label
    )


def verdict_tag(finding: Finding) -> Markup:
    """A finding's verdict: icon, word and colour together; mere advice never looks like a flaw."""
    code: str = finding.verdict
    kind = code
    if finding.verdict is Verdict.FAIL and not finding.counts_against:
        kind = "unknown" if finding.level == "shall" and finding.mended_on is None else "advice"
    return Markup('<span class="status {}">{}{}</span>').format(
        kind, icon(words.VERDICT_ICONS[code] if kind == code else "look"), finding.label
    )


def option(value: str, word: str, chosen: str | None) -> Markup:
    """One choice of a select, marked where it is the chosen one."""
    mark = Markup(" selected") if value == (chosen or "") else ""
    return Markup('<option value="{}"{}>{}</option>').format(value, mark, word)


def goal_bar(done: int, goal: int, kind: str) -> Markup:
    """A plain horizontal bar of `done` out of `goal`; the figures stand beside it in words."""
    width = 0 if goal <= 0 else round(min(done / goal, 1) * 300, 1)
    colour = {"built": "#7fb8a4", "filed": "#4d8fb5", "met": "#17733f", "fails": "#cf6a63"}[kind]
    return Markup(
        '<svg class="bar" viewBox="0 0 300 10" preserveAspectRatio="none" aria-hidden="true">'
        '<rect width="300" height="10" rx="2" fill="#ebe9e0"/>'
        '<rect width="{}" height="10" rx="2" fill="{}"/></svg>'
    ).format(width, colour)


LATE_COLOURS = (
    "#17733f", "#3f9160", "#7fb8a4", "#b9d8c4", "#e6dfc0", "#e9bf74", "#d98a4e", "#b3261e",
)  # fmt: skip


def share_bar(parts: Sequence[int], labels: Sequence[str]) -> Markup:
    """One bar cut by shares, from in time to late; the figures stand in the row beside it."""
    total = sum(parts)
    drawn = [
        Markup(
            '<svg class="bar" viewBox="0 0 300 10" preserveAspectRatio="none" aria-hidden="true">'
            '<rect width="300" height="10" rx="2" fill="#ebe9e0"/>'
        )
    ]
    x = 0.0
    for part, label, colour in zip(parts, labels, LATE_COLOURS, strict=True):
        wide = 300 * part / total if total else 0
        if wide:
            drawn.append(
                Markup(
                    '<rect x="{}" width="{}" height="10" fill="{}"><title>{} {}</title></rect>'
                ).format(round(x, 2), round(wide, 2), colour, label, part)
            )
        x += wide
    drawn.append(Markup("</svg>"))
    return Markup("").join(drawn)


def _nice_top(most: int) -> int:
    """A round number not below `most`, for the top line of a chart."""
    step = 1
    while True:
        for times in (1, 2, 5):
            if step * times * 4 >= most:
                return step * times * 4
        step *= 10


def count_chart(days: Sequence[tuple[date, int | None, int | None]], title: str) -> Markup:
    """Parcels received and sent per day as paired bars; a day without a report leaves a gap.

    Every figure drawn also stands in the table beside the chart.
    """
    most = max((n or 0 for day in days for n in day[1:]), default=0)
    top = _nice_top(max(most, 4))
    high = CHART_HEIGHT - CHART_FOOT - 8
    step = (CHART_WIDTH - CHART_LEFT) / max(len(days), 1)
    wide = max(step * 0.36, 1)

    def y(n: float) -> float:
        return round(8 + high * (1 - n / top), 1)

    drawn = [
        Markup('<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}">').format(
            CHART_WIDTH, CHART_HEIGHT, title
        )
    ]
    for part in range(5):
        n = top * part // 4
        drawn.append(
            Markup(
                '<line class="{}" x1="{}" x2="{}" y1="{}" y2="{}"/>'
                '<text x="{}" y="{}" text-anchor="end">{}</text>'
            ).format(
                "grid" if part else "axis",
                CHART_LEFT,
                CHART_WIDTH,
                y(n),
                y(n),
                CHART_LEFT - 6,
                y(n) + 4,
                n,
            )
        )
    for index, (day, received, sent) in enumerate(days):
        x = CHART_LEFT + index * step
        for shift, parcels, kind, word in (
            (0.12, received, "got", "收到"),
            (0.52, sent, "sent", "寄出"),
        ):
            if parcels is not None:
                drawn.append(
                    Markup(
                        '<rect class="{}" x="{}" y="{}" width="{}" height="{}" rx="1">'
                        "<title>{} {} {} 件</title></rect>"
                    ).format(
                        kind,
                        round(x + step * shift, 1),
                        y(parcels),
                        round(wide, 1),
                        round(max(8 + high - y(parcels), 0.8 if parcels else 0), 1),
                        day_text(day),
                        word,
                        parcels,
                    )
                )
        if index % 5 == (len(days) - 1) % 5:
            drawn.append(
                Markup('<text x="{}" y="{}" text-anchor="middle">{}</text>').format(
                    round(x + step / 2, 1), CHART_HEIGHT - 6, month_day(day)
                )
            )
    drawn.append(Markup("</svg>"))
    return Markup("").join(drawn)
