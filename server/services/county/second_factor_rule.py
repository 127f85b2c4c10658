"""谁登录时要动态码: whom the county asks for a second factor at the desk's door."""

from datetime import datetime

from sqlalchemy.orm import Session

from server.errors import Invalid
from server.models.county import County
from server.models.person import Person
from server.models.second_factor import WHO_NEEDS_IT, WhoNeedsIt
from server.services.common import history
from server.services.common.seals import Shown
from server.services.county.choices import hold_still, save_choices

LABEL = "谁登录时要动态码"


def rule_shown(rule: WhoNeedsIt) -> list[Shown]:
    """The choice as seals and the history tell it."""
    return [Shown(WHO_NEEDS_IT, LABEL, rule.label)]


def edit_rule(
    session: Session,
    *,
    county: County,
    typed: str,
    by: Person,
    now: datetime,
    reason: str,
    seal: str | None = None,
) -> list[history.Change]:
    """Change it, from the next sign-in on; nobody who is signed in is put out.

    Raises Invalid second-factor-rule-invalid, reason-needed; Conflict county-changed-meanwhile.
    """
    hold_still(session, county)
    wished = next((one for one in WhoNeedsIt if one == typed), None)
    if wished is None:
        raise Invalid(
            "second-factor-rule-invalid",
            "请在三种里选一种：谁登录时要动态码。",
            fields={WHO_NEEDS_IT: "请选择"},
        )
    return save_choices(
        session,
        county=county,
        held=rule_shown(WhoNeedsIt.in_county(county)),
        wished=rule_shown(wished),
        options={WHO_NEEDS_IT: wished.value},
        by=by,
        now=now,
        reason=reason,
        seal=seal,
    )
