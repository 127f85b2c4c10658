"""末端备案 step by step: who says what was submitted, asked, filed and changed, on which day."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.calendar import beijing_day, full_day_text
from server.errors import Conflict, Invalid, NotAllowed, NotFound
from server.media.attachments import Attachment
from server.media.blobs import BlobStore
from server.models.filing import Filing, FilingStep
from server.models.organisation import Organisation
from server.models.person import Person, Role
from server.models.station import Station
from server.policy.entries import says_nothing
from server.policy.plan.duties import Deed
from server.policy.plan.filing import (
    CORRECTABLE,
    FILED_FACTS,
    NOT_REGISTERED,
    VOIDABLE,
    Life,
    Registered,
    Step,
    StepKind,
    disorder,
    life_of,
    may_follow,
)
from server.policy.standard.facts import Level
from server.policy.standard.standards import Standard
from server.policy.typed_days import EARLIEST
from server.services.common import history
from server.services.common.reading_jobs import ask_to_compare
from server.services.common.written import Column, reason_given, written
from server.services.people.scope import OFFICE, Everybody, may_do, stations_visible_to
from server.services.registry.actions import RegistryAction
from server.services.registry.fields import FIELDS, names_of, show
from server.services.registry.filing_books import Book, as_step, book_of, registered_of
from server.services.registry.filing_dates import refuse_impossible_dates
from server.services.registry.lapsing import lapse_with

OPENERS = (StepKind.SUBMITTED, StepKind.RESUBMITTED)
"""What the opener's clerk may say; the rest is the authority's or the office's word."""
OF_AUTHORITY = (
    StepKind.SUBMITTED,
    StepKind.ASKED,
    StepKind.RESUBMITTED,
    StepKind.FILED,
    StepKind.CHANGE_FILED,
    StepKind.RECEIPT,
    StepKind.WITHDRAWN,
)
"""What somebody of the postal administration may say: what came in and what was made of it.

Whether a change of the register concerns a filing is the office's to say.
"""
_COLUMNS = {
    "filed_on": "filed_on",
    "number": "filing_number",
    "name": "filed_name",
    "changed_on": "filing_changed_on",
    "change_filed_on": "filing_change_filed_on",
}


@dataclass(frozen=True, slots=True)
class Told:
    """What somebody says of a filing; `corrects` is the `seq` of the step put right or made void.

    `text` is what was asked or a note, `facts` are keys of FILED_FACTS.
    """

    kind: StepKind
    on: date
    text: str = ""
    number: str = ""
    name: str = ""
    facts: tuple[str, ...] = ()
    reason: str = ""
    corrects: int | None = None
    receipt: Attachment | None = None


def record_step(
    session: Session,
    blobs: BlobStore,
    *,
    station: Station,
    told: Told,
    standards: Sequence[Standard],
    by: Person | None,
    now: datetime,
    seen: int | None = None,
    filing_id: int | None = None,
) -> FilingStep:
    """Add a step in a person's name; `seen` is the id of the newest step that the form showed.

    `filing_id` names a filing that is over, to make its last step void. Raises Conflict
    filing-needs-a-person, filing-changed-meanwhile, filing-step-not-now, station-closed; NotAllowed
    filing-not-yours; Invalid field-invalid, reason-needed, text-too-long.
    """
    if by is None:
        raise Conflict("filing-needs-a-person", "备案要由具名的人来记，请登录后操作。")
    # Of two who record at once, the second waits here and then sees what the first has said.
    session.refresh(station, with_for_update=True)
    _refuse_level(station)
    if station.closed_on is not None:
        raise Conflict("station-closed", f"{station.name}已经停业。请先恢复营业，再记备案。")
    over = _over(session, station, filing_id) if filing_id is not None else None
    book = book_of(session, station, over)
    _refuse_if_newer(session, station, seen)
    step = _checked(book, told, by=by, now=now)
    before = registered_of(station)
    row = book.add(step, by=by, now=now, reason=told.reason.strip())
    row.body = body_of(session, by)
    if told.receipt is not None:
        # The bytes stand in the store before the row says so.
        row.receipt_sha256 = blobs.put(told.receipt.content)
        row.receipt_name, row.receipt_kind = told.receipt.name, told.receipt.kind
        row.receipt_bytes = len(told.receipt.content)
        book.count_receipts()
    session.flush()
    _tell(session, station, book, row, before, standards=standards, by=by, now=now)
    return row


def kinds_open_to(session: Session, person: Person) -> frozenset[StepKind]:
    """What this person may record of filings at all; at most one query.

    The office everything, a regulator that answers for filings what it does itself, an
    enterprise's clerk what it sent.
    """
    if person.role in OFFICE:
        return frozenset(StepKind)
    if person.role is Role.OPERATOR:
        return frozenset(OPENERS)
    return frozenset(OF_AUTHORITY if may_do(session, person, Deed.RECORD_FILINGS) else ())


def next_kinds(session: Session, life: Life, person: Person) -> tuple[StepKind, ...]:
    """What this person may record next."""
    own = kinds_open_to(session, person)
    return tuple(kind for kind in may_follow(life) if kind in own)


def may_put_right(person: Person, row: FilingStep, own: Collection[StepKind]) -> bool:
    """Whether this person may correct a step or make it void: the office, or whose word it is.

    `own` are the `kinds_open_to` the person.
    """
    if row.kind not in VOIDABLE:
        return False
    return person.role in OFFICE or (row.kind in own and row.person_id == person.id)


def newest_step(session: Session, station: Station) -> int:
    """The id of the newest step of any of a station's filings; 0 without one."""
    newest = select(FilingStep.id).where(FilingStep.station_id == station.id)
    return session.scalar(newest.order_by(FilingStep.id.desc()).limit(1)) or 0


def receipt_for(session: Session, *, seen_by: Person | Everybody, step_id: int) -> FilingStep:
    """A step with a receipt, if its station may be seen. Raises NotFound filing-receipt-unknown."""
    found = session.scalar(
        select(FilingStep)
        .join(Station, Station.id == FilingStep.station_id)
        .where(
            FilingStep.id == step_id,
            FilingStep.receipt_sha256.is_not(None),
            stations_visible_to(seen_by),
        )
    )
    if found is None:
        raise NotFound("filing-receipt-unknown", "没有找到这份备案回执。请从备案页面重新打开。")
    return found


def body_of(session: Session, person: Person) -> str:
    """The body of the plan for which somebody of a bureau speaks, as it is called now."""
    if person.role is not Role.BUREAU or person.organisation_id is None:
        return ""
    return session.get_one(Organisation, person.organisation_id).short


def _refuse_level(station: Station) -> None:
    if station.level not in (Level.TOWNSHIP_STATION, Level.VILLAGE_POINT):
        raise Conflict("filing-step-not-now", "县级中心不在末端备案里记。")


def _over(session: Session, station: Station, filing_id: int) -> Filing:
    """A filing of this station that is over, as long as none has begun after it."""
    newest = session.scalar(
        select(Filing).where(Filing.station_id == station.id).order_by(Filing.id.desc()).limit(1)
    )
    if newest is None or newest.id != filing_id:
        raise Conflict("filing-step-not-now", "这个站后来又有了新的备案，原来的不能再改。")
    return newest


def _refuse_if_newer(session: Session, station: Station, seen: int | None) -> None:
    if seen is None:
        return
    newer = session.execute(
        select(FilingStep, Person.name)
        .outerjoin(Person, Person.id == FilingStep.person_id)
        .where(FilingStep.station_id == station.id, FilingStep.id > seen)
        .order_by(FilingStep.id)
    ).all()
    if newer:
        said = "；".join(
            f"{name or '系统'}记了“{row.kind.label}”（{full_day_text(row.on_day)}）"
            for row, name in newer
        )
        raise Conflict(
            "filing-changed-meanwhile",
            f"您填写的时候，这个站的备案有了新的一步：{said}。您填的还没有记下，请看一下再交。",
        )


def _checked(book: Book, told: Told, *, by: Person, now: datetime) -> Step:
    """The step, if it can follow what stands; raises what is wrong in words."""
    kind, putting_right = told.kind, told.kind in (StepKind.CORRECTED, StepKind.VOIDED)
    about = _target(book, told) if putting_right else None
    said = about.kind if about else kind
    own = kinds_open_to(book.session, by)
    if not (may_put_right(by, about, own) if about else kind in own):
        raise NotAllowed(
            "filing-not-yours",
            "这一步不由您来记。邮政管理部门记收到、补正和办好，县专班都能记，开办企业只记自己"
            "提交了材料；站长和乡镇不能代办备案。",
        )
    if not putting_right and kind not in may_follow(book.life):
        raise Conflict(
            "filing-step-not-now",
            f"现在是“{book.life.state.label}”，不能记“{kind.label}”。请看一下现在的情况。",
        )
    if ask := _reason_for(kind):
        reason_given(told.reason, ask, into=FilingStep.reason)
    today = beijing_day(now)
    on = about.on_day if about and kind is StepKind.VOIDED else told.on
    if on > today or on < EARLIEST:
        when = "还没有到" if on > today else "太早了"
        raise _wrong("on", f"“日期”写的{full_day_text(on)}{when}，请核对。")
    text = written(told.text, "内容", field="text", into=FilingStep.text)
    if said is StepKind.ASKED and kind is not StepKind.VOIDED and not text:
        raise _wrong("text", "请写明要求补正什么，例如“补营业执照复印件”。")
    facts = tuple(one for one in FILED_FACTS if one in told.facts)
    if said is StepKind.CHANGED and kind is not StepKind.VOIDED and not facts:
        raise _wrong("facts", "请勾选变更了哪一项。")
    if kind is StepKind.RECEIPT and told.receipt is None:
        raise _wrong("receipt", "还没有选回执文件。请先选好文件，再交。")
    step = Step(
        seq=len(book.rows) + 1,
        kind=kind,
        on=on,
        text=text,
        number=_said(told.number, "备案编号", field="number", into=FilingStep.number),
        name=_said(told.name, "备案名称", field="name", into=FilingStep.name),
        facts=facts,
        corrects=told.corrects,
    )
    if said is StepKind.FILED and not step.name and kind is not StepKind.VOIDED:
        step = step._replace(name=book.station.name)
    _refuse_disorder(book, step)
    return step


def _said(text: str, label: str, *, field: str, into: Column) -> str:
    """A number or name as `written`; “/” or “无” is no number and would be kept as one."""
    if says_nothing(text):
        raise _wrong(field, f"{label}写的“{text.strip()}”等于没有写；没有就空着。")
    return written(text, label, field=field, into=into)


def _reason_for(kind: StepKind) -> str:
    """How a step's reason is asked for; "" where it needs none."""
    match kind:
        case StepKind.NOT_CONCERNED:
            return "请写明为什么不涉及备案内容，例如“只改了错别字”。"
        case StepKind.WITHDRAWN:
            return "请写明为什么注销，例如“换了开办企业，由新企业重新备案”。"
        case StepKind.CORRECTED:
            return "请写明为什么更正，例如“日期写错了”。"
        case StepKind.VOIDED:
            return "请写明为什么作废，例如“记错了站”。"
    return ""


def _target(book: Book, told: Told) -> FilingStep:
    """The step that is put right or made void; raises where that cannot be."""
    about = next((row for row in book.rows if row.seq == told.corrects), None)
    able = CORRECTABLE if told.kind is StepKind.CORRECTED else VOIDABLE
    if about is None or about.kind not in able:
        raise Conflict("filing-step-not-now", "这一步不能更正或作废。请从备案页面重新选择。")
    if any(row.kind is StepKind.VOIDED and row.corrects == about.seq for row in book.rows):
        raise Conflict("filing-step-not-now", "这一步已经作废了，不用再办。")
    return about


def _refuse_disorder(book: Book, step: Step) -> None:
    """Raise where the steps, with this one, contradict one another or the register."""
    # Without any step the register speaks first; so it will be written.
    first = (
        [] if book.rows or registered_of(book.station) == NOT_REGISTERED else [book.first_step()]
    )
    steps = [*book.steps, *first, step._replace(seq=len(book.rows) + len(first) + 1)]
    if wrong := disorder(steps):
        raise _wrong("on", f"{wrong}请核对日期和先后。")
    life = life_of(steps)
    refuse_impossible_dates(book.station, {"filed_on": life.registered.filed_on})


def _tell(
    session: Session,
    station: Station,
    book: Book,
    row: FilingStep,
    before: Registered,
    *,
    standards: Sequence[Standard],
    by: Person,
    now: datetime,
) -> None:
    """One line of the station's history; what hangs on the filed name follows it."""
    names, after = names_of(session, station.county), registered_of(station)
    changes = [
        history.Change(
            field=column, label=FIELDS[column].label, old=show(FIELDS[column], old, names),
            new=show(FIELDS[column], new, names),
        )
        for name, column in _COLUMNS.items()
        if (old := getattr(before, name)) != (new := getattr(after, name))
    ]  # fmt: skip
    about = next((one for one in book.rows if one.seq == row.corrects), None)
    what = f"{row.kind.label}“{about.kind.label}”" if about else row.kind.label
    parts = [full_day_text(row.on_day), f"编号{row.number}" if row.number else "", row.text]
    history.write(
        session,
        of=station,
        by=by,
        at=now,
        action=RegistryAction.FILING_STEP,
        summary=f"末端备案：{what}（{'，'.join(one for one in parts if one)}）",
        changes=changes,
        reason=row.reason,
    )
    if before.name != after.name:
        ask_to_compare(session, [station.id], now=now)
        renamed = {"filed_name"}
        lapse_with(session, station=station, changed=renamed, standards=standards, by=by, now=now)


def steps_told(
    session: Session, *, station: Station
) -> list[tuple[Filing, Sequence[tuple[FilingStep, str]], Life]]:
    """All filings of a station with their steps and who said each, the newest filing first.

    Who spoke for a body of the plan is told with the body's name of that day.
    """
    rows: dict[int, list[tuple[FilingStep, str]]] = {}
    for row, name in session.execute(
        select(FilingStep, Person.name)
        .outerjoin(Person, Person.id == FilingStep.person_id)
        .where(FilingStep.station_id == station.id)
        .order_by(FilingStep.seq)
    ):
        rows.setdefault(row.filing_id, []).append(
            (row, f"{name or '系统'}（{row.body}）" if row.body else name or "系统")
        )
    filings = session.scalars(
        select(Filing).where(Filing.station_id == station.id).order_by(Filing.id.desc())
    )
    return [
        (one, rows.get(one.id, ()), life_of(as_step(row) for row, _ in rows.get(one.id, ())))
        for one in filings
    ]


def _wrong(field: str, sentence: str) -> Invalid:
    return Invalid("field-invalid", sentence, fields={field: sentence})
