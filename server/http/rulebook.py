"""The standards and plans this installation follows, read once per process for both doors."""

from datetime import date
from functools import cache
from pathlib import Path

from server.http import clock
from server.http.database import session, settings_of
from server.models.county import County
from server.policy.plan.reading import Programme, programmes_in
from server.policy.standard.standards import Standard, standards_in
from server.policy.standard.working_days import WorkingDays, working_days_in
from server.services.programme.programmes import programme_on
from server.settings import Settings


@cache
def _standards(folder: Path) -> tuple[Standard, ...]:
    return standards_in(folder)


@cache
def _working_days(folder: Path) -> WorkingDays:
    return working_days_in(folder)


@cache
def _programmes(folder: Path) -> tuple[Programme, ...]:
    return programmes_in(folder)


def standards_here() -> tuple[Standard, ...]:
    """Every standard of this installation; raises StandardError where a file is broken."""
    return standards_of(settings_of())


def standards_of(settings: Settings) -> tuple[Standard, ...]:
    """The same, where no request is answered."""
    return _standards(settings.standards)


def working_days_here() -> WorkingDays:
    """The yearly notices of days off that this installation holds."""
    return _working_days(settings_of().standards)


def shipped_here() -> tuple[Programme, ...]:
    """Every plan whose file this installation holds, of all counties, oldest first."""
    return _programmes(settings_of().standards)


def programme_here(county: str, on: date | None = None) -> Programme | None:
    """The plan that is current in a county (six-digit code) today or on a day, if there is one."""
    held = session().get_one(County, county)
    return programme_on(session(), county=held, shipped=shipped_here(), on=on or clock.today())
