"""A county's own choices about rounds and rectifications; none of them stands in the plan."""

import hashlib
import json
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
from server.services.common import history
from server.services.county.settings import change_options, refuse_if_changed

ISSUER_LONGEST = 40
NOTICE_CODE_LONGEST = 10


@dataclass(frozen=True, slots=True)
class RoundOptions:
    """Days, names and shares; the plans name no deadline and no addressee (domain.md §6)."""

    issuer: str
    notice_code: str
    rectification_days: int = 15
    remind_days_before: int = 3
    escalate_township_days: int = 1
    escalate_county_days: int = 7
    photo_request_percent: int = 5


LABELS = {
    "issuer": "发文单位",
    "notice_code": "发文代字",
    "rectification_days": "整改期限",
    "remind_days_before": "到期前几天提醒站长",
    "escalate_township_days": "逾期几天报乡镇",
    "escalate_county_days": "逾期几天报县专班",
    "photo_request_percent": "每天抽查拍照的比例",
}
UNITS = {name: "天" for name in LABELS if name.endswith(("_days", "_before"))} | {
    "photo_request_percent": "%"
}
LIMITS = {
    "rectification_days": (1, 365),
    "remind_days_before": (0, 60),
    "escalate_township_days": (1, 60),
    "escalate_county_days": (1, 120),
    "photo_request_percent": (0, 100),
}


def round_options(county: County) -> RoundOptions:
    """The county's choices; what is missing or cannot be falls back to ours."""
    given: Mapping[str, Any] = county.options
    numbers = {
        name: value
        for name, (lowest, highest) in LIMITS.items()
        if isinstance(value := given.get(name), int)
        and not isinstance(value, bool)
        and lowest <= value <= highest
    }
    return RoundOptions(
        issuer=_text(given, "issuer") or f"{county.name}快递进村工作专班",
        notice_code=_text(given, "notice_code") or f"{county.name[:1]}快改",
        **numbers,
    )


def names_on_notice(county: County, *, year: int, number: int) -> tuple[str, str]:
    """Issuer and code as they were when this notice was numbered; later changes leave it alone."""
    for one in county.options.get("notice_names", ()):
        if [year, number] <= one["until"]:
            return one["issuer"], one["notice_code"]
    options = round_options(county)
    return options.issuer, options.notice_code


def round_options_seal(county: County) -> str:
    """What a form carries to show which choices it was filled in over."""
    shown = asdict(round_options(county))
    return hashlib.sha256(json.dumps(shown, sort_keys=True).encode()).hexdigest()[:16]


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

    What already runs keeps its dates: deadlines of open rectifications do not move. `seal` is what
    `round_options_seal` said when the form was filled in. Raises Invalid round-option-invalid
    (`fields` names which), reason-needed; Conflict county-changed-meanwhile.
    """
    refuse_if_changed(seal, round_options_seal(county))
    old, new = asdict(round_options(county)), asdict(_read(typed))
    made = [
        one
        for name, label in LABELS.items()
        if (one := history.change(name, label, _told(name, old), _told(name, new))) is not None
    ]
    change_options(session, county=county, made=made, new=new, by=by, now=now, reason=reason)
    if (old["issuer"], old["notice_code"]) != (new["issuer"], new["notice_code"]):
        _keep_names_of_issued(session, county, old)
    return made


def _keep_names_of_issued(session: Session, county: County, old: Mapping[str, Any]) -> None:
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
    kept = {"until": list(last), "issuer": old["issuer"], "notice_code": old["notice_code"]}
    county.options = {**county.options, "notice_names": [*before, kept]}


def _read(typed: Mapping[str, str]) -> RoundOptions:
    """The form in types. Raises Invalid round-option-invalid."""
    numbers = {name: _number(name, typed.get(name, "")) for name in LIMITS}
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


def _number(name: str, typed: str) -> int:
    lowest, highest = LIMITS[name]
    text = typed.strip()
    if text.isascii() and text.isdigit() and len(text) <= 4 and lowest <= int(text) <= highest:
        return int(text)
    raise _invalid(name, f"“{LABELS[name]}”应为{lowest}到{highest}之间的整数，请改正。")


def _name(name: str, typed: str, longest: int) -> str:
    text = re.sub(r"[\x00-\x1f\x7f\s]+", "", typed)
    if not text or len(text) > longest:
        raise _invalid(name, f"“{LABELS[name]}”要填，最多{longest}个字，请改正。")
    if re.search(r"[〔〕\[\]]", text):
        raise _invalid(name, f"“{LABELS[name]}”不用写括号，年份和号数由系统编。请去掉括号。")
    return text


def _told(name: str, options: Mapping[str, Any]) -> str:
    return f"{options[name]}{UNITS.get(name, '')}"


def _text(given: Mapping[str, Any], name: str) -> str:
    value = given.get(name)
    return value.strip()[:ISSUER_LONGEST] if isinstance(value, str) else ""


def _invalid(name: str, sentence: str) -> Invalid:
    return Invalid("round-option-invalid", sentence, fields={name: sentence})
