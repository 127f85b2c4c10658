"""还没绑手机的: keepers without a phone and stations without a keeper; slips for all of them."""

from itertools import groupby
from typing import Any

from flask import Blueprint, request

from desk.frame.access import county_of_desk, me
from desk.frame.pages import answering, page
from desk.frame.papers import made_out
from server.calendar import file_day, moment_text
from server.errors import Invalid, Problem
from server.http import clock
from server.http.database import own_transaction, own_write, session, settings_of
from server.http.guards import guard_desk
from server.media.paper.qr import slip_url
from server.services.people.scope import TOWNSHIP
from server.services.people.unbound import (
    SLIPS_LAST,
    Unbound,
    fresh_codes,
    keep_codes,
    stations_without_keeper,
    unbound_keepers,
)

blueprint = Blueprint("desk_unbound", __name__, url_prefix="/desk")
guard_desk(blueprint, *TOWNSHIP)


def _unbound() -> list[Unbound]:
    return unbound_keepers(session(), seen_by=me(), now=clock.now())


def _page(problem: Problem | None = None) -> Any:
    found = _unbound()
    return page(
        "unbound.html",
        problem=problem,
        found=found,
        townships=dict.fromkeys((one.township_code, one.township) for one in found),
        without_slip=sum(one.slip_until is None for one in found),
        bare=stations_without_keeper(session(), seen_by=me()),
        days=SLIPS_LAST.days,
    )


@blueprint.get("/people/unbound")
def unbound() -> Any:
    """Who has no phone yet, township by township."""
    return _page()


@blueprint.post("/people/slips")
@own_transaction
def slips() -> Any:
    """One PDF with a slip for each, a township a pile; it is made once and kept nowhere.

    The answer is a file, so the browser stays on its page. Pressed again, it finds nobody without
    a slip, unless slips are to be made anew.
    """
    from server.papers.bind_slips import Slip, SlipSheet, slips_pdf

    form = request.form
    with answering(_page):
        wanted = [
            one
            for one in _unbound()
            if form.get("township") in (None, "", one.township_code)
            and (form.get("again") == "1" or one.slip_until is None)
        ]
        if not wanted:
            raise Invalid("nothing-chosen", "没有要印纸条的人：都绑好了，或者都已经发过纸条。")
        codes = fresh_codes([one.person for one in wanted])
        settings, county, now = settings_of(), county_of_desk(), clock.now()
        content = slips_pdf(
            [
                SlipSheet(
                    township,
                    tuple(
                        Slip(
                            one.person.name,
                            tuple(
                                f"{station.code or ''} {station.name}".strip()
                                for station in one.stations
                            ),
                            codes[one.person.id],
                            slip_url(settings.base_url, codes[one.person.id]),
                        )
                        for one in group
                    ),
                )
                for township, group in groupby(wanted, key=lambda one: one.township)
            ],
            county=county.name,
            hotline=county.hotline,
            until=moment_text(now + SLIPS_LAST),
            demo=county.demo or any(one.person.demo for one in wanted),
            font_dir=settings.font_dir,
        )
        # The codes hold from here on: typesetting a county takes seconds and needs no lock.
        with own_write():
            keep_codes(session(), county=county_of_desk(), codes=codes, by=me(), now=now)
    return made_out(content, f"绑定纸条{len(wanted)}张{file_day(clock.today())}.pdf", saved=True)
