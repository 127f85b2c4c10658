"""The standards and plans this installation follows, read once per process for both doors."""

from functools import cache
from pathlib import Path

from server.http.database import settings_of
from server.policy.plan.reading import Programme, programme_of, programmes_in
from server.policy.standard.standards import Standard, standards_in
from server.policy.standard.working_days import WorkingDays, working_days_in


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
    return _standards(settings_of().standards)


def working_days_here() -> WorkingDays:
    """The yearly notices of days off that this installation holds."""
    return _working_days(settings_of().standards)


def programme_here(county: str) -> Programme | None:
    """The county's plan, if there is one."""
    return programme_of(_programmes(settings_of().standards), county)
