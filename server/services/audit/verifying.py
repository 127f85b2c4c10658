"""Walks a county's chain and names every row that was altered, deleted, inserted or moved."""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.calendar import full_day_text, moment_text
from server.chain_guards import missing_guards
from server.errors import Invalid
from server.models.chain import ChainAnchor, ChainLine
from server.models.history import HistoryLine
from server.services.audit.contents import unsound
from server.services.audit.excuses import Excuses, excuses_of
from server.services.common.chain import SHOWN, head_of
from server.services.common.chain_canonical import BEGINNING, line_hash, sha256_of_kept
from server.services.common.chain_payloads import (
    HISTORY,
    SOURCES,
    Payload,
    Source,
    payloads,
)

AT_ONCE = 10_000
TOLD = 60  # faults in words; the rest are counted
SUMMARY_TOLD = 40
UNREADABLE = (ValueError, TypeError, AttributeError)  # a moment or JSON that is none any more
ANCHOR = re.compile(
    r"(?:(?P<county>\d{6})\D+)?"
    r"(?P<year>\d{4})\s*[年-]\s*(?P<month>\d\d?)\s*[月-]\s*(?P<day>\d\d?)"
    r"\D+?(?P<seq>\d{1,12})\D*?(?:校验|\s)\s*(?P<hash>[0-9a-f]{16,64})\b"
)


@dataclass(frozen=True, slots=True)
class Anchor:
    """A head that was written down elsewhere; `hash` may be its first characters alone."""

    on: date
    seq: int
    hash: str
    county: str = ""
    source: str = "本机所存"


@dataclass(slots=True)
class Verified:
    """What verifying one county found; `faults` in words, at most some dozens of `faulty`."""

    county: str
    lines: int = 0
    head: str = BEGINNING
    faulty: int = 0
    faults: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    anchors: int = 0

    @property
    def whole(self) -> bool:
        """Whether nothing was found."""
        return not self.faulty

    def add(self, words: str) -> None:
        """One more fault."""
        self.faulty += 1
        if len(self.faults) < TOLD:
            self.faults.append(words)


def anchors_in(text: str, *, source: str) -> list[Anchor]:
    """The anchors of a file or of what somebody typed off a paper, one a line.

    Raises Invalid anchor-unreadable for a line with words in which there is none.
    """
    found = []
    for line in text.splitlines():
        said = line.strip()
        if not said or said.startswith("#"):
            continue
        one = ANCHOR.search(said.lower())  # hex may be typed in capitals
        if one is None:
            raise Invalid(
                "anchor-unreadable",
                f"这一行看不出是存证：“{said[:SUMMARY_TOLD]}”。"
                "请照纸上写成“存证 2026年11月30日 序号12 校验0123456789abcdef”。",
            )
        try:
            on = date(*(int(one[part]) for part in ("year", "month", "day")))
        except ValueError as wrong:
            raise Invalid(
                "anchor-unreadable", f"“{one[0]}”里的日期不对。请照纸上的存证再写一遍。"
            ) from wrong
        found.append(Anchor(on, int(one["seq"]), one["hash"], one["county"] or "", source))
    return found


def verify(
    session: Session,
    *,
    county: str,
    anchors: Iterable[Anchor] = (),
    contents: bool = True,
) -> Verified:
    """Hold every line against its payload, its neighbours, the head and the anchors.

    `contents` also reckons the hash of everything frozen anew from its content.
    """
    made = Verified(county)
    excuses = excuses_of(session, county=county)
    marks = _marks(session, county, anchors)
    made.anchors = sum(len(some) for some in marks.values())
    found: Counter[str] = Counter()
    for lines in _chunks(session, county):
        _walk(made, lines, marks, excuses)
        _hold(session, made, lines, found, excuses, contents=contents)
    _end(session, made, marks, excuses)
    _unchained(session, made, found)
    if missing := missing_guards(session.connection()):
        made.add(f"数据库里拦住改动的{len(missing)}个触发器不在了：{'、'.join(missing[:4])}")
    return made


def _marks(session: Session, county: str, given: Iterable[Anchor]) -> dict[int, list[Anchor]]:
    """All anchors of a county, by the number of the line that they name."""
    marks: dict[int, list[Anchor]] = defaultdict(list)
    kept = sa.select(ChainAnchor).where(ChainAnchor.county == county).order_by(ChainAnchor.on)
    for one in session.scalars(kept):
        marks[one.seq].append(Anchor(one.on, one.seq, one.hash))
    for mark in given:
        if mark.county in ("", county):
            marks[mark.seq].append(mark)
    return marks


def _chunks(session: Session, county: str) -> Iterator[Sequence[Any]]:
    """The chain in its order, some thousand lines at a time."""
    asked = (
        sa.select(
            ChainLine.seq, ChainLine.at, ChainLine.kind, ChainLine.ref,
            ChainLine.payload_sha256, ChainLine.previous, ChainLine.hash,
        )
        .where(ChainLine.county == county)
        .order_by(ChainLine.seq)
        .limit(AT_ONCE)
    )  # fmt: skip
    last: int | None = None
    while True:
        some = session.execute(asked if last is None else asked.where(ChainLine.seq > last)).all()
        if not some:
            return
        last = some[-1].seq
        yield some


def _standing(
    session: Session, made: Verified, source: Source, by_ref: Mapping[str, sa.Row[Any]]
) -> dict[str, Payload]:
    """The payloads behind some lines; one that cannot even be read is a fault of its own."""
    connection, refs = session.connection(), _sound_refs(source, by_ref)
    try:
        some = list(payloads(connection, source, refs, county=made.county, hashed=sha256_of_kept))
    except UNREADABLE:
        some = []
        for ref in sorted(refs):
            try:
                some += payloads(
                    connection, source, [ref], county=made.county, hashed=sha256_of_kept
                )
            except UNREADABLE:
                line = by_ref[ref]
                made.add(f"{_told(line)}被改得读不出来了（存证第{line.seq}行）")
                some.append(Payload(made.county, ref, line.at, line.payload_sha256))
    return {one.ref: one for one in some}


def _walk(
    made: Verified,
    lines: Sequence[Any],
    marks: Mapping[int, list[Anchor]],
    excuses: Excuses,
) -> None:
    """Hold lines against their neighbours, themselves and the anchors."""
    for line in lines:
        seq, at, kind, ref, payload_sha256, previous, kept = line
        if seq != made.lines + 1:
            made.add(_gone(made.lines + 1, seq - 1))
        elif previous != made.head:
            made.add(f"第{seq}行接不上第{seq - 1}行：{_told(line)}。这里被换过、插过或者挪过")
        reckoned = line_hash(
            county=made.county, seq=seq, at=at, kind=kind, ref=ref,
            payload_sha256=payload_sha256, previous=previous,
        )  # fmt: skip
        if reckoned != kept:
            made.add(f"第{seq}行存证本身被改过：{_told(line)}")
        for mark in marks.get(seq, ()):
            if not kept.startswith(mark.hash):
                _part(made, mark, excuses)
        made.lines, made.head = seq, kept


def _gone(first: int, last: int) -> str:
    if last < first:
        return f"第{first}行前后的号码重了或者倒了"
    return f"第{first}行存证被删掉了" if first == last else f"第{first}至{last}行存证被删掉了"


def _part(made: Verified, mark: Anchor, excuses: Excuses) -> None:
    """An anchor that the chain does not bear out: lost with a restored backup, or rewritten."""
    said = (
        f"{full_day_text(mark.on)}的存证（{mark.source}，序号{mark.seq}，校验{mark.hash[:SHOWN]}）"
    )
    if mark.source != "本机所存" and (why := excuses.lost(mark.on, mark.seq)):
        made.notes.append(f"{said}在现在的链上没有：{why}")
    else:
        made.add(f"{said}与现在的链对不上：这一行或它以前的记录被整段改写过")


def _hold(
    session: Session,
    made: Verified,
    lines: Sequence[Any],
    found: Counter[str],
    excuses: Excuses,
    *,
    contents: bool,
) -> None:
    """Hold lines against what they tell of."""
    kinds: dict[str, dict[str, sa.Row[Any]]] = defaultdict(dict)
    for line in lines:
        kinds[line.kind][line.ref] = line
    for kind, by_ref in kinds.items():
        source = SOURCES.get(kind)
        if source is None:
            made.add(f"存证里有这个程序不认得的种类“{kind}”，共{len(by_ref)}行")
            continue
        now = _standing(session, made, source, by_ref)
        found[kind] += len(now)
        wrong = [
            ref for ref, one in now.items()
            if one.sha256 != by_ref[ref].payload_sha256
            and not (kind == HISTORY and excuses.erased(ref, one.sha256))
        ]  # fmt: skip
        for ref in sorted(by_ref.keys() - now.keys()):
            made.add(f"{_told(by_ref[ref])}不见了，被删掉了（存证第{by_ref[ref].seq}行还在）")
        for ref in wrong:
            made.add(
                f"{_named(session, by_ref[ref], now[ref])}被改过，与存证第{by_ref[ref].seq}行对不上"
            )
        if contents and kind != HISTORY:
            for ref in unsound(session, kind=kind, refs=now.keys(), county=made.county):
                made.add(
                    f"{_told(by_ref[ref])}的内容被改过，与它自己的校验码对不上"
                    f"（存证第{by_ref[ref].seq}行）"
                )


def _sound_refs(source: Source, by_ref: Mapping[str, sa.Row[Any]]) -> set[str]:
    """Those refs that can be keys at all; a changed one may be any text."""
    sound = set()
    for ref in by_ref:
        try:
            source.key_of(ref)
        except ValueError:
            pass  # told as gone
        else:
            sound.add(ref)
    return sound


def _end(
    session: Session, made: Verified, marks: Mapping[int, list[Anchor]], excuses: Excuses
) -> None:
    """Hold the end of the chain against the head, and against anchors of lines beyond it."""
    seq, head = head_of(session, county=made.county)
    if (seq, head) != (made.lines, made.head):
        made.add(
            f"链尾对不上：链头记着第{seq}行（校验{head[:SHOWN]}），"
            f"链上最后是第{made.lines}行（校验{made.head[:SHOWN]}）。末尾被截断或链头被改过"
        )
    for number in sorted(marks):
        if number > made.lines:
            for mark in marks[number]:
                _part(made, mark, excuses)


def _unchained(session: Session, made: Verified, found: Mapping[str, int]) -> None:
    """Name rows that no line tells of: somebody put them in beside the program."""
    for kind, source in SOURCES.items():
        asked = source.select().where(source.county == made.county)
        number = session.scalar(sa.select(sa.func.count()).select_from(asked.subquery()))
        if number == found[kind]:
            continue
        refs = sa.select(ChainLine.ref).where(
            ChainLine.county == made.county, ChainLine.kind == kind
        )
        chained = set(session.scalars(refs))
        for row in session.execute(asked.order_by(source.key)):
            one = source.payload(row)
            if one.ref not in chained:
                line = _Loose(kind, one.ref, one.at)
                made.add(f"{_named(session, line, one)}没有存证：是绕过程序插进来的")


@dataclass(frozen=True, slots=True)
class _Loose:
    kind: str
    ref: str
    at: Any


def _told(line: Any) -> str:
    source = SOURCES.get(line.kind)
    label = source.label if source else line.kind
    return f"{label}{line.ref}号（{moment_text(line.at)}）"


def _named(session: Session, line: Any, now: Payload) -> str:
    """A row with what it says now, so that a person finds it."""
    if line.kind != HISTORY:
        return _told(line)
    said = session.scalar(sa.select(HistoryLine.summary).where(HistoryLine.id == int(now.ref)))
    return f"{_told(line)}“{(said or '')[:SUMMARY_TOLD]}”"


def refuse_foreign(anchors: Collection[Anchor], counties: Collection[str]) -> None:
    """Raise Invalid anchor-of-which-county where an anchor cannot be given to one county."""
    if len(counties) > 1 and any(not one.county for one in anchors):
        raise Invalid(
            "anchor-of-which-county",
            "这台机器上有几个县，存证里没写是哪个县的。请加上 --county 县代码，一次核对一个县。",
        )
