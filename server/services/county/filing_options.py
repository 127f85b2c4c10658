"""A county's own choice about filings: how many days before its end a deadline is called near."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from server.models.county import County
from server.models.person import Person
from server.policy.setting import Setting, checked, typed_numbers
from server.services.common import history
from server.services.common.seals import Shown
from server.services.county.choices import hold_still, numbers_shown, save_choices

SETTINGS: Mapping[str, Setting] = {
    "filing_remind_days": Setting("备案到期前几天提醒", "天", 0, 15),
}
USUAL_DAYS = 5
INVALID = "filing-option-invalid"


def remind_days(county: County) -> int:
    """The county's choice; what is missing or cannot be falls back to ours."""
    held = county.options.get("filing_remind_days")
    if held is not None and SETTINGS["filing_remind_days"].may_be(held):
        return int(held)
    return USUAL_DAYS


def filing_options_shown(county: County) -> list[Shown]:
    """The choice as seals and the history tell it."""
    return numbers_shown(SETTINGS, {"filing_remind_days": remind_days(county)})


def edit_filing_options(
    session: Session,
    *,
    county: County,
    typed: Mapping[str, str],
    by: Person,
    now: datetime,
    reason: str,
    seal: str | None = None,
) -> list[history.Change]:
    """Change it to what was typed; `seal` is that of `filing_options_shown` on the form.

    Raises Invalid filing-option-invalid, reason-needed; Conflict county-changed-meanwhile.
    """
    hold_still(session, county)
    wished = checked(SETTINGS, typed_numbers(SETTINGS, typed), code=INVALID)
    return save_choices(
        session,
        county=county,
        held=filing_options_shown(county),
        wished=numbers_shown(SETTINGS, wished),
        options=wished,
        by=by,
        now=now,
        reason=reason,
        seal=seal,
    )
