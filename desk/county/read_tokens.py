"""读取令牌: what opens open data to another system; issued here, shown once, ended here."""

from typing import Any

from flask import Blueprint, request, url_for

from desk.frame.access import me
from desk.frame.addresses import row_of_form
from desk.frame.handed import hand_over, handed_over
from desk.frame.pages import answering, done, page
from server.errors import Problem
from server.http import clock
from server.http.database import session, settings_of
from server.http.guards import guard_desk
from server.policy.document import day_from
from server.services.county.operators import operators_of
from server.services.opendata.exports import townships_of
from server.services.opendata.tables import TABLES
from server.services.opendata.tokens import LONGEST_DAYS, issue_token, revoke_token, tokens_of
from server.services.people.scope import READS_HISTORY

blueprint = Blueprint("desk_read_tokens", __name__, url_prefix="/desk/exports/tokens")
guard_desk(blueprint, *READS_HISTORY)
HANDED = "read-token"


def _page(problem: Problem | None = None) -> Any:
    now, today = clock.now(), clock.today()
    tokens = tokens_of(session(), county=me().county, today=today)
    newest = tokens[0].row.id if tokens else 0
    held = handed_over(HANDED, newest, now=now)
    return page(
        "read_tokens.html",
        problem=problem,
        tokens=tokens,
        shown=(newest, held[0]) if held else None,
        tables=TABLES,
        townships=townships_of(session(), me()),
        operators=operators_of(session(), county=me().county),
        ticked=request.form.getlist("kinds"),
        longest=LONGEST_DAYS,
        base_url=settings_of().base_url,
    )


@blueprint.get("")
def tokens() -> Any:
    """Every token of the county with its uses, and the form for a new one."""
    return _page()


@blueprint.post("")
def issue() -> Any:
    """Make a token and show it once."""
    with answering(_page):
        row, token = issue_token(
            session(),
            by=me(),
            system=request.form.get("system", ""),
            holder=request.form.get("holder", ""),
            kinds=request.form.getlist("kinds"),
            township_code=request.form.get("township") or None,
            operator_id=row_of_form("operator"),
            until_on=day_from(request.form.get("until_on", "").strip()),
            now=clock.now(),
        )
    hand_over(HANDED, row.id, token, now=clock.now())
    return done(
        "令牌发好了。只显示这一次，请马上交给使用单位。", url_for("desk_read_tokens.tokens")
    )


@blueprint.post("/<int:token_id>/revoke")
def revoke(token_id: int) -> Any:
    """End a token at once."""
    with answering(_page):
        row = revoke_token(
            session(),
            by=me(),
            token_id=token_id,
            reason=request.form.get("reason", ""),
            now=clock.now(),
        )
    return done(f"{row.system}的令牌停用了，现在就读不了。", url_for("desk_read_tokens.tokens"))
