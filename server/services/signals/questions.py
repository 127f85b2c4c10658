"""Integrity signals from question to decision: raised once, answered, settled by a person.

None of them changes a verdict or a station's state, and none keeps anybody from anything
(decision 0011).
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.calendar import full_day_text
from server.errors import Conflict, Invalid, NotAllowed, NotFound
from server.models.county import County
from server.models.person import Person
from server.models.signal import IntegritySignal, SignalState
from server.models.station import Station
from server.policy.masking import masked_text
from server.policy.signals.facts import Signal
from server.policy.signals.look import look_at, whole_month
from server.policy.signals.options import (
    KINDS,
    OF_COUNTS,
    OF_VISITS,
    SETTINGS,
    SignalOptions,
    signal_options_from,
    signal_options_json,
)
from server.services.common import history
from server.services.common.seals import Shown, refuse_if_changed
from server.services.common.written import reason_given
from server.services.county.choices import hold_still, numbers_shown, save_choices
from server.services.people.scope import TOWNSHIP, Everybody, station_for, stations_visible_to
from server.services.signals.actions import SignalsAction
from server.services.signals.corrections import corrected
from server.services.signals.facts import stations_seen

DECISIONS: Mapping[str, str] = {"explained": "已说明", "doubtful": "存疑", "mistaken": "误报"}
CORRECTED = "corrected"
OUTCOMES: Mapping[str, str] = {**DECISIONS, CORRECTED: "已更正"}
"""What came of a question: what a person said, or that the counts were put right."""
ACCEPTED = ("explained", "mistaken")  # after these the same pattern is left alone for a while
DAYS = 35
ANSWER_LONGEST = 200


def signal_options(county: County) -> SignalOptions:
    """The county's thresholds; settings that cannot be (any more) fall back to ours."""
    given = county.options.get("signals")
    try:
        return signal_options_from(given if isinstance(given, Mapping) else {})
    except Invalid:
        return SignalOptions()


@dataclass(frozen=True)
class Found:
    """What a look at one county found; nothing is written yet."""

    county: str
    since: date
    quiet_days: int
    signals: list[Signal]
    off: frozenset[str] = frozenset()


def find(
    session: Session,
    *,
    county: County,
    on: date,
    days: int = DAYS,
    township_code: str | None = None,
) -> Found:
    """Look at a county's weeks up to `on`, writing nothing; ten queries, twelve of a township.

    With a township only its stations are asked about, as they would be in a look at all.

    Looks back to the first of the month in which `on` minus `days` lies, so that a month is always
    seen whole.
    """
    options = signal_options(county)
    since = (on - timedelta(days=days)).replace(day=1)
    seen = stations_seen(
        session, county=county.code, since=since, until=on, township_code=township_code
    )
    signals = look_at(seen, options, township=township_code)
    return Found(county.code, since, options.quiet_days, signals, options.off)


def raise_new(session: Session, *, found: Found, now: datetime) -> list[IntegritySignal]:
    """Raise what has not been raised before; the new ones.

    A question once raised stays the only one about the same thing, settled or not; while it is
    open it takes the newest figures. A pattern that runs through two months is asked about once,
    in the newer one; after the county has accepted an explanation it is left alone for some time.
    A question about counts that nobody has answered and that correcting them has settled is closed
    as 已更正; it opens again if they are put back.
    """
    quiet_from = now - timedelta(days=found.quiet_days)
    known: dict[tuple[int, str, str], IntegritySignal] = {}
    quiet: set[tuple[int, str]] = set()
    for one in session.scalars(
        sa.select(IntegritySignal).where(
            IntegritySignal.county == found.county,
            sa.or_(IntegritySignal.day_on >= found.since, IntegritySignal.settled_at >= quiet_from),
        )
    ):
        known[one.station_id, one.kind, one.about] = one
        settled_at = one.settled_at
        accepted = one.decision in ACCEPTED and settled_at is not None and settled_at >= quiet_from
        if accepted and whole_month(one.about):
            quiet.add((one.station_id, one.kind))
    newest: dict[tuple[int, str], str] = defaultdict(str)
    for station_id, kind, about in (
        *known,
        *((signal.station, signal.kind, signal.about) for signal in found.signals),
    ):
        if whole_month(about):
            newest[station_id, kind] = max(newest[station_id, kind], about[:7])
    raised = []
    for signal in found.signals:
        pattern = (signal.station, signal.kind)
        before = known.get((signal.station, signal.kind, signal.about))
        if before is not None:
            _renew(before, signal, now)
        elif not whole_month(signal.about) or (
            pattern not in quiet and signal.about[:7] == newest[pattern]
        ):
            raised.append(_raised(found.county, signal, now))
    session.add_all(raised)
    _close_corrected(session, found, known, now)
    session.flush()
    return raised


def look_for_signals(
    session: Session, *, county: County, on: date, now: datetime, days: int = DAYS
) -> list[IntegritySignal]:
    """Look and ask in one transaction, where nobody waits meanwhile; gives the new questions."""
    return raise_new(session, found=find(session, county=county, on=on, days=days), now=now)


def _raised(county: str, signal: Signal, now: datetime) -> IntegritySignal:
    # What an inspector wrote in the record, because the phone asked for it, is the answer.
    said = str(signal.measured.get("said") or "")
    return IntegritySignal(
        county=county,
        station_id=signal.station,
        person_id=signal.person,
        kind=signal.kind,
        about=signal.about,
        day_on=signal.day_on,
        question=signal.question,
        measured=dict(signal.measured),
        state=SignalState.ANSWERED if said else SignalState.OPEN,
        raised_at=now,
        answer=said,
        answered_at=now if said else None,
    )


def _close_corrected(
    session: Session,
    found: Found,
    known: Mapping[tuple[int, str, str], IntegritySignal],
    now: datetime,
) -> None:
    """Nobody need answer what the corrected counts answer; it stays to be read."""
    still = {(signal.station, signal.kind, signal.about) for signal in found.signals}
    gone = [
        one
        for key, one in known.items()
        if one.state is SignalState.OPEN
        and one.kind in OF_COUNTS - found.off
        and key not in still
        and one.day_on >= found.since
    ]
    for one in corrected(session, gone):
        one.state, one.settled_at, one.settled_by = SignalState.SETTLED, now, None
        one.decision, one.reason = CORRECTED, "件数更正以后，这个问题不在了。"
        history.write(
            session,
            of=one,
            by=None,
            at=now,
            action=SignalsAction.SIGNAL_SETTLED,
            summary=_settled_text(one),
            reason=one.reason,
        )


def _settled_text(signal: IntegritySignal) -> str:
    kind = KINDS.get(signal.kind, signal.kind)
    return f"{kind}（{full_day_text(signal.day_on)}）：{OUTCOMES[signal.decision]}"


def _renew(before: IntegritySignal, signal: Signal, now: datetime) -> None:
    """Nobody has answered yet: the question may grow with the month, or come back."""
    if before.decision == CORRECTED:
        before.state, before.raised_at = SignalState.OPEN, now
        before.decision = before.reason = ""
        before.settled_at = None
    if before.state is SignalState.OPEN and before.question != signal.question:
        before.question, before.day_on = signal.question, signal.day_on
        before.measured = dict(signal.measured)


def answer(
    session: Session,
    *,
    signal_id: int,
    station: Station,
    text: str,
    event_id: UUID,
    by: Person,
    now: datetime,
) -> IntegritySignal:
    """The keeper explains; until it is settled a newer answer takes the older one's place.

    An answer that comes after the county has decided without one is kept beside the decision.
    Raises Invalid signal-unknown, answer-empty, signal-settled.
    """
    signal = session.get(IntegritySignal, signal_id, with_for_update=True)
    if signal is None or signal.station_id != station.id or signal.kind in OF_VISITS:
        raise Invalid("signal-unknown", "没有找到这个问题。请下拉刷新首页，再从任务里回答。")
    said = text.strip()
    if not 0 < len(said) <= ANSWER_LONGEST:
        raise Invalid(
            "answer-empty",
            f"请写一句说明，最多{ANSWER_LONGEST}个字。",
            fields=["payload.text"],
        )
    if signal.state is SignalState.SETTLED and signal.answer:
        raise Invalid("signal-settled", "这个问题县里已经看过您的说明，处理完了，不用再答。")
    signal.answer, signal.answer_event_id, signal.answered_at = said, event_id, now
    if signal.state is SignalState.OPEN:
        signal.state = SignalState.ANSWERED
    session.flush()
    history.write(
        session,
        of=signal,
        by=by,
        at=now,
        action=SignalsAction.SIGNAL_ANSWERED,
        summary=f"{KINDS.get(signal.kind, signal.kind)}：{masked_text(said)}",
    )
    return signal


def settled_before(session: Session, *, station_id: int, event_id: UUID) -> bool:
    """Whether the county had decided already when this answer came from a station."""
    return bool(
        session.scalar(
            sa.select(
                sa.exists().where(
                    IntegritySignal.station_id == station_id,  # the index is by stations
                    IntegritySignal.answer_event_id == event_id,
                    IntegritySignal.settled_at <= IntegritySignal.answered_at,
                )
            )
        )
    )


def signal_of(session: Session, *, seen_by: Person, signal_id: int) -> IntegritySignal:
    """A question about a station in somebody's sight. Raises NotFound signal-unknown."""
    signal = session.get(IntegritySignal, signal_id)
    try:
        if signal is not None:
            station_for(session, seen_by, signal.station_id)
            return signal
    except NotFound:
        pass
    raise NotFound("signal-unknown", "没有找到这条提示。请返回列表重新选择。")


def signal_shown(signal: IntegritySignal) -> list[Shown]:
    """What a form of a question shows that others may change meanwhile."""
    return [
        Shown("question", "问的话", signal.question),
        Shown("answer", "答复", signal.answer),
        Shown("decision", "处理", DECISIONS.get(signal.decision, signal.decision)),
        Shown("reason", "理由", signal.reason),
    ]


def settle_signal(
    session: Session,
    *,
    signal: IntegritySignal,
    decision: str,
    reason: str,
    by: Person,
    now: datetime,
    seal: str | None = None,
) -> None:
    """A person of the county or township says what comes of it; a later decision replaces it.

    `seal` is of what the form showed: nobody decides over an answer, or a decision, unseen. Raises
    NotAllowed not-your-page; NotFound signal-unknown out of sight; Invalid signal-decision-unknown,
    reason-needed; Conflict signal-settled where nothing would change, signal-changed-meanwhile.
    """
    if by.role not in TOWNSHIP:
        raise NotAllowed("not-your-page", "异常提示由县专班或乡镇处理。如有意见，请联系县专班。")
    signal_of(session, seen_by=by, signal_id=signal.id)
    seen = (signal.state, signal.settled_at, signal.settled_by)
    session.refresh(signal, with_for_update=True)
    if (signal.state, signal.settled_at, signal.settled_by) != seen:
        raise Conflict("signal-settled", "刚刚有人处理过这一条，请看过再定。")
    refuse_if_changed(
        seal, signal_shown(signal), code="signal-changed-meanwhile", what="这一条提示"
    )
    if decision not in DECISIONS:
        raise Invalid(
            "signal-decision-unknown",
            "请选择“已说明”“存疑”或“误报”。",
            fields={"decision": "请选择"},
        )
    why = reason_given(reason, "请写一句理由。", label="理由", into=IntegritySignal.reason)
    if (signal.decision, signal.reason) == (decision, why):
        raise Conflict("signal-settled", "这一条已经这样处理过了。")
    signal.decision, signal.reason = decision, why
    signal.state, signal.settled_at, signal.settled_by = SignalState.SETTLED, now, by.id
    session.flush()
    history.write(
        session,
        of=signal,
        by=by,
        at=now,
        action=SignalsAction.SIGNAL_SETTLED,
        summary=_settled_text(signal),
        reason=why,
    )


def open_counts(session: Session, *, county: str, seen_by: Person | Everybody) -> dict[int, int]:
    """How many questions are not settled yet, by station in sight; those without are left out."""
    return dict(
        session.execute(
            sa.select(IntegritySignal.station_id, sa.func.count())
            .join(Station, Station.id == IntegritySignal.station_id)
            .where(
                IntegritySignal.county == county,
                IntegritySignal.state != SignalState.SETTLED,
                stations_visible_to(seen_by),
            )
            .group_by(IntegritySignal.station_id)
        ).all()
    )


def edit_signal_options(
    session: Session,
    *,
    county: County,
    values: Mapping[str, Any],
    by: Person,
    now: datetime,
    reason: str,
    seal: str | None = None,
) -> list[history.Change]:
    """Keep the county's thresholds; what changed, in words.

    `seal` is that of `signal_options_shown` when the form was filled in. Raises Invalid
    signal-option-invalid, reason-needed; Conflict county-changed-meanwhile.
    """
    hold_still(session, county)
    new = signal_options_from(values)
    return save_choices(
        session,
        county=county,
        held=signal_options_shown(signal_options(county)),
        wished=signal_options_shown(new),
        options={"signals": signal_options_json(new)},
        by=by,
        now=now,
        reason=reason,
        seal=seal,
        about="异常提示的",
    )


def signal_options_shown(options: SignalOptions) -> list[Shown]:
    """The thresholds as seals and the history tell them."""
    held = {name: getattr(options, name) for name in SETTINGS}
    return [*numbers_shown(SETTINGS, held), Shown("off", "不问的种类", _kinds(options.off))]


def _kinds(off: frozenset[str]) -> str:
    return "、".join(label for kind, label in KINDS.items() if kind in off)
