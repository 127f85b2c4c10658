"""What the county office says of a station itself: area, counter, shelves, signs, on its word."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, request, url_for

from desk.frame.access import county_of_desk, me
from desk.frame.pages import answering, done, page
from server.errors import Invalid, Problem
from server.http import clock
from server.http.database import session
from server.http.guards import guard_desk
from server.models.statement import Statement
from server.models.station import Station
from server.policy.standard.facts import Fact, Word, facts_on_form
from server.policy.standard.options import CountyOptions
from server.policy.typed_days import read_day
from server.services.common.written import reason_given
from server.services.county.counties import policy_options
from server.services.days.activity import newest_photos
from server.services.people.scope import OFFICE, station_for
from server.services.standing.statements import SaidView, holds_instead, said_of, say

blueprint = Blueprint("desk_judge", __name__, url_prefix="/desk")
guard_desk(blueprint, *OFFICE)
MEASURED = ("卷尺实测", "激光测距", "看图纸", "估算")


def _options() -> CountyOptions:
    return policy_options(county_of_desk())


def _page(station: Station, typed: Mapping[str, str], problem: Problem | None = None) -> Any:
    said: defaultdict[str, list[SaidView]] = defaultdict(list)
    for one in said_of(session(), station_id=station.id, options=_options()):
        said[one.fact].append(one)
    return page(
        "judge.html",
        problem=problem,
        station=station,
        groups=facts_on_form(_options()),
        said=said,
        typed=typed,
        wrong=problem.details.get("fact") if problem else None,
        photos=newest_photos(session(), station=station, to=me()),
        measured=MEASURED,
    )


@blueprint.get("/stations/<int:station_id>/judge")
def judge(station_id: int) -> Any:
    """Every fact that can be judged, with who says what of it now."""
    return _page(station_for(session(), me(), station_id), {})


def _value(fact: Fact, text: str) -> Any:
    """A form's answer as the fact's value; "unsure" takes the office's earlier word back."""
    if text == "unsure":
        return None
    if fact.kind == "flag":
        if text not in ("yes", "no"):
            raise Invalid("fact-value-invalid", f"“{fact.title}”应选是或否，请重选", fact=fact.name)
        return text == "yes"
    return text


def _answers(options: CountyOptions) -> list[tuple[Fact, Any, str]]:
    """Each answered fact with its value and what it rests on; raises Invalid without a reason."""
    form = request.form
    note = form.get("note", "").strip()
    answers = []
    for fact in (fact for _, facts in facts_on_form(options) for fact in facts):
        text = form.get(fact.name, "").strip()
        if not text:
            continue
        how = form.get("measured", "") if fact.name == "floor_area_m2" else ""
        rests_on = reason_given(
            f"{how}；{note}" if note and how in MEASURED else note,
            "请写一句凭什么这么说，例如“7月5日到现场量过”。",
            field="note",
            label="依据",
            into=Statement.note,
        )
        answers.append((fact, _value(fact, text), rests_on))
    return answers


@blueprint.post("/stations/<int:station_id>/judge")
def say_so(station_id: int) -> Any:
    """Keep what the form answers as the reviewer's word; unanswered facts stay untouched."""
    station, form, now = station_for(session(), me(), station_id), request.form, clock.now()
    options = _options()
    said, instead = [], []
    with answering(lambda problem: _page(station, form, problem)):
        on = read_day(form.get("on", ""), "看的日期", latest=clock.today())
        for fact, value, note in _answers(options):
            kept = say(
                session(),
                station=station,
                fact=fact.name,
                value=value,
                word=Word.REVIEWER,
                on=on,
                by=me(),
                now=now,
                note=note,
                options=options,
            )
            if kept is not None:
                said.append(fact.title)
                instead.append(holds_instead(session(), kept, options=options))
    where = url_for("desk_station.station", station_id=station.id)
    if not said:
        return done("没有新的结论，什么都没有改。", where)
    told = "；".join(filter(None, instead))
    still = f"但您写的看的日期更早，{told}。要改它，请写那天或以后看的日期。" if told else ""
    return done(f"已记下：{'、'.join(said)}。{still}", where)
