"""手机自检: what each phone and its browser can do, as it found out and sent."""

from typing import Any

from flask import Blueprint, request, url_for

from desk.frame.access import me
from desk.frame.pages import page
from server.http import clock
from server.http.database import session, settings_of
from server.http.guards import guard_desk
from server.services.intake.self_checks import PhoneCheck, newest_checks
from server.services.people.scope import TOWNSHIP

blueprint = Blueprint("desk_phones", __name__, url_prefix="/desk")
guard_desk(blueprint, *TOWNSHIP)
VERDICTS = {
    "broken": ("fails", "cross", "有不行的"),
    "open": ("to_verify", "look", "有没弄清的"),
    "fine": ("meets", "check", "都能用"),
}
SAID = {True: ("meets", "check", "能用"), False: ("fails", "cross", "不行")}
UNCLEAR = ("to_verify", "look", "没弄清")


def _fits(one: PhoneCheck, asked: dict[str, str]) -> bool:
    words = " ".join(
        (one.person.name, one.check.device_label, *(s.name for s in one.stations))
    ) + " ".join(s.code or "" for s in one.stations)
    return (
        (not asked["state"] or one.verdict == asked["state"])
        and (
            not asked["lacks"]
            or any(thing.key == asked["lacks"] and thing.ok is not True for thing in one.things)
        )
        and asked["q"].casefold() in words.casefold()
    )


@blueprint.get("/self-checks")
def self_checks() -> Any:
    """The newest self-check of each phone, as the address filters them."""
    asked = {name: request.args.get(name, "").strip() for name in ("q", "state", "lacks")}
    every = newest_checks(session(), seen_by=me(), now=clock.now())
    return page(
        "self_checks.html",
        asked=asked,
        every=len(every),
        found=[one for one in every if _fits(one, asked)],
        counts={state: sum(one.verdict == state for one in every) for state in VERDICTS},
        lackable={
            thing.key: thing.label for one in every for thing in one.things if thing.ok is not True
        },
        verdicts=VERDICTS,
        said=SAID,
        unclear=UNCLEAR,
        address=url_for("desk_phones.self_checks"),
        short_address=f"{settings_of().base_url}/self-check",
    )
