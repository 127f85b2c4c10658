"""末端备案: every station's filing with its days left, and its steps from opening to receipt."""

from collections.abc import Sequence
from io import BytesIO
from typing import Any

from flask import Blueprint, Response, current_app, request, send_file, url_for

from desk.frame.access import county_of_desk, may, me
from desk.frame.addresses import row_of_form
from desk.frame.list_words import narrowed_in_words
from desk.frame.marks import carries
from desk.frame.pages import answering, done, page
from desk.frame.paging import page_of
from desk.frame.papers import anchor_now, paper_of_form, table_out, takes_papers, zip_out
from server.calendar import file_day
from server.errors import Invalid, NotAllowed, Problem
from server.http import clock
from server.http.database import session, settings_of
from server.http.guards import guard_desk
from server.http.rulebook import standards_here, working_days_here
from server.media.attachments import TYPES, Attachment
from server.media.zips import safe_name
from server.models.filing import FilingStep
from server.models.station import Station
from server.policy.plan.filing import CORRECTABLE, FILED_FACTS, FilingState, StepKind, effective
from server.policy.standard.facts import Level
from server.policy.typed_days import read_day
from server.services.common.seals import seal
from server.services.county.filing_options import (
    SETTINGS,
    edit_filing_options,
    filing_options_shown,
    remind_days,
)
from server.services.people.scope import HANDLING, OFFICE, station_for
from server.services.photos.newest import missing_of
from server.services.registry.filing_books import as_step, register_life
from server.services.registry.filing_lists import (
    NEEDS,
    FilingRow,
    Narrow,
    by_opener,
    filing_rows,
    left_text,
    narrowed,
    tally,
)
from server.services.registry.filings import (
    Told,
    kinds_open_to,
    may_put_right,
    newest_step,
    next_kinds,
    receipt_for,
    record_step,
    steps_told,
)

blueprint = Blueprint("desk_filings", __name__, url_prefix="/desk")
guard_desk(blueprint)
ROWS_A_PAGE = 100
FILTERS = ("state", "township", "opener", "q")
CHOICES = {"": "全部", **NEEDS, **FilingState.labels()}
# What the form of each step asks for, in order.
ASKS: dict[StepKind, tuple[str, ...]] = {
    StepKind.SUBMITTED: ("on", "text"),
    StepKind.ASKED: ("on", "text"),
    StepKind.RESUBMITTED: ("on", "text"),
    StepKind.FILED: ("on", "number", "name", "receipt", "text"),
    StepKind.CHANGED: ("facts", "on", "text"),
    StepKind.NOT_CONCERNED: ("reason",),
    StepKind.CHANGE_FILED: ("on", "number", "name", "receipt", "text"),
    StepKind.RECEIPT: ("receipt", "text"),
    StepKind.WITHDRAWN: ("on", "reason"),
}


def _rows(station_ids: list[int] | None = None) -> list[FilingRow]:
    return filing_rows(
        session(),
        county=county_of_desk(),
        on=clock.today(),
        calendar=working_days_here(),
        seen_by=me(),
        station_ids=station_ids,
    )


def _asked() -> dict[str, str]:
    asked = {name: request.args.get(name, "").strip() for name in FILTERS}
    asked["state"] = asked["state"] if asked["state"] in CHOICES else ""
    return asked


def _list_page(problem: Problem | None = None) -> Any:
    """The list as the address narrows it; a `problem` is that of the county's choice."""
    county, asked = county_of_desk(), _asked()
    rows, soon = _rows(), remind_days(county)
    within = narrowed(rows, Narrow(**{**asked, "state": ""}), soon_days=soon)
    found = narrowed(within, Narrow(state=asked["state"]), soon_days=soon)
    counts = tally(within, soon_days=soon)
    leaf = page_of(len(found), ROWS_A_PAGE)

    def address(endpoint: str = "desk_filings.filings", **changes: str | None) -> str:
        wanted: dict[str, Any] = {**asked, **changes}
        return url_for(endpoint, **{name: value for name, value in wanted.items() if value})

    return page(
        "filings.html",
        problem=problem,
        rows=leaf.of(found),
        leaf=leaf,
        asked=asked,
        address=address,
        counts={
            "": counts.total,
            **counts.needs,
            **{state.value: counts.states[state] for state in FilingState},
        },
        choices=CHOICES,
        townships=sorted({(one.station.township_code or "-", one.township_name) for one in rows}),
        openers=by_opener(narrowed(rows, Narrow(township=asked["township"]), soon_days=soon)),
        left_text=left_text,
        packs=may(*HANDLING),
        setting=SETTINGS["filing_remind_days"],
        remind=soon,
        seal=seal(filing_options_shown(county)),
    )


@blueprint.get("/filings")
def filings() -> Any:
    """What runs out first stands on top."""
    return _list_page()


@blueprint.get("/filings/export.xlsx")
def export() -> Any:
    """The list as the address narrows it, as a table."""
    from server.services.registry.filing_sheet import filings_xlsx

    county = county_of_desk()
    rows = narrowed(_rows(), Narrow(**_asked()), soon_days=remind_days(county))
    return table_out(
        filings_xlsx(rows, county=county, on=clock.today(), which=_which(), anchor=anchor_now()),
        f"{county.name}末端备案{file_day(clock.today())}.xlsx",
    )


def _which() -> str:
    """What the address narrows the list to, in words."""
    asked = _asked()
    names = {one.station.township_code or "-": one.township_name for one in _rows()}
    return narrowed_in_words(
        CHOICES[asked["state"]],
        names.get(asked["township"], asked["township"]),
        {"-": "没有登记开办企业"}.get(asked["opener"], asked["opener"]),
        q=asked["q"],
    )


def _pack(rows: Sequence[FilingRow], about: str) -> Response:
    """The rows' papers as a ZIP that is sent while it is made."""
    from server.papers.filing_pack import filing_pack

    if not may(*HANDLING):
        raise NotAllowed("not-your-page", "材料包里有电话，由县专班、乡镇和开办企业下载。")
    county = county_of_desk()
    entries = filing_pack(
        session(),
        current_app.extensions["blobs"],
        rows,
        county=county,
        now=clock.now(),
        font_dir=settings_of().font_dir,
    )
    return zip_out(entries, f"备案材料-{safe_name(about)}-{file_day(clock.today())}.zip")


@blueprint.get("/filings/pack.zip")
def pack_of_opener() -> Any:
    """What one opener needs to file its stations, as the address narrows them."""
    asked = _asked()
    if may(*HANDLING) and not asked["opener"]:
        raise Invalid("filing-pack-whose", "请先选一家开办企业，再下载它的材料包。")
    rows = narrowed(_rows(), Narrow(**asked), soon_days=remind_days(county_of_desk()))
    return _pack(rows, rows[0].opener or "没有登记企业" if rows else "没有站点")


@blueprint.get("/filings/<int:station_id>/pack.zip")
def pack(station_id: int) -> Any:
    """What the opener needs to file one station."""
    station = _station(station_id)
    return _pack(_rows([station.id]), f"{station.code or ''} {station.name}")


@blueprint.post("/filings/reminders")
@carries("seal")
def reminders() -> Any:
    """How many days before its end a deadline is called near: the county's choice."""
    if not may(*OFFICE):
        raise NotAllowed("not-your-page", "提醒的天数由县专班来定。")
    with answering(_list_page):
        made = edit_filing_options(
            session(),
            county=county_of_desk(),
            typed=request.form,
            by=me(),
            now=clock.now(),
            reason=request.form.get("reason", ""),
            seal=request.form.get("seal", ""),
        )
    message = "提醒的天数改好了。" if made else "没有改动。"
    return done(message, url_for("desk_filings.filings"))


def _station(station_id: int) -> Station:
    found = station_for(session(), me(), station_id)
    if found.level is Level.COUNTY_HUB:
        raise NotAllowed("not-your-page", "县级中心不在末端备案里记。")
    return found


def _station_page(station: Station, problem: Problem | None = None) -> Any:
    told = steps_told(session(), station=station)
    current = next((one for one in told if one[0].ended_at is None), None)
    row = next(iter(_rows([station.id])), None)
    life = current[2] if current else None
    kinds: Sequence[StepKind] = ()
    if station.closed_on is None:
        kinds = next_kinds(session(), life or register_life(station), me())
    own = kinds_open_to(session(), me())
    return page(
        "filing.html",
        problem=problem,
        station=station,
        row=row,
        told=[
            (filing, steps, {one.seq: one for one in effective(as_step(row) for row, _ in steps)})
            for filing, steps, _ in told
        ],
        life=life,
        kinds=kinds,
        asks=ASKS,
        facts=FILED_FACTS,
        StepKind=StepKind,
        seen=newest_step(session(), station),
        puts_right=lambda step: may_put_right(me(), step, own),
        correctable=CORRECTABLE,
        left_text=left_text,
        missing=missing_of(session(), station),
        packs=may(*HANDLING),
        what=request.form.get("what", "") if problem else "",
        at_step=request.form.get("corrects", "") if problem else "",
    )


@blueprint.get("/filings/<int:station_id>")
def filing(station_id: int) -> Any:
    """One station: what was said of its filing, step by step, and what may be said next."""
    return _station_page(_station(station_id))


def _receipt() -> Attachment | None:
    return paper_of_form("receipt", what="备案回执")


def _told() -> Told:
    form = request.form
    kind = next((one for one in StepKind if one == form.get("what")), None)
    if kind is None:
        raise Invalid("field-invalid", "请先选好要记哪一步。")
    today = clock.today()
    return Told(
        kind=kind,
        on=read_day(form["on"], "日期", latest=today) if form.get("on") else today,
        text=form.get("text", ""),
        number=form.get("number", ""),
        name=form.get("name", ""),
        facts=tuple(form.getlist("facts")),
        reason=form.get("reason", ""),
        corrects=row_of_form("corrects"),
        receipt=_receipt(),
    )


@blueprint.post("/filings/<int:station_id>/steps")
@takes_papers("receipt", what="备案回执")
@carries("seen")
def record(station_id: int) -> Any:
    """Record the next step, or put one right, in the name of whoever is signed in."""
    station = _station(station_id)
    with answering(lambda problem: _station_page(station, problem)):
        told = _told()
        if "on" in ASKS.get(told.kind, ()) and not request.form.get("on"):
            raise Invalid("field-invalid", "请写明是哪一天。", fields={"on": "请填写"})
        made = record_step(
            session(),
            current_app.extensions["blobs"],
            station=station,
            told=told,
            by=me(),
            now=clock.now(),
            seen=request.form.get("seen", -1, type=int),
            filing_id=row_of_form("filing"),
            standards=standards_here(),
        )
    return done(
        f"已以{me().name}的名义记下：{made.kind.label}。",
        url_for("desk_filings.filing", station_id=station.id),
    )


@blueprint.get("/filings/receipts/<int:step_id>")
def receipt(step_id: int) -> Any:
    """A receipt's file as it was handed in, byte for byte; nothing in it is run."""
    step: FilingStep = receipt_for(session(), seen_by=me(), step_id=step_id)
    with current_app.extensions["blobs"].open(step.receipt_sha256) as kept:
        content = kept.read()
    answer = send_file(
        BytesIO(content),
        mimetype=TYPES[step.receipt_kind],
        as_attachment=step.receipt_kind == "pdf",
        download_name=step.receipt_name,
    )
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer
