"""开放数据: the county's other systems read tables page by page, with a token of the county."""

from collections.abc import Callable
from typing import Any

from flask import g
from marshmallow import RAISE, Schema, fields, validate

from miniapp_api.bodies import ApiBlueprint
from miniapp_api.fields import Day, Text
from miniapp_api.lenient import Strict
from miniapp_api.reading_rows import Out
from server.errors import NotAllowed
from server.http import clock
from server.http.database import own_write, session
from server.http.guards import guard_systems
from server.http.open_rows import MOST, USUAL, Asked, tell_rows
from server.services.opendata.columns import Column, Shape, Table
from server.services.opendata.reading import Wanted
from server.services.opendata.tables import TABLES
from server.services.opendata.tokens import note_use, stations_open_to

blp = ApiBlueprint(
    "open_data",
    __name__,
    url_prefix="/api/open/v1",
    description="开放数据：县里的其他系统凭读取令牌读，只读",
)
guard_systems(blp)
NOT_CHANGED, BAD_CURSOR = 304, 400


class RowsIn(Strict):
    """Which rows; both days are included."""

    township = fields.List(
        Text(12), load_default=list, metadata={"description": "乡镇代码，可以写几次"}
    )
    station = Text(8, load_default="", metadata={"description": "站点编号，如 C0001"})
    since = Day(load_default=None, metadata={"description": "从这一天起（含），北京日期"})
    until = Day(load_default=None, metadata={"description": "到这一天止（含），北京日期"})
    cursor = Text(
        1000, load_default="", metadata={"description": "上一页给的 next，原样传回；条件不能改"}
    )
    limit = fields.Integer(
        load_default=USUAL,
        validate=validate.Range(1, MOST, error=f"一页要 1 到 {MOST} 条。"),
        error_messages={"invalid": "这里要填整数。"},
        metadata={"description": "这一页最多几条记录"},
    )


_FIELDS: dict[Shape, Callable[..., fields.Field[Any]]] = {
    Shape.INTEGER: fields.Integer,
    Shape.NUMBER: fields.Float,
    Shape.YES_NO: fields.Boolean,
    Shape.DAY: fields.Date,
    Shape.MOMENT: fields.AwareDateTime,
    Shape.LIST: lambda **said: fields.List(fields.String(), **said),
    Shape.BY_NAME: lambda **said: fields.Dict(fields.String(), fields.Integer(), **said),
}


def _field(column: Column) -> fields.Field[Any]:
    codes = "；".join(f"{code}：{word}" for code, word in column.codes.items())
    about = "。".join(filter(None, (column.label, column.about, codes)))
    said: dict[str, Any] = {
        "required": True, "allow_none": True, "metadata": {"description": about}
    }  # fmt: skip
    return _FIELDS.get(column.shape, fields.String)(**said)


def _page_of(table: Table) -> type[Schema]:
    """The shape of a page of a table: its columns are said in `tables.py` alone."""
    name = table.name.title()
    later = (
        "没有时 next 可以留到以后接着读"
        if table.arrives is not None
        else "已读过的以后还会变，要新的请从头读"
    )
    row = Out.from_dict({one.name: _field(one) for one in table.columns}, name=f"Open{name}Row")
    shape: dict[str, Any] = {
        "kind": fields.String(required=True),
        "county": fields.String(required=True, metadata={"description": "县的六位代码"}),
        "rows": fields.List(fields.Nested(row), required=True),
        "next": fields.String(
            required=True, allow_none=True, metadata={"description": "接着往下读时传给 cursor"}
        ),
        "more": fields.Boolean(required=True, metadata={"description": f"后面是否还有；{later}"}),
    }
    return Out.from_dict(shape, name=f"Open{name}Page")


def _add(table: Table) -> None:
    """The route of a table."""

    def rows(asked: dict[str, Any]) -> Any:
        token, now = g.read_token, clock.now()
        if table.name not in token.kinds:
            raise NotAllowed(
                "read-token-kind",
                f"这个令牌不能读“{table.label}”。需要的话请县专班办公室另发一个。",
            )
        wanted = Wanted(
            townships=asked["township"],
            station_code=asked["station"],
            since_on=asked["since"],
            until_on=asked["until"],
        )
        told = tell_rows(
            Asked(table.name, wanted, asked["cursor"], asked["limit"]),
            county=token.county,
            seen=stations_open_to(token),
            now=now,
        )
        token_id = token.id
        with own_write():
            note_use(session(), token_id=token_id, kind=table.name, rows=told.rows, now=now)
        return told.response

    rows.__name__, rows.__doc__ = table.name, f"{table.label}：{table.about}"
    # A parameter that is not known is refused, or more would come than was meant.
    view: Any = blp.response(200, _page_of(table))(rows)
    view = blp.alt_response(NOT_CHANGED, success=True, description="与 If-None-Match 的一样")(view)
    view = blp.alt_response(BAD_CURSOR, description="cursor 不对，见 cursor-unreadable")(view)
    view = blp.arguments(RowsIn, location="query", unknown=RAISE)(view)
    blp.route(f"/{table.name}")(view)


for _table in TABLES.values():
    _add(_table)
