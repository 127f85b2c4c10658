"""合作协议: which parties agreed on which mode from when to when, and what became of it."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from server.calendar import beijing_day, full_day_text
from server.errors import Conflict, Invalid, NotFound
from server.labelled import Labelled
from server.media.attachments import Attachment
from server.media.blobs import BlobStore
from server.models.county import County
from server.models.coverage import Agreement
from server.models.person import Person
from server.models.station import Station
from server.plain_text import plain_text
from server.policy.entries import says_nothing
from server.services.common import history
from server.services.common.queues import Asked, QueueLine, Statement, built_once
from server.services.common.written import reason_given, written
from server.services.county.agreement_options import RUNS_OUT
from server.services.coverage.actions import CoverageAction
from server.services.people.scope import Everybody, stations_visible_to
from server.services.registry.fields import COOP_MODES


class AgreementState(Labelled):
    """How an agreement stands on a day."""

    IN_FORCE = "in_force", "有效"
    RUNNING_OUT = "running_out", "快到期"
    EXPIRED = "expired", "已到期"
    TO_COME = "to_come", "还没开始"
    FOLLOWED = "followed", "已续签"
    ENDED = "ended", "已终止"
    MISTAKEN = "mistaken", "登记有误"


WAITING = (AgreementState.RUNNING_OUT, AgreementState.EXPIRED)
"""What somebody has to follow with a new one, or to end."""


@dataclass(frozen=True, slots=True)
class AgreementView:
    """One agreement with who entered and ended it, and the one that follows it, if any."""

    agreement: Agreement
    state: AgreementState
    who: str
    ended_who: str
    followed_by: int | None


@dataclass(frozen=True, slots=True)
class ModeLine:
    """One mode: its open stations in sight, and its agreements by state."""

    key: str
    label: str
    stations: int
    states: Counter[AgreementState]


def agreements_of(session: Session, *, county: str, on: date) -> list[AgreementView]:
    """A county's agreements: what waits, then the newest first."""
    who, ender, after = aliased(Person), aliased(Person), aliased(Agreement)
    rows = session.execute(
        sa.select(Agreement, who.name, ender.name, after.id)
        .outerjoin(who, who.id == Agreement.recorded_by)
        .outerjoin(ender, ender.id == Agreement.ended_by)
        .outerjoin(after, (after.follows_id == Agreement.id) & ~after.mistaken)
        .where(Agreement.county == county)
        .order_by(Agreement.id.desc())
    )
    asked_before = runs_out(session, county)
    views = [
        AgreementView(
            agreement=one,
            state=state_on(one, on, asked_before, followed=follower is not None),
            who=by or "系统",
            ended_who=end or "",
            followed_by=follower,
        )
        for one, by, end, follower in rows
    ]
    return sorted(views, key=lambda one: one.state not in WAITING)


def runs_out(session: Session, county: str) -> timedelta:
    """So long before its end an agreement is asked about: the county's choice."""
    return timedelta(days=RUNS_OUT.held(session.get_one(County, county)))


def state_on(
    agreement: Agreement, on: date, asked_before: timedelta, *, followed: bool
) -> AgreementState:
    """How an agreement stands on a day; its last day still counts."""
    if agreement.mistaken:
        return AgreementState.MISTAKEN
    if agreement.ended_on is not None and agreement.ended_on <= on:
        return AgreementState.ENDED
    if agreement.from_on > on:
        return AgreementState.TO_COME
    if agreement.until_on is not None and agreement.until_on < on:
        return AgreementState.FOLLOWED if followed else AgreementState.EXPIRED
    if agreement.until_on is not None and agreement.until_on - on <= asked_before and not followed:
        return AgreementState.RUNNING_OUT
    return AgreementState.IN_FORCE


def agreement_of(session: Session, *, county: str, agreement_id: int) -> Agreement:
    """One of the county's agreements. Raises NotFound agreement-unknown."""
    found = session.get(Agreement, agreement_id)
    if found is None or found.county != county:
        raise NotFound("agreement-unknown", "没有找到这份协议。请从合作协议里重新选择。")
    return found


def modes_told(
    session: Session, *, views: Sequence[AgreementView], seen_by: Person | Everybody
) -> list[ModeLine]:
    """Every mode with its open stations in sight and its agreements by state."""
    counts: Counter[str] = Counter()
    for modes in session.scalars(
        sa.select(Station.coop_modes).where(
            stations_visible_to(seen_by), Station.closed_on.is_(None)
        )
    ):
        counts.update(modes)
    found = []
    for key, label in COOP_MODES.items():
        states = Counter(one.state for one in views if one.agreement.mode == key)
        found.append(ModeLine(key, label, counts[key], states))
    return found


def stations_of_mode(session: Session, *, mode: str, seen_by: Person | Everybody) -> list[Station]:
    """The open stations in sight that run in this mode, by number."""
    every = session.scalars(
        sa.select(Station)
        .where(stations_visible_to(seen_by), Station.closed_on.is_(None))
        .order_by(Station.code, Station.id)
    )
    return [one for one in every if mode in one.coop_modes]


def record_agreement(
    session: Session,
    blobs: BlobStore,
    *,
    county: County,
    mode: str,
    parties: str,
    covers: str,
    from_on: date,
    until_on: date | None,
    note: str,
    paper: Attachment | None,
    by: Person | None,
    now: datetime,
    follows: Agreement | None = None,
) -> Agreement:
    """Enter an agreement, with its paper if there is one; `follows` is the one that it renews.

    Raises Invalid field-invalid, text-too-long; Conflict agreement-same, agreement-followed.
    """
    if mode not in COOP_MODES:
        raise _wrong("mode", "请选择是哪一种合作模式。")
    parties = parties_given(parties)
    if until_on is not None and until_on < from_on:
        raise _wrong("until_on", "到期的日子比开始的日子还早，请核对。")
    covers = written(covers, "适用范围", field="covers", into=Agreement.covers)
    note = written(note, "说明", field="note", into=Agreement.note)
    # Whoever enters agreements of the same county waits here, then sees the first one's.
    session.execute(sa.select(County.code).where(County.code == county.code).with_for_update())
    if follows is not None:
        session.refresh(follows, with_for_update=True)
        _refuse_followed(session, follows)
    agreement = Agreement(
        county=county.code,
        mode=mode,
        parties=parties,
        covers=covers,
        from_on=from_on,
        until_on=until_on,
        note=note,
        follows_id=follows.id if follows else None,
        recorded_by=by.id if by else None,
        recorded_at=now,
    )
    _refuse_same(session, agreement)
    _keep(blobs, agreement, paper)
    session.add(agreement)
    session.flush()
    history.write(
        session,
        of=agreement,
        by=by,
        at=now,
        action=CoverageAction.AGREEMENT_RECORDED,
        summary=f"{COOP_MODES[mode]}协议：{told(agreement)}{'，续签' if follows else ''}",
        changes=_file_change(agreement),
        reason=note,
    )
    return agreement


def attach_paper(
    session: Session,
    blobs: BlobStore,
    *,
    agreement: Agreement,
    paper: Attachment,
    by: Person | None,
    now: datetime,
) -> None:
    """Add the signed paper to an agreement that has none; it is never exchanged.

    Raises Conflict agreement-has-paper, agreement-ended.
    """
    session.refresh(agreement, with_for_update=True)
    if agreement.file_sha256 is not None:
        raise Conflict(
            "agreement-has-paper",
            "这份协议已经有文件了，不能换。如果传错了，请把它标为登记有误，再登记一次。",
        )
    if agreement.mistaken:
        raise Conflict("agreement-ended", "这份协议已经标为登记有误，不用再补文件。")
    _keep(blobs, agreement, paper)
    session.flush()
    history.write(
        session,
        of=agreement,
        by=by,
        at=now,
        action=CoverageAction.AGREEMENT_FILE,
        summary=f"{COOP_MODES[agreement.mode]}协议补传文件：{told(agreement)}",
        changes=_file_change(agreement),
    )


def end_agreement(
    session: Session,
    *,
    agreement: Agreement,
    on: date,
    mistaken: bool,
    by: Person | None,
    now: datetime,
    reason: str,
) -> None:
    """Say that an agreement ended on a day, or (`mistaken`) should never have been entered.

    What ended may still turn out to be a mistake; its first reason stays in the history.
    Raises Conflict agreement-ended; Invalid field-invalid, reason-needed.
    """
    session.refresh(agreement, with_for_update=True)
    if agreement.mistaken:
        raise Conflict("agreement-ended", "这份协议已经标为登记有误，不用再办一次。")
    if agreement.ended_on is not None and not mistaken:
        raise Conflict("agreement-ended", "这份协议已经终止过了，不用再办一次。")
    if not mistaken and on < agreement.from_on:
        raise _wrong("on", "终止的日子比开始的日子还早，请核对；如果本来就登错了，请选登记有误。")
    if on > beijing_day(now):
        raise _wrong("on", f"“终止日期”写的{full_day_text(on)}还没有到，请核对。")
    because = reason_given(
        reason, "请写明为什么，例如“双方不再合作”。", into=Agreement.ended_because
    )
    agreement.ended_on, agreement.ended_because, agreement.mistaken = on, because, mistaken
    agreement.ended_by, agreement.ended_at = by.id if by else None, now
    session.flush()
    what = "登记有误" if mistaken else f"{full_day_text(on)}终止"
    history.write(
        session,
        of=agreement,
        by=by,
        at=now,
        action=CoverageAction.AGREEMENT_ENDED,
        summary=f"{COOP_MODES[agreement.mode]}协议{what}：{told(agreement)}",
        reason=because,
    )


def agreements_queue(session: Session, asked: Asked) -> QueueLine:
    """Agreements that have run out or soon will, since they began to; one query."""
    asked_before = runs_out(session, asked.county)
    number, first = _running_out(session, asked, until=asked.on + asked_before).one()
    return QueueLine(number, first - asked_before if first else None)


@built_once
def _running_out(asked: Asked) -> Statement:
    after = aliased(Agreement)
    return sa.select(sa.func.count(), sa.func.min(Agreement.until_on)).where(
        Agreement.county == asked.county,
        ~Agreement.mistaken,
        Agreement.ended_on.is_(None),
        Agreement.from_on <= asked.on,
        Agreement.until_on <= sa.bindparam("until", type_=sa.Date()),
        ~sa.exists().where(after.follows_id == Agreement.id, ~after.mistaken),
    )


def told(agreement: Agreement) -> str:
    """Who agreed from when to when, in one line."""
    end = f"到{full_day_text(agreement.until_on)}" if agreement.until_on else "，没有写到期"
    return f"{agreement.parties}，{full_day_text(agreement.from_on)}{end}"


def parties_given(text: str) -> str:
    """The parties as they were typed, one after another. Raises Invalid unless there are two."""
    found = [one.strip() for one in re.split(r"[\n、；;]+", plain_text(text)) if one.strip()]
    if idle := next((one for one in found if says_nothing(one)), ""):
        raise _wrong("parties", f"协议各方里写的“{idle}”没有说是谁，请写单位的名称。")
    if len(found) < 2:
        raise _wrong("parties", "请写明协议的各方，至少两方，一行写一方。")
    return written("、".join(found), "协议各方", field="parties", into=Agreement.parties)


def _keep(blobs: BlobStore, agreement: Agreement, paper: Attachment | None) -> None:
    """Keep the bytes first: a row never names what is not there."""
    if paper is None:
        return
    agreement.file_sha256 = blobs.put(paper.content)
    agreement.file_name, agreement.file_kind = paper.name, paper.kind
    agreement.file_bytes = len(paper.content)


def _file_change(agreement: Agreement) -> list[history.Change]:
    made = history.change("file", "协议文件", "", agreement.file_name)
    return [made] if made else []


def _refuse_same(session: Session, new: Agreement) -> None:
    same = sa.select(Agreement.id).where(
        Agreement.county == new.county,
        Agreement.mode == new.mode,
        Agreement.parties == new.parties,
        Agreement.from_on == new.from_on,
        Agreement.until_on == new.until_on,
        ~Agreement.mistaken,
    )
    if session.scalar(same.limit(1)) is not None:
        raise Conflict("agreement-same", "同样的协议已经登记过了，不用再登一次。")


def _refuse_followed(session: Session, follows: Agreement) -> None:
    if follows.mistaken:
        raise Conflict("agreement-ended", "原来那份协议已经标为登记有误，不能续签。")
    after = sa.select(Agreement.id).where(Agreement.follows_id == follows.id, ~Agreement.mistaken)
    if session.scalar(after.limit(1)) is not None:
        raise Conflict("agreement-followed", "这份协议已经续签过了。请看续签的那一份。")


def _wrong(field: str, what: str) -> Invalid:
    return Invalid("field-invalid", what, fields={field: what})
