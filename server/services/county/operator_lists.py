"""Operators from the office's own list: looked at row by row, then entered together."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from server.errors import Problem
from server.models.county import County, Operator
from server.models.person import Person
from server.models.sheet_import import ListKind
from server.services.common import history
from server.services.common.beside_rows import said_beside
from server.services.common.list_imports import keep_list
from server.services.common.list_plans import ListPlan, list_template, one_list_at_a_time
from server.services.common.office_lists import ListColumn, ListRow, read_list
from server.services.county.actions import CountyAction
from server.services.county.operators import (
    LABELS,
    add_operator,
    edit_operator,
    operator_shown,
    operators_of,
    otherwise,
    read_operator,
)

_ALSO = {
    "name": "名称 企业 单位名称 运营企业 运营企业名称 公司名称",
    "licence_number": "许可证编号 经营许可证号 快递业务经营许可证号 许可证",
    "licence_until": "有效期至 许可证有效期 有效期",
    "licence_scope": "许可范围 经营范围 业务范围",
    "contact_name": "联系人姓名 负责人 法定代表人",
    "contact_phone": "电话 手机号 联系方式 联系人电话",
    "address": "企业地址 注册地址 住所",
}
COLUMNS = tuple(
    ListColumn(key, label, _ALSO[key], "必填" if key == "name" else "空着就不改动")
    for key, label in LABELS.items()
)
ACTIONS = ("wrong", "new", "changed", "same")


@dataclass(frozen=True, slots=True)
class OperatorRow:
    """What entering one line would do: `given` are the fields it fills."""

    line: int
    action: str  # one of ACTIONS
    name: str
    given: dict[str, Any]
    changes: tuple[str, ...] = ()
    errors: tuple[str, ...] = ()
    operator_id: int | None = None


@dataclass(frozen=True, slots=True)
class OperatorPlan(ListPlan[OperatorRow]):
    """A whole list of operators looked at."""

    def shown(self) -> Sequence[Any]:
        """Line by line, with what each would do."""
        return [[row.line, row.action, row.name, row.changes, row.errors] for row in self.rows]


def operator_template() -> bytes:
    """An empty list with our headers."""
    return list_template("运营企业", COLUMNS, ("一行一家企业", "空着的格不改动原来的内容。"))


def plan_operators(
    session: Session, *, county: County, content: bytes, filename: str
) -> OperatorPlan:
    """Say line by line what entering a list of operators would do; changes nothing.

    Raises what `read_list` raises.
    """
    found = read_list(content, filename, columns=COLUMNS, needs="name")
    known = {one.name: one for one in operators_of(session, county=county.code)}
    lines: dict[str, int] = {}
    return OperatorPlan(found, [_row(line, known, lines) for line in found.rows])


def enter_operators(
    session: Session,
    *,
    county: County,
    content: bytes,
    filename: str,
    mark: str,
    by: Person | None,
    now: datetime,
) -> OperatorPlan:
    """Enter every enterprise of a list whose preview carried `mark`; all or none.

    Raises Invalid import-has-errors; Conflict import-outdated.
    """
    one_list_at_a_time(session, county)
    plan = plan_operators(session, county=county, content=content, filename=filename)
    plan.refuse_unless_shown(mark)
    deed = history.write(
        session,
        of=county,
        by=by,
        at=now,
        action=CountyAction.OPERATORS_ENTERED,
        summary=f"按名单“{filename}”录入企业：新增{plan.count('new')}行，"
        f"修改{plan.count('changed')}行",
    )
    kept = []
    for row in plan.rows:
        before: dict[str, str] = {}
        if row.action == "new":
            operator = add_operator(session, county=county, given=row.given, by=by, now=now)
            changed = set(LABELS)
        elif row.action == "changed" and row.operator_id is not None:
            operator = session.get_one(Operator, row.operator_id)
            before = {one.field: one.text for one in operator_shown(operator)}
            made = edit_operator(session, operator=operator, given=row.given, by=by, now=now)
            changed = {one["field"] for one in made}
        else:
            continue
        after = {one.field: one.text for one in operator_shown(operator) if one.field in changed}
        kept.append(
            {
                "line": row.line,
                "action": row.action,
                "name": operator.name,
                "operator_id": operator.id,
                "new": row.action == "new",
                "before": {name: before[name] for name in after if name in before},
                "after": after,
            }
        )
    keep_list(
        session,
        county=county,
        kind=ListKind.OPERATORS,
        by=by,
        now=now,
        file=(filename, content),
        deed=deed,
        counts=(plan.count("new"), plan.count("changed"), plan.count("same")),
        rows=kept,
    )
    return plan


def _row(line: ListRow, known: dict[str, Operator], lines: dict[str, int]) -> OperatorRow:
    given = dict(line.cells)
    name = line.text("name").strip()
    errors = list(line.faults)
    values: dict[str, Any] = {}
    if not name:
        errors.append("没有写企业名称。")
    elif what := said_beside(name):
        errors.append(f"“{name}”是{what}，不是企业名称。请删掉这一行。")
    elif lines.setdefault(name, line.line) != line.line:
        errors.append(f"和第{lines[name]}行是同一家企业。")
    operator = known.get(name)
    try:
        values = read_operator(otherwise(operator, given) if operator else given)
    except Problem as problem:
        errors.append(problem.message)
    if errors:
        return OperatorRow(line.line, "wrong", name, {}, errors=tuple(errors))
    operator = operator or known.get(values["name"])
    if operator is None:
        return OperatorRow(line.line, "new", values["name"], values)
    held = {one.field: one for one in operator_shown(operator)}
    wished = {
        key: value.isoformat() if hasattr(value, "isoformat") else value or ""
        for key, value in values.items()
    }
    changes = tuple(
        f"{held[key].label}：{held[key].text or '空'} → {text or '空'}"
        for key, text in wished.items()
        if held[key].text != text
    )
    return OperatorRow(
        line.line, "changed" if changes else "same", operator.name, values, changes,
        operator_id=operator.id,
    )  # fmt: skip
