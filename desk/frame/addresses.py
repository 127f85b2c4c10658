"""What addresses and forms say: a day, a row, and the station from whose page somebody came."""

from datetime import date

from flask import request

from desk.frame.access import me
from server.errors import Invalid, NotFound
from server.http.database import row_id, session
from server.models.station import Station
from server.services.people.scope import station_for


def day_of_address(text: str, *, back: str) -> date:
    """The day in an address; `back` is the page that leads to it. Raises Invalid day-unreadable."""
    try:
        day_on = date.fromisoformat(text)
    except ValueError:
        day_on = date.max
    if not 2000 <= day_on.year < 2200:
        raise Invalid("day-unreadable", f"日期看不懂。请从{back}里点进来。")
    return day_on


def row_of_form(name: str) -> int | None:
    """The row that a field of the form names; None only where the field is empty.

    Raises Invalid form-invalid: nothing chosen may mean all, what cannot be read never does.
    """
    text = request.form.get(name, "").strip()
    try:
        return row_id(text) if text else None
    except ValueError as wrong:
        sentence = "这一项看不懂，请刷新这一页重新选。"
        raise Invalid("form-invalid", sentence, fields={name: sentence}) from wrong


def station_come_from() -> Station | None:
    """The station that the address names, if the person at the desk may see it."""
    station_id = request.args.get("station", type=row_id)
    try:
        return station_for(session(), me(), station_id) if station_id else None
    except NotFound:
        return None
