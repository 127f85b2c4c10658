"""The county office's door: HTML pages under /desk, with htmx where it helps, none where not."""

from flask import Flask


def attach_desk(app: Flask) -> None:
    """Register the desk's pages, one blueprint for each thing people come for."""
    from desk.checks import reviews, signals
    from desk.county import (
        audit,
        chain,
        county,
        county_matters,
        county_remarks,
        county_signals,
        county_telephones,
        county_words,
        operator_lists,
        operators,
        organisations,
    )
    from desk.county import help as help_pages
    from desk.frame import files
    from desk.frame.again import attach_again
    from desk.frame.pages import attach_pages
    from desk.office import hall, matter, matters, new_matter, overview, today
    from desk.people import (
        account,
        keeper_lists,
        lag,
        people,
        phones,
        sessions,
        unbound,
        unsent,
    )
    from desk.programme import (
        agreements,
        coverage,
        hub,
        months,
        pace,
        plan,
        plan_edits,
        populations,
        reports,
        unit_reports,
        venues,
    )
    from desk.rounds import (
        differing,
        disagreements,
        doubles,
        everyday,
        inspections,
        new_round,
        notices,
        photo_requests,
        rectifications,
        round_results,
        rounds,
    )
    from desk.stations import (
        acceptances,
        board,
        dossiers,
        exchange,
        filings,
        imports,
        judge,
        numbers,
        proposals,
        register,
        showcase,
        signs,
        station_map,
        stations,
    )

    attach_pages(app)
    for part in (
        sessions,
        files,
        account,
        today,
        overview,
        hall,
        matters,
        new_matter,
        matter,
        board,
        county,
        operators,
        organisations,
        operator_lists,
        county_signals,
        county_words,
        county_matters,
        county_remarks,
        county_telephones,
        audit,
        chain,
        stations,
        dossiers,
        register,
        proposals,
        judge,
        acceptances,
        station_map,
        showcase,
        people,
        keeper_lists,
        unbound,
        numbers,
        signs,
        exchange,
        filings,
        imports,
        plan,
        plan_edits,
        pace,
        coverage,
        populations,
        agreements,
        venues,
        hub,
        rounds,
        new_round,
        round_results,
        inspections,
        everyday,
        doubles,
        differing,
        disagreements,
        rectifications,
        notices,
        reviews,
        photo_requests,
        signals,
        months,
        reports,
        unit_reports,
        phones,
        lag,
        unsent,
        help_pages,
    ):
        app.register_blueprint(part.blueprint)
    attach_again(app)
