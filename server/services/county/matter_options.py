"""A county's own choices about problems: the days for each stage, and when it goes to the head."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from server.models.county import County
from server.models.person import Person
from server.policy.setting import Setting, checked, typed_numbers
from server.services.common import history
from server.services.common.seals import Shown
from server.services.county.choices import hold_still, numbers_held, numbers_shown, save_choices

INVALID = "matter-option-invalid"


@dataclass(frozen=True, slots=True)
class MatterOptions:
    """Days; no plan names any of them."""

    refer_days: int = 2
    handle_days: int = 10
    check_days: int = 3
    close_days: int = 3
    remind_days_before: int = 1
    red_days: int = 3


SETTINGS: Mapping[str, Setting] = {
    "refer_days": Setting("登记以后几天内转办", "天", 0, 60),
    "handle_days": Setting("转办时先填好的办理天数", "天", 1, 365),
    "check_days": Setting("答复以后几天内核查", "天", 0, 60),
    "close_days": Setting("核查以后几天内办结", "天", 0, 60),
    "remind_days_before": Setting("到期前几天提醒", "天", 0, 30),
    "red_days": Setting("逾期几天亮红牌，报专班负责人", "天", 1, 120),
}


def matter_options(county: County) -> MatterOptions:
    """The county's choices; what is missing or cannot be falls back to ours."""
    return MatterOptions(**numbers_held(SETTINGS, county.options.get("matters", {})))


def matter_options_shown(options: MatterOptions) -> list[Shown]:
    """The choices as seals and the history tell them."""
    return numbers_shown(SETTINGS, asdict(options))


def edit_matter_options(
    session: Session,
    *,
    county: County,
    typed: Mapping[str, str],
    by: Person,
    now: datetime,
    reason: str,
    seal: str | None = None,
) -> list[history.Change]:
    """Change the choices; dates that were given stay as they are.

    Raises Invalid matter-option-invalid (`fields`), reason-needed; Conflict
    county-changed-meanwhile.
    """
    hold_still(session, county)
    new = MatterOptions(**checked(SETTINGS, typed_numbers(SETTINGS, typed), code=INVALID))
    return save_choices(
        session,
        county=county,
        held=matter_options_shown(matter_options(county)),
        wished=matter_options_shown(new),
        options={"matters": asdict(new)},
        by=by,
        now=now,
        reason=reason,
        seal=seal,
        about="问题清单的",
    )
