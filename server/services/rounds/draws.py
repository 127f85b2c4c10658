"""Draws the stations of a round, remembers who looked at a draw before, and who may see it when."""

import secrets
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.errors import Conflict
from server.models.county import County
from server.models.inspection import Campaign, DrawPreview, Visit
from server.models.person import Person
from server.models.station import Station
from server.policy.rounds.commitment import DrawHead, draw_text, drawn_by, in_one_line
from server.policy.rounds.sampling import Candidate, SampleKind, Weights, draw
from server.policy.standard.facts import Level
from server.policy.standard.standards import Standard
from server.services.common import history
from server.services.common.written import written
from server.services.people.scope import EVERYBODY, INSPECTING, OFFICE, Everybody
from server.services.rounds.actions import RoundsAction
from server.services.rounds.weights import sampling_weights
from server.services.standing.standing import standings

INSPECTED_LEVELS = (Level.TOWNSHIP_STATION, Level.VILLAGE_POINT)


@dataclass(frozen=True, slots=True)
class DrawnStation:
    """A station of a sample, and why it is in it."""

    station: Station
    because: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """A sample, and the drum that it was drawn from; `names` in the order of the drum."""

    chosen: list[DrawnStation]
    drum: list[Candidate]
    names: list[str]
    salt: str

    def text(self, head: DrawHead) -> str:
        """The whole draw as one text."""
        return draw_text(
            head, self.drum, self.names, {drawn_as(one.station) for one in self.chosen}
        )


def draw_stations(
    session: Session,
    county: County,
    sample: SampleKind,
    *,
    seed: str,
    salt: str,
    size: int | None,
    on: date,
    standards: Iterable[Standard],
    township_codes: Collection[str] | None,
) -> Drawing:
    """Draw from the open stations of the county or of these townships, as of a Beijing day.

    Raises Conflict round-without-stations, Invalid round-sample-wrong.
    """
    found = [
        one
        for one in standings(session, county=county, on=on, standards=standards, seen_by=EVERYBODY)
        if one.station.level in INSPECTED_LEVELS
        and (township_codes is None or one.station.township_code in township_codes)
    ]
    if not found:
        raise Conflict("round-without-stations", "没有可以检查的站点。请先登记站点，或换一个范围。")
    by_key = {drawn_as(one.station): one.station for one in found}
    weights = (
        sampling_weights(session, county=county.code, standings=found, on=on)
        if sample is SampleKind.WEIGHTED
        else {}
    )
    drum = [
        Candidate(drawn_as(one.station), own.tickets, own.why)
        for one in found
        for own in [weights.get(one.station.id, Weights())]
    ]
    drawn = draw(drum, kind=sample, seed=drawn_by(seed, salt) if seed else "", size=size)
    return Drawing(
        [DrawnStation(by_key[one.key], one.because) for one in drawn],
        drum,
        [one.station.name for one in found],
        salt,
    )


def salt_for(session: Session, county: str) -> str:
    """The salt of the county's next draw: that of the looks before it, else a new one."""
    held = session.scalars(
        sa.select(DrawPreview.salt)
        .where(
            DrawPreview.county == county,
            DrawPreview.campaign_id.is_(None),
            DrawPreview.salt != "",
        )
        .order_by(DrawPreview.id)
    ).first()
    return held or secrets.token_hex(16)


def preview_sample(
    session: Session,
    *,
    county: County,
    sample: SampleKind,
    seed: str,
    size: int | None,
    on: date,
    standards: Iterable[Standard],
    township_codes: Collection[str] | None = None,
) -> Drawing:
    """What `open_campaign` with the same seed would draw next; changes nothing.

    That is so once the look has been taken down (`record_preview`), and with it its salt.

    Raises Invalid round-sample-wrong and Conflict round-without-stations.
    """
    return draw_stations(
        session,
        county,
        sample,
        seed=seed_read(seed),
        salt=salt_for(session, county.code),
        size=size,
        on=on,
        standards=tuple(standards),
        township_codes=township_codes,
    )


def record_preview(
    session: Session,
    drawing: Drawing,
    *,
    county: County,
    sample: SampleKind,
    seed: str,
    on: date,
    by: Person,
    now: datetime,
) -> DrawPreview | None:
    """Take down that somebody has looked at a draw; it goes with the round that is opened next.

    Nothing where all stations are visited: there is no draw to shop for.
    """
    if sample is SampleKind.ALL:
        return None
    seen = DrawPreview(
        county=county.code,
        made_by=by.id,
        made_at=now,
        opens_on=on,
        sample=sample,
        seed=seed_read(seed),
        salt=drawing.salt,
        drawn_from=len(drawing.drum),
        stations=[[drawn_as(one.station), one.station.name] for one in drawing.chosen],
    )
    session.add(seen)
    session.flush()
    history.write(
        session,
        of=county,
        by=by,
        at=now,
        action=RoundsAction.DRAW_PREVIEWED,
        summary=f"试抽：{seen.drawn_from}个站点抽{len(seen.stations)}个，抽签码 {seen.seed}",
    )
    return seen


def refuse_another_draw(
    session: Session,
    drawing: Drawing,
    *,
    county: County,
    sample: SampleKind,
    seed: str,
    size: int | None,
    on: date,
    by: Person,
) -> None:
    """Raise Conflict draw-changed-meanwhile where it is not the draw that `by` last looked at.

    The register, or what weighs a station, changed since. What is drawn now is not told here: that
    would be a look that nobody took down.
    """
    if sample is SampleKind.ALL:
        return
    looked = session.scalars(
        sa.select(DrawPreview)
        .where(
            DrawPreview.county == county.code,
            DrawPreview.campaign_id.is_(None),
            DrawPreview.made_by == by.id,
            DrawPreview.deleted_round == "",
        )
        .order_by(DrawPreview.id.desc())
        .limit(1)
    ).first()
    if looked is None or (looked.sample, looked.seed, looked.opens_on) != (sample, seed, on):
        return
    if size is not None and len(looked.stations) != min(size, looked.drawn_from):
        return  # another number was asked for
    if {key for key, _ in looked.stations} != {drawn_as(one.station) for one in drawing.chosen}:
        raise Conflict(
            "draw-changed-meanwhile",
            "您看过抽到哪些站以后，登记、范围或者站点的情况变了，现在抽到的不一样了。还没有开轮，"
            "请再点一次“看抽到哪些站”，看过再开。",
        )


def go_with(session: Session, campaign: Campaign) -> None:
    """Let the draws looked at so far go with the round that was opened after them."""
    session.execute(
        sa.update(DrawPreview)
        .where(DrawPreview.county == campaign.county, DrawPreview.campaign_id.is_(None))
        .values(campaign_id=campaign.id)
    )


def previews_of(session: Session, *, campaign: Campaign) -> list[tuple[DrawPreview, str]]:
    """The draws looked at before a round was opened, the oldest first, and who looked."""
    rows = session.execute(
        sa.select(DrawPreview, Person.name)
        .join(Person, Person.id == DrawPreview.made_by)
        .where(DrawPreview.campaign_id == campaign.id)
        .order_by(DrawPreview.made_at, DrawPreview.id)
    )
    return [(seen, who) for seen, who in rows]


def keys_drawn(session: Session, *, campaign: Campaign) -> set[str]:
    """The numbers that the draw of a round gave, also of stations taken out since."""
    stations = session.scalars(
        sa.select(Station)
        .join(Visit, Visit.station_id == Station.id)
        .where(Visit.campaign_id == campaign.id)
    )
    return {drawn_as(one) for one in stations}


def draw_sealed(campaign: Campaign, viewer: Person | Everybody) -> bool:
    """Whether the draw of a round is still hidden from somebody: seed, drum and tickets.

    Until the round ends only the office sees them; everybody else sees the commitment, for
    whoever knows the seed knows which stations are visited next.
    """
    return _runs(campaign) and viewer is not EVERYBODY and viewer.role not in OFFICE


def visits_sealed(campaign: Campaign, viewer: Person | Everybody) -> bool:
    """Whether somebody may not know yet which stations a drawn round has still to visit.

    Whoever may be sent to stations knows those in the own sight.
    """
    return _runs(campaign) and viewer is not EVERYBODY and viewer.role not in INSPECTING


def _runs(campaign: Campaign) -> bool:
    return campaign.closed_at is None and campaign.sample is not SampleKind.ALL


def seed_read(text: str) -> str:
    """A seed as it is drawn with and kept: whole, or nobody could repeat the draw by it."""
    return written(in_one_line(text), "抽签码", field="seed", into=Campaign.seed)


def drawn_as(station: Station) -> str:
    """What stands on the draw list for a station: its number, known to everybody."""
    return station.code or f"#{station.id}"


def drum_rows(campaign: Campaign) -> Sequence[tuple[str, int, str, str]]:
    """The drum as pages show it: number, tickets, why, name; names are empty in older rounds."""
    return sorted((row[0], row[1], row[2], (*row, "")[3]) for row in campaign.drum or [])
