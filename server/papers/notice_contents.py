"""What a 整改通知书 or 撤销通知 says: real documents, whoever can act, the record as annex."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.calendar import full_day_text, full_month_text, moment_text
from server.models.county import County, Operator
from server.models.inspection import Inspection
from server.models.person import Person
from server.models.phone_event import Photo
from server.models.rectification import Notice, Rectification
from server.models.station import Station
from server.papers.inspection_copy import copy_sheet
from server.papers.notice import NoticeItem, NoticeSheet
from server.policy.standard.citations import cite
from server.policy.standard.standards import Standard
from server.services.county.round_options import names_on_notice
from server.services.inspections.values import note_on
from server.services.inspections.versions import ids_so_far, photos_of
from server.services.mending.notice_questions import question_behind, taken_back
from server.services.mending.notices import notice_number

SHORT = "标准"


class Party(Enum):
    """Who can mend it: filing is the opener's (never the keeper's), numbers are the office's."""

    STATION = "station"
    OPENER = "opener"
    OFFICE = "office"


@dataclass(frozen=True, slots=True)
class _Found:
    """One item of a letter with what was frozen of it."""

    mend: Rectification
    finding: Mapping[str, Any]
    remark: str
    document: str
    short: bool  # cited as “标准”
    cited: str
    party: Party


def letter(session: Session, *, notice: Notice, standards: Iterable[Standard]) -> NoticeSheet:
    """What a letter says, from the frozen record and the register of this moment."""
    every = tuple(standards)
    if notice.revokes_id is not None:
        return _revocation(session, notice, session.get_one(Notice, notice.revokes_id), every)
    return _notice(session, notice, every)


def _notice(session: Session, notice: Notice, standards: tuple[Standard, ...]) -> NoticeSheet:
    county, station, inspection = _of(session, notice)
    issuer = names_on_notice(county, year=notice.year, number=notice.number)[0]
    wanting = session.scalars(
        sa.select(Rectification)
        .where(Rectification.notice_id == notice.id)
        .order_by(Rectification.id)
    ).all()
    found = [_found(session, one, standards) for one in wanting]
    opener, opener_known = _opener(session, station)
    parties = {one.party for one in found}
    to = _addressees(parties, station, opener)
    seen = (session.get_one(Inspection, one) for one in ids_so_far(session, inspection))
    pictures = _pictures([photo for version in seen for photo in photos_of(session, version)])
    opening = (
        f"{full_day_text(inspection.day_on)}，{issuer}对{station.name}开展"
        f"{full_month_text(inspection.day_on)}督导验收。对照{_documents(found)}，"
        f"发现下列{len(found)}项不符合要求，现通知"
    )
    whom = "你们按下列分工" if len(to) > 1 else "你单位" if parties == {Party.OPENER} else "你站"
    whose = {Party.STATION: "", Party.OPENER: opener, Party.OFFICE: f"由{issuer}办理"}
    if len(to) > 1:
        whose[Party.STATION] = station.name
    return NoticeSheet(
        issuer=issuer,
        number=notice_number(county, notice),
        title=f"关于{station.name}限期整改的通知书",
        to="、".join(to),
        opening=(f"{opening}{whom}限期整改。",),
        items=tuple(
            NoticeItem(
                clause=one.cited,
                title=str(one.finding["title"]),
                why=str(one.finding["why"]),
                mend=str(one.finding["mend"]),
                photos=pictures.get(one.mend.rule_code, ()),
                asks=str(one.finding["text"]),
                remark=one.remark if one.remark not in str(one.finding["why"]) else "",
                by="" if parties == {Party.OPENER} else whose[one.party],
            )
            for one in found
        ),
        closing=_closing(parties, len(to), full_day_text(notice.due_on), issuer, county),
        date=full_day_text(notice.issued_on),
        copies_to=_copies(parties, station, opener if opener_known else ""),
        record=copy_sheet(session, inspection=inspection, standards=standards),
        demo=station.demo or county.demo,
    )


def _revocation(
    session: Session, notice: Notice, old: Notice, standards: tuple[Standard, ...]
) -> NoticeSheet:
    county, station, inspection = _of(session, notice)
    issuer = names_on_notice(county, year=notice.year, number=notice.number)[0]
    question = question_behind(session, revocation=notice)
    gone = [_found(session, one, standards) for one in taken_back(session, question)]
    of_old = session.scalar(sa.select(sa.func.count()).where(Rectification.notice_id == old.id))
    left = (of_old or 0) - len(gone)
    now = {str(one["code"]): one for one in inspection.findings}
    number = notice_number(county, old)
    decider = session.get(Person, question.settled_by) if question.settled_by else None
    opener, _ = _opener(session, station)
    opening = (
        f"{full_day_text(old.issued_on)}，{issuer}以{number}发出《关于{station.name}"
        f"限期整改的通知书》。该通知书所依据的督导记录已更正为第{inspection.version}版"
        f"（更正原因：{inspection.amended_because.rstrip('。')}），现决定撤销通知书中"
        f"下列{len(gone)}项："
    )
    because = question.reason.rstrip("。")
    return NoticeSheet(
        issuer=issuer,
        number=notice_number(county, notice),
        title=f"关于撤销{number}{'部分内容' if left else ''}的通知",
        to="、".join(_addressees({one.party for one in gone}, station, opener)),
        opening=(
            opening,
            *(
                f"{index}.{one.finding['title']}（{one.cited}）。原来认定："
                f"{str(one.finding['why']).rstrip('。')}。更正后："
                f"{_said_now(now.get(one.mend.rule_code))}。"
                for index, one in enumerate(gone, 1)
            ),
            f"撤销理由：{because}。决定人：{decider.name if decider else ''}。",
        ),
        items=(),
        closing=(
            "以上撤销的内容不用再整改。"
            + (f"通知书的其余{left}项仍按原来的要求和期限整改。" if left else "")
            + "原通知书和原督导记录保留备查。"
            + (f"如有疑问，请拨打{county.hotline}。" if county.hotline else ""),
        ),
        date=full_day_text(notice.issued_on),
        record=copy_sheet(session, inspection=inspection, standards=standards),
        demo=station.demo or county.demo,
    )


def _of(session: Session, notice: Notice) -> tuple[County, Station, Inspection]:
    return (
        session.get_one(County, notice.county),
        session.get_one(Station, notice.station_id),
        session.get_one(Inspection, notice.inspection_id),
    )


def _found(session: Session, mend: Rectification, standards: tuple[Standard, ...]) -> _Found:
    """An item as its own inspection froze it: the register's words may have been cut since."""
    inspection = session.get_one(Inspection, mend.inspection_id)
    kept: Mapping[str, Any] = {
        "clause": mend.clause, "title": mend.title, "why": mend.why, "mend": mend.what_to_do,
        "text": "",
    }  # fmt: skip
    finding = next((one for one in inspection.findings if one["code"] == mend.rule_code), kept)
    clause, party = str(finding["clause"]), Party.STATION
    names = {str(one["id"]): str(one.get("name", one["id"])) for one in inspection.standards}
    document = f"《{names.get(mend.standard_id, mend.standard_id)}》"
    cited, short = f"{SHORT}{clause}", True
    for standard in standards:
        if standard.id == mend.standard_id:
            document, place, named_by_clause = cite(standard, clause)
            if named_by_clause:
                cited, short = f"{document}{place}", False
            rule = next((one for one in standard.rules if one.code == mend.rule_code), None)
            if rule is not None and rule.settled_by == "register":
                party = Party.OPENER if standard.basis == "national" else Party.OFFICE
    remark = note_on(inspection, mend.rule_code).strip()
    return _Found(mend, finding, remark, document, short, cited, party)


def _documents(found: list[_Found]) -> str:
    """Every document once, in the order of the items; what is cited shortly says so."""
    said = {one.document: one.short for one in found}
    return "、".join(
        f"{document}（以下简称“{SHORT}”）" if short else document
        for document, short in said.items()
    )


def _addressees(parties: set[Party], station: Station, opener: str) -> list[str]:
    """Whoever has something to mend; the office writes no letter to itself."""
    to = [] if parties == {Party.OPENER} else [station.name]
    return [*to, *([opener] if Party.OPENER in parties else [])]


def _opener(session: Session, station: Station) -> tuple[str, bool]:
    """The enterprise that files the outlet, and whether the register names one."""
    operator = session.get(Operator, station.operator_id) if station.operator_id else None
    name = station.opener or (operator.name if operator else "")
    return (name, True) if name else (f"{station.name}的开办企业", False)


def _copies(parties: set[Party], station: Station, opener: str) -> str:
    """Whoever has nothing to mend itself, but has to know."""
    if parties == {Party.OPENER}:
        return station.name
    return "" if Party.OPENER in parties else opener


def _closing(
    parties: set[Party], addressees: int, due: str, issuer: str, county: County
) -> tuple[str, ...]:
    several, said = addressees > 1, []
    if parties != {Party.OPENER}:
        said.append(
            f"请{'站点' if several else ''}于{due}前（含当日）完成整改，"
            "并在手机“今天”页面逐项拍照上报。由县、乡镇或督导员验收后办结；"
            "逾期未改的，将报乡镇和县专班督办。"
        )
    if Party.OPENER in parties:
        said.append(
            f"请{'开办企业' if several else ''}于{due}前（含当日）在邮政管理部门办好备案手续，"
            f"并把备案日期告诉{issuer}；站点不能代办。逾期未办的，将报县专班督办。"
        )
    if county.hotline:
        said.append(f"如有疑问或不同意见，请拨打{county.hotline}。")
    return tuple(said)


def _said_now(finding: Mapping[str, Any] | None) -> str:
    return (
        "没有这一条的结论"
        if finding is None
        else f"{finding['label']}，{finding['why']}".rstrip("。，")
    )


def _pictures(photos: Iterable[Photo]) -> dict[str, tuple[str, ...]]:
    """What the evidence list says of each clause's photos."""
    found: dict[str, tuple[str, ...]] = {}
    for number, photo in enumerate(photos, 1):
        code = str(photo.phone_notes.get("rule_code"))
        words = f"照片{number}，{moment_text(photo.taken_at)}，{_short(photo.id)}"
        found[code] = (*found.get(code, ()), words)
    return found


def _short(photo_id: UUID) -> str:
    return photo_id.hex[:8]
