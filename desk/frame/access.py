"""Who is at the desk, and what that person may see."""

from flask import g

from server.http import clock
from server.http.database import session
from server.http.rulebook import programme_here, standards_here
from server.models.county import County
from server.models.person import Person, Role
from server.policy.standard.standards import station_standard
from server.services.people.scope import sees_whole_county
from server.services.reporting.rules import ReportOptions, report_options
from server.services.standing.standing import Standing, standings


def me() -> Person:
    """The person at the desk; the guard has put them here."""
    person: Person = g.person
    return person


def county_of_desk() -> County:
    """The county of the person at the desk, read once per request."""
    if "county" not in g:
        g.county = session().get_one(County, me().county)
    county: County = g.county
    return county


def may(*roles: Role) -> bool:
    """Whether the person at the desk has one of these roles."""
    return me().role in roles


def whole_county_in_sight() -> bool:
    """Whether the person at the desk sees every station of the county."""
    return sees_whole_county(me(), me().county)


def reports_here() -> ReportOptions | None:
    """When the units of this county report each month, if the person at the desk has part in it.

    None where the plan asks for no such report, and for townships where the county adds none.
    """
    options = report_options(county_of_desk(), programme_here(me().county))
    if options is not None and may(Role.TOWNSHIP_OFFICER) and not options.townships:
        return None
    return options


def standings_in_sight() -> list[Standing]:
    """Today's standing of every open station that the person at the desk may see."""
    return standings(
        session(),
        county=county_of_desk(),
        on=clock.today(),
        standards=standards_here(),
        seen_by=me(),
    )


def assessed_here() -> bool:
    """Whether a standard for stations is in force or chosen: without one nobody is 达标 or not."""
    county = county_of_desk()
    on, chosen = clock.today(), county.standard_id
    return station_standard(standards_here(), on, county.code, chosen) is not None
