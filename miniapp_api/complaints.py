"""投诉 from the page behind a plate: a form, a receipt, a second look; no account, no script."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, Flask, Response, redirect, request, url_for
from werkzeug.datastructures import FileStorage

from miniapp_api.open_pages import open_page
from miniapp_api.public import GONE
from server.calendar import beijing_day, day_text
from server.errors import Conflict, Invalid, NotFound, Problem
from server.http import clock
from server.http.database import (
    blobs_of,
    own_transaction,
    own_write,
    session,
    settings_of,
    takes_bodies_of,
)
from server.http.first_texts import typed_texts
from server.http.guards import open_to_all
from server.http.open_forms import OpenForm, hand_out, known_form
from server.http.tries import source
from server.media.apart.pictures import rendition
from server.media.pictures.admission import MAX_BYTES
from server.models.complaint import Complaint, ComplaintKind, ComplaintOutcome, FollowUp
from server.models.county import County
from server.models.station import Station
from server.policy.dialling import dialled
from server.services.complaints.codes import network_of_day
from server.services.complaints.following import MOST_TURNS, WRONG, follow_up, opened_by_code
from server.services.complaints.said import read_said
from server.services.complaints.taking import MOST_PHOTOS, Kept, of_form, room_for, take_in
from server.services.complaints.views import complaint_view
from server.services.plates.scans import read_scan

pages = Blueprint("complaints", __name__, template_folder="templates", static_folder=None)
open_to_all(pages, "a villager without an account complains, and looks again with a code")
FORM_LASTS = timedelta(days=3)
RECEIPT_LASTS = timedelta(days=2)
LOOK_LASTS = timedelta(minutes=30)
SOONEST = timedelta(seconds=3)
MOST_BODY = 40 * 1024 * 1024
PHOTO_SIDE, PHOTO_QUALITY = 1280, 75
OLD_FORM = "这一页打开太久了，还没有交上。您写的都在下面，请再点一次提交。"
PHOTOS_AGAIN = "照片要重新选一次。"
TOO_LARGE = f"照片太大了，还没有交上。请少选几张，或者不传照片；每张最多{MAX_BYTES // 1024**2}MB。"
LOOK_OVER = "这一页打开久了。请重新输入编号和查询码。"


def _secret() -> str:
    secret: str = settings_of().secret_key
    return secret


def _station(token: str, given: OpenForm | None = None) -> Station:
    """The station behind a plate; raises what `read_scan` raises.

    A form that was `given` out while the plate was good is taken, though it was replaced since.
    """
    return read_scan(
        session(),
        text=token,
        ring=settings_of().plaque_keys,
        county=None,
        now=clock.now(),
        then=given.at if given else None,
    ).station


@pages.get("/s/<token>/complain")
def form(token: str) -> Response:
    """The empty form; one request brings all of it."""
    return _form(token)


def _form(
    token: str,
    status: int = 200,
    *,
    message: str = "",
    typed: dict[str, str] | None = None,
    wrong: dict[str, str] | None = None,
    given: OpenForm | None = None,
) -> Response:
    """The form as it was typed; without the station's name where nobody can be asked for it."""
    station: Station | None = None
    county: County | None = None
    try:
        station = _station(token, given)
        county = session().get(County, station.county)
    except (Conflict, NotFound) as problem:
        gone = isinstance(problem, Conflict)
        return open_page(
            "no_station.html", GONE if gone else 404, message=problem.message, gone=gone
        )
    except Exception:  # noqa: BLE001 - the database fails: what was typed is shown all the same
        station = None
    now = clock.now()
    return open_page(
        "complain.html",
        status,
        token=token,
        station=station,
        county=county,
        kinds=ComplaintKind,
        today=beijing_day(now),
        most_photos=MOST_PHOTOS,
        typed=typed or {},
        wrong=wrong or {},
        message=message,
        form=hand_out(
            _secret(),
            f"complain|{token}",
            given.at if given else now,
            given.name if given else "",
        ),
    )


@pages.post("/s/<token>/complain")
@own_transaction
@takes_bodies_of(MOST_BODY)
def hand_in(token: str) -> Any:
    """Keep it and go on to the receipt; what is wrong is said on the form as it was typed."""
    typed = {key: text.replace("\0", "") for key, text in request.form.items()}
    now = clock.now()
    given = known_form(_secret(), f"complain|{token}", typed.get("form", ""))
    if given is None or given.is_older(FORM_LASTS, now):
        raise Invalid("complaint-form-old", OLD_FORM)
    said = read_said(typed, today=beijing_day(now))
    station = _station(token, given)
    photos, left_out = _photos(station)
    station_id = station.id
    with own_write():
        receipt = take_in(
            session(),
            station=session().get_one(Station, station_id),
            said=said,
            photos=photos,
            secret=_secret(),
            form=given.name,
            source=source(),
            now=now,
            hurried=_hurried(given, typed),
        )
        left_out = left_out or len(photos) > receipt.photos
    shown = hand_out(_secret(), "receipt", now, given.name)
    left = "left" if left_out else None
    return redirect(url_for("complaints.receipt", form=shown, photos=left), 303)


def _hurried(given: OpenForm, typed: dict[str, str]) -> str:
    """Why a machine may have written it; nobody is refused for that."""
    if typed.get("website", "").strip():
        return "填了人看不见的一格"
    return "打开不到3秒就交了" if clock.now() - given.at < SOONEST else ""


def _photos(station: Station) -> tuple[list[Kept], bool]:
    """The photos of this form, made small and without EXIF, and whether some are left out today.

    Raises Invalid complaint-photo-wrong, which names the photo.
    """
    files = [one for one in request.files.getlist("photo") if one.filename or one.content_length]
    if not files:
        return [], False
    if len(files) > MOST_PHOTOS:
        raise _wrong_photo(f"最多传{MOST_PHOTOS}张照片，您选了{len(files)}张。")
    network = network_of_day(_secret(), clock.today(), source())
    county = session().get_one(County, station.county)
    room = room_for(session(), county=county, station=station, network=network, on=clock.today())
    if not room.photos or blobs_of().is_low():
        return [], True
    made = [_small(file, place) for place, file in enumerate(files, 1)]
    return [Kept(blobs_of().put(content), len(content)) for content in made], False


def _small(file: FileStorage, place: int) -> bytes:
    try:
        return rendition(file.read(), PHOTO_SIDE, quality=PHOTO_QUALITY)
    except Invalid as problem:
        raise _wrong_photo(f"第{place}张照片没有收下：{problem.message}") from problem


def _wrong_photo(sentence: str) -> Invalid:
    return Invalid("complaint-photo-wrong", sentence, fields={"photo": sentence})


@pages.get("/s/receipt/<form>")
def receipt(form: str) -> Response:
    """The two numbers on one screen; for two days, so that a bad line takes them from nobody."""
    given = known_form(_secret(), "receipt", form)
    found = (
        of_form(session(), secret=_secret(), form=given.name)
        if given and not given.is_older(RECEIPT_LASTS, clock.now())
        else None
    )
    if found is None:
        return open_page("complaint_look.html", 404, message="这张回执只显示两天。", typed={})
    return open_page(
        "complaint_receipt.html",
        receipt=found,
        one=found.complaint,
        county=session().get_one(County, found.complaint.county),
        left_out=request.args.get("photos") == "left",
    )


@pages.get("/s/complaint")
def look() -> Response:
    """Number and code, to look again."""
    return open_page("complaint_look.html", message="", typed=request.args)


@pages.post("/s/complaint")
@own_transaction
def open_it() -> Any:
    """With the right code to the complaint; a wrong one is counted."""
    typed, now = request.form, clock.now()
    with own_write():
        found = opened_by_code(
            session(),
            number=typed.get("number", ""),
            code=typed.get("code", ""),
            secret=_secret(),
            network=network_of_day(_secret(), clock.today(), source()),
            now=now,
        )
    if found is None:
        return open_page("complaint_look.html", 404, message=WRONG, typed=typed)
    ticket = hand_out(_secret(), "ticket", now, str(found.id))
    return redirect(url_for("complaints.complaint", ticket=ticket), 303)


def _with_ticket(ticket: str) -> Complaint | None:
    """The complaint that a ticket of the last half hour opens."""
    given = known_form(_secret(), "ticket", ticket)
    if given is None or given.is_older(LOOK_LASTS, clock.now()):
        return None
    return session().get(Complaint, int(given.name))


@pages.get("/s/complaint/<ticket>")
def complaint(ticket: str) -> Response:
    """What became of it, and the question whether it is so."""
    return _shown(ticket)


def _shown(ticket: str, status: int = 200, problem: Problem | None = None) -> Response:
    one = _with_ticket(ticket)
    if one is None:
        return open_page("complaint_look.html", 404, message=LOOK_OVER, typed={})
    county = session().get_one(County, one.county)
    return open_page(
        "complaint.html",
        status,
        ticket=ticket,
        one=one,
        view=complaint_view(session(), complaint=one, on=clock.today(), for_villager=True),
        county=county,
        dial=dialled(county.hotline),
        follow_ups=FollowUp,
        Outcome=ComplaintOutcome,
        when=lambda at: day_text(beijing_day(at)),
        last_turn=one.turns >= MOST_TURNS,
        message=problem.message if problem else "",
        typed=request.form if problem else {},
    )


@pages.post("/s/complaint/<ticket>")
def say_again(ticket: str) -> Any:
    """解决了吗: kept, and the page shown again as it stands then."""
    one = _with_ticket(ticket)
    if one is None:
        return open_page("complaint_look.html", 404, message=LOOK_OVER, typed={})
    try:
        follow_up(
            session(),
            complaint=one,
            said=request.form.get("said", ""),
            note=request.form.get("note", "").replace("\0", ""),
            now=clock.now(),
        )
    except (Invalid, Conflict) as problem:
        session().rollback()
        return _shown(ticket, 422, problem)
    return redirect(url_for("complaints.complaint", ticket=ticket), 303)


def _again(status: int, code: str, message: str, details: dict[str, Any] | None) -> Response | None:
    """The form with all that was typed, whatever went wrong; None for every other request."""
    if request.method != "POST" or request.endpoint != "complaints.hand_in":
        return None
    session().rollback()
    typed = {name: text.replace("\0", "") for name, text in typed_texts().items()}
    token = (request.view_args or {}).get("token", "")
    said = TOO_LARGE if status == 413 else message
    if status >= 500:
        said = "系统正忙，还没有交上。您写的都在下面，请过一会儿再点一次提交。"
    if request.mimetype == "multipart/form-data" and (status == 413 or request.files):
        said += PHOTOS_AGAIN
    # A form that may have been kept keeps its name, so that sent again it is the same one.
    given = known_form(_secret(), f"complain|{token}", typed.get("form", ""))
    if given is not None and (
        code in NEW_NAME or given.is_older(FORM_LASTS - timedelta(hours=1), clock.now())
    ):
        given = None
    wrong = (details or {}).get("fields") or {}
    return _form(token, status, message=said, typed=typed, wrong=wrong, given=given)


NEW_NAME = ("complaint-form-used",)


def attach_forms_again(app: Flask) -> None:
    """Let a complaint that was not taken come back as it was typed."""
    app.extensions["open_form_again"] = _again
