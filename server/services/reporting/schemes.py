"""考核办法: a county's own items and points, version by version; nothing is shipped or invented."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.calendar import full_day_text
from server.errors import Conflict, Invalid, NotFound
from server.models.assessment import AssessmentScheme
from server.models.county import County
from server.models.person import Person
from server.policy.plan.assessment import (
    ITEMS_AT_MOST,
    MEASURES,
    MOST_POINTS,
    Item,
    Untold,
    Way,
    Whom,
    bands_typed,
    number_typed,
    points_text,
)
from server.policy.plan.assessment_frozen import frozen_item, item_of
from server.policy.plan.duties import Deed
from server.services.common import history
from server.services.common.written import reason_given, written
from server.services.people.scope import refuse_unless_may_do
from server.services.reporting.actions import ReportingAction
from server.services.reporting.reports import content_hash

TITLE_LONGEST, BASIS_LONGEST = 30, 300
FIELDS = ("title", "points", "basis", "way", "measure", "untold", "bands")


@dataclass(frozen=True, slots=True)
class SchemeTyped:
    """A scheme as somebody typed it; `rows` have the FIELDS of each line, empty lines too."""

    whom: Whom
    name: str
    basis: str
    from_on: date
    rows: Sequence[Mapping[str, str]]
    because: str = ""


def schemes_of(session: Session, *, county: str, whom: Whom) -> list[AssessmentScheme]:
    """Every version of a county's scheme, the newest first."""
    return list(
        session.scalars(
            sa.select(AssessmentScheme)
            .where(AssessmentScheme.county == county, AssessmentScheme.whom == whom)
            .order_by(AssessmentScheme.version.desc())
        )
    )


def scheme_of(session: Session, *, county: str, scheme_id: int) -> AssessmentScheme:
    """One version. Raises NotFound assessment-unknown."""
    found = session.get(AssessmentScheme, scheme_id)
    if found is None or found.county != county:
        raise NotFound("assessment-unknown", "没有这一版考核办法。请返回“考核”重新选择。")
    return found


def scheme_on(session: Session, *, county: str, whom: Whom, on: date) -> AssessmentScheme | None:
    """The version that holds on a day; None before the first."""
    every = [one for one in schemes_of(session, county=county, whom=whom) if one.from_on <= on]
    return max(every, key=lambda one: (one.from_on, one.version), default=None)


def items_of(scheme: AssessmentScheme) -> list[Item]:
    """A version's items in their order."""
    return [item_of(one) for one in scheme.items]


def save_scheme(
    session: Session, *, county: County, typed: SchemeTyped, seen: int, by: Person, now: datetime
) -> AssessmentScheme:
    """Make a version of the county's scheme; the ones before stay, with the sheets held by them.

    `seen` is the newest version that the form was filled in over (0: none). Raises NotAllowed
    deed-not-yours; Conflict assessment-scheme-newer, assessment-scheme-same; Invalid
    assessment-scheme-wrong (`fields`), reason-needed, text-too-long.
    """
    refuse_unless_may_do(session, by, Deed.ASSESS)
    session.execute(sa.select(County.code).where(County.code == county.code).with_for_update())
    before = next(iter(schemes_of(session, county=county.code, whom=typed.whom)), None)
    newest = before.version if before else 0
    if newest != seen:
        raise Conflict(
            "assessment-scheme-newer",
            f"您填写的时候，别人已经存了第{newest}版考核办法。您填的还没有保存，"
            "请看过第"
            f"{newest}版再改。",
        )
    name = written(typed.name, "名称", field="name", into=AssessmentScheme.name)
    if not name:
        raise _wrong("请写考核办法的名称。", "name")
    basis = written(typed.basis, "依据", field="basis", into=AssessmentScheme.basis)
    kept = [frozen_item(one) for one in read_items(typed.rows, typed.whom)]
    sha256 = _hash(name, basis, typed.from_on, kept)
    if before is not None and before.content_sha256 == sha256:
        raise Conflict("assessment-scheme-same", "和上一版一样，没有改动，不用再存。")
    because = ""
    if before is not None:
        because = reason_given(
            typed.because,
            "请写一句这一版改了什么、为什么改。",
            field="because",
            into=AssessmentScheme.because,
        )
    made = AssessmentScheme(
        county=county.code,
        whom=typed.whom,
        version=newest + 1,
        name=name,
        basis=basis,
        from_on=typed.from_on,
        items=kept,
        content_sha256=sha256,
        because=because,
        made_by=by.id,
        made_at=now,
    )
    session.add(made)
    session.flush()
    points = sum((one.points for one in items_of(made)), Decimal(0))
    history.write(
        session,
        of=county,
        by=by,
        at=now,
        action=ReportingAction.SCHEME_MADE,
        summary=f"《{name}》第{made.version}版：{len(kept)}项，共{points_text(points)}分，"
        f"{full_day_text(made.from_on)}起",
        reason=because,
    )
    return made


def read_items(rows: Sequence[Mapping[str, str]], whom: Whom) -> list[Item]:
    """The items of a form, without its empty lines. Raises Invalid assessment-scheme-wrong."""
    found: list[Item] = []
    for number, row in enumerate(rows):
        if not any(row.get(name, "").strip() for name in ("title", "points", "basis", "bands")):
            continue
        found.append(_item(row, number, f"i{len(found) + 1}", whom))
    if not found:
        raise _wrong("一项也没有写。请至少写一项考核内容和它的分值。", "title-0")
    if len(found) > ITEMS_AT_MOST:
        raise _wrong(f"最多写{ITEMS_AT_MOST}项，请合并一些。", f"title-{ITEMS_AT_MOST}")
    titles = [one.title for one in found]
    twice = next((one for one in titles if titles.count(one) > 1), "")
    if twice:
        raise _wrong(f"“{twice}”写了两遍，请改名或者删掉一行。", f"title-{titles.index(twice)}")
    return found


def _item(row: Mapping[str, str], number: int, key: str, whom: Whom) -> Item:
    title, line = row.get("title", "").strip(), f"第{number + 1}行"
    if not title or len(title) > TITLE_LONGEST:
        raise _wrong(f"{line}请写考核内容，最多{TITLE_LONGEST}个字。", f"title-{number}")
    points = number_typed(row.get("points", ""))
    if points is None or not 0 < points <= MOST_POINTS:
        raise _wrong(
            f"{line}“{title}”的分值应是大于0的数，最多一位小数，最大{points_text(MOST_POINTS)}。",
            f"points-{number}",
        )
    basis = row.get("basis", "").strip()
    if len(basis) > BASIS_LONGEST:
        raise _wrong(f"{line}“{title}”的依据最多写{BASIS_LONGEST}个字。", f"basis-{number}")
    way = next((one for one in Way if one.value == row.get("way")), Way.HAND)
    if way is Way.HAND:
        return Item(key, title, points, basis)
    measure = MEASURES.get(row.get("measure", ""))
    if measure is None or measure.whom is not whom:
        raise _wrong(f"{line}“{title}”要{way.label}，请选用系统里的哪个数。", f"measure-{number}")
    untold = next((one for one in Untold if one.value == row.get("untold")), Untold.ASK)
    if way is Way.SHARE:
        return Item(key, title, points, basis, way, measure.key, untold)
    bands = bands_typed(row.get("bands", ""), points)
    if isinstance(bands, str):
        raise _wrong(f"{line}“{title}”：{bands}", f"bands-{number}")
    return Item(key, title, points, basis, way, measure.key, untold, bands)


def scheme_is_whole(one: AssessmentScheme) -> bool:
    """Whether a version still says what it said when it was made."""
    return _hash(one.name, one.basis, one.from_on, one.items) == one.content_sha256


def _hash(name: str, basis: str, from_on: date, items: Sequence[Any]) -> str:
    whole = {"name": name, "basis": basis, "from_on": from_on.isoformat(), "items": list(items)}
    return content_hash(whole)


def _wrong(sentence: str, field: str) -> Invalid:
    return Invalid("assessment-scheme-wrong", sentence, fields={field: "请核对"})
