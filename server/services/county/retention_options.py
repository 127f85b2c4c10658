"""How long a county keeps positions and photos, kind by kind, and whether erasing rests."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from server.labelled import Labelled
from server.models.county import County
from server.models.person import Person
from server.policy.setting import Setting, checked, typed_numbers
from server.services.common import history
from server.services.common.seals import Shown
from server.services.county.choices import hold_still, numbers_held, numbers_shown, save_choices

INVALID = "retention-option-invalid"
PAUSED_LABEL = "到期也先不删"


class DataKind(Labelled):
    """What is erased when its time is over; the row that it belonged to stays, and says so."""

    CHECK_IN_POSITION = "check_in_position", "签到时的位置"
    INSPECTION_POSITION = "inspection_position", "督导时的位置"
    EVERYDAY_PHOTO = "everyday_photo", "站里平常拍的照片"
    BOARD_PHOTO = "board_photo", "标识牌、营业时间牌的照片"
    MEND_PHOTO = "mend_photo", "整改的照片"
    INSPECTION_PHOTO = "inspection_photo", "督导的照片"


# The lowest are ours: half a year, in which a month's money is settled and disputed; for what may
# become evidence of a breach, longer than the two years of 行政处罚法 article 36.
_LIMITS: Mapping[DataKind, tuple[int, int]] = {
    DataKind.CHECK_IN_POSITION: (180, 1095),
    DataKind.INSPECTION_POSITION: (365, 3650),
    DataKind.EVERYDAY_PHOTO: (180, 1825),
    DataKind.BOARD_PHOTO: (365, 3650),
    DataKind.MEND_PHOTO: (1095, 3650),
    DataKind.INSPECTION_PHOTO: (1095, 3650),
}
SETTINGS: Mapping[str, Setting] = {
    kind: Setting(kind.label, "天", *limits) for kind, limits in _LIMITS.items()
}
USUAL: Mapping[str, int] = {
    DataKind.CHECK_IN_POSITION: 365,
    DataKind.INSPECTION_POSITION: 1095,
    DataKind.EVERYDAY_PHOTO: 730,
    DataKind.BOARD_PHOTO: 1095,
    DataKind.MEND_PHOTO: 1095,
    DataKind.INSPECTION_PHOTO: 1825,
}


@dataclass(frozen=True, slots=True)
class RetentionOptions:
    """Days by DataKind, counted from the day of the record; `paused` where nothing is erased."""

    days: Mapping[str, int]
    paused: bool = False

    def before(self, kind: DataKind, on: date) -> date:
        """Records of earlier days than this one have had their time."""
        return on - timedelta(days=self.days[kind])


def retention_options(county: County) -> RetentionOptions:
    """The county's choices; what is missing or cannot be falls back to ours."""
    given: Mapping[str, Any] = county.options.get("retention", {})
    return RetentionOptions({**USUAL, **numbers_held(SETTINGS, given)}, given.get("paused") is True)


def retention_shown(options: RetentionOptions) -> list[Shown]:
    """The choices as seals and the history tell them."""
    return [
        *numbers_shown(SETTINGS, options.days),
        Shown("paused", PAUSED_LABEL, "是" if options.paused else "否"),
    ]


def edit_retention(
    session: Session,
    *,
    county: County,
    typed: Mapping[str, str],
    by: Person,
    now: datetime,
    reason: str,
    seal: str | None = None,
) -> list[history.Change]:
    """Change the choices; what has been erased does not come back by it.

    `typed` has the days by kind, and "yes" for `paused` where erasing rests. Raises Invalid
    retention-option-invalid (`fields`), reason-needed; Conflict county-changed-meanwhile.
    """
    hold_still(session, county)
    numbers = checked(SETTINGS, typed_numbers(SETTINGS, typed), code=INVALID)
    new = RetentionOptions(numbers, typed.get("paused") == "yes")
    return save_choices(
        session,
        county=county,
        held=retention_shown(retention_options(county)),
        wished=retention_shown(new),
        options={"retention": {**{str(k): v for k, v in numbers.items()}, "paused": new.paused}},
        by=by,
        now=now,
        reason=reason,
        seal=seal,
        about="个人信息保存多久的",
    )
