"""Walks a county's chain and names every row that was altered, deleted, inserted or moved."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.calendar import full_day_text, moment_text
from server.chain_guards import missing_guards
from server.errors import SealLost
from server.models.chain import ChainAnchor, ChainLine
from server.models.history import HistoryLine
from server.services.audit.anchors import OWN, Anchor
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
    ref_of,
)

AT_ONCE = 10_000
TOLD = 60  # faults in words; the rest are counted
SUMMARY_TOLD = 40
# A moment, JSON or kind that is none any more, as SQL can leave it.
UNREADABLE = (ValueError, TypeError, AttributeError, LookupError)


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


def verify(
    session: Session,
    *,
    county: str,
    anchors: Iterable[Anchor] = (),
    contents: bool = True,
) -> Verified:
    """Hold every line against its payload, its neighbours, the head and the anchors.

    `contents` also reckons the hash of everything frozen anew from its content. Whatever SQL left
    behind that cannot even be read is a fault: nothing stops the look, and no look ends unseen.
    """
    made = Verified(county)
    excuses = excuses_of(session, county=county)
    marks = _marks(session, made, anchors)
    made.anchors = sum(len(some) for some in marks.values())
    found: Counter[str] = Counter()
    try:
        for lines in _chunks(session, made):
            _walk(made, lines, marks, excuses)
            _hold(session, made, lines, found, excuses, contents=contents)
        _end(session, made, marks, excuses)
        _unchained(session, made, found)
    except UNREADABLE as wrong:
        made.add(f"第{made.lines}行前后有记录被改得读不出来，没有核对完（{type(wrong).__name__}）")
    if missing := missing_guards(session.connection()):
        made.add(f"数据库里拦住改动的{len(missing)}个触发器不在了：{'、'.join(missing[:4])}")
    return made


def _marks(session: Session, made: Verified, given: Iterable[Anchor]) -> dict[int, list[Anchor]]:
    """All anchors of a county, by the number of the line that they name."""
    marks: dict[int, list[Anchor]] = defaultdict(list)
    kept = (
        sa.select(ChainAnchor.on, ChainAnchor.seq, ChainAnchor.hash)
        .where(ChainAnchor.county == made.county)
        .order_by(ChainAnchor.on)
    )
    try:
        for one in session.execute(kept).all():
            marks[one.seq].append(Anchor(one.on, one.seq, one.hash))
    except UNREADABLE:
        made.add("本机每天所存的存证里，有日期被改得读不出来了")
    for mark in given:
        if mark.county in ("", made.county):
            marks[mark.seq].append(mark)
    return marks


def _chunks(session: Session, made: Verified) -> Iterator[Sequence[Any]]:
    """The chain in its order, some thousand lines at a time."""
    asked = (
        sa.select(
            ChainLine.seq, ChainLine.at, ChainLine.kind, ChainLine.ref,
            ChainLine.payload_sha256, ChainLine.previous, ChainLine.hash,
        )
        .where(ChainLine.county == made.county)
        .order_by(ChainLine.seq)
    )  # fmt: skip
    last: int | None = None
    while True:
        within = asked if last is None else asked.where(ChainLine.seq > last)
        try:
            some: Sequence[Any] = session.execute(within.limit(AT_ONCE)).all()
            if not all(map(_readable, some)):
                raise TypeError  # SQLite keeps bytes in a column of text
        except UNREADABLE:
            some = _one_by_one(session, made, asked, within.with_only_columns(ChainLine.seq))
        if not some:
            return
        last = some[-1].seq
        yield [one for one in some if isinstance(one, sa.Row)]


def _readable(line: Any) -> bool:
    return all(isinstance(one, str) for one in line[2:])


class _Lost(NamedTuple):
    """A line of the chain that nobody can read any more."""

    seq: int


def _one_by_one(
    session: Session, made: Verified, asked: sa.Select[*tuple[Any, ...]], numbers: sa.Select[Any]
) -> list[Any]:
    """The same lines, each for itself; those that cannot be read are faults and left out."""
    found: list[Any] = []
    for seq in session.scalars(numbers.limit(AT_ONCE)).all():
        try:
            line = session.execute(asked.where(ChainLine.seq == seq)).one()
            if not _readable(line):
                raise TypeError
            found.append(line)
        except UNREADABLE:
            made.add(f"第{seq}行存证本身被改得读不出来了")
            found.append(_Lost(seq))
    return found


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
            if not mark.names(kept):
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
    if mark.source != OWN and (why := excuses.lost(mark.on, mark.seq)):
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
            try:
                bad = _unsound(session, kind, now.keys(), made.county, excuses)
            except SealLost:
                made.add(f"{source.label}有内容用丢了的钥匙封着，打不开，没有核对")
                continue
            for ref in bad:
                made.add(
                    f"{_told(by_ref[ref])}的内容被改过，与它自己的校验码对不上"
                    f"（存证第{by_ref[ref].seq}行）"
                )


def _unsound(
    session: Session, kind: str, refs: Collection[str], county: str, excuses: Excuses
) -> list[str]:
    """What no longer hashes to its own hash; content that cannot be read does not either."""
    try:
        return list(unsound(session, kind=kind, refs=refs, county=county, excuses=excuses))
    except UNREADABLE:
        if len(refs) == 1:
            return list(refs)
        return [
            bad for ref in sorted(refs) for bad in _unsound(session, kind, [ref], county, excuses)
        ]


def _sound_refs(source: Source, by_ref: Mapping[str, sa.Row[Any]]) -> set[str]:
    """Those refs that can be keys at all; a changed one may be any text."""
    sound = set()
    for ref in by_ref:
        try:
            key = source.key_of(ref)
        except UNREADABLE:
            continue  # told as gone
        if ref_of(key) == ref:  # 07 and ７ are read as a number too, and are no spelling of ours
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
        keys = asked.with_only_columns(source.key, maintain_column_froms=True)
        number = session.scalar(sa.select(sa.func.count()).select_from(keys.subquery()))
        if number == found[kind]:
            continue
        refs = sa.select(ChainLine.ref).where(
            ChainLine.county == made.county, ChainLine.kind == kind
        )
        chained = set(session.scalars(refs))
        for key in session.scalars(keys.order_by(source.key)).all():
            if (ref := ref_of(key)) in chained:
                continue
            try:
                one = source.payload(session.execute(asked.where(source.key == key)).one())
            except UNREADABLE:
                made.add(f"{source.label}{ref}号没有存证，也读不出来：是绕过程序插进来的")
                continue
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
