"""Whose phone this is: binding by one-time code, and signing out."""

from datetime import datetime
from typing import Any

from flask import g

from miniapp_api.bodies import ApiBlueprint
from miniapp_api.fields import Text
from miniapp_api.lenient import Lenient
from miniapp_api.session_shapes import BoundOut, OwnSlipOut, SessionOut
from server.http import clock
from server.http.database import session, takes_bodies_of
from server.http.guards import guard_phones, open_to_all
from server.http.tries import counting_failures, network
from server.models.county import County
from server.models.person import Person, Role
from server.services.county.telephones import telephone_for
from server.services.people import sign_ins
from server.services.people.scope import stations_kept_by
from server.services.people.tries import device_key

MOST_BIND_BYTES = 16 * 1024  # a code and two names, from somebody whom nobody knows yet
bind = ApiBlueprint("bind", __name__, url_prefix="/api/v1/session", description="认一下您是哪个站")
open_to_all(bind, "a phone without a token asks for one; guessing is slowed down")
blp = ApiBlueprint("session", __name__, url_prefix="/api/v1/session", description="这部手机是谁的")
guard_phones(blp, *Role)


class BindIn(Lenient):
    """A one-time code and the phone that wants to use it."""

    code = Text(40, required=True, metadata={"description": "XXXX-XXXX as on the slip"})
    device_id = Text(64, shortest=8, required=True, metadata={"description": "made by the phone"})
    device_label = Text(200, load_default="", metadata={"description": "such as 红米 Note 9"})


def told_of(person: Person, expires_at: datetime) -> dict[str, Any]:
    """What a phone is told of whose it is: person, county, whom to call, stations, until when."""
    stations = stations_kept_by(session(), person, clock.now())
    county = session().get_one(County, person.county)
    townships = [*(station.township_code for station in stations), person.township_code]
    return {
        "person": person,
        "county": county,
        "help": telephone_for(session(), county, townships),
        "stations": stations,
        "expires_at": expires_at,
    }


@bind.route("/bind", methods=["POST"])
@bind.arguments(BindIn)
@bind.response(201, BoundOut)
@takes_bodies_of(MOST_BIND_BYTES)
def bind_phone(sent: dict[str, str]) -> dict[str, Any]:
    """Turn this phone into the code's owner's phone; the token is said only this once."""
    with counting_failures(
        "bind",
        network(),
        device_key(sent["device_id"]),
        person_of=lambda: sign_ins.owner_of_code(session(), sent["code"]),
    ):
        sign_in, token, person = sign_ins.bind_phone(
            session(),
            code=sent["code"],
            device_id=sent["device_id"],
            device_label=sent["device_label"],
            now=clock.now(),
            source=network(),
        )
    return {"token": token, **told_of(person, sign_in.expires_at)}


@blp.route("")
@blp.response(200, SessionOut)
def whose() -> dict[str, Any]:
    """Whose phone this is."""
    return told_of(g.person, g.sign_in.expires_at)


class SlipIn(Lenient):
    """A code that a phone which is bound already was opened with."""

    code = Text(40, required=True, metadata={"description": "XXXX-XXXX as on the slip"})


@blp.route("/slip", methods=["POST"])
@blp.arguments(SlipIn)
@blp.response(200, OwnSlipOut)
def own_slip(sent: dict[str, str]) -> dict[str, bool]:
    """Whether the code is one that this phone's person has used: then the phone goes home."""
    return {"own": sign_ins.is_own_slip(session(), person=g.person, code=sent["code"])}


@blp.route("", methods=["DELETE"])
@blp.response(204)
def sign_out() -> None:
    """Sign this phone out; what it has not sent stays on it."""
    sign_ins.sign_out(session(), sign_in=g.sign_in, now=clock.now())
