"""Opening a round of inspection: period, sample with its seed, townships and their inspectors."""

import secrets
from collections import Counter
from datetime import timedelta
from typing import Any

from flask import Blueprint, request, url_for

from desk.frame.access import county_of_desk, me, standings_in_sight
from desk.frame.again import looks_only
from desk.frame.pages import answering, done, page
from desk.rounds.rounds import inspectors_here
from server.calendar import month_of
from server.errors import Invalid, Problem
from server.http import clock
from server.http.database import session
from server.http.guards import guard_desk
from server.http.rulebook import programme_here, standards_here
from server.models.person import Role
from server.policy.numerals import whole
from server.policy.plan.nouns import round_name
from server.policy.rounds.sampling import SampleKind
from server.policy.standard.standards import standards_for
from server.policy.typed_days import read_day
from server.services.county.counties import townships
from server.services.people.scope import OFFICE
from server.services.rounds.campaigns import open_campaign
from server.services.rounds.draws import (
    INSPECTED_LEVELS,
    DrawnStation,
    preview_sample,
    record_preview,
)

blueprint = Blueprint("desk_new_round", __name__, url_prefix="/desk")
guard_desk(blueprint, *OFFICE)
ROUND_LASTS = timedelta(days=20)


def _proposed() -> dict[str, str]:
    """What the empty form stands at."""
    today = clock.today()
    return {
        "period": month_of(today),
        "name": round_name(programme_here(me().county), today),
        "opens_on": today.isoformat(),
        "due_on": (today + ROUND_LASTS).isoformat(),
        "sample": SampleKind.ALL.value,
        "size": "",
        "seed": secrets.token_hex(4),
    }


def _page(problem: Problem | None = None, drawn: list[DrawnStation] | None = None) -> Any:
    form, county = request.form, county_of_desk()
    inspected = [one for one in standings_in_sight() if one.station.level in INSPECTED_LEVELS]
    count = Counter(one.station.township_code for one in inspected)
    flagged = Counter(one.station.township_code for one in inspected if one.fails)
    places = [one for one in townships(session(), county.code) if count[one.code]]
    inspectors = inspectors_here()
    own = {one.township_code: str(one.id) for one in inspectors if one.role is Role.INSPECTOR}
    typed = {**_proposed(), **form.to_dict()} if form else _proposed()
    chosen = set(form.getlist("township")) if form else {one.code for one in places}
    return page(
        "new_round.html",
        problem=problem,
        typed=typed,
        places=places,
        count=count,
        flagged=flagged,
        total=len(inspected),
        chosen=chosen,
        inspectors=inspectors,
        proposed=own,
        kinds=SampleKind,
        drawn=drawn,
        standards=standards_for(standards_here(), clock.today(), county.code, county.standard_id),
        wrong=problem.code if problem else "",
    )


def _sample() -> dict[str, Any]:
    """The part of the form that says which stations."""
    form = request.form
    try:
        kind = SampleKind(form.get("sample", ""))
    except ValueError as unknown:
        raise Invalid("round-sample-wrong", "请选择全部检查，还是抽查。") from unknown
    size = form.get("size", "").strip()
    number = None
    if kind is not SampleKind.ALL:
        try:
            number = whole(size, "个站点", "个")
        except ValueError as odd:
            raise Invalid(
                "round-sample-wrong", f"抽查几个站点{odd}。请写一个整数，例如 20。"
            ) from odd
    codes = form.getlist("township")
    if not codes:
        raise Invalid("round-sample-wrong", "还没有选乡镇。请至少勾选一个乡镇。")
    return {
        "sample": kind,
        "seed": form.get("seed", ""),
        "size": number,
        "township_codes": codes,
    }


@blueprint.get("/rounds/new")
def new() -> Any:
    """The empty form."""
    return _page()


@blueprint.post("/rounds/preview")
@looks_only
def preview() -> Any:
    """Which stations this seed would draw; nothing is opened yet, but the look is taken down."""
    with answering(_page):
        opens_on, sample = (
            read_day(request.form.get("opens_on", ""), "开始日期", latest=None),
            _sample(),
        )
        drawing = preview_sample(
            session(), county=county_of_desk(), on=opens_on, standards=standards_here(), **sample
        )
    if request.method == "POST":
        record_preview(
            session(),
            drawing,
            county=county_of_desk(),
            sample=sample["sample"],
            seed=sample["seed"],
            on=opens_on,
            by=me(),
            now=clock.now(),
        )
        session().commit()  # the page itself is shown by a GET, before which all else is undone
    return _page(drawn=drawing.chosen)


@blueprint.post("/rounds/new")
def open_round() -> Any:
    """Draw, pin the standard of that day, hand out townships."""
    form = request.form
    with answering(_page):
        sample = _sample()
        assignments = {
            code: int(form[f"t-{code}"])
            for code in sample["township_codes"]
            if form.get(f"t-{code}", "").isdecimal() and len(form[f"t-{code}"]) < 10
        }
        campaign = open_campaign(
            session(),
            county=county_of_desk(),
            period=form.get("period", "").strip(),
            name=form.get("name", ""),
            opens_on=read_day(form.get("opens_on", ""), "开始日期", latest=None),
            due_on=read_day(form.get("due_on", ""), "截止日期", latest=None),
            by=me(),
            now=clock.now(),
            standards=standards_here(),
            assignments=assignments,
            sure=form.get("sure", ""),
            **sample,
        )
    return done(
        f"已开轮：{campaign.name}，检查 {campaign.sample_size} 个站点。"
        "督导员更新手机里的名单就能看到。",
        url_for("desk_rounds.one_round", campaign_id=campaign.id),
    )
