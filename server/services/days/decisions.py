"""What a person decides of a station's day on which both sides do not agree: one day, or many."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.calendar import beijing_day, day_text, full_day_text
from server.errors import Conflict, Invalid, NotFound
from server.media.attachments import Attachment
from server.media.blobs import BlobStore
from server.models.county import County
from server.models.operator_total import ReconciliationDecision
from server.models.person import Person
from server.models.station import Station
from server.policy.reconciliation import Choice, Numbers, numbers_for
from server.services.common import history
from server.services.common.written import reason_given
from server.services.days.actions import DaysAction
from server.services.days.payable import hold_days
from server.services.days.reconciliation import Day, day_of, reconciled_month

MOST_AT_ONCE = 200
CHANGED = "您看的时候，这一天的数或者决定变了。请看过现在的数，再决定一次。"


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person wants of a day: `other` and its `paper` only where the choice is another."""

    choice: Choice
    reason: str
    other: Numbers | None = None
    paper: Attachment | None = None


@dataclass(frozen=True, slots=True)
class DecisionView:
    """One decision and who made it; `holds` is whether both sides still say what it is over."""

    decision: ReconciliationDecision
    who: str
    holds: bool


class Skipped(NamedTuple):
    """A day that was not decided together with others, and why."""

    station_id: int
    name: str
    day_on: date
    why: str


class Many(NamedTuple):
    """What became of days that were to be decided together."""

    decided: int
    skipped: tuple[Skipped, ...]


def decide_day(
    session: Session,
    blobs: BlobStore,
    *,
    station: Station,
    day_on: date,
    seen: str,
    wish: Wish,
    by: Person,
    now: datetime,
) -> ReconciliationDecision:
    """Decide one day over what both sides say; `seen` is what the form carried (`Day.seen`).

    Raises Conflict reconciliation-changed; Invalid reason-needed, reconciliation-not-possible,
    reconciliation-paper-needed.
    """
    hold_days(session, county=station.county, station_ids=[station.id])
    day = day_of(session, station=station, day_on=day_on)
    if day.seen != seen:
        raise Conflict("reconciliation-changed", CHANGED)
    if day_on > beijing_day(now):
        raise Invalid("day-in-future", f"{full_day_text(day_on)}还没到，不能先对账。")
    wish = replace(wish, reason=_reason(wish.reason))
    numbers = _numbers(day, wish)
    if wish.choice is Choice.OTHER and wish.paper is None:
        raise Invalid(
            "reconciliation-paper-needed",
            "另定一个数，要附上凭据（派件单、签收表的照片或PDF）。",
            fields={"paper": "请选择凭据"},
        )
    decision = _keep(session, day, wish, numbers, by=by, now=now)
    if wish.choice is Choice.OTHER and wish.paper is not None:
        decision.evidence_sha256 = blobs.put(wish.paper.content)
        decision.evidence_name = wish.paper.name
        decision.evidence_kind = wish.paper.kind
        decision.evidence_bytes = len(wish.paper.content)
        session.flush()
    history.write(
        session,
        of=station,
        by=by,
        at=now,
        action=DaysAction.RECONCILED,
        summary=f"对账{full_day_text(day_on)}：{_told(decision)}",
        changes=_before(day, decision),
        reason=wish.reason,
    )
    return decision


def decide_many(
    session: Session,
    *,
    county: County,
    month_on: date,
    seen: Mapping[tuple[int, date], str],
    choice: Choice,
    reason: str,
    by: Person,
    now: datetime,
) -> Many:
    """Decide days of one month together, each by itself: what changed meanwhile is left out.

    `seen` are the days that somebody saw and chose, with what the list carried of each. Raises
    Invalid reason-needed, reconciliation-none-chosen, reconciliation-too-many,
    reconciliation-not-possible (another number is decided day by day, each with its paper).
    """
    if not seen:
        raise Invalid("reconciliation-none-chosen", "还没有勾选是哪几天。请先勾选，再决定。")
    if len(seen) > MOST_AT_ONCE:
        raise Invalid("reconciliation-too-many", f"一次最多决定{MOST_AT_ONCE}天，请分几次办。")
    if choice is Choice.OTHER:
        raise Invalid("reconciliation-not-possible", "另定一个数要一天一天办，并附上凭据。")
    wish = Wish(choice, _reason(reason))
    ids = {station_id for station_id, _ in seen}
    hold_days(session, county=county.code, station_ids=ids)
    month = reconciled_month(
        session,
        county=county.code,
        month_on=month_on,
        today=beijing_day(now),
        seen_by=by,
        station_ids=ids,
    )
    found = {
        (day.station_id, day.day_on): (one.station, day)
        for one in month.stations
        for day in one.days
    }
    made: dict[int, list[ReconciliationDecision]] = {}
    skipped = []
    for key, carried in seen.items():
        station, day = found.get(key, (None, None))
        if station is None or day is None or day.seen != carried:
            name = station.name if station else ""
            skipped.append(Skipped(key[0], name, key[1], "数或者决定变了，请再看一看"))
            continue
        numbers = numbers_for(choice, day.keeper.numbers if day.keeper else None, day.operator)
        if numbers is None:
            why = _not_said(choice).partition("，")[0]
            skipped.append(Skipped(station.id, station.name, day.day_on, why))
            continue
        one = _keep(session, day, wish, numbers, by=by, now=now)
        made.setdefault(station.id, []).append(one)
    if made:
        deed = history.write(
            session,
            of=county,
            by=by,
            at=now,
            action=DaysAction.RECONCILED,
            summary=f"一起对账{sum(map(len, made.values()))}天（{len(made)}个站）：{choice.label}",
            reason=wish.reason,
        )
        history.write_parts(
            session,
            deed,
            [
                history.Part(
                    station_id,
                    DaysAction.RECONCILED,
                    f"对账{'、'.join(day_text(one.day_on) for one in ones)}：{choice.label}",
                    (),
                )
                for station_id, ones in sorted(made.items())
            ],
        )
    return Many(sum(map(len, made.values())), tuple(skipped))


def decisions_of_day(session: Session, *, station: Station, day: Day) -> list[DecisionView]:
    """Every decision of a station's day, the newest first; only the first can still hold."""
    rows = session.execute(
        sa.select(ReconciliationDecision, Person.name)
        .join(Person, Person.id == ReconciliationDecision.decided_by)
        .where(
            ReconciliationDecision.station_id == station.id,
            ReconciliationDecision.day_on == day.day_on,
        )
        .order_by(ReconciliationDecision.seq.desc())
    )
    holding = day.decision.id if day.decision is not None and day.decided else None
    return [DecisionView(one, who, one.id == holding) for one, who in rows]


def decision_of(session: Session, *, station: Station, decision_id: int) -> ReconciliationDecision:
    """One decision of a station. Raises NotFound reconciliation-paper-unknown without a paper."""
    found = session.get(ReconciliationDecision, decision_id)
    if found is None or found.station_id != station.id or found.evidence_sha256 is None:
        raise NotFound("reconciliation-paper-unknown", "没有这份凭据。请返回对账页重新打开。")
    return found


def _reason(text: str) -> str:
    return reason_given(
        text,
        "请写明为什么这样定，例如“看过派件单，站长多数了一车”。",
        into=ReconciliationDecision.reason,
    )


def _not_said(choice: Choice) -> str:
    """Why a choice gives no numbers."""
    if choice is Choice.OTHER:
        return "另定一个数，收到和寄出都要填。没有就填0。"
    side = "站长没有报" if choice is Choice.KEEPER else "企业没有交"
    return f"{side}这一天的数，不能{choice.label}算。请另选一项。"


def _numbers(day: Day, wish: Wish) -> Numbers:
    keeper = day.keeper.numbers if day.keeper else None
    numbers = numbers_for(wish.choice, keeper, day.operator, wish.other)
    if numbers is None:
        raise Invalid(
            "reconciliation-not-possible", _not_said(wish.choice), fields={"choice": "请另选一项"}
        )
    return numbers


def _keep(
    session: Session, day: Day, wish: Wish, numbers: Numbers, *, by: Person, now: datetime
) -> ReconciliationDecision:
    keeper, operator = day.keeper.numbers if day.keeper else None, day.operator
    decision = ReconciliationDecision(
        county=by.county,
        station_id=day.station_id,
        day_on=day.day_on,
        seq=day.decision.seq + 1 if day.decision else 1,
        choice=wish.choice,
        inbound=numbers.inbound,
        outbound=numbers.outbound,
        keeper_received=keeper.inbound if keeper else None,
        keeper_sent=keeper.outbound if keeper else None,
        operator_inbound=operator.inbound if operator else None,
        operator_outbound=operator.outbound if operator else None,
        seen_sha256=day.seal,
        reason=wish.reason,
        decided_by=by.id,
        decided_at=now,
    )
    session.add(decision)
    session.flush()
    return decision


def _told(decision: ReconciliationDecision) -> str:
    if decision.choice is Choice.NOT_PAYABLE:
        return decision.choice.label
    return f"{decision.choice.label}，{Numbers(decision.inbound, decision.outbound).text}"


def _before(day: Day, decision: ReconciliationDecision) -> list[history.Change]:
    """What both sides said, for whoever reads the history."""
    keeper = day.keeper.numbers.text if day.keeper else "没有报"
    operator = day.operator.text if day.operator else "没有交"
    return [
        history.Change(
            field="day", label="两边的数", old=f"站长{keeper}，企业{operator}", new=_told(decision)
        )
    ]
