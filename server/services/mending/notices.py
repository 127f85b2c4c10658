"""整改通知书 and 撤销通知: numbered per county and year without a gap, one for an inspection."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.calendar import beijing_day, full_day_text
from server.errors import Conflict, NotFound
from server.models.county import County
from server.models.inspection import Inspection
from server.models.person import Person
from server.models.rectification import Notice, Rectification, RectificationState
from server.services.common import history
from server.services.common.seals import Shown, refuse_if_changed
from server.services.county.round_options import names_on_notice, round_options
from server.services.inspections.versions import ids_so_far, newer_than
from server.services.mending.actions import MendingAction
from server.services.mending.shown import items_shown
from server.services.mending.steps import step

DUE = "due_on"
IS_ORIGINAL = Notice.revokes_id.is_(None)


def issue_notice(
    session: Session,
    *,
    inspection: Inspection,
    by: Person | None,
    now: datetime,
    keep: Callable[[Notice], None] | None = None,
    seal: str | None = None,
) -> Notice:
    """The notice of an inspection, numbered on the first asking; afterwards the same one.

    An amended version goes on with the notice of the version before; only what that one does not
    hold makes it a notice of its own. The county's row is locked while a number is taken, so
    numbers have no gap and no twin. `keep` makes the papers of a new one and keeps them in the same
    transaction (`papers/issued`); without it they are made up later. `seal` is of the items that
    the page showed. Raises Conflict notice-nothing-to-mend, notice-record-amended,
    notice-changed-meanwhile.
    """
    lock_numbers(session, inspection.county)
    known = session.scalars(
        sa.select(Notice).where(Notice.inspection_id == inspection.id, IS_ORIGINAL)
    ).one_or_none()
    if known is not None:
        return known
    if newer_than(session, inspection) is not None:
        raise Conflict(
            "notice-record-amended",
            "这份督导记录已经更正过，整改通知书要照最新的一版签发。请打开更正后的那一版，看过再签发。",
        )
    open_items = _on_no_notice(session, inspection)
    if not open_items:
        earlier = _newest_of(session, inspection)
        if earlier is not None:
            return earlier
        if _mended(session, inspection):
            raise Conflict(
                "notice-nothing-to-mend",
                "这次督导要整改的都已经整改并验收了，不用再发整改通知书。",
            )
        raise Conflict("notice-nothing-to-mend", "这次督导没有需要整改的条款，不用发整改通知书。")
    today = beijing_day(now)
    *items, due = _shown(session, inspection, open_items, today)
    changed, what = "notice-changed-meanwhile", "要整改的条款"
    refuse_if_changed(seal, items, code=changed, what=what)
    refuse_if_changed(seal, [due], code=changed, what=what, how="要写进通知书的变了")
    notice = next_notice(
        session,
        inspection=inspection,
        due_on=_last_day(session, inspection, open_items, today),
        by=by,
        now=now,
    )
    number = notice_number(session.get_one(County, inspection.county), notice)
    for one in open_items:
        one.notice_id = notice.id
        if one.due_on < notice.due_on:  # the letter has one day: the keeper's phone says the same
            told = f"{number}写的期限是{full_day_text(notice.due_on)}"
            step(session, one, "moved", now, by, note=told, later=notice.due_on)
    session.flush()
    history.write(
        session,
        of=inspection,
        by=by,
        at=now,
        action=MendingAction.NOTICE_ISSUED,
        summary=f"{number}，{len(open_items)}条，期限{full_day_text(notice.due_on)}",
    )
    if keep is not None:
        keep(notice)
    return notice


def _last_day(
    session: Session, inspection: Inspection, items: list[Rectification], today: date
) -> date:
    """The day that a letter asks for: one that can be kept by whoever gets it today.

    No plan gives a number of days. Where the day has passed it is as many days as anybody gets;
    otherwise never fewer than the county reminds ahead, and never the day of issue itself.
    """
    latest = max(one.due_on for one in items)
    options = round_options(session.get_one(County, inspection.county))
    if latest < today:
        return today + timedelta(days=options.rectification_days)
    return max(latest, today + timedelta(days=max(1, options.remind_days_before)))


def lock_numbers(session: Session, county: str) -> None:
    """Let nobody else take a number of this county before this transaction ends."""
    session.scalars(
        sa.select(County)
        .where(County.code == county)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one()


def next_notice(
    session: Session,
    *,
    inspection: Inspection,
    due_on: date | None = None,
    revokes: Notice | None = None,
    by: Person | None,
    now: datetime,
) -> Notice:
    """The county's next letter; `lock_numbers` comes first. One that revokes asks nothing."""
    today = beijing_day(now)
    last = session.scalar(
        sa.select(sa.func.max(Notice.number)).where(
            Notice.county == inspection.county, Notice.year == today.year
        )
    )
    notice = Notice(
        county=inspection.county,
        year=today.year,
        number=(last or 0) + 1,
        station_id=inspection.station_id,
        inspection_id=inspection.id,
        issued_on=today,
        due_on=due_on or today,
        issued_by=by.id if by else None,
        revokes_id=revokes.id if revokes else None,
    )
    session.add(notice)
    session.flush()
    return notice


def notice_number(county: County, notice: Notice) -> str:
    """The number as it stands on paper: 静快改〔2026〕1号."""
    _, code = names_on_notice(county, year=notice.year, number=notice.number)
    return f"{code}〔{notice.year}〕{notice.number}号"


def notice_of(session: Session, *, county: str, inspection_id: UUID) -> Notice:
    """The notice already issued for an inspection, or for a version of it before this one.

    Raises NotFound notice-unknown, also while an amendment found what no notice holds yet.
    """
    inspection = session.get(Inspection, inspection_id)
    if inspection is not None and inspection.county == county:
        found = _newest_of(session, inspection)
        if found is not None and not _on_no_notice(session, inspection):
            return found
    raise NotFound("notice-unknown", "这次督导还没有发整改通知书。请先签发。")


def notice_with(session: Session, *, county: str, notice_id: int) -> Notice:
    """A letter of this county by its row. Raises NotFound notice-unknown."""
    found = session.get(Notice, notice_id)
    if found is None or found.county != county:
        raise NotFound("notice-unknown", "没有找到这份文件。请返回列表重新选择。")
    return found


def to_be_issued(session: Session, inspection: Inspection, today: date) -> list[Shown]:
    """What a letter of this record would hold on a day, as the page that issues it shows it."""
    return _shown(session, inspection, _on_no_notice(session, inspection), today)


def _shown(
    session: Session, inspection: Inspection, items: list[Rectification], today: date
) -> list[Shown]:
    """The items, and the last day of the letter: at midnight that may become another."""
    if not items:
        return items_shown(items)
    due_on = full_day_text(_last_day(session, inspection, items, today))
    return [*items_shown(items), Shown(DUE, "通知书写的期限", due_on)]


def _on_no_notice(session: Session, inspection: Inspection) -> list[Rectification]:
    """What this version or one before it found wanting, is still open and no notice holds."""
    return list(
        session.scalars(
            sa.select(Rectification)
            .where(
                Rectification.inspection_id.in_(ids_so_far(session, inspection)),
                Rectification.state.not_in(
                    (RectificationState.WITHDRAWN, RectificationState.ACCEPTED)
                ),
                Rectification.notice_id.is_(None),
            )
            .order_by(Rectification.id)
        )
    )


def _mended(session: Session, inspection: Inspection) -> bool:
    """Whether something was found wanting, and a person has accepted it as mended."""
    accepted = sa.select(Rectification.id).where(
        Rectification.inspection_id.in_(ids_so_far(session, inspection)),
        Rectification.state == RectificationState.ACCEPTED,
    )
    return session.scalar(accepted.limit(1)) is not None


def _newest_of(session: Session, inspection: Inspection) -> Notice | None:
    """The newest notice of this version or of one before it."""
    return session.scalars(
        sa.select(Notice)
        .where(Notice.inspection_id.in_(ids_so_far(session, inspection)), IS_ORIGINAL)
        .order_by(Notice.id.desc())
        .limit(1)
    ).one_or_none()
