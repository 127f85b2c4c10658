"""Everything a round's pages and files say: live as of a day, or frozen as it went up."""

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.calendar import BEIJING, clock_text, full_day_text, moment_text
from server.models.county import County, Division
from server.models.inspection import Campaign, RoundReport
from server.models.person import Person
from server.policy.rounds.frozen import Annex, Compared, Figures, FrozenRound, StationFigures
from server.policy.rounds.visits import VisitState
from server.services.county.round_options import round_options
from server.services.inspections.disagreements import disagreements_seen
from server.services.mending.lists import rectifications_seen
from server.services.people.scope import EVERYBODY, Everybody, sees_whole_county
from server.services.rounds.draws import draw_sealed, previews_of, visits_sealed
from server.services.rounds.figures import (
    cut_comparison,
    cut_figures,
    round_comparison,
    round_figures,
)


@dataclass(frozen=True, slots=True)
class RoundContent:
    """What one file or page of a round says.

    `figures` and `compared` are as `round_figures` makes them, `annex` what stands beside them
    (`mends`, `words`, names); `stamp` says whether and how this went up.
    """

    figures: Figures
    compared: Compared | None
    annex: Annex
    stamp: str
    because: str
    at: datetime | None
    on: date
    place: str
    demo: bool
    anchor: str = ""  # at the foot of its files

    @property
    def title(self) -> str:
        """Whose round it is, as a heading."""
        campaign = self.figures["campaign"]
        return f"{self.place} {campaign['period']} {campaign['name']}"


def live_content(
    session: Session,
    *,
    campaign: Campaign,
    on: date,
    seen_by: Person | Everybody,
    earlier: Campaign | None = None,
) -> RoundContent:
    """The round as of a Beijing day, marked as live, in that sight alone.

    The mark says whether it ever went up, which version last, and whether that one says the same.
    """
    county = session.get_one(County, campaign.county)
    figures = round_figures(session, campaign=campaign, on=on, seen_by=seen_by)
    return RoundContent(
        figures=_sealed(figures, campaign, seen_by),
        compared=round_comparison(
            session, campaign=campaign, earlier=earlier, on=on, seen_by=seen_by
        )
        if earlier
        else None,
        annex=annex_of(session, campaign=campaign, county=county, on=on, seen_by=seen_by),
        stamp=_live_stamp(session, campaign, figures, on),
        because="",
        at=None,
        on=on,
        place=county.name + _part(session, seen_by),
        demo=campaign.demo,
    )


def reported_content(
    session: Session, *, made: RoundReport, campaign: Campaign, seen_by: Person | Everybody
) -> RoundContent:
    """One version as it went up; nothing in it is read anew but the names of its places.

    A township's officer gets the part of the own township.
    """
    frozen = made.figures
    annex: Annex = frozen.get("annex") or {}
    compared = annex.get("compared")
    content = _sealed(frozen, campaign, seen_by)
    if draw_sealed(campaign, seen_by):
        annex = annex.copy()
        annex.pop("drum", None)
        annex.pop("previews", None)
        annex.pop("salt", None)
    if seen_by is not EVERYBODY and not sees_whole_county(seen_by, made.county):
        code = seen_by.township_code or "-"  # without a township: nothing at all
        content = cut_figures(content, code)
        compared = cut_comparison(compared, code) if compared else None
        annex = _cut_annex(annex, code)
    by = annex.get("by") or session.get_one(Person, made.reported_by).name
    county = annex.get("county") or session.get_one(County, made.county).name
    at = made.reported_at.astimezone(BEIJING)
    return RoundContent(
        figures=content,
        compared=compared,
        annex=annex,
        stamp=f"第{made.version}版 · 报送于{full_day_text(at.date())}{clock_text(at)} · "
        f"报送给{made.reported_to} · 由{by}",
        because=made.because,
        at=made.reported_at,
        on=at.date(),
        place=county + _part(session, seen_by),
        demo=campaign.demo,
    )


def _live_stamp(session: Session, campaign: Campaign, figures: Figures, on: date) -> str:
    """Whether the newest version that went up says what the figures say now."""
    until = f"实时数据，统计到{full_day_text(on)}"
    last = session.scalars(
        sa.select(RoundReport)
        .where(RoundReport.campaign_id == campaign.id)
        .order_by(RoundReport.version.desc())
        .limit(1)
    ).first()
    if last is None:
        return f"未报送（{until}）"
    day = full_day_text(last.reported_at.astimezone(BEIJING).date())
    went_up = f"第{last.version}版已于{day}报{last.reported_to}"
    before = {one["station_id"]: one for one in last.figures["stations"]}
    same = all(
        (old := before.get(one["station_id"])) is not None
        and (old["state"], old["status"], old["fails"])
        == (one["state"], one["status"], one["fails"])
        for one in figures["stations"]
    )
    return f"{until}；{went_up}，" + ("此后没有变化" if same else "此后有变化，还没有再报")


def _sealed(figures: Figures, campaign: Campaign, seen_by: Person | Everybody) -> Figures:
    """The same figures without what a running draw hides from somebody."""
    shown = figures
    if draw_sealed(campaign, seen_by) and figures["campaign"]["seed"]:
        shown = {**shown, "campaign": {**shown["campaign"], "seed": "（结束以后公开）"}}
    if visits_sealed(campaign, seen_by):
        inspected = [one for one in shown["stations"] if one["inspection_id"]]
        shown = {**shown, "stations": inspected}
    return shown


def not_inspected(figures: Figures) -> list[StationFigures]:
    """The stations of which there is no result: still due, missed, or found locked."""
    return [one for one in figures["stations"] if not VisitState(one["state"]).inspected]


def _cut_annex(annex: Annex, township_code: str) -> Annex:
    """The same annex for one township's stations alone; the drum tells of every township."""
    cut = annex.copy()
    cut.pop("drum", None)
    cut.pop("previews", None)
    cut.pop("salt", None)
    if "mends" in cut:
        cut["mends"] = [one for one in cut["mends"] if one["township_code"] == township_code]
    if "words" in cut:
        cut["words"] = [one for one in cut["words"] if one["township_code"] == township_code]
    return cut


def annex_of(
    session: Session,
    *,
    campaign: Campaign,
    county: County,
    on: date,
    seen_by: Person | Everybody,
) -> Annex:
    """What files show beside the figures, as plain JSON: 整改, two words, who speaks."""
    whole = sees_whole_county(seen_by, county.code) and not draw_sealed(campaign, seen_by)
    drum = campaign.drum if whole else None
    annex: Annex = {
        "county": county.name,
        "issuer": round_options(county).issuer,
        "mends": [
            {
                "code": one.station.code,
                "name": one.station.name,
                "township": one.township_name,
                "township_code": one.station.township_code,
                "notice": one.notice_text,
                "clause": one.rectification.clause,
                "title": one.rectification.title,
                "due_on": one.rectification.due_on.isoformat(),
                "state": one.state_label + ("（逾期）" if one.overdue else ""),
                "escalation": one.escalation_label,
            }
            for one in rectifications_seen(
                session, county=county.code, on=on, campaign_id=campaign.id, seen_by=seen_by
            )
        ],
        "words": [
            {
                "code": one.station.code,
                "name": one.station.name,
                "township_code": one.station.township_code,
                "keeper": one.keeper_name,
                "inspector": one.inspector_name,
                "clause": f"{one.clause}{one.title}",
                "keeper_says": one.keeper_says["why"],
                "inspector_says": one.inspector_says["why"],
                "decision": one.decision_label or "待裁定",
            }
            for one in disagreements_seen(
                session,
                county=county.code,
                open_only=False,
                campaign_id=campaign.id,
                seen_by=seen_by,
            )
        ],
    }
    if drum and campaign.seed:
        annex["drum"] = drum
        annex["salt"] = campaign.salt
        annex["previews"] = [
            [
                moment_text(one.made_at),
                who,
                one.seed,
                "、".join(code for code, _ in one.stations),
            ]
            for one, who in previews_of(session, campaign=campaign)
        ]
    return annex


def sample_text(campaign: FrozenRound) -> str:
    """How the stations were chosen, so that anybody can choose them again; from frozen figures."""
    drawn_from = campaign["drawn_from"]
    if not campaign["seed"]:
        return f"全部{drawn_from}个站点"
    kind = "按加签抽签" if campaign["sample"] == "weighted" else "随机抽签"
    size = campaign.get("sample_size")
    return (
        f"{kind}，{drawn_from}个站点"
        + (f"抽{size}个" if size else "")
        + (f"，抽签码 {campaign['seed']}")
    )


def _part(session: Session, seen_by: Person | Everybody) -> str:
    """The township that a scoped content is about; empty for the whole county."""
    if seen_by is EVERYBODY or sees_whole_county(seen_by, seen_by.county):
        return ""
    if seen_by.township_code is None:
        return "（没有分管的乡镇）"
    return session.get_one(Division, seen_by.township_code).name
