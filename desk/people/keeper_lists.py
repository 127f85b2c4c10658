"""站长名单: the office's own list of keepers, looked at row by row, then entered together."""

from flask import Blueprint

from desk.frame.list_pages import ListPages, attach_list
from server.http.guards import guard_desk
from server.models.sheet_import import ListKind
from server.services.people.scope import OFFICE
from server.services.registry.keeper_lists import enter_keepers, keeper_template, plan_keepers
from server.services.registry.keeper_undo import plan_keepers_undo, undo_keepers

blueprint = Blueprint("desk_keeper_lists", __name__, url_prefix="/desk")
guard_desk(blueprint, *OFFICE)
attach_list(
    blueprint,
    "/people/list",
    ListPages(
        title="按名单录入站长",
        whose="站长",
        say="一行一个站长：乡镇、村（或编号）、姓名、手机号。",
        under=("人员与手机", "desk_people.people"),
        words={
            "wrong": "有错",
            "new": "新增",
            "appoint": "指定",
            "phone": "改电话",
            "same": "没有变化",
        },
        columns=(
            ("站长", lambda row: row.name),
            ("手机号", lambda row: row.phone),
            ("站点", lambda row: row.station),
        ),
        notes=lambda row: [row.told] if row.told else [],
        plan=plan_keepers,
        enter=enter_keepers,
        template=keeper_template,
        then=("接下来给没绑手机的人印纸条。", "desk_unbound.unbound"),
        of=ListKind.KEEPERS,
        plan_undo=plan_keepers_undo,
        undo=undo_keepers,
    ),
)
