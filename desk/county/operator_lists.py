"""企业名单: the office's own list of operators, looked at row by row, then entered together."""

from flask import Blueprint

from desk.frame.list_pages import ListPages, attach_list
from server.http.guards import guard_desk
from server.models.sheet_import import ListKind
from server.services.county.operator_lists import (
    enter_operators,
    operator_template,
    plan_operators,
)
from server.services.county.operator_undo import plan_operators_undo, undo_operators
from server.services.people.scope import OFFICE

blueprint = Blueprint("desk_operator_lists", __name__, url_prefix="/desk")
guard_desk(blueprint, *OFFICE)
attach_list(
    blueprint,
    "/operators/list",
    ListPages(
        title="按名单录入企业",
        whose="运营企业",
        say="一行一家企业：名称、许可证号、有效期、联系人、电话、地址。",
        under=("运营企业", "desk_operators.operators"),
        words={"wrong": "有错", "new": "新增", "changed": "修改", "same": "没有变化"},
        columns=(("企业", lambda row: row.name),),
        notes=lambda row: row.changes,
        plan=plan_operators,
        enter=enter_operators,
        template=operator_template,
        then=("接下来写各服务哪些乡镇。", "desk_operators.operators"),
        of=ListKind.OPERATORS,
        plan_undo=plan_operators_undo,
        undo=undo_operators,
    ),
)
