"""异常提示: what looked odd, what the keeper said to it, and a person's 已说明, 存疑 or 误报."""

from typing import Any
from uuid import UUID

from flask import Blueprint, request, url_for

from desk.frame.access import county_of_desk, may, me
from desk.frame.marks import carries
from desk.frame.pages import answering, done, page
from desk.frame.photo_proofs import proofs
from server.errors import NotAllowed, Problem
from server.http import clock
from server.http.database import row_id, session
from server.http.guards import guard_desk
from server.jobs import last_done
from server.policy.signals.options import KINDS
from server.services.common.seals import seal
from server.services.people.scope import SEES_ROUNDS, TOWNSHIP, station_for
from server.services.signals.lists import (
    CHOICES,
    SignalView,
    Wanted,
    signal_tallies,
    signals_seen,
    townships_with_signals,
)
from server.services.signals.questions import (
    DECISIONS,
    settle_signal,
    signal_of,
    signal_options,
    signal_shown,
)

blueprint = Blueprint("desk_signals", __name__, url_prefix="/desk")
guard_desk(blueprint, *SEES_ROUNDS)
FILTERS = ("q", "state", "kind", "township", "station", "before")


def _asked() -> dict[str, str]:
    """The address's filters; what cannot be is left out."""
    asked = {name: request.args.get(name, "").strip() for name in FILTERS}
    asked["state"] = asked["state"] if asked["state"] in CHOICES else ""
    asked["kind"] = asked["kind"] if asked["kind"] in KINDS else ""
    try:
        row_id(asked["station"])
    except ValueError:
        asked["station"] = ""
    return asked


def _photos(shown: list[SignalView]) -> dict[int, UUID]:
    """The photo that a question is about, by question."""
    found = {}
    for one in shown:
        try:
            found[one.signal.id] = UUID(str(one.signal.measured.get("photo", "")))
        except ValueError:
            continue
    return found


def _page(problem: Problem | None = None, wrong_id: int | None = None) -> Any:
    asked = _asked()
    station = station_for(session(), me(), int(asked["station"])) if asked["station"] else None
    wanted = Wanted(
        choice=asked["state"],
        kind=asked["kind"],
        township=asked["township"],
        station_id=station.id if station else None,
        q=asked["q"],
    )
    found = signals_seen(session(), seen_by=me(), wanted=wanted, before=asked["before"])
    counts, kinds = signal_tallies(session(), seen_by=me(), wanted=wanted)
    shown = list(found.shown)
    photos = _photos(shown)

    def address(**changes: str | None) -> str:
        kept: dict[str, Any] = {**asked, "before": None, **changes}
        return url_for(
            "desk_signals.signals", **{name: value for name, value in kept.items() if value}
        )

    return page(
        "signals.html",
        problem=problem,
        shown=shown,
        following=found.following,
        counts=counts,
        kinds=kinds,
        choices=CHOICES,
        labels=KINDS,
        decisions=DECISIONS,
        seal_of=lambda signal: seal(signal_shown(signal)),
        asked=asked,
        address=address,
        here={name: value for name, value in asked.items() if value},
        station=station,
        places=townships_with_signals(session(), seen_by=me()),
        off=signal_options(county_of_desk()).off,
        photos=photos,
        proofs=proofs(list(photos.values())),
        may_settle=may(*TOWNSHIP),
        looked_at=last_done(session(), "look_for_signals", county=me().county),
        wrong_id=wrong_id,
    )


@blueprint.get("/signals")
def signals() -> Any:
    """What waits for a decision, the newest day first; every filter stands in the address."""
    return _page()


@blueprint.post("/signals/<int:signal_id>/settle")
@carries("seal")
def decide(signal_id: int) -> Any:
    """Say what comes of it, with the reason; the list goes on where it was."""
    if not may(*TOWNSHIP):
        raise NotAllowed("not-your-page", "异常提示由县专班或乡镇处理。如有意见，请联系县专班。")
    signal = signal_of(session(), seen_by=me(), signal_id=signal_id)
    decision = request.form.get("decision", "")
    with answering(lambda problem: _page(problem, signal_id)):
        settle_signal(
            session(),
            signal=signal,
            decision=decision,
            reason=request.form.get("reason", ""),
            by=me(),
            now=clock.now(),
            seal=request.form.get("seal"),
        )
    where: dict[str, Any] = {name: value for name, value in _asked().items() if value}
    return done(
        f"已记为“{DECISIONS[decision]}”，连同您的姓名和理由。对站点的结论不变。",
        url_for("desk_signals.signals", **where),
    )
