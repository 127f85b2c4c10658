"""What is rightly written over the chain: a lawful erasure, and a restored backup."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.calendar import full_day_text
from server.chain_guards import ERASED as ERASED_WORDS
from server.errors import Invalid, NotFound
from server.models.county import County
from server.models.history import HistoryLine
from server.models.person import Person
from server.services.audit.anchors import Anchor
from server.services.audit.contents import hash_of_content
from server.services.audit.excuses import ERASED, KEPT_SEQ, LOST_ON, LOST_SEQ, content_ref
from server.services.common import history
from server.services.common.actions import ChainAction
from server.services.common.chain import head_of
from server.services.common.chain_payloads import LINES, SOURCES, payloads
from server.services.common.written import reason_given

MOST_ERASED = 200  # by one deed: its line names each of them
NEVER = frozenset({*ChainAction})  # what the history says of itself is nobody's personal data


@dataclass(frozen=True, slots=True)
class Erased:
    """What an erasure left: the line that says so, and the lines that were blanked."""

    line: HistoryLine
    ids: tuple[int, ...]


def erase(
    session: Session,
    *,
    county: County,
    ids: Collection[int],
    reason: str,
    by: Person | None,
    now: datetime,
) -> Erased:
    """Blank lines of the history because a law asks for it: their chain lines stay as they are.

    What each blanked line hashes to from now on stands in the line that says so. Raises NotFound
    (history-line-unknown), Invalid (reason-needed, erase-too-many, history-line-stays).
    """
    because = reason_given(
        reason, "请写明依据哪条规定、谁提出的，例如“个人信息保护法第四十七条，本人申请”。",
        into=HistoryLine.reason,
    )  # fmt: skip
    wanted = sorted(set(ids))
    if not 0 < len(wanted) <= MOST_ERASED:
        raise Invalid("erase-too-many", f"一次可以删1到{MOST_ERASED}行的内容。请分几次办。")
    lines = session.scalars(
        sa.select(HistoryLine)
        .where(HistoryLine.county == county.code, HistoryLine.id.in_(wanted))
        .order_by(HistoryLine.id)
        .with_for_update()
    ).all()
    if missing := sorted(set(wanted) - {one.id for one in lines}):
        raise NotFound(
            "history-line-unknown",
            f"{county.name}没有第{'、'.join(map(str, missing))}号变更记录。请核对编号。",
        )
    if any(one.action in NEVER for one in lines):
        raise Invalid(
            "history-line-stays", "存证链自己的记录（启用、恢复、删除内容）里没有个人信息，不能删。"
        )
    session.execute(
        sa.update(HistoryLine)
        .where(HistoryLine.id.in_(wanted))
        .values(summary=ERASED_WORDS, changes=[], reason="")
    )
    left = payloads(session.connection(), LINES, [str(one) for one in wanted])
    line = history.write(
        session,
        of=county,
        by=by,
        at=now,
        action=ChainAction.LINES_ERASED,
        summary=f"按规定删除{len(wanted)}行变更记录的内容（{_numbers(wanted)}），存证保留",
        changes=[
            history.Change(
                field=f"{ERASED}{one.ref}", label=f"第{one.ref}号", old="", new=one.sha256
            )
            for one in left
        ],
        reason=because,
    )
    return Erased(line, tuple(wanted))


def note_contents_erased(
    session: Session,
    *,
    county: County,
    kind: str,
    refs: Collection[str],
    reason: str,
    now: datetime,
) -> HistoryLine:
    """Say that a law had something blanked in what was frozen (`kind`), and what it hashes to now.

    Its line of the chain, with the hash of what once stood there, stays as it is.
    """
    label = SOURCES[kind].label
    return history.write(
        session,
        of=county,
        by=None,
        at=now,
        action=ChainAction.LINES_ERASED,
        summary=f"按规定删除{len(refs)}份{label}里的个人信息，存证保留",
        changes=[
            history.Change(
                field=f"{ERASED}{content_ref(kind, ref)}",
                label=f"{label}{ref}号",
                old="",
                new=hash_of_content(session, kind=kind, ref=ref),
            )
            for ref in refs
        ],
        reason=reason,
    )


def _numbers(ids: Collection[int]) -> str:
    some = "、".join(str(one) for one in list(ids)[:10])
    return f"第{some}号等" if len(ids) > 10 else f"第{some}号"


def note_restored(
    session: Session,
    *,
    county: County,
    reason: str,
    lost: Anchor | None,
    by: Person | None,
    now: datetime,
) -> HistoryLine:
    """Say that the database was brought back from a backup, and where its chain ended.

    `lost` is the last anchor that is known from elsewhere: what it names is lost, and said to be.
    Raises Invalid (reason-needed, restored-nothing-lost).
    """
    because = reason_given(reason, "请写明为什么恢复、用的哪一份备份。", into=HistoryLine.reason)
    seq, head = head_of(session, county=county.code)
    if lost is not None and lost.seq <= seq:
        raise Invalid(
            "restored-nothing-lost",
            f"现在的链有{seq}行，这条存证写的是第{lost.seq}行，没有丢。请核对，或不写丢失的存证。",
        )
    told = f"从备份恢复：恢复到存证第{seq}行（校验{head[:16]}）"
    changes = [history.change(KEPT_SEQ, "恢复到第几行", "", str(seq))]
    if lost is not None:
        told += f"，{full_day_text(lost.on)}存证的第{seq + 1}至{lost.seq}行丢失"
        changes += [
            history.change(LOST_SEQ, "丢失到第几行", "", str(lost.seq)),
            history.change(LOST_ON, "丢失的存证是哪天的", "", lost.on.isoformat()),
            history.change("lost_hash", "丢失的存证的校验", "", lost.hash),
        ]
    return history.write(
        session,
        of=county,
        by=by,
        at=now,
        action=ChainAction.RESTORED,
        summary=told,
        changes=[one for one in changes if one],
        reason=because,
    )
