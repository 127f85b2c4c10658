"""What the services of problems show of C0001, for the sights of all services."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from server.errors import Invalid, NotFound
from server.models.matter import MatterPaper, MatterStep
from server.services.matters import lists as matters
from server.services.matters import views as matter_views
from server.services.matters.on_time import on_time_by_township
from server.services.matters.papers import paper_for
from server.services.matters.sight import matter_for
from tests.factories import NOW, TODAY
from tests.services.world import World


def shown(look: Callable[[], Any]) -> int:
    """1 if there is something to see, 0 where it is refused as if there were nothing."""
    try:
        look()
    except (Invalid, NotFound):
        return 0
    return 1


def paper_id(w: World) -> int:
    """A paper of the problem, handed in with its first step."""
    paper = w.session.scalars(sa.select(MatterPaper)).first()
    if paper is None:
        step = w.session.scalars(sa.select(MatterStep).where(MatterStep.matter_id == w.matter.id))
        paper = MatterPaper(
            matter_id=w.matter.id, step_id=step.first().id, file_sha256="0" * 64,
            file_name="来文.pdf", file_kind="pdf", file_bytes=14, recorded_at=NOW,
        )  # fmt: skip
        w.session.add(paper)
        w.session.flush()
    return paper.id


LOOKS: dict[str, Callable[[World, dict[str, Any]], int]] = {
    "matters.lists.matter_lines": lambda w, a: sum(
        one.station_id == w.c1.id
        for one in matters.matter_lines(
            w.session,
            county=w.county.code,
            on=TODAY,
            wanted=matters.Wanted(),
            **a,
        )
    ),
    "matters.lists.matter_tally": lambda w, a: matters.matter_tally(
        w.session, county=w.county.code, on=TODAY, wanted=matters.Wanted(), **a
    )["all"],
    "matters.lists.sources_tallied": lambda w, a: sum(
        matters.sources_tallied(w.session, county=w.county.code, **a).values()
    ),
    "matters.on_time.on_time_by_township": lambda w, a: len(
        on_time_by_township(
            w.session,
            county=w.county.code,
            since=TODAY,
            until=TODAY,
            on=TODAY + timedelta(days=1),
            **a,
        )
    ),
    "matters.views.stations_to_name": lambda w, a: sum(
        code == w.c1.code and name == w.c1.name
        for code, name in matter_views.stations_to_name(w.session, **a)
    ),
    "matters.views.station_called": lambda w, a: shown(
        lambda: matter_views.station_called(w.session, text=w.c1.name, **a)
    ),
    "matters.papers.paper_for": lambda w, a: shown(
        lambda: paper_for(w.session, a["seen_by"], paper_id(w))
    ),
    "matters.sight.matter_for": lambda w, a: shown(
        lambda: matter_for(w.session, a["seen_by"], w.matter.id)
    ),
}
