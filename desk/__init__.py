"""The county office's door: HTML pages under /desk, with htmx where it helps, none where not."""

from flask import Flask


def attach_desk(app: Flask) -> None:
    """Register the desk's pages, one blueprint for each thing people come for."""
    from desk import (
        account,
        audit,
        board,
        county,
        county_signals,
        disagreements,
        everyday,
        exchange,
        files,
        help,  # noqa: A004 - the page is called so
        inspections,
        judge,
        lag,
        months,
        new_round,
        numbers,
        people,
        phones,
        photo_requests,
        plan,
        rectifications,
        register,
        reviews,
        round_results,
        rounds,
        sessions,
        signals,
        signs,
        stations,
        unsent,
    )
    from desk.pages import attach_pages

    attach_pages(app)
    for part in (
        sessions,
        files,
        account,
        board,
        county,
        county_signals,
        audit,
        stations,
        register,
        judge,
        people,
        numbers,
        signs,
        exchange,
        plan,
        rounds,
        new_round,
        round_results,
        inspections,
        everyday,
        disagreements,
        rectifications,
        reviews,
        photo_requests,
        signals,
        months,
        phones,
        lag,
        unsent,
        help,
    ):
        app.register_blueprint(part.blueprint)
