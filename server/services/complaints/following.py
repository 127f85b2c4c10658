"""The villager's side: looks again with number and 查询码, and says whether it was put right."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.calendar import beijing_day
from server.errors import Conflict, Invalid, TooMany
from server.models.complaint import (
    Complaint,
    ComplaintDeed,
    ComplaintOutcome,
    ComplaintState,
    ComplaintStep,
    FollowUp,
)
from server.models.county import County
from server.models.person import Person
from server.services.common.written import written
from server.services.complaints.actions import ComplaintAction
from server.services.complaints.codes import code_read, hash_of_code, number_read, same
from server.services.complaints.steps import step
from server.services.county.complaint_options import complaint_options
from server.services.people.tries import failures_since, note_failure

MOST_TURNS = 3
MOST_SAID = 10
TRIES_OF_NUMBER = 10
TRIES_OF_NETWORK = 200
"""Wrong tries a day; a whole village may stand behind one address of its telephone company."""
WHAT = "complaint-code"
DAY = timedelta(days=1)
WRONG = "编号或查询码不对。请对着截图或者抄下来的，再看一遍。"


def opened_by_code(
    session: Session, *, number: str, code: str, secret: str, network: str, now: datetime
) -> Complaint | None:
    """The complaint of this number and code, and that the villager has looked; else None.

    A number that nobody has is refused in the same words and counts the same. A wrong try is noted
    under the lock of its complaint: ten who try at once have ten tries together. Raises TooMany
    too-many-tries.
    """
    known = number_read(number)
    found = session.scalars(
        sa.select(Complaint).where(Complaint.number == known).with_for_update()
    ).one_or_none()
    keys = [f"w:{network}", *([f"n:{known}"] if known else ())]
    for key, most in zip(keys, (TRIES_OF_NETWORK, TRIES_OF_NUMBER), strict=False):
        if failures_since(session, what=WHAT, key=key, since=now - DAY, now=now) >= most:
            raise TooMany(
                "too-many-tries",
                "试错的次数太多了，今天不能再查。请明天再来，或者打电话问县专班。",
                retry_after_s=int(DAY.total_seconds()),
            )
    expected = found.code_hash if found is not None else "0" * 64
    if not same(expected, hash_of_code(secret, known, code_read(code))) or found is None:
        note_failure(session, what=WHAT, keys=keys, now=now)
        return None
    found.looked_at = now
    session.flush()
    return found


def follow_up(
    session: Session, *, complaint: Complaint, said: str, note: str, now: datetime
) -> bool:
    """解决了吗: what the villager says of the answer; a no starts a shorter clock.

    Gives whether it is handled again. Raises Invalid complaint-follow-up-wrong, text-too-long;
    Conflict complaint-moved-on.
    """
    session.refresh(complaint, with_for_update=True)
    if said not in FollowUp.labels():
        sentence = "请选一样：解决了、解决了一部分，还是没有解决。"
        raise Invalid("complaint-follow-up-wrong", sentence, fields={"said": sentence})
    said_before = session.scalar(
        sa.select(sa.func.count())
        .select_from(ComplaintStep)
        .where(
            ComplaintStep.complaint_id == complaint.id,
            ComplaintStep.deed == ComplaintDeed.FOLLOWED_UP,
        )
    )
    if (said_before or 0) >= MOST_SAID:
        raise Conflict("complaint-moved-on", "您说的都记下了。还有话要说，请打电话给县专班。")
    if complaint.state is not ComplaintState.ANSWERED:
        raise Conflict("complaint-moved-on", "这件事又在办了，还没有新的答复。请过几天再来看。")
    return heard_again(session, complaint, FollowUp(said), note, by=None, now=now)


def heard_again(
    session: Session,
    complaint: Complaint,
    said: FollowUp,
    note: str,
    *,
    by: Person | None,
    now: datetime,
) -> bool:
    """Keep what the villager said; `by` is who wrote it down after a telephone call.

    没有解决 brings it back to the office under a shorter clock, twice at most; from then on it is
    kept, and the villager is told of 12305.
    """
    note = written(note, "补充", field="note", into=ComplaintStep.note)
    if said is FollowUp.SOLVED and complaint.follow_up is FollowUp.SOLVED and not note:
        return False  # pressed twice
    complaint.follow_up = said
    called = ComplaintDeed.CALLED if by else ComplaintDeed.FOLLOWED_UP
    step(
        session, complaint, called, by=by, now=now, note=note, follow_up=said,
        action=ComplaintAction.COMPLAINT_CALLED,
    )  # fmt: skip
    if said is not FollowUp.UNSOLVED or complaint.turns >= MOST_TURNS:
        return False
    options = complaint_options(session.get_one(County, complaint.county))
    complaint.turns += 1
    complaint.state = ComplaintState.RECEIVED
    complaint.outcome, complaint.answered_on = None, None
    complaint.due_on = beijing_day(now) + timedelta(days=options.again_days)
    step(
        session, complaint, ComplaintDeed.AGAIN, by=None, now=now, due_on=complaint.due_on
    )  # fmt: skip
    return True


def answered_now(
    session: Session,
    complaint: Complaint,
    outcome: ComplaintOutcome,
    note: str,
    *,
    by: Person,
    now: datetime,
) -> None:
    """Answer it; whether the first answer came in time stays, whatever follows."""
    today = beijing_day(now)
    complaint.state, complaint.outcome, complaint.held = ComplaintState.ANSWERED, outcome, False
    complaint.answered_on, complaint.follow_up = today, None
    if complaint.in_time is None:
        complaint.in_time = today <= complaint.due_on
    step(
        session, complaint, ComplaintDeed.ANSWERED, by=by, now=now, note=note, outcome=outcome,
        action=ComplaintAction.COMPLAINT_ANSWERED,
    )  # fmt: skip
