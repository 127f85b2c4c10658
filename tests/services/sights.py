"""What every service that takes a viewer shows of C0001, where everything there is happened."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from server.models.station import Station
from server.policy.standard.options import CountyOptions
from server.services.coverage import agreements
from server.services.days import activity, corrections, month_contents, months
from server.services.inspections import disagreements, everyday, looking, two_words
from server.services.intake import double_records, lag, self_checks
from server.services.mending import lists as mending
from server.services.mending import notice_questions
from server.services.people import people, scope, unbound
from server.services.photos import requests
from server.services.plates import numbers, orders, signs
from server.services.registry import (
    acceptance_views,
    operator_stations,
    searching,
    stations,
)
from server.services.review import lists as reviews
from server.services.rounds import contents, figures, reports, visits
from server.services.signals import lists as signal_lists
from server.services.signals import questions
from server.services.standing import facts, standing
from tests.factories import (
    NOW,
    RING,
    TODAY,
)
from tests.services import (
    sights_of_complaints,
    sights_of_days,
    sights_of_filings,
    sights_of_models,
    sights_of_money,
    sights_of_totals,
    sights_of_wishes,
)
from tests.services.matters import looks as matter_looks
from tests.services.report_sights import REPORT_LOOKS
from tests.services.village_sights import VILLAGE_LOOKS
from tests.services.world import World, shown


def of_c1(world: World, found: Any) -> int:
    """How many of these stations are C0001."""
    return sum(one.id == world.c1.id for one in found)


def in_township(world: World, found: Any) -> int:
    return sum(one.township_code == world.c1.township_code for one in found)


def undone(world: World, deed: Callable[[], Any]) -> Any:
    """What a deed would do, without doing it."""
    attempt = world.session.begin_nested()
    try:
        return deed()
    finally:
        attempt.rollback()


def in_month(world: World, seen_by: dict[str, Any]) -> int:
    content = month_contents.month_content(
        world.session,
        county=world.county,
        now=world.month,
        approval=world.approval,
        on=TODAY,
        **seen_by,
    )
    rows = (*content.month.stations, *content.now.stations)
    return (
        sum(one.station_id == world.c1.id for one in rows)
        + len(content.corrections)
        + sum(one.code == world.c1.code for one in content.versions)
    )


def with_c1(world: World, look: Callable[[], Any], **changed: Any) -> Any:
    """What a look shows while C0001 is otherwise."""
    attempt = world.session.begin_nested()
    try:
        for name, value in changed.items():
            setattr(world.c1, name, value)
        world.session.flush()
        return look()
    finally:
        attempt.rollback()


def closed_here(w: World, seen_by: dict[str, Any]) -> int:
    found = with_c1(
        w, lambda: searching.closed_stations(w.session, **seen_by), closed_on=NOW.date()
    )
    return of_c1(w, [one.station for one in found])


def bare_here(w: World, seen_by: dict[str, Any]) -> int:
    def look() -> Any:
        return searching.villages_without_station(
            w.session, county=w.county.code, q="马家沟", **seen_by
        )

    return len(with_c1(w, look, closed_on=NOW.date()))


Look = Callable[[World, dict[str, Any]], int]
# How much each service shows of C0001 or its township; `a` says who looks.
LOOKS: dict[str, Look] = {
    "registry.searching.closed_stations": closed_here,
    "registry.searching.ids_by_phone": lambda w, a: len(
        with_c1(
            w,
            lambda: searching.ids_by_phone(w.session, digits="6521234", **a),
            head_phone="0350-6521234",
        )
    ),
    "registry.searching.villages_without_station": bare_here,
    "coverage.agreements.modes_told": lambda w, a: with_c1(
        w,
        lambda: sum(
            one.stations
            for one in agreements.modes_told(w.session, views=[], **a)
            if one.key == "postal_coop"
        ),
        coop_modes=["postal_coop"],
    ),
    "coverage.agreements.stations_of_mode": lambda w, a: with_c1(
        w,
        lambda: of_c1(
            w, agreements.stations_of_mode(w.session, mode="postal_coop", **a)
        ),
        coop_modes=["postal_coop"],
    ),
    **VILLAGE_LOOKS,
    "inspections.looking.differing_seen": lambda w, a: len(
        looking.differing_seen(w.session, county=w.county.code, **a)
    ),
    **matter_looks.LOOKS,
    "inspections.looking.differing_tally": lambda w, a: sum(
        looking.differing_tally(w.session, county=w.county.code, **a)
    ),
    "intake.double_records.doubles_seen": lambda w, a: len(
        double_records.doubles_seen(w.session, county=w.county.code, **a)
    ),
    "intake.double_records.double_tally": lambda w, a: sum(
        double_records.double_tally(w.session, county=w.county.code, **a)
    ),
    "days.activity.photos_seen": lambda w, a: len(activity.photos_seen(w.session, ids=[w.photo.id], **a)),
    "days.month_contents.month_content": in_month,
    "days.months.month_seen": lambda w, a: sum(
        one.station_id == w.c1.id for one in months.month_seen(w.session, w.month, **a).stations
    ),
    "days.corrections.corrections": lambda w, a: len(
        corrections.corrections(w.session, approval=w.approval, **a)
    ),
    "inspections.disagreements.disagreements_seen": lambda w, a: len(
        disagreements.disagreements_seen(w.session, county=w.county.code, **a)
    ),
    "inspections.disagreements.disagreement_tally": lambda w, a: sum(
        disagreements.disagreement_tally(w.session, county=w.county.code, **a)
    ),
    "inspections.two_words.two_words": lambda w, a: len(
        two_words.two_words(w.session, campaign=w.campaign, **a)
    ),
    "inspections.everyday.everyday_count": lambda w, a: everyday.everyday_count(
        w.session, wanted=everyday.Wanted(), **a
    ),
    "inspections.everyday.everyday_inspections": lambda w, a: len(
        everyday.everyday_inspections(w.session, wanted=everyday.Wanted(), limit=9, **a)
    ),
    "inspections.everyday.townships_inspected": lambda w, a: len(
        everyday.townships_inspected(w.session, **a)
    ),
    "inspections.everyday.inspectors_seen": lambda w, a: len(everyday.inspectors_seen(w.session, **a)),
    "intake.lag.lag_report": lambda w, a: lag.lag_report(
        w.session, county=w.county.code, now=NOW + timedelta(days=1), **a
    ).whole.total,
    "intake.self_checks.newest_checks": lambda w, a: len(
        self_checks.newest_checks(w.session, now=NOW, **a)
    ),
    "mending.lists.rectifications_seen": lambda w, a: len(
        mending.rectifications_seen(w.session, county=w.county.code, on=TODAY, **a)
    ),
    "mending.lists.rectification_tally": lambda w, a: mending.rectification_tally(
        w.session, county=w.county.code, on=TODAY, **a
    ).total,
    "mending.lists.open_clauses": lambda w, a: len(
        mending.open_clauses(w.session, county=w.county.code, on=TODAY, **a)
    ),
    "mending.lists.townships_mending": lambda w, a: len(
        mending.townships_mending(w.session, county=w.county.code, on=TODAY, **a)
    ),
    "mending.notice_questions.questions_seen": lambda w, a: len(
        notice_questions.questions_seen(w.session, county=w.county.code, **a)
    ),
    "mending.notice_questions.questions_open": lambda w, a: notice_questions.questions_open(
        w.session, county=w.county.code, **a
    ),
    "people.people.people_seen": lambda w, a: sum(
        w.c1 in one.stations
        for one in people.people_seen(w.session, county=w.county.code, **a)
    ),
    "people.unbound.unbound_keepers": lambda w, a: sum(
        w.c1 in one.stations for one in unbound.unbound_keepers(w.session, now=NOW, **a)
    ),
    "people.unbound.stations_without_keeper": lambda w, a: in_township(
        w, [one for one, _ in unbound.stations_without_keeper(w.session, **a)]
    ),
    "people.scope.station_ids": lambda w, a: int(w.c1.id in scope.station_ids(w.session, **a)),
    "people.scope.station_for": lambda w, a: shown(
        lambda: scope.station_for(w.session, station_id=w.c1.id, **a)
    ),
    "photos.requests.requests_on": lambda w, a: len(
        requests.requests_on(w.session, county=w.county.code, on=TODAY, **a)
    ),
    "photos.requests.rates": lambda w, a: len(
        requests.rates(
            w.session, county=w.county.code, since=TODAY, until=TODAY, now=NOW, **a
        )
    ),
    "plates.numbers.issue_missing_codes": lambda w, a: in_township(
        w,
        undone(
            w, lambda: numbers.issue_missing_codes(w.session, county=w.county, by=None, now=NOW, **a)
        ),
    ),
    "plates.numbers.stations_to_number": lambda w, a: in_township(
        w, numbers.stations_to_number(w.session, **a)
    ),
    "plates.orders.sheets_for": lambda w, a: shown(
        lambda: orders.sheets_for(
            w.session, county=w.county, ring=RING, base_url="https://kd.example.cn",
            station_ids=[w.c1.id], **a,
        )
    ),
    "plates.orders.printable": lambda w, a: len(orders.printable(w.session, **a)),
    "plates.orders.without_plate": lambda w, a: in_township(
        w, orders.without_plate(w.session, county=w.county, **a)
    ),
    "plates.signs.issue_missing_signs": lambda w, a: undone(
        w,
        lambda: in_township(
            w,
            [
                w.session.get_one(Station, one.station_id)
                for one in signs.issue_missing_signs(w.session, county=w.county, by=None, now=NOW, **a)
            ],
        ),
    ),
    "registry.acceptance_views.acceptance_for": lambda w, a: shown(
        lambda: acceptance_views.acceptance_for(w.session, acceptance_id=w.acceptance.id, **a)
    ),
    "registry.acceptance_views.candidates": lambda w, a: of_c1(
        w,
        [
            one.station
            for one in acceptance_views.candidates(
                w.session, county=w.county, on=TODAY, standards=w.standards, **a
            )
        ],
    ),
    "registry.operator_stations.stations_unserved": lambda w, a: in_township(
        w,
        [one.station for one in operator_stations.stations_unserved(w.session, on=TODAY, **a)],
    ),
    "registry.stations.stations_in_sight": lambda w, a: in_township(
        w, [one for one, _ in stations.stations_in_sight(w.session, **a)]
    ),
    **REPORT_LOOKS,
    "review.lists.review_for": lambda w, a: shown(
        lambda: reviews.review_for(w.session, item_id=w.review.id, **a)
    ),
    "review.lists.review_view_of": lambda w, a: shown(
        lambda: reviews.review_view_of(w.session, item=w.review, **a)
    ),
    "review.lists.next_reviews": lambda w, a: len(
        reviews.next_reviews(w.session, county=w.county.code, **a)
    ),
    "review.lists.decided_reviews": lambda w, a: len(
        reviews.decided_reviews(w.session, county=w.county.code, **a)
    ),
    "review.lists.reviews_of_station": lambda w, a: len(
        reviews.reviews_of_station(w.session, station_id=w.c1.id, **a)
    ),
    "review.lists.reviews_waiting": lambda w, a: len(
        reviews.reviews_waiting(w.session, county=w.county.code, **a)
    ),
    "rounds.contents.live_content": lambda w, a: in_content(
        w, contents.live_content(w.session, campaign=w.campaign, earlier=w.campaign, on=TODAY, **a)
    ),
    "rounds.contents.reported_content": lambda w, a: in_content(
        w, contents.reported_content(w.session, made=w.report, campaign=w.campaign, **a)
    ),
    "rounds.contents.annex_of": lambda w, a: in_annex(
        contents.annex_of(w.session, campaign=w.campaign, county=w.county, on=TODAY, **a)
    ),
    "rounds.figures.round_figures": lambda w, a: in_rows(
        w, figures.round_figures(w.session, campaign=w.campaign, on=TODAY, **a)
    ),
    "rounds.figures.round_comparison": lambda w, a: in_rows(
        w, figures.round_comparison(w.session, campaign=w.campaign, earlier=w.campaign, on=TODAY, **a)
    ),
    "rounds.reports.changed_since_report": lambda w, a: len(
        reports.changed_since_report(w.session, campaign=w.campaign, on=TODAY, **a)
    ),
    "rounds.visits.visit_views": lambda w, a: of_c1(
        w, [one.station for one in visits.visit_views(w.session, campaign=w.campaign, on=TODAY, **a)]
    ),
    "signals.lists.signals_seen": lambda w, a: len(
        signal_lists.signals_seen(w.session, wanted=signal_lists.Wanted(), **a).shown
    ),
    "signals.lists.signal_tallies": lambda w, a: signal_lists.signal_tallies(
        w.session, wanted=signal_lists.Wanted(), **a
    )[0]["all"],
    "signals.lists.townships_with_signals": lambda w, a: len(
        signal_lists.townships_with_signals(w.session, **a)
    ),
    "signals.questions.signal_of": lambda w, a: shown(
        lambda: questions.signal_of(w.session, signal_id=w.signal.id, **a)
    ),
    "signals.questions.open_counts": lambda w, a: len(
        questions.open_counts(w.session, county=w.county.code, **a)
    ),
    "standing.facts.facts_of": lambda w, a: of_c1(
        w,
        [
            one.station
            for one in facts.facts_of(w.session, county=w.county, on=TODAY, options=CountyOptions(), **a)
        ],
    ),
    "standing.standing.standings": lambda w, a: of_c1(
        w,
        [
            one.station
            for one in standing.standings(
                w.session, county=w.county, on=TODAY, standards=w.standards, **a
            )
        ],
    ),
    **sights_of_complaints.LOOKS,
    **sights_of_days.LOOKS,
    **sights_of_totals.LOOKS,
    **sights_of_filings.LOOKS,
    **sights_of_models.LOOKS,
    **sights_of_money.LOOKS,
    **sights_of_wishes.LOOKS,
}  # fmt: skip
# These say what sight is; tests/services/test_scope.py holds them before every role.
SIGHT_ITSELF = {
    "complaints.sight.complaints_visible_to",
    "days.operator_file_lists.files_visible_to",
    "matters.sight.matters_visible_to",
    "people.scope.stations_visible_to",
    "people.scope.people_visible_to",
    "people.scope.organisations_visible_to",
    "people.scope.villages_visible_to",
    "people.scope.proposals_visible_to",
    "people.scope.sees_whole_county",
    "people.scope.told_of_secret_visits",
    "people.scope.photos_told_to",
}


def in_rows(world: World, figures: Any) -> int:
    return sum(one["station_id"] == world.c1.id for one in figures["stations"])


def in_annex(annex: Any) -> int:
    return len(annex["mends"]) + len(annex["words"])


def in_content(world: World, content: contents.RoundContent) -> int:
    return (
        in_rows(world, content.figures) + in_rows(world, content.compared) + in_annex(content.annex)
    )
