"""A page of records that wait for the office's word, or of those of which it was said."""

from collections.abc import Callable
from typing import Any

from flask import request, url_for

from desk.frame.access import me
from desk.frame.pages import page
from desk.frame.paging import page_of
from server.errors import Problem
from server.http.database import session

SHOWN = 20


def settling_page(
    template: str,
    endpoint: str,
    *,
    tally: Callable[..., tuple[int, int]],
    seen: Callable[..., Any],
    problem: Problem | None,
    wrong_id: Any,
    **more: Any,
) -> Any:
    """The oldest first; `?state=settled` asks for what was said. `tally` counts both."""
    settled = request.args.get("state") == "settled"
    common: dict[str, Any] = {"county": me().county, "seen_by": me()}
    open_count, settled_count = tally(session(), **common)
    leaf = page_of(settled_count if settled else open_count, SHOWN, where=url_for(endpoint))
    return page(
        template,
        problem=problem,
        shown=seen(session(), **common, settled=settled, limit=leaf.size, offset=leaf.first),
        leaf=leaf,
        settled=settled,
        open_count=open_count,
        settled_count=settled_count,
        wrong_id=wrong_id,
        **more,
    )
