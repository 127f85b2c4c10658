"""The keeper's pages: today's tasks, what was sent, own photos."""

from datetime import date
from typing import Any
from uuid import UUID

from flask import Response, g, make_response

from miniapp_api.bodies import ApiBlueprint
from miniapp_api.fields import LARGEST_INTEGER, Between, Day
from miniapp_api.lenient import Lenient
from miniapp_api.money_shapes import SubsidiesOut
from miniapp_api.reading_rows import Beside
from miniapp_api.shapes import BINARY, HistoryOut, HomeOut, QuestionsOut
from miniapp_api.views import (
    county_here,
    photo_view,
    picture_answer,
    plate_token,
)
from server.http import clock
from server.http.database import own_write, session, settings_of
from server.http.guards import guard_phones
from server.http.rulebook import shipped_here, standards_here
from server.money import yuan_text
from server.policy.hours import hours_lines
from server.policy.plan.subsidies import SchemeKind
from server.services.county.telephones import telephone_for
from server.services.county.voices import sound_of, voice_of
from server.services.days.months import approved_since
from server.services.home import keeper as keeper_day
from server.services.home.looked import looked_at
from server.services.people.scope import KEEPERS
from server.services.photos.photos import photo_for
from server.services.photos.reused import reused
from server.services.requests.lists import own_requests
from server.services.retention.consents import asked_of
from server.services.retention.wordings import keep_wordings, told, unkept
from server.services.signals.lists import questions_of
from server.services.subsidies.keeper_months import keeper_months
from server.services.subsidies.lists import mine, state_said
from server.services.subsidies.plans import paying_plans

blp = ApiBlueprint("keeper", __name__, url_prefix="/api/v1/keeper", description="站长")
guard_phones(blp, *KEEPERS)


class BeforeIn(Lenient):
    """Where a page of days begins; the day itself is not on it."""

    before = Day(load_default=None)


def _station_view(today: keeper_day.StationToday) -> Beside:
    station = today.station
    return Beside(
        station,
        today,
        hours_lines=hours_lines(station.hours),
        plate_token=plate_token(today.sign),
        today=today,
    )


@blp.route("/home")
@blp.response(200, HomeOut)
def home() -> dict[str, Any]:
    """What is to do today, for every station this keeper keeps."""
    now = clock.now()
    county = county_here()
    if unkept(session(), county):  # once for each text: what a phone shows can be read ever after
        with own_write():
            keep_wordings(session(), county, now=now)
    stations = keeper_day.home(
        session(), person=g.person, county=county, now=now, standards=standards_here()
    )
    return {
        "server_now": now,
        "today": clock.today(),
        "county": county,
        "person": g.person,
        "help": telephone_for(session(), county, [one.station.township_code for one in stations]),
        "stations": [_station_view(station) for station in stations],
        "voice": voice_of(settings_of().home, county.code),
        "consents": asked_of(session(), person=g.person, county=county),
        "privacy": told(county),
        "requests": own_requests(session(), person=g.person, now=now),
        "approved_months": approved_since(
            session(), county=county.code, day=clock.today() - keeper_day.PHONES_COUNT_BACK
        ),
    }


@blp.route("/history")
@blp.arguments(BeforeIn, location="query")
@blp.response(200, HistoryOut)
def history(query: dict[str, date | None]) -> dict[str, Any]:
    """What this keeper's stations sent, thirty days a page, newest first."""
    days, following = keeper_day.history(
        session(), person=g.person, before=query["before"], now=clock.now()
    )
    ids = [photo.id for day in days for photo in day.photos]
    older, looked = reused(session(), ids), looked_at(session(), ids)
    return {
        "days": [
            Beside(
                day,
                photos=[
                    photo_view(one, reused=older.get(one.id, ""), looked=looked.get(one.id))
                    for one in day.photos
                ],
            )
            for day in days
        ],
        "next": following,
    }


class BeforeQuestionIn(Lenient):
    """Where a page of questions begins; the question itself is not on it."""

    before = Between(1, LARGEST_INTEGER)


@blp.route("/questions")
@blp.arguments(BeforeQuestionIn, location="query")
@blp.response(200, QuestionsOut)
def questions(query: dict[str, int | None]) -> dict[str, Any]:
    """What the system asked this keeper, thirty a page, newest first; none of it is a verdict."""
    shown, following, open_ones = questions_of(
        session(), person=g.person, now=clock.now(), before=query["before"]
    )
    return {"questions": shown, "next": following, "open": open_ones}


@blp.route("/subsidies")
@blp.response(200, SubsidiesOut)
def subsidies() -> dict[str, Any]:
    """What the own stations get: how much, for what, and why it is not there yet; read-only."""
    schemes = {
        (plan.row.id, one.key): one
        for plan in paying_plans(session(), county=g.person.county, shipped=shipped_here())
        for one in plan.schemes
    }
    titles = {key: one.title for key, one in schemes.items()}
    return {
        "months": keeper_months(
            session(),
            keeper=g.person,
            schemes={one.key for one in schemes.values() if one.kind is not SchemeKind.ONCE},
            today=clock.today(),
        ),
        "subsidies": [
            {
                "id": one.row.id,
                "station_id": one.station.id,
                "station": one.station.name,
                "title": titles.get((one.row.programme_id, one.row.scheme), "补贴"),
                "period": one.period,
                "amount_fen": one.row.amount_fen,
                "amount": yuan_text(one.row.amount_fen),
                "sentence": one.row.sentence,
                "payee": one.row.payee_name,
                "state": one.row.state.value,
                "state_label": one.row.state.label,
                "said": state_said(one),
            }
            for one in mine(session(), keeper=g.person)
        ],
    }


@blp.route("/voice")
@blp.response(200, BINARY, content_type="audio/mpeg")
def voice() -> Response:
    """听一听: the county's recording, all sentences in one MP3 of at most 200 KB."""
    answer = make_response(sound_of(settings_of().home, g.person.county))
    answer.content_type = "audio/mpeg"
    return answer


@blp.route("/photos/<uuid:photo_id>/thumb")
@blp.response(200, BINARY, content_type="image/jpeg")
def thumb(photo_id: UUID) -> Response:
    """A photo of the own station, small."""
    return picture_answer(photo_for(session(), g.person, photo_id), "thumb")


@blp.route("/photos/<uuid:photo_id>/view")
@blp.response(200, BINARY, content_type="image/jpeg")
def view(photo_id: UUID) -> Response:
    """A photo of the own station, stamped, without the phone's own data."""
    return picture_answer(photo_for(session(), g.person, photo_id), "view")
