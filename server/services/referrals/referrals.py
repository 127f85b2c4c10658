"""问责线索: drafted over picked facts, sent by a second person, answered, or taken back."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.calendar import beijing_day, full_day_text
from server.errors import Conflict, Invalid, NotAllowed, NotFound
from server.models.county import County
from server.models.person import Person
from server.models.referral import Referral, ReferralItem
from server.policy.plan.duties import Deed
from server.policy.plan.referral import (
    CLOSING,
    FactKind,
    ReferralContent,
    chapters_of,
    guilt_in,
    hash_of_list,
    table_of,
)
from server.services.common import chain, history
from server.services.common.seals import Shown, changes, refuse_if_changed
from server.services.common.written import named, reason_given, written
from server.services.county.round_options import round_options
from server.services.people.scope import refuse_unless_may_do
from server.services.referrals.actions import ReferralAction
from server.services.referrals.facts import GONE, LAPSED, facts_of
from server.services.referrals.picking import can_be_picked, picked
from server.services.reporting.letter_numbers import refuse_taken_number
from server.services.reporting.reports import content_hash

COLUMNS = {
    "title": ("标题", Referral.title),
    "to": ("移送给", Referral.to),
    "opening": ("情况说明", Referral.opening),
    "copies_to": ("抄送机关", Referral.copies_to),
    "number": ("发文字号", Referral.number),
}
DATED, MOST_FACTS = "成文日期", 30


@dataclass(frozen=True, slots=True)
class Wording:
    """What the office wrote: texts by the names of COLUMNS, and the day on the letter."""

    texts: Mapping[str, str]
    dated_on: date | None


def draft_referral(session: Session, *, county: County, by: Person, now: datetime) -> Referral:
    """An empty draft. Raises NotAllowed deed-not-yours."""
    refuse_unless_may_do(session, by, Deed.HAND_ON)
    made = Referral(
        county=county.code,
        title=f"关于{county.name}村级寄递物流综合服务站有关问题线索的移送函",
        opening="工作中发现以下线索，现将待核实的事实连同证据移送贵单位。",
        drafted_by=by.id,
        drafted_at=now,
        written_by=by.id,
        written_at=now,
    )
    session.add(made)
    session.flush()
    _tell(session, made, ReferralAction.REFERRAL_DRAFTED, by=by, now=now)
    return made


def items_of(session: Session, referral: Referral) -> list[ReferralItem]:
    """The facts that were picked, in their order."""
    return list(
        session.scalars(
            sa.select(ReferralItem)
            .where(ReferralItem.referral_id == referral.id)
            .order_by(ReferralItem.id)
        )
    )


def pick(
    session: Session,
    *,
    referral: Referral,
    facts: Iterable[tuple[FactKind, str]],
    by: Person,
    now: datetime,
    seen: Mapping[tuple[FactKind, str], str] | None = None,
) -> int:
    """Put facts into a draft; one that is in it already is passed over. Gives how many came in.

    `seen` are the marks of what the form showed of each; None is nobody's form. Raises NotAllowed
    deed-not-yours; Conflict referral-sent, referral-withdrawn, referral-fact-changed; Invalid
    referral-fact-unknown, referral-too-long.
    """
    _hold_draft(session, referral, by)
    known = {(one.kind, one.ref) for one in items_of(session, referral)}
    new = [one for one in dict.fromkeys(facts) if one not in known]
    if len(known) + len(new) > MOST_FACTS:
        raise Invalid("referral-too-long", f"一份移送最多写{MOST_FACTS}条线索。请分成几份起草。")
    for kind, ref in new:
        if not can_be_picked(
            session, county=referral.county, kind=kind, ref=ref, on=beijing_day(now)
        ):
            raise Invalid(
                "referral-fact-unknown",
                f"有一条“{kind.label}”现在不能列入（不在了，或者还没有人看过）。请刷新后重新选。",
            )
        shown = picked(session, county=referral.county, kind=kind, ref=ref)
        if seen is not None and seen.get((kind, ref)) != shown.mark:
            raise Conflict(
                "referral-fact-changed",
                f"您选的时候，有一条“{kind.label}”变了，现在是：{shown.text}。"
                "一条也还没有列入。请看过再选。",
            )
        session.add(ReferralItem(referral_id=referral.id, kind=kind, ref=ref))
    _wrote(session, referral, by, now)
    return len(new)


def item_shown(item: ReferralItem) -> list[Shown]:
    """What the forms of a fact show that others may change meanwhile: what was heard about it."""
    on = item.statement_on.isoformat() if item.statement_on else ""
    return [
        Shown("statement", "本人说的", item.statement),
        Shown("statement_by", "谁说的", item.statement_by),
        Shown("statement_on", "哪天听的", on),
    ]


def drop(
    session: Session, *, referral: Referral, item_id: int, by: Person, now: datetime,
    seal: str | None = None,
) -> None:  # fmt: skip
    """Take a fact out of a draft, with what was heard about it as the page showed it (`seal`).

    Raises as `pick`, NotFound referral-fact-gone, Conflict referral-changed-meanwhile.
    """
    _hold_draft(session, referral, by)
    session.delete(_item(session, referral, item_id, seal))
    _wrote(session, referral, by, now)


def hear(
    session: Session,
    *,
    referral: Referral,
    item_id: int,
    who: str,
    on: date | None,
    words: str,
    by: Person,
    now: datetime,
    seal: str | None = None,
) -> None:
    """Write down what somebody concerned said when heard; empty words take it out again.

    `seal` is `item_shown` as the page had it: nothing is written over what a colleague heard.

    Raises as `drop`; Invalid text-too-long, referral-wrong.
    """
    _hold_draft(session, referral, by)
    item = _item(session, referral, item_id, seal)
    said = written(words, "本人说的", field="words", into=ReferralItem.statement)
    name = named(who, "谁说的", field="who", into=ReferralItem.statement_by)
    if said and not name:
        raise _wrong("请写这是谁说的。", "who")
    if said and (on is None or on > beijing_day(now)):
        raise _wrong("请写哪一天听的，不能晚于今天。", "on")
    item.statement, item.statement_by = said, name if said else ""
    item.statement_on = on if said else None
    _wrote(session, referral, by, now)


def draft_shown(referral: Referral) -> list[Shown]:
    """What the form shows of a draft, as its seal tells it."""
    shown = [Shown(name, label, getattr(referral, name)) for name, (label, _) in COLUMNS.items()]
    dated = referral.dated_on.isoformat() if referral.dated_on else ""
    return [*shown, Shown("dated_on", DATED, dated)]


def save_draft(
    session: Session,
    *,
    referral: Referral,
    wording: Wording,
    by: Person,
    now: datetime,
    seal: str | None = None,
) -> list[history.Change]:
    """Keep what the office wrote; words of a finding are refused, for they are not ours to find.

    Raises NotAllowed deed-not-yours; Conflict referral-sent, referral-withdrawn,
    referral-changed-meanwhile; Invalid text-too-long, referral-wrong, referral-names-guilt.
    """
    _hold_draft(session, referral, by)
    before = draft_shown(referral)
    refuse_if_changed(seal, before, code="referral-changed-meanwhile", what="这份移送")
    texts = {
        name: written(wording.texts.get(name, ""), label, field=name, into=column)
        for name, (label, column) in COLUMNS.items()
    }
    if not texts["title"]:
        raise _wrong("请写标题。", "title")
    for name in ("title", "opening"):
        if word := guilt_in(texts[name]):
            raise Invalid(
                "referral-names-guilt",
                f"“{word}”是结论，要由接收的单位核查以后认定。请改写成看到的事实，再保存。",
                fields={name: f"请改掉“{word}”"},
            )
    for name, text in texts.items():
        setattr(referral, name, text.replace("\r\n", "\n"))
    referral.dated_on = wording.dated_on
    told = changes(before, draft_shown(referral))
    if told:
        _wrote(session, referral, by, now)
    return told


def content_of(session: Session, referral: Referral, *, now: datetime) -> ReferralContent:
    """What is sent: of a sent one as frozen, of a draft as everything stands now."""
    if referral.content is not None:
        return referral.content
    county = session.get_one(County, referral.county)
    facts = facts_of(
        session, county=county.code, items=items_of(session, referral), on=beijing_day(now)
    )
    anchor = chain.foot(session, county=county.code, at=now)
    evidence = hash_of_list(facts)
    chapters, after = chapters_of(referral.opening, facts, evidence=evidence, anchor=anchor)
    return {
        "county": county.name,
        "issuer": round_options(county).issuer,
        "number": referral.number,
        "title": referral.title,
        "to": referral.to,
        "chapters": chapters,
        "table": table_of(facts),
        "table_after": after,
        "closing": CLOSING,
        "date": referral.dated_on.isoformat() if referral.dated_on else "",
        "copies_to": referral.copies_to,
        "demo": county.demo,
        "facts": facts,
        "evidence_sha256": evidence,
        "anchor": anchor,
    }


def may_send(referral: Referral, by: Person) -> bool:
    """Whether somebody is the second person: neither who drafted it nor who wrote on it last."""
    return by.id not in (referral.drafted_by, referral.written_by)


def send(session: Session, *, referral: Referral, seen: str, by: Person, now: datetime) -> Referral:
    """Confirm a draft as it was looked at (`seen`: the hash of its content), and freeze it.

    Raises NotAllowed deed-not-yours, referral-second-person; Conflict referral-sent,
    referral-withdrawn, referral-changed-meanwhile, circular-number-taken; Invalid referral-wrong.
    """
    session.execute(sa.select(County.code).where(County.code == referral.county).with_for_update())
    _hold_draft(session, referral, by)
    if not may_send(referral, by):
        raise NotAllowed(
            "referral-second-person",
            "移送要由第二个人核对。这份是您起草或者最后改的，请另一位县专班的同志来核对移送。",
        )
    content = content_of(session, referral, now=now)
    if content_hash(content) != seen:
        raise Conflict(
            "referral-changed-meanwhile",
            "您看的时候，这份移送或者里面的事实变了。还没有移送，请看一遍现在的，再核对。",
        )
    _check_complete(referral, content, beijing_day(now))
    refuse_taken_number(session, county=referral.county, number=referral.number)
    referral.content, referral.content_sha256 = content, content_hash(content)
    referral.issued_by, referral.issued_at = by.id, now
    session.flush()
    _tell(session, referral, ReferralAction.REFERRAL_SENT, by=by, now=now)
    return referral


def record_answer(
    session: Session, *, referral: Referral, words: str, on: date, by: Person, now: datetime
) -> None:
    """Write down what came back from whom it was sent to.

    Raises NotAllowed deed-not-yours; Conflict referral-not-sent; Invalid reason-needed,
    text-too-long, referral-wrong.
    """
    refuse_unless_may_do(session, by, Deed.HAND_ON)
    session.refresh(referral, with_for_update=True)
    if referral.issued_at is None or referral.answered_at or referral.withdrawn_at:
        raise Conflict(
            "referral-not-sent", f"这份现在是“{referral.state.label}”，不能登记反馈。请刷新页面。"
        )
    text = reason_given(
        words, "请写明反馈了什么。", field="words", label="反馈", into=Referral.answer
    )
    if not beijing_day(referral.issued_at) <= on <= beijing_day(now):
        raise _wrong("反馈的日期应在移送那天到今天之间。", "on")
    referral.answer, referral.answered_on = text, on
    referral.answered_by, referral.answered_at = by.id, now
    session.flush()
    _tell(session, referral, ReferralAction.REFERRAL_ANSWERED, by=by, now=now)


def withdraw_referral(
    session: Session, *, referral: Referral, reason: str, by: Person, now: datetime
) -> None:
    """Take a referral back, or throw a draft away, with a reason; it stays, marked.

    Raises NotAllowed deed-not-yours; Conflict referral-withdrawn; Invalid reason-needed.
    """
    refuse_unless_may_do(session, by, Deed.HAND_ON)
    session.refresh(referral, with_for_update=True)
    if referral.withdrawn_at is not None:
        raise Conflict("referral-withdrawn", "这份已经撤回过了。")
    text = reason_given(reason, "请写明为什么撤回。", into=Referral.withdrawn_because)
    referral.withdrawn_because, referral.withdrawn_by, referral.withdrawn_at = text, by.id, now
    session.flush()
    _tell(session, referral, ReferralAction.REFERRAL_WITHDRAWN, by=by, now=now, reason=text)


def _hold_draft(session: Session, referral: Referral, by: Person) -> None:
    refuse_unless_may_do(session, by, Deed.HAND_ON)
    session.refresh(referral, with_for_update=True)
    if referral.withdrawn_at is not None:
        raise Conflict("referral-withdrawn", "这份已经撤回，不能再改。")
    if referral.issued_at is not None:
        raise Conflict("referral-sent", "这份已经移送，内容固定了。要改，请撤回以后重新起草。")


def _wrote(session: Session, referral: Referral, by: Person, now: datetime) -> None:
    referral.written_by, referral.written_at = by.id, now
    session.flush()


def _item(session: Session, referral: Referral, item_id: int, seal: str | None) -> ReferralItem:
    found = session.get(ReferralItem, item_id, populate_existing=True)
    if found is None or found.referral_id != referral.id:
        raise NotFound("referral-fact-gone", "这条线索已经不在这份移送里了。请刷新页面。")
    refuse_if_changed(
        seal, item_shown(found), code="referral-changed-meanwhile", what="这条线索的本人说明"
    )
    return found


def _check_complete(referral: Referral, content: ReferralContent, today: date) -> None:
    for name in ("to", "number"):
        if not getattr(referral, name):
            raise _wrong(f"请写“{COLUMNS[name][0]}”，先保存，再由第二个人核对移送。", name)
    if not content["facts"]:
        raise _wrong("里面还没有线索。请先选线索。", "facts")
    if any(GONE in words for one in content["facts"] for words in one["told"]):
        raise _wrong("有一条线索原来的记录已经不在了。请把它拿出来，再核对移送。", "facts")
    if any(LAPSED in words for one in content["facts"] for words in one["told"]):
        told = "有一条线索选进来以后有了变化，现在不能列入了。请把它拿出来，再核对移送。"
        raise _wrong(told, "facts")
    first = beijing_day(referral.drafted_at)
    if referral.dated_on is None or not first <= referral.dated_on <= today:
        raise _wrong(f"成文日期应在{full_day_text(first)}到今天之间，请先改好保存。", "dated_on")


def _tell(
    session: Session,
    referral: Referral,
    action: ReferralAction,
    *,
    by: Person,
    now: datetime,
    reason: str = "",
) -> None:
    number = f"{referral.number} " if referral.issued_at else ""
    told = f"，{len(referral.content['facts'])}条线索" if referral.content else "（草稿）"
    to = f"，移送{referral.to}" if referral.issued_at else ""
    history.write(
        session,
        of=session.get_one(County, referral.county),
        by=by,
        at=now,
        action=action,
        summary=f"{number}《{referral.title}》{told}{to}",
        reason=reason,
    )


def _wrong(sentence: str, field: str) -> Invalid:
    return Invalid("referral-wrong", sentence, fields={field: sentence})
