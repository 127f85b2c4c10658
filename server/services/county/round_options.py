"""A county's own choices about rounds, 整改 and months of counts; the plan names none of them."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.errors import Invalid
from server.models.county import County
from server.models.person import Person
from server.models.rectification import Notice
from server.policy.reconciliation import Tolerance
from server.policy.setting import Setting, checked, typed_numbers
from server.services.common import history
from server.services.common.seals import Shown
from server.services.county.choices import hold_still, numbers_held, numbers_shown, save_choices

ISSUER_LONGEST = 40
NOTICE_CODE_LONGEST = 10


@dataclass(frozen=True, slots=True)
class RoundOptions:
    """Days, names and shares; the plans name no deadline and no addressee."""

    issuer: str
    notice_code: str
    rectification_days: int = 15
    remind_days_before: int = 3
    escalate_township_days: int = 1
    escalate_county_days: int = 7
    photo_request_percent: int = 5
    visit_far_m: int = 500
    visit_short_minutes: int = 5
    month_gap_percent: int = 10
    tolerance_parcels: int = 0
    tolerance_percent: int = 0


SETTINGS: Mapping[str, Setting] = {
    "rectification_days": Setting("整改期限", "天", 1, 365),
    "remind_days_before": Setting("到期前几天提醒站长", "天", 0, 60),
    "escalate_township_days": Setting("逾期几天报乡镇", "天", 1, 60),
    "escalate_county_days": Setting("逾期几天报县专班", "天", 1, 120),
    "photo_request_percent": Setting("每天抽查拍照的比例", "%", 0, 100),
    "visit_far_m": Setting("督导时离登记位置多远要写原因（先减去定位误差）", "米", 50, 20_000),
    "visit_short_minutes": Setting("督导在站不到几分钟要写原因", "分钟", 0, 120),
    "month_gap_percent": Setting("没报的天数超过应报的百分之几，核准件数要写原因", "%", 0, 100),
    "tolerance_parcels": Setting("对账时一天相差几件以内算一致", "件", 0, 1000),
    "tolerance_percent": Setting("对账时相差企业数的百分之几以内算一致", "%", 0, 50),
}
NAMES = {"issuer": "发文单位", "notice_code": "发文代字"}
INVALID = "round-option-invalid"


def round_options(county: County) -> RoundOptions:
    """The county's choices; what is missing or cannot be falls back to ours."""
    given: Mapping[str, Any] = county.options
    return RoundOptions(
        issuer=_text(given, "issuer") or f"{county.name}快递进村工作专班",
        notice_code=_text(given, "notice_code") or f"{county.name[:1]}快改",
        **numbers_held(SETTINGS, given),
    )


def tolerance_of(options: RoundOptions) -> Tolerance:
    """How far both sides' numbers of a day may lie apart and still agree."""
    return Tolerance(options.tolerance_parcels, options.tolerance_percent)


def names_on_notice(county: County, *, year: int, number: int) -> tuple[str, str]:
    """Issuer and code as they were when this notice was numbered; later changes leave it alone."""
    for one in county.options.get("notice_names", ()):
        if [year, number] <= one["until"]:
            return one["issuer"], one["notice_code"]
    options = round_options(county)
    return options.issuer, options.notice_code


def round_options_shown(options: RoundOptions) -> list[Shown]:
    """The choices as seals and the history tell them."""
    held = asdict(options)
    names = [Shown(name, label, held[name]) for name, label in NAMES.items()]
    return [*names, *numbers_shown(SETTINGS, held)]


def edit_round_options(
    session: Session,
    *,
    county: County,
    typed: Mapping[str, str],
    by: Person,
    now: datetime,
    reason: str,
    seal: str | None = None,
) -> list[history.Change]:
    """Change the choices to what was typed for every field of `RoundOptions`.

    What already runs keeps its dates: deadlines of open rectifications do not move. `seal` is
    that of `round_options_shown` when the form was filled in. Raises Invalid round-option-invalid
    (`fields` names which), reason-needed; Conflict county-changed-meanwhile.
    """
    hold_still(session, county)
    old, new = round_options(county), _read(typed)
    made = save_choices(
        session,
        county=county,
        held=round_options_shown(old),
        wished=round_options_shown(new),
        options=asdict(new),
        by=by,
        now=now,
        reason=reason,
        seal=seal,
    )
    if (old.issuer, old.notice_code) != (new.issuer, new.notice_code):
        _keep_names_of_issued(session, county, old)
    return made


def _keep_names_of_issued(session: Session, county: County, old: RoundOptions) -> None:
    """Let the notices numbered so far keep the names they were issued under."""
    last = session.execute(
        sa.select(Notice.year, Notice.number)
        .where(Notice.county == county.code)
        .order_by(Notice.year.desc(), Notice.number.desc())
        .limit(1)
    ).one_or_none()
    before = list(county.options.get("notice_names", ()))
    if last is None or (before and before[-1]["until"] == list(last)):
        return  # nothing was issued under the old names
    kept = {"until": list(last), "issuer": old.issuer, "notice_code": old.notice_code}
    county.options = {**county.options, "notice_names": [*before, kept]}


def _read(typed: Mapping[str, str]) -> RoundOptions:
    """The form in types. Raises Invalid round-option-invalid."""
    numbers = checked(SETTINGS, typed_numbers(SETTINGS, typed), code=INVALID)
    if numbers["remind_days_before"] >= numbers["rectification_days"]:
        raise _invalid(
            "remind_days_before",
            f"整改期限只有{numbers['rectification_days']}天，提前"
            f"{numbers['remind_days_before']}天提醒太早了。请改成比整改期限短的天数。",
        )
    if numbers["escalate_county_days"] < numbers["escalate_township_days"]:
        raise _invalid("escalate_county_days", "报县专班不能早于报乡镇。请核对两个天数。")
    return RoundOptions(
        issuer=_name("issuer", typed.get("issuer", ""), ISSUER_LONGEST),
        notice_code=_name("notice_code", typed.get("notice_code", ""), NOTICE_CODE_LONGEST),
        **numbers,
    )


def _name(name: str, typed: str, longest: int) -> str:
    text = re.sub(r"[\x00-\x1f\x7f\s]+", "", typed)
    if not text or len(text) > longest:
        raise _invalid(name, f"“{NAMES[name]}”要填，最多{longest}个字，请改正。")
    if re.search(r"[〔〕\[\]]", text):
        raise _invalid(name, f"“{NAMES[name]}”不用写括号，年份和号数由系统编。请去掉括号。")
    return text


def _text(given: Mapping[str, Any], name: str) -> str:
    value = given.get(name)
    return value.strip()[:ISSUER_LONGEST] if isinstance(value, str) else ""


def _invalid(name: str, sentence: str) -> Invalid:
    return Invalid(INVALID, sentence, fields={name: sentence})
