"""The county's centre: brands that share its functions, each line dated and replaced, not lost."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from server.calendar import full_day_text
from server.errors import Conflict, Invalid, NotFound
from server.media.attachments import Attachment
from server.media.blobs import BlobStore
from server.models.county import County
from server.models.hub import HubBrand
from server.models.person import Person
from server.models.station import Station
from server.policy.entries import several_named
from server.policy.plan.hub import BrandPeriod, HubFunction, SharedHub, Shares, hub_on
from server.policy.standard.facts import Level
from server.services.common import history
from server.services.common.written import named, reason_given, written
from server.services.registry.actions import RegistryAction

_SAYS = {True: "共用", False: "不共用", None: "还不清楚"}


@dataclass(frozen=True, slots=True)
class BrandView:
    """One line of the centre's brands with who entered it; `holds` is whether it is the last word.

    `replaced_by` is the line that says it better, `replaced_because` that line's reason.
    """

    line: HubBrand
    shares: Shares
    who: str
    replaced_by: HubBrand | None

    @property
    def holds(self) -> bool:
        """Whether nothing has replaced it, and it takes nothing back."""
        return self.replaced_by is None and not self.line.mistaken


def shares_of(line: HubBrand) -> Shares:
    """What a line says of each function; what it does not name is unknown."""
    return {one: line.shares.get(one.value) for one in HubFunction}


def hub_brands(session: Session, *, county: str) -> list[BrandView]:
    """Every line of a county's centre, the newest first; for those who see the whole county."""
    after = aliased(HubBrand)
    rows = session.execute(
        sa.select(HubBrand, Person.name, after)
        .outerjoin(Person, Person.id == HubBrand.recorded_by)
        .outerjoin(after, after.replaces_id == HubBrand.id)
        .where(HubBrand.county == county)
        .order_by(HubBrand.id.desc())
    )
    return [BrandView(line, shares_of(line), who or "系统", later) for line, who, later in rows]


def periods_of(views: Iterable[BrandView]) -> list[BrandPeriod]:
    """The lines that hold, as the policy reads them."""
    return [
        BrandPeriod(
            brand=one.line.brand,
            from_on=one.line.from_on,
            until_on=one.line.until_on,
            shares=one.shares,
        )
        for one in views
        if one.holds
    ]


def shared_on(session: Session, *, county: str, on: date) -> SharedHub:
    """How brands share the centre on a day; one query."""
    return hub_on(periods_of(hub_brands(session, county=county)), on)


def hub_stations(session: Session, *, county: str) -> list[Station]:
    """The open stations of the county's level: the centre, as a rule one."""
    return list(
        session.scalars(
            sa.select(Station)
            .where(
                Station.county == county,
                Station.level == Level.COUNTY_HUB,
                Station.closed_on.is_(None),
            )
            .order_by(Station.id)
        )
    )


def brand_of(session: Session, *, county: str, line_id: int) -> HubBrand:
    """One line of the county. Raises NotFound hub-brand-unknown."""
    found = session.scalar(
        sa.select(HubBrand).where(HubBrand.id == line_id, HubBrand.county == county)
    )
    if found is None:
        raise NotFound("hub-brand-unknown", "没有找到这一条品牌记录。请从县级中心页面重新选择。")
    return found


def record_brand(
    session: Session,
    blobs: BlobStore,
    *,
    county: County,
    brand: str,
    from_on: date,
    until_on: date | None,
    shares: Mapping[HubFunction, bool | None],
    note: str,
    evidence: Attachment | None,
    by: Person | None,
    now: datetime,
    replaces: HubBrand | None = None,
    because: str = "",
) -> HubBrand:
    """Enter a brand's time at the centre, or (`replaces`) say an earlier line better, with reason.

    A line that replaces another keeps its evidence unless new evidence came. Raises Invalid
    field-invalid, reason-needed, text-too-long; Conflict hub-brand-overlaps, hub-brand-replaced.
    """
    brand = named(brand, "品牌", field="brand", into=HubBrand.brand)
    if not brand:
        raise _wrong("brand", "请写明是哪个快递品牌。")
    if several_named(brand):
        raise _wrong("brand", f"“{brand[:20]}”不止一个品牌。请一个品牌登一条。")
    if until_on is not None and until_on < from_on:
        raise _wrong("until_on", "结束的日子比开始的日子还早，请核对。")
    note = written(note, "说明", field="note", into=HubBrand.note)
    others = _others(session, county, replaces)
    if replaces is not None:
        because = reason_given(
            because, "请写明为什么改，例如“配送从9月起才并进来”。",
            field="because", into=HubBrand.because,
        )  # fmt: skip
    for other in others:
        if other.brand == brand and _overlap(other, from_on, until_on):
            raise Conflict(
                "hub-brand-overlaps",
                f"{brand}在{_period(other)}已经登记过了。请改那一条，不要另登一条。",
            )
    line = HubBrand(
        county=county.code,
        brand=brand,
        from_on=from_on,
        until_on=until_on,
        shares={one.value: shares.get(one) for one in HubFunction},
        note=note,
        replaces_id=replaces.id if replaces else None,
        because=because if replaces else "",
        recorded_by=by.id if by else None,
        recorded_at=now,
    )
    _keep(blobs, line, evidence, replaces)
    session.add(line)
    session.flush()
    history.write(
        session,
        of=county,
        by=by,
        at=now,
        action=RegistryAction.HUB_BRAND_RECORDED,
        summary=f"县级中心：{told(line)}",
        changes=_changes(replaces, line),
        reason=because if replaces else note,
    )
    return line


def take_back(
    session: Session, *, line: HubBrand, by: Person | None, now: datetime, reason: str
) -> HubBrand:
    """Say that a line should never have been entered; it stays readable.

    Raises Conflict hub-brand-replaced; Invalid reason-needed.
    """
    county = session.get_one(County, line.county)
    _others(session, county, line)
    because = reason_given(reason, "请写明为什么，例如“登到别的品牌上了”。", into=HubBrand.because)
    gone = HubBrand(
        county=line.county, brand=line.brand, from_on=line.from_on, until_on=line.until_on,
        shares=dict(line.shares), replaces_id=line.id, because=because, mistaken=True,
        recorded_by=by.id if by else None, recorded_at=now,
    )  # fmt: skip
    session.add(gone)
    session.flush()
    history.write(
        session,
        of=county,
        by=by,
        at=now,
        action=RegistryAction.HUB_BRAND_TAKEN_BACK,
        summary=f"县级中心登记有误：{told(line)}",
        reason=because,
    )
    return gone


def told(line: HubBrand) -> str:
    """A line in one sentence: who, from when to when, and each of the three functions."""
    said = shares_of(line)
    each = "、".join(f"{one.label}{_SAYS[said[one]]}" for one in HubFunction)
    return f"{line.brand}，{_period(line)}，{each}"


def _others(session: Session, county: County, replaced: HubBrand | None) -> Sequence[HubBrand]:
    """The lines that hold beside `replaced`; whoever enters at the same time waits here."""
    session.execute(sa.select(County.code).where(County.code == county.code).with_for_update())
    after = aliased(HubBrand)
    holding = session.scalars(
        sa.select(HubBrand).where(
            HubBrand.county == county.code,
            ~HubBrand.mistaken,
            ~sa.exists().where(after.replaces_id == HubBrand.id),
        )
    ).all()
    if replaced is not None and replaced not in holding:
        raise Conflict(
            "hub-brand-replaced", "这一条刚被别人改过了。请看现在的内容，需要的话再改一次。"
        )
    return [one for one in holding if one is not replaced]


def _overlap(line: HubBrand, from_on: date, until_on: date | None) -> bool:
    ends_before = line.until_on is not None and line.until_on < from_on
    begins_after = until_on is not None and until_on < line.from_on
    return not (ends_before or begins_after)


def _period(line: HubBrand) -> str:
    end = f"到{full_day_text(line.until_on)}" if line.until_on else "起"
    return f"{full_day_text(line.from_on)}{end}"


def _keep(
    blobs: BlobStore, line: HubBrand, evidence: Attachment | None, replaces: HubBrand | None
) -> None:
    """Keep the bytes first: a row never names what is not there."""
    if evidence is not None:
        line.file_sha256 = blobs.put(evidence.content)
        line.file_name, line.file_kind = evidence.name, evidence.kind
        line.file_bytes = len(evidence.content)
    elif replaces is not None:
        line.file_sha256, line.file_name = replaces.file_sha256, replaces.file_name
        line.file_kind, line.file_bytes = replaces.file_kind, replaces.file_bytes


def _changes(old: HubBrand | None, new: HubBrand) -> list[history.Change]:
    made = [history.change("file", "证明材料", old.file_name if old else "", new.file_name)]
    if old is not None:
        made.append(history.change("line", "登记的内容", told(old), told(new)))
    return [one for one in made if one]


def _wrong(field: str, what: str) -> Invalid:
    return Invalid("field-invalid", what, fields={field: what})
