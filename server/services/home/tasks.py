"""What a keeper has to do at a station, as typed facts; the phone says them (decision 0015)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from server.models.inspection import Inspection, PhotoRequest
from server.models.phone_event import Subject
from server.models.rectification import Rectification, RectificationState
from server.models.signal import IntegritySignal
from server.policy.signals.options import KINDS
from server.policy.standard.examine import Finding
from server.policy.standard.verdicts import Verdict
from server.services.home.keeper_rounds import FromRounds
from server.services.photos.photos import subject_of
from server.services.review.questions import BetterPhoto


class TaskKind(StrEnum):
    """The kinds of things a keeper has to do."""

    CHECK_IN = "check_in"
    COUNT = "count"
    PHOTO = "photo"
    """A picture that would settle a clause."""
    BETTER_PHOTO = "better_photo"
    """A picture that nobody could make out, to be taken anew."""
    ASKED_PHOTO = "asked_photo"
    """A picture drawn by lot for today."""
    MEND = "mend"
    """What an inspection asked to be mended, or what fails without anybody having asked."""
    CONFIRM = "confirm"
    """An inspection that waits for a yes or no."""
    QUESTION = "question"
    """What looked odd and is asked about."""


@dataclass(frozen=True, kw_only=True)
class Task:
    """One thing to do; every kind has a maker below, which says what it fills in.

    `title` is what it is about, by the name it has in the standard or the register; `why` the
    reason or request as it was kept (a finding's, an inspection's, a person's). Neither is a
    sentence made for a screen.
    """

    kind: TaskKind
    key: str
    title: str | None = None
    why: str | None = None
    done: bool = False
    clause: str | None = None
    subject: str | None = None
    rectification_id: int | None = None
    state: RectificationState | None = None
    due_on: date | None = None
    returned_because: str | None = None
    inspection_id: UUID | None = None
    until: datetime | None = None
    photo_id: UUID | None = None
    signal_id: int | None = None
    day_on: date | None = None


def check_in_task(*, done: bool) -> Task:
    """Today's check-in."""
    return Task(kind=TaskKind.CHECK_IN, key="check_in", done=done)


def count_task(*, done: bool) -> Task:
    """Today's parcels."""
    return Task(kind=TaskKind.COUNT, key="count", done=done)


def confirm_task(inspection: Inspection) -> Task:
    """An inspection of that day, to be agreed to or not."""
    return Task(
        kind=TaskKind.CONFIRM,
        key=f"confirm:{inspection.id}",
        inspection_id=inspection.id,
        day_on=inspection.day_on,
    )


def asked_photo_task(request: PhotoRequest) -> Task:
    """A picture of `subject`, wanted `until` that moment."""
    return Task(
        kind=TaskKind.ASKED_PHOTO,
        key=f"asked_photo:{request.id}",
        title=Subject(request.subject).short,
        subject=request.subject,
        done=request.answered_at is not None,
        until=request.until_at,
    )


def mend_task(one: Rectification, returned_because: str | None) -> Task:
    """What an inspection asked to be mended, by when; why it was sent back, if it was."""
    return Task(
        kind=TaskKind.MEND,
        key=f"rectification:{one.id}",
        title=one.title,
        why=one.what_to_do,
        clause=one.clause,
        subject=one.subject or Subject.MEND,
        done=one.state is RectificationState.ANSWERED,
        rectification_id=one.id,
        state=one.state,
        due_on=one.due_on,
        returned_because=returned_because,
    )


def failing_task(finding: Finding) -> Task:
    """What fails the standard without an inspection having asked for it."""
    return Task(
        kind=TaskKind.MEND,
        key=f"mend:{finding.code}",
        title=finding.title,
        why=finding.rule.mend,
        clause=finding.clause,
        subject=subject_of(finding.rule),
    )


def photo_task(subject: str, finding: Finding | None = None) -> Task:
    """A picture that would settle this finding; without one it was taken today."""
    return Task(
        kind=TaskKind.PHOTO,
        key=f"photo:{subject}",
        title=Subject(subject).short,
        why=finding.why if finding else None,
        clause=finding.clause if finding else None,
        subject=subject,
        done=finding is None,
    )


def better_photo_task(one: BetterPhoto) -> Task:
    """The photo that could not be made out, and how to do better."""
    return Task(
        kind=TaskKind.BETTER_PHOTO,
        key=f"better_photo:{one.subject}",
        title=Subject(one.subject).short,
        why=one.why,
        subject=one.subject,
        photo_id=one.photo_id,
    )


def question_task(signal: IntegritySignal) -> Task:
    """What was asked about that day, in its own words."""
    return Task(
        kind=TaskKind.QUESTION,
        key=f"question:{signal.id}",
        title=KINDS.get(signal.kind, signal.kind),
        why=signal.question,
        signal_id=signal.id,
        day_on=signal.day_on,
    )


def tasks_from_rounds(business: FromRounds) -> list[Task]:
    """What inspections left to do, the most pressing first."""
    return [
        *map(confirm_task, business.to_confirm),
        *map(asked_photo_task, business.requests),
        *(mend_task(one, business.returned.get(one.id)) for one in business.mends),
    ]


def tasks_from_findings(
    findings: Iterable[Finding], taken: set[str], better: Sequence[BetterPhoto]
) -> list[Task]:
    """One task per failing that binds, one per picture that would settle a clause.

    A picture that nobody could make out is asked for anew, in place of the plain asking; what was
    taken today comes last.
    """
    photos = {subject.value: photo_task(subject) for subject in Subject if subject in taken}
    photos |= {one.subject: better_photo_task(one) for one in better}
    failing: list[Task] = []
    for finding in findings:
        subject = subject_of(finding.rule)
        binds = finding.verdict is Verdict.FAIL and finding.level == "shall"
        open_question = finding.verdict is Verdict.UNKNOWN and finding.rule.waits_for is None
        if binds and finding.mended_on is None:
            failing.append(failing_task(finding))
        elif open_question and subject is not None and subject not in photos:
            photos[subject] = photo_task(subject, finding)
    return failing + sorted(photos.values(), key=lambda task: task.done)
