"""件数对账: a month's days, keepers' counts beside operators' totals, decided by a person."""

from collections import Counter
from datetime import date
from typing import Any, NamedTuple
from urllib.parse import urlencode

from flask import Blueprint, request, url_for

from desk.frame.access import county_of_desk, may, me
from desk.frame.addresses import day_of_address
from desk.frame.list_words import narrowed_in_words
from desk.frame.marks import carries
from desk.frame.pages import answering, done, page
from desk.frame.paging import page_of
from desk.frame.papers import anchor_now, paper_of_form, paper_out, table_out, takes_papers
from server.calendar import first_of_month, full_day_text, full_month_text, moment_text
from server.errors import Invalid, NotAllowed, Problem
from server.http import clock
from server.http.database import blobs_of, row_id, session
from server.http.guards import guard_desk
from server.http.rulebook import working_days_here
from server.models.station import Station
from server.policy.numerals import whole
from server.policy.reconciliation import Choice, Numbers
from server.services.days import months
from server.services.days.counts import MOST_PER_DAY, versions_of
from server.services.days.decisions import (
    Skipped,
    Wish,
    decide_day,
    decide_many,
    decision_of,
    decisions_of_day,
)
from server.services.days.operator_file_lists import files_entered, lines_of_day
from server.services.days.reconciliation import (
    Reconciled,
    day_of,
    month_tolerance,
    reconciled_month,
)
from server.services.days.reconciliation_lists import (
    STATES,
    Row,
    by_station,
    by_township,
    hub_days,
    lists_of,
    recent_waiting,
    rows_of,
    sheet_csv,
    sheet_xlsx,
    unread_told,
)
from server.services.people.scope import GIVES_TOTALS, OFFICE, station_for

blueprint = Blueprint("desk_reconciliation", __name__, url_prefix="/desk/reconciliation")
guard_desk(blueprint)
PAGE_ROWS = 60
RECENT = "recent"
"""The month in an address that means what the queue of the first page counts."""
MANY = (Choice.KEEPER, Choice.OPERATOR, Choice.NOT_PAYABLE)


class Asked(NamedTuple):
    """What the address asks for; nonsense asks for everything that waits."""

    month_on: date
    recent: bool
    state: str
    township: str
    station: int | None

    @property
    def month(self) -> str:
        """As the address says it."""
        return RECENT if self.recent else f"{self.month_on:%Y-%m}"


def _asked() -> Asked:
    text, state = request.args.get("month", ""), request.args.get("state", "")
    return Asked(
        month_on=_month(text),
        recent=text == RECENT,
        state=state if state in STATES else "open",
        township=request.args.get("township", ""),
        station=request.args.get("station", type=row_id),
    )


def _month(text: str) -> date:
    """The month of an address; nonsense and the future give the newest that is over."""
    this = first_of_month(clock.today())
    try:
        month_on = date.fromisoformat(f"{text}-01")
    except ValueError:
        month_on = date.max
    if date(2000, 1, 1) <= month_on <= this:
        return month_on
    return first_of_month(date.fromordinal(this.toordinal() - 1))


def _address(asked: Asked, **other: Any) -> str:
    """The same list asked for otherwise; None leaves a word out."""
    words: dict[str, Any] = {
        "month": asked.month,
        "state": asked.state,
        "township": asked.township or None,
    }
    words |= {"station": asked.station, **other}
    said = urlencode({name: value for name, value in words.items() if value is not None})
    return f"{url_for('desk_reconciliation.month')}?{said}"


def _reconciled(asked: Asked) -> Reconciled:
    return reconciled_month(
        session(),
        county=me().county,
        month_on=asked.month_on,
        today=clock.today(),
        seen_by=me(),
        holidays=working_days_here().holiday,
    )


def _rows(asked: Asked, month: Reconciled | None) -> list[Row]:
    if month is None:
        return recent_waiting(session(), county=me().county, today=clock.today(), seen_by=me())
    return rows_of(month, state=asked.state, township=asked.township, station=asked.station)


def _page(problem: Problem | None = None) -> Any:
    asked = _asked()
    month = None if asked.recent else _reconciled(asked)
    rows = _rows(asked, month)
    leaf = page_of(len(rows), PAGE_ROWS, where=url_for("desk_reconciliation.month"))
    town = asked.township if month and asked.township else ""
    files = (
        files_entered(session(), county=me().county, seen_by=me(), month_on=asked.month_on)
        if not asked.recent
        else []
    )
    return page(
        "reconciliation.html",
        problem=problem,
        asked=asked,
        month=month,
        unread=unread_told(month) if month else "",
        rows=leaf.of(rows),
        leaf=leaf,
        ticked=set(request.form.getlist("day")) if problem else set(),
        states=STATES,
        counts=_counts(month, asked) if month else {},
        groups=(by_station(month, town) if town else by_township(month)) if month else [],
        files=files,
        hub=hub_days(month) if month else [],
        many=MANY,
        gives=may(*GIVES_TOTALS),
        every=months.months_of(session(), county=me().county, today=clock.today()),
        month_name=full_month_text,
        address=lambda **other: _address(asked, **other),
    )


def _counts(month: Reconciled, asked: Asked) -> Counter[str]:
    """How many days each state of the list has, of the township and station asked for."""
    every = rows_of(month, state="all", township=asked.township, station=asked.station)
    return Counter(one for row in every for one in lists_of(row.day))


@blueprint.get("")
def month() -> Any:
    """One month's days; without a name in the address the newest that is over."""
    return _page()


@blueprint.get("/table.<any(xlsx, csv):ending>")
def table(ending: str) -> Any:
    """The days that are asked for, as a table."""
    asked = _asked()
    month = _reconciled(asked)
    rows = _rows(asked, month)
    approved = "件数已核准" if month.approval else "件数未核准，数还会变"
    stamp = f"{approved}，{moment_text(clock.now())}导出"
    which = _which(asked, month)
    name = f"{county_of_desk().name}{full_month_text(asked.month_on)}件数对账{STATES[asked.state]}"
    return table_out(
        sheet_xlsx(month, rows, which=which, stamp=stamp, anchor=anchor_now())
        if ending == "xlsx"
        else sheet_csv(month, rows, which=which, stamp=stamp),
        f"{name}.{ending}",
    )


def _which(asked: Asked, month: Reconciled) -> str:
    """What the list was narrowed to, in words."""
    places = [one.township for one in month.stations if one.station.township_code == asked.township]
    names = [one.station.name for one in month.stations if one.station.id == asked.station]
    return narrowed_in_words(
        STATES[asked.state],
        *(places[:1] if asked.township else []),
        *(names if asked.station is not None else []),
    )


def _only_office() -> None:
    if not may(*OFFICE):
        raise NotAllowed("not-your-page", "有差异的件数由县专班决定。如有凭据，请交给县专班。")


def _ticked() -> dict[date, dict[tuple[int, date], str]]:
    """The days that were ticked, month by month, each with what the list showed of it."""
    found: dict[date, dict[tuple[int, date], str]] = {}
    for value in request.form.getlist("day"):
        station, _, rest = value.partition("/")
        day, _, seen = rest.partition("/")
        try:
            key = (row_id(station), _day(day))
        except ValueError as wrong:
            raise Invalid("day-unreadable", "勾选的日子看不懂。请重新打开这一页再勾。") from wrong
        found.setdefault(first_of_month(key[1]), {})[key] = seen
    return found


@blueprint.post("")
def decide_ticked() -> Any:
    """Decide the ticked days together, each by itself."""
    _only_office()
    with answering(_page):
        choice = _choice()
        decided, skipped = 0, list[Skipped]()
        for month_on, seen in sorted(_ticked().items()) or [(_asked().month_on, {})]:
            many = decide_many(
                session(),
                county=county_of_desk(),
                month_on=month_on,
                seen=seen,
                choice=choice,
                reason=request.form.get("reason", ""),
                by=me(),
                now=clock.now(),
            )
            decided += many.decided
            skipped += many.skipped
    left = "".join(
        f" {one.name}{full_day_text(one.day_on)}没有办：{one.why}。" for one in skipped[:6]
    )
    more = f" 一共{len(skipped)}天没有办。" if len(skipped) > 6 else ""
    return done(f"已决定{decided}天：{choice.label}。{left}{more}", _address(_asked()))


def _choice() -> Choice:
    chosen = request.form.get("choice", "")
    if chosen not in Choice.labels():
        raise Invalid(
            "reconciliation-choice", "请选择按哪一边的数算。", fields={"choice": "请选择"}
        )
    return Choice(chosen)


def _day(text: str) -> date:
    return day_of_address(text, back="对账页")


def _day_page(station: Station, day_on: date, problem: Problem | None = None) -> Any:
    day = day_of(session(), station=station, day_on=day_on)
    approval = months.approval_of(session(), county=station.county, month_on=first_of_month(day_on))
    return page(
        "reconciliation_day.html",
        problem=problem,
        station=station,
        day=day,
        versions=versions_of(session(), station=station, day_on=day_on),
        lines=lines_of_day(session(), station=station, day_on=day_on),
        decisions=decisions_of_day(session(), station=station, day=day),
        approval=approval,
        tolerance=month_tolerance(session(), county=station.county, approval=approval),
        choices=Choice,
        come=day_on <= clock.today(),
    )


@blueprint.get("/<int:station_id>/<day>")
def station_day(station_id: int, day: str) -> Any:
    """Both sides of one station's day, every version, and what was decided of it."""
    return _day_page(station_for(session(), me(), station_id), _day(day))


@blueprint.post("/<int:station_id>/<day>")
@takes_papers("paper", what="凭据")
@carries("seen")
def decide(station_id: int, day: str) -> Any:
    """Decide one day."""
    station, day_on = station_for(session(), me(), station_id), _day(day)
    _only_office()
    with answering(lambda problem: _day_page(station, day_on, problem)):
        choice = _choice()
        other = choice is Choice.OTHER
        wish = Wish(
            choice,
            request.form.get("reason", ""),
            Numbers(_number("inbound", "收到"), _number("outbound", "寄出")) if other else None,
            paper_of_form("paper", what="凭据") if other else None,
        )
        made = decide_day(
            session(),
            blobs_of(),
            station=station,
            day_on=day_on,
            seen=request.form.get("seen", ""),
            wish=wish,
            by=me(),
            now=clock.now(),
        )
    return done(
        f"{full_day_text(day_on)}已决定：{made.choice.label}。",
        url_for("desk_reconciliation.station_day", station_id=station.id, day=day_on.isoformat()),
    )


@blueprint.get("/<int:station_id>/papers/<int:decision_id>")
def paper(station_id: int, decision_id: int) -> Any:
    """The paper that another number rests on."""
    station = station_for(session(), me(), station_id)
    decision = decision_of(session(), station=station, decision_id=decision_id)
    return paper_out(
        decision.evidence_sha256 or "",
        kind=decision.evidence_kind,
        name=f"{station.code or '未编号'}{decision.day_on.isoformat()}{decision.evidence_name}",
    )


def _number(name: str, label: str) -> int:
    wrong = f"“{label}”请填0到{MOST_PER_DAY}之间的整数，没有就填0。"
    try:
        number = whole(request.form.get(name, ""), "件")
    except ValueError as odd:
        raise Invalid(
            "count-unreadable", f"“{label}”{odd}。{wrong}", fields={name: "请填整数"}
        ) from odd
    if number > MOST_PER_DAY:
        raise Invalid("count-unreadable", wrong, fields={name: "请填整数"})
    return number
