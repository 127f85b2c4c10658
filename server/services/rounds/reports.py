"""A round's result as it went up: versions with their figures frozen, and what changed since."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.calendar import beijing_day
from server.errors import Conflict, Invalid, NotFound
from server.models.county import County
from server.models.inspection import Campaign, RoundReport
from server.models.person import Person
from server.policy.rounds.frozen import Annex, ReportFigures, StationFigures, Totals
from server.policy.rounds.visits import VisitState
from server.services.common import history
from server.services.common.queues import Asked, QueueLine
from server.services.common.written import reason_given, written
from server.services.people.scope import EVERYBODY, Everybody
from server.services.rounds.actions import RoundsAction
from server.services.rounds.contents import annex_of, reported_content
from server.services.rounds.draws import visits_sealed
from server.services.rounds.figures import judged, round_comparison, round_figures

CHANGES_TOLD = 50
DUE_TOLD = 5


def report_round(
    session: Session,
    *,
    campaign: Campaign,
    reported_to: str,
    by: Person,
    now: datetime,
    because: str = "",
    earlier: Campaign | None = None,
    sure: bool = True,
    seen_sha256: str | None = None,
) -> RoundReport:
    """Record that the result went up, with all that its files say frozen; again: a new version.

    `earlier` is the round that it is compared with. What stands beside the figures (整改, two
    words, comparison) is frozen too, but only changed figures make it another result. The hash of
    what a person was shown is `seen_sha256`: a visit that came meanwhile is looked at first
    (Conflict round-figures-changed). A person who is not `sure` is asked about stations still due
    (Conflict report-unfinished). Raises Invalid reported-to-missing, reason-needed (from the second
    version on), and Conflict report-same when nothing has changed since and it goes to the same
    office.
    """
    reported_to = reported_to.strip()
    if not 1 <= len(reported_to) <= 80:
        raise Invalid(
            "reported-to-missing",
            "请写明报给哪个单位，最多80个字。",
            fields={"reported_to": "请填写"},
        )
    # A second press of the button waits here, and then finds the first one's version.
    session.execute(sa.select(Campaign.id).where(Campaign.id == campaign.id).with_for_update())
    on = beijing_day(now)
    content = round_figures(session, campaign=campaign, on=on, seen_by=EVERYBODY)
    if seen_sha256 not in (None, figures_hash(content)):
        raise Conflict(
            "round-figures-changed",
            "您看的时候，这一轮的数字变了，例如又有督导记录送到。什么都没有上报，"
            "请看过新的数字再点一次。",
        )
    if not sure:
        _ask_about_due(content["stations"])
    versions = reports_of(session, campaign=campaign)
    if versions:
        last = versions[0]
        same = figures_hash(_figures_of(last)) == figures_hash(content)
        if same and last.reported_to == reported_to:
            raise Conflict(
                "report-same", f"同样的结果已于{beijing_day(last.reported_at)}报给{reported_to}。"
            )
        because = reason_given(
            because,
            "这一轮已经报过。再报一次请写明原因。",
            field="because",
            into=RoundReport.because,
        )
    county = session.get_one(County, campaign.county)
    annex: Annex = {
        **annex_of(session, campaign=campaign, county=county, on=on, seen_by=EVERYBODY),
        "by": by.name,
        "compared": round_comparison(
            session, campaign=campaign, earlier=earlier, on=on, seen_by=EVERYBODY
        )
        if earlier
        else None,
    }
    frozen: ReportFigures = {**content, "annex": annex}
    made = RoundReport(
        county=campaign.county,
        campaign_id=campaign.id,
        version=versions[0].version + 1 if versions else 1,
        figures=frozen,
        figures_sha256=figures_hash(frozen),
        reported_to=reported_to,
        reported_at=now,
        reported_by=by.id,
        because=written(because, "原因", field="because", into=RoundReport.because),
    )
    session.add(made)
    session.flush()
    totals = content["totals"]
    history.write(
        session,
        of=campaign,
        by=by,
        at=now,
        action=RoundsAction.ROUND_REPORTED,
        summary=f"{campaign.period} {campaign.name}第{made.version}版报{reported_to}："
        f"{totals['total']}个站点，已查{totals['inspected']}{_judged(totals)}",
        reason=because,
    )
    return made


def _judged(totals: Totals) -> str:
    """达标 and 不达标 in words; nothing where no standard judges a station."""
    if not judged(totals):
        return "，只记情况，不判达标"
    return f"，达标{totals['meets']}，不达标{totals['fails']}"


def _ask_about_due(stations: Iterable[StationFigures]) -> None:
    due = [one["name"] for one in stations if one["state"] == VisitState.DUE]
    if due:
        more = "等" if len(due) > DUE_TOLD else ""
        raise Conflict(
            "report-unfinished",
            f"{'、'.join(due[:DUE_TOLD])}{more}，共{len(due)}个站点还在期限内没有查。确实现在就报，"
            "请勾选“没查的照实报”，再点一次；结果里会写明哪些站没查。",
        )


def reports_of(session: Session, *, campaign: Campaign) -> list[RoundReport]:
    """Every version that went up, the newest first; none is ever changed."""
    return list(
        session.scalars(
            sa.select(RoundReport)
            .where(RoundReport.campaign_id == campaign.id)
            .order_by(RoundReport.version.desc())
        )
    )


def report_of(session: Session, *, campaign: Campaign, version: int) -> RoundReport:
    """One version. Raises NotFound report-unknown."""
    made = session.scalars(
        sa.select(RoundReport).where(
            RoundReport.campaign_id == campaign.id, RoundReport.version == version
        )
    ).one_or_none()
    if made is None:
        raise NotFound("report-unknown", "没有这一版上报。请返回“结果与上报”重新选择。")
    return made


def report_is_whole(made: RoundReport) -> bool:
    """Whether a kept report's figures still hash to what went up."""
    return figures_hash(made.figures) == made.figures_sha256


def unreported(session: Session, *, county: str, on: date) -> list[Campaign]:
    """Rounds that are over (closed, or past their last day) and never went up, oldest first."""
    gone_up = sa.select(RoundReport.id).where(RoundReport.campaign_id == Campaign.id).exists()
    return list(
        session.scalars(
            sa.select(Campaign)
            .where(
                Campaign.county == county,
                Campaign.deleted_at.is_(None),
                sa.or_(Campaign.closed_at.is_not(None), Campaign.due_on < on),
                ~gone_up,
            )
            .order_by(Campaign.due_on, Campaign.id)
        )
    )


def unreported_queue(session: Session, asked: Asked) -> QueueLine:
    """How many rounds are over and never went up, since the last day of the first; one query."""
    rounds = unreported(session, county=asked.county, on=asked.on)
    return QueueLine(len(rounds), min((one.due_on for one in rounds), default=None))


def changed_since_report(
    session: Session, *, campaign: Campaign, on: date, seen_by: Person | Everybody
) -> list[str]:
    """What is different now from the newest report, in words; empty when nothing is.

    Only what became of the stations in that sight.
    """
    made = next(iter(reports_of(session, campaign=campaign)), None)
    if made is None or visits_sealed(campaign, seen_by):
        return []
    content = reported_content(session, made=made, campaign=campaign, seen_by=seen_by)
    before = {one["station_id"]: one for one in content.figures["stations"]}
    told = []
    for row in round_figures(session, campaign=campaign, on=on, seen_by=seen_by)["stations"]:
        old = before.pop(row["station_id"], None)
        name = f"{row['code'] or ''} {row['name']}".strip()
        if old is None:
            told.append(f"{name}：报告里没有")
        elif _told_of(old) != _told_of(row):
            told.append(f"{name}：报告里是{_told_of(old)}，现在是{_told_of(row)}")
    told += [f"{one['code'] or ''} {one['name']}：已撤出本轮".strip() for one in before.values()]
    return told[:CHANGES_TOLD]


def figures_hash(content: Mapping[str, Any]) -> str:
    """SHA-256 over figures in one canonical spelling."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _figures_of(made: RoundReport) -> dict[str, Any]:
    """A version's figures without what stands beside them."""
    return {name: value for name, value in made.figures.items() if name != "annex"}


def _told_of(row: StationFigures) -> str:
    status = f"，{row['status_label']}" if row["status_label"] else ""
    fails = f"（{'、'.join(row['fails'])}）" if row["fails"] else ""
    return f"{row['state_label']}{status}{fails}"
