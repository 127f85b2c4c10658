"""运营企业: licence and contacts of a county's operators, and what 动态管理 decided of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.calendar import beijing_day, full_day_text
from server.errors import Conflict, Invalid, NotFound
from server.models.county import County, Operator, OperatorStatus, OperatorStatusChange
from server.models.person import Person
from server.models.station import Station
from server.plain_text import plain_text
from server.policy.entries import says_nothing, telephone
from server.policy.typed_days import read_day
from server.services.common import history, seals
from server.services.common.seals import Shown, refuse_if_changed
from server.services.common.written import longest, named, reason_given, written
from server.services.county.actions import CountyAction

LABELS = {
    "name": "企业名称",
    "licence_number": "许可证号",
    "licence_until": "许可证有效期至",
    "licence_scope": "许可的地域和业务",
    "contact_name": "联系人",
    "contact_phone": "联系电话",
    "address": "地址",
}
"""What a form or a list may say of an enterprise, as people call it."""
_COLUMNS: dict[str, Any] = {
    "name": Operator.name,
    "licence_number": Operator.licence_number,
    "licence_scope": Operator.licence_scope,
    "contact_name": Operator.contact_name,
    "contact_phone": Operator.contact_phone,
    "address": Operator.address,
}


@dataclass(frozen=True, slots=True)
class OperatorView:
    """One enterprise with how many open stations it has; `licence` says what is wrong with it."""

    operator: Operator
    stations: int
    licence: str


@dataclass(frozen=True, slots=True)
class StatusView:
    """One decision of 动态管理, and who entered it."""

    change: OperatorStatusChange
    who: str


def operators_of(session: Session, *, county: str) -> list[Operator]:
    """A county's operators by name, those that left too."""
    found = sa.select(Operator).where(Operator.county == county).order_by(Operator.name)
    return list(session.scalars(found))


def operator_of(session: Session, *, county: str, operator_id: int) -> Operator:
    """One of the county's operators. Raises NotFound operator-unknown."""
    found = session.get(Operator, operator_id)
    if found is None or found.county != county:
        raise NotFound("operator-unknown", "没有找到这家企业。请从运营企业名单里重新选择。")
    return found


def operators_told(session: Session, *, county: str, on: date) -> list[OperatorView]:
    """The county's operators, those in operation first, each with its open stations counted."""
    counts: dict[int | None, int] = dict(
        session.execute(
            sa.select(Station.operator_id, sa.func.count())
            .where(Station.county == county, Station.closed_on.is_(None))
            .group_by(Station.operator_id)
        ).all()
    )
    order = list(OperatorStatus)
    found = [
        OperatorView(one, counts.get(one.id, 0), licence_trouble(one, on))
        for one in operators_of(session, county=county)
    ]
    return sorted(found, key=lambda one: order.index(one.operator.status))


def licence_trouble(operator: Operator, on: date) -> str:
    """What is amiss with the licence on a day, in a few words; "" where nothing is known to be."""
    if not operator.licence_number:
        return "没有登记许可证号"
    if operator.licence_until is None:
        return "没有登记有效期"
    if operator.licence_until < on:
        return f"许可证已于{full_day_text(operator.licence_until)}到期"
    left = (operator.licence_until - on).days
    if left == 0:
        return "许可证今天到期，明天起失效"
    return f"许可证还有{left}天到期" if left <= 90 else ""


def add_operator(
    session: Session, *, county: County, given: Mapping[str, Any], by: Person | None, now: datetime
) -> Operator:
    """Enter an enterprise, in operation.

    Raises Invalid operator-invalid; Conflict operator-known.
    """
    values = read_operator(given)
    if not values.get("name"):
        raise Invalid("operator-invalid", "请填写企业名称。", fields={"name": "请填写企业名称。"})
    _refuse_known(session, county.code, values["name"], None)
    operator = Operator(county=county.code, status=OperatorStatus.ACTIVE, **values)
    session.add(operator)
    session.flush()
    history.write(
        session,
        of=operator,
        by=by,
        at=now,
        action=CountyAction.OPERATOR_ADDED,
        summary=f"登记运营企业：{operator.name}",
    )
    return operator


def edit_operator(
    session: Session,
    *,
    operator: Operator,
    given: Mapping[str, Any],
    by: Person | None,
    now: datetime,
    seal: str | None = None,
) -> list[history.Change]:
    """Change what is registered of an enterprise, all or none; gives what really changed.

    `seal` is that of `operator_shown` when the form was filled in. Raises Invalid
    operator-invalid; Conflict operator-changed-meanwhile, operator-known.
    """
    session.refresh(operator, with_for_update=True)
    held = operator_shown(operator)
    refuse_if_changed(seal, held, code="operator-changed-meanwhile", what=f"{operator.name}的资料")
    values = read_operator(otherwise(operator, given))
    if "name" in values:
        if not values["name"]:
            raise Invalid(
                "operator-invalid", "请填写企业名称。", fields={"name": "请填写企业名称。"}
            )
        _refuse_known(session, operator.county, values["name"], operator.id)
    for name, value in values.items():
        setattr(operator, name, value)
    made = seals.changes(held, operator_shown(operator))
    session.flush()
    if made:
        history.write(
            session,
            of=operator,
            by=by,
            at=now,
            action=CountyAction.OPERATOR_EDITED,
            summary=f"修改{operator.name}的{'、'.join(one['label'] for one in made)}",
            changes=made,
        )
    return made


def otherwise(operator: Operator, given: Mapping[str, Any]) -> dict[str, Any]:
    """What is not as the enterprise holds it; the rest stays, whatever rules came since."""
    held = {one.field: one.text for one in operator_shown(operator)}
    return {key: raw for key, raw in given.items() if str(raw or "").strip() != held.get(key)}


def operator_shown(operator: Operator) -> list[Shown]:
    """What the form of an enterprise shows, as its seal tells it."""
    until = operator.licence_until
    values = {name: getattr(operator, name) or "" for name in LABELS}
    values["licence_until"] = until.isoformat() if until else ""
    return [Shown(name, label, values[name]) for name, label in LABELS.items()]


def decide_status(
    session: Session,
    *,
    operator: Operator,
    status: OperatorStatus,
    on: date,
    deciders: str,
    reason: str,
    by: Person | None,
    now: datetime,
    document: str = "",
    seen: str | None = None,
) -> OperatorStatusChange:
    """Write down what 供销社、邮政公司、智通 decided of an enterprise (静乐方案 附件1 动态调整).

    Its stations stay its own until they are handed over. `seen` is `status_mark` of what the form
    showed, None nobody's form. The newest decision is what holds: one of before it is refused.
    Raises Conflict decision-needs-a-person, operator-status-same, operator-status-moved; Invalid
    field-invalid, reason-needed.
    """
    if by is None:
        raise Conflict("decision-needs-a-person", "动态管理的决定要由具名的人来记，请登录后操作。")
    session.refresh(operator, with_for_update=True)
    if operator.status is status:
        raise Conflict(
            "operator-status-same", f"{operator.name}已经是“{status.label}”，不用再记一次。"
        )
    last = _newest_decision(session, operator)
    if seen is not None and seen != _mark_of(last):
        raise Conflict(
            "operator-status-moved",
            f"您看的时候，{operator.name}已经由别人记成了“{operator.status.label}”。"
            "您写的都在，还没有记下；请看过上面列的决定再办。",
        )
    if on > beijing_day(now):
        raise Invalid(
            "field-invalid", "“决定日期”还没有到，请核对。", fields={"decided_on": "还没有到"}
        )
    if last is not None and on < last.decided_on:
        raise Invalid(
            "field-invalid",
            f"{full_day_text(last.decided_on)}已经决定成“{last.status.label}”，"
            "比它早的决定改不了现在的状态，请核对“决定日期”。",
            fields={"decided_on": "比最近一次决定还早"},
        )
    deciders = named(deciders, "谁决定的", field="deciders", into=OperatorStatusChange.deciders)
    if not deciders:
        raise Invalid(
            "field-invalid",
            "请写明是谁决定的，例如“供销社、邮政公司、智通园区”。",
            fields={"deciders": "请填写"},
        )
    change = OperatorStatusChange(
        county=operator.county,
        operator_id=operator.id,
        before=operator.status,
        status=status,
        decided_on=on,
        deciders=deciders,
        document=written(document, "文号", field="document", into=OperatorStatusChange.document),
        reason=reason_given(
            reason, "请写明为什么，例如“连续两月未按址投递”。", into=OperatorStatusChange.reason
        ),
        recorded_by=by.id,
        recorded_at=now,
    )
    session.add(change)
    operator.status = status
    session.flush()
    history.write(
        session,
        of=operator,
        by=by,
        at=now,
        action=CountyAction.OPERATOR_STATUS,
        summary=f"{full_day_text(on)}{deciders}决定：{operator.name}{status.label}",
        changes=[
            history.Change(field="status", label="状态", old=change.before.label, new=status.label)
        ],
        reason=change.reason,
    )
    return change


def status_mark(session: Session, *, operator: Operator) -> str:
    """The mark of an enterprise's newest decision, for the form that writes down another."""
    return _mark_of(_newest_decision(session, operator))


def _mark_of(last: OperatorStatusChange | None) -> str:
    return f"{last.id if last else 0}"


def _newest_decision(session: Session, operator: Operator) -> OperatorStatusChange | None:
    return session.scalars(
        sa.select(OperatorStatusChange)
        .where(OperatorStatusChange.operator_id == operator.id)
        .order_by(OperatorStatusChange.id.desc())
        .limit(1)
    ).first()


def status_changes(session: Session, *, operator: Operator) -> list[StatusView]:
    """What was decided of an enterprise, the newest first."""
    rows = session.execute(
        sa.select(OperatorStatusChange, Person.name)
        .join(Person, Person.id == OperatorStatusChange.recorded_by)
        .where(OperatorStatusChange.operator_id == operator.id)
        .order_by(OperatorStatusChange.id.desc())
    )
    return [StatusView(change, who) for change, who in rows]


def read_operator(given: Mapping[str, Any]) -> dict[str, Any]:
    """What was typed of an enterprise, tidied; all that is wrong is named at once.

    Raises Invalid operator-invalid.
    """
    values: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for name in [one for one in LABELS if one in given]:  # in our order: previews are sealed
        raw = given[name]
        if name == "licence_until":
            try:
                blank = not isinstance(raw, date) and not plain_text(str(raw or "")).strip()
                values[name] = None if blank else read_day(raw, LABELS[name], latest=None)
            except Invalid as odd:
                wrong[name] = odd.message
            continue
        text = plain_text(str(raw or "")).strip()
        column = _COLUMNS[name]
        if len(text) > longest(column):
            wrong[name] = f"“{LABELS[name]}”最多{longest(column)}个字，写了{len(text)}个字。"
        values[name] = (text or None) if name == "licence_number" else text
        if says_nothing(text):
            wrong[name] = f"“{LABELS[name]}”写的“{text}”等于没有写，没有就空着。"
    if phone := values.get("contact_phone"):
        try:
            values["contact_phone"] = telephone(phone)
        except ValueError as odd:
            wrong["contact_phone"] = f"{odd}，请改正。"
    if wrong:
        raise Invalid("operator-invalid", "".join(wrong.values()), fields=wrong)
    return values


def _refuse_known(session: Session, county: str, name: str, own: int | None) -> None:
    other = session.scalar(
        sa.select(Operator.id).where(Operator.county == county, Operator.name == name)
    )
    if other is not None and other != own:
        raise Conflict(
            "operator-known",
            f"“{name}”已经登记过了。请在名单里找到它再修改。",
            fields={"name": "已经登记过了"},
        )
