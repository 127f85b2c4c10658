"""What a scan or a typed number stands for: which station's plate it was, and whether it counts."""

import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.calendar import beijing_day
from server.errors import Conflict, Invalid, NotAllowed, NotFound
from server.media.paper.qr import is_genuine, split_token
from server.models.county import County
from server.models.sign import LIVE_STATES, Sign, SignEvent
from server.models.station import Station
from server.services.plates.numbers import normal_code
from server.services.plates.signs import Ring


@dataclass(frozen=True, slots=True)
class ScanResult:
    """What a scan or a typed number stands for; a typed number proves no plate."""

    station: Station
    sign: Sign | None
    method: str  # scan or typed


@dataclass(frozen=True, slots=True)
class Plates:
    """Plates and stations found beforehand, so that many scans are read with one question.

    By the id in the code, and by county and number; what is in neither is asked for.
    """

    by_qr_id: Mapping[str, tuple[Sign, Station]] = field(default_factory=dict)
    by_number: Mapping[tuple[str, str], Station] = field(default_factory=dict)


NONE_KNOWN = Plates()


def qr_ids_in(texts: Collection[str]) -> set[str]:
    """The ids of the plates in scanned texts; typed numbers and nonsense have none."""
    return {found for text in texts if (found := split_token(text)) is not None}


def plates_under(session: Session, qr_ids: Collection[str]) -> dict[str, tuple[Sign, Station]]:
    """The plates with these ids and their stations; one query, and none for no id."""
    if not qr_ids:
        return {}
    query = (
        sa.select(Sign, Station)
        .join(Station, Station.id == Sign.station_id)
        .where(Sign.qr_id.in_(qr_ids))
    )
    return {sign.qr_id: (sign, station) for sign, station in session.execute(query)}


def read_scan(
    session: Session,
    *,
    text: str,
    ring: Ring,
    county: str | None,
    now: datetime,
    then: datetime | None = None,
    then_known: bool = True,
    plates: Plates = NONE_KNOWN,
) -> ScanResult:
    """Find the station behind a scanned URL, a bare token, or (with `county`) a typed number.

    What a phone tells of later was read at `then`: a plate that served at that moment is good,
    though it was replaced, or its station closed, before the phone found a net. With `then_known`
    false the phone's clock was wrong beyond mending: then a plate that ever served is good.
    `plates` are taken for true; only what is not among them is asked for.

    Raises Invalid scan-empty, NotFound sign-unknown (forged, garbled or never issued),
    Conflict sign-retired (lost, replaced, retired, or its station closed), NotAllowed
    sign-foreign (another county's plate or number).
    """
    if not text.strip():
        raise Invalid("scan-empty", "没有扫到内容。请对准标识牌上的二维码再扫，或输入牌上的编号。")
    if county is not None and (typed := _typed(text, county)) is not None:
        return _by_number(session, typed, county, then, plates)
    qr_id = split_token(text)
    found = _plate(session, qr_id, plates) if qr_id else None
    sign, station = found or (None, None)
    if (
        sign is None
        or station is None
        or not is_genuine(ring, text, county=sign.county, plate_no=sign.plate_no)
    ):
        raise NotFound(
            "sign-unknown",
            "这个码不是村站通发放的标识牌。请扫站点门口标识牌上的码，或输入牌上的编号。",
        )
    if county is not None and sign.county != county:
        home = session.get_one(County, sign.county)
        raise NotAllowed(
            "sign-foreign", f"这是{home.name}的标识牌，不归本县管理。请扫本县站点的标识牌。"
        )
    moment = (then or now) if then_known else None
    if sign.state not in LIVE_STATES and not _served_at(session, sign, moment):
        raise Conflict(
            "sign-retired",
            f"这块标识牌{sign.state.label}，不能再用。请扫新牌；没有新牌请联系县专班补发。",
            state=sign.state.value,
        )
    if _closed(station, then):
        raise Conflict(
            "sign-retired",
            f"{station.name}已经停业，这块标识牌停用了。如有疑问请联系县专班。",
            state="closed",
        )
    return ScanResult(station, sign, "scan")


def _closed(station: Station, then: datetime | None) -> bool:
    """Whether the station has closed; `then` asks whether it had on that day."""
    if station.closed_on is None:
        return False
    return then is None or beijing_day(then) > station.closed_on


def _served_at(session: Session, sign: Sign, moment: datetime | None) -> bool:
    """Whether a plate that counts no more still counted at a moment; None asks for any."""
    if moment is None:
        served = SignEvent.sign_id == sign.id, SignEvent.state.in_(LIVE_STATES)
        return bool(session.scalar(sa.select(sa.exists().where(*served))))
    state = session.scalar(
        sa.select(SignEvent.state)
        .where(SignEvent.sign_id == sign.id, SignEvent.at <= moment)
        .order_by(SignEvent.at.desc(), SignEvent.id.desc())
        .limit(1)
    )
    return state in LIVE_STATES


def _typed(text: str, county: str) -> str | None:
    """A typed number's normal form; None when the text is no number of a plate."""
    plain = unicodedata.normalize("NFKC", text).strip()
    prefixed = re.fullmatch(r"(\d{6})[\s_-]*([A-Za-z]{1,2}[\s_-]*\d{1,4})", plain)
    code = normal_code(prefixed[2] if prefixed else plain)
    if code is not None and prefixed and prefixed[1] != county:
        raise NotAllowed(
            "sign-foreign", f"{prefixed[1]}不是本县的代码。请输入本县站点标识牌上的编号。"
        )
    return code


def _plate(session: Session, qr_id: str, plates: Plates) -> tuple[Sign, Station] | None:
    return plates.by_qr_id.get(qr_id) or plates_under(session, [qr_id]).get(qr_id)


def _by_number(
    session: Session, code: str, county: str, then: datetime | None, plates: Plates
) -> ScanResult:
    station = plates.by_number.get((county, code)) or session.scalar(
        sa.select(Station).where(Station.county == county, Station.code == code)
    )
    if station is None:
        raise NotFound("sign-unknown", f"本县没有编号{code}的站点。请核对标识牌上的编号再输入。")
    if _closed(station, then):
        raise Conflict(
            "sign-retired",
            f"{code}（{station.name}）已经停业，编号停用了。如有疑问请联系县专班。",
            state="closed",
        )
    return ScanResult(station, None, "typed")
