"""A county's own choices about complaints: the clock, the limits, their weight, its own words."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from server.errors import Invalid
from server.models.county import County
from server.models.person import Person
from server.plain_text import plain_text
from server.policy.setting import Setting, checked, typed_numbers
from server.services.common import history
from server.services.common.seals import Shown
from server.services.county.choices import hold_still, numbers_held, numbers_shown, save_choices

INVALID = "complaint-option-invalid"
LONGEST_DELIVERY = 300
DELIVERY_LABEL = "怎样让快件送到家"


@dataclass(frozen=True, slots=True)
class ComplaintOptions:
    """Days, numbers a day, tickets, and what the county says of having parcels delivered.

    《快递暂行条例》 gives an enterprise seven days to answer a complaint; the rest is ours. What a
    villager gave of the own person is kept for `keep_days` after the answer, then erased.
    """

    answer_days: int = 7
    again_days: int = 3
    network_daily: int = 10
    station_daily: int = 20
    draw_tickets: int = 1
    keep_days: int = 1095
    delivery: str = ""


SETTINGS: Mapping[str, Setting] = {
    "answer_days": Setting("收到以后几天内答复", "天", 1, 60),
    "again_days": Setting("村民不满意，几天内再答复", "天", 1, 30),
    "network_daily": Setting("同一个网络一天超过几件，先放进待核", "件", 1, 500),
    "station_daily": Setting("同一个站一天超过几件，先放进待核", "件", 1, 500),
    "draw_tickets": Setting("按风险抽查时，近一年每件投诉加几张签", "张", 0, 5),
    "keep_days": Setting("答复以后几天，删掉村民的原话、电话和照片", "天", 90, 3650),
}


def complaint_options(county: County) -> ComplaintOptions:
    """The county's choices; what is missing or cannot be falls back to ours."""
    given: Mapping[str, Any] = county.options.get("complaints", {})
    said = given.get("delivery")
    return ComplaintOptions(
        **numbers_held(SETTINGS, given), delivery=said if isinstance(said, str) else ""
    )


def complaint_options_shown(options: ComplaintOptions) -> list[Shown]:
    """The choices as seals and the history tell them."""
    return [
        *numbers_shown(SETTINGS, asdict(options)),
        Shown("delivery", DELIVERY_LABEL, options.delivery),
    ]


def edit_complaint_options(
    session: Session,
    *,
    county: County,
    typed: Mapping[str, str],
    by: Person,
    now: datetime,
    reason: str,
    seal: str | None = None,
) -> list[history.Change]:
    """Change the choices; days that were given to complaints stay as they are.

    Raises Invalid complaint-option-invalid (`fields`), reason-needed; Conflict
    county-changed-meanwhile.
    """
    hold_still(session, county)
    numbers = checked(SETTINGS, typed_numbers(SETTINGS, typed), code=INVALID)
    said = plain_text(typed.get("delivery", "")).strip()
    if len(said) > LONGEST_DELIVERY:
        sentence = f"“{DELIVERY_LABEL}”最多{LONGEST_DELIVERY}个字，请写短一些。"
        raise Invalid(INVALID, sentence, fields={"delivery": sentence})
    new = ComplaintOptions(**numbers, delivery=said)
    return save_choices(
        session,
        county=county,
        held=complaint_options_shown(complaint_options(county)),
        wished=complaint_options_shown(new),
        options={"complaints": asdict(new)},
        by=by,
        now=now,
        reason=reason,
        seal=seal,
        about="投诉的",
    )
