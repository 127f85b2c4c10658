"""A county's own settings: hotline, the standard it follows, and our choices in reading one."""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from server.errors import Conflict, Invalid
from server.models.county import County
from server.models.person import Person
from server.plain_text import plain_text
from server.policy.standard.options import OPTIONS, SAFETY_ITEMS, CountyOptions, options_from
from server.policy.standard.standards import Standard, standard_by_id
from server.services.common import history
from server.services.county.actions import CountyAction
from server.services.county.counties import policy_options

HOTLINE_LONGEST = 40
EQUIPMENT_AT_MOST = 20
EQUIPMENT_LONGEST = 20


def settings_seal(county: County) -> str:
    """What a form carries to show which settings it was filled in over."""
    shown = [county.hotline, county.standard_id, county.options.get("policy", {})]
    return hashlib.sha256(json.dumps(shown, sort_keys=True).encode()).hexdigest()[:16]


def equipment_items(names: Iterable[str]) -> list[list[str]]:
    """The county's list of necessary equipment as `[key, 中文名]` pairs.

    The key is made from the name: what was said of a thing that leaves the list and comes back
    counts again, and is never taken for what is said of another thing. Raises Invalid
    county-setting-invalid.
    """
    items: dict[str, str] = {}
    for raw in names:
        name = _plain(raw)
        if not name:
            continue
        if len(name) > EQUIPMENT_LONGEST:
            raise _invalid(f"设备名称“{name[:10]}…”太长了，最多{EQUIPMENT_LONGEST}个字，请缩短。")
        items["e_" + hashlib.sha256(name.encode()).hexdigest()[:8]] = name
    if len(items) > EQUIPMENT_AT_MOST:
        raise _invalid(f"必要设备最多列{EQUIPMENT_AT_MOST}样，请只留必要的。")
    return [[key, name] for key, name in items.items()]


def edit_county(
    session: Session,
    *,
    county: County,
    changes: Mapping[str, Any],
    by: Person | None,
    now: datetime,
    reason: str,
    standards: Iterable[Standard],
    seal: str | None = None,
) -> list[history.Change]:
    """Change `hotline`, `standard_id` (本县选用, None for none) or `policy` options.

    `seal` is what `settings_seal` said when the form was filled in. Raises Invalid
    county-setting-invalid, county-option-invalid, reason-needed; NotFound standard-unknown;
    Conflict county-changed-meanwhile.
    """
    unknown = set(changes) - {"hotline", "standard_id", "policy"}
    if unknown:
        raise _invalid(f"没有“{'、'.join(sorted(unknown))}”这项县设置。")
    refuse_if_changed(seal, settings_seal(county))
    every = tuple(standards)
    hotline = _plain(str(changes.get("hotline", county.hotline) or ""))
    if len(hotline) > HOTLINE_LONGEST:
        raise _invalid(f"服务热线太长了，最多{HOTLINE_LONGEST}个字，请缩短。")
    chosen = changes.get("standard_id", county.standard_id) or None
    if chosen is not None:
        standard_by_id(every, chosen)
    policy = dict(changes.get("policy", county.options.get("policy", {})))
    made = [
        one
        for one in (
            history.change("hotline", "服务热线", county.hotline, hotline),
            history.change(
                "standard_id",
                "本县选用的标准",
                _standard_name(every, county.standard_id),
                _standard_name(every, chosen),
            ),
            *_option_changes(policy_options(county), options_from(policy)),
        )
        if one is not None
    ]
    change_options(
        session, county=county, made=made, new={"policy": policy}, by=by, now=now, reason=reason
    )
    county.hotline, county.standard_id = hotline, chosen
    session.flush()
    return made


def refuse_if_changed(seal: str | None, now_seal: str) -> None:
    """Raise Conflict county-changed-meanwhile when a form was filled in over older settings."""
    if seal is not None and seal != now_seal:
        raise Conflict(
            "county-changed-meanwhile",
            "您填写的时候，别人已经改过县设置。请看一下现在的设置，再改一次。",
        )


def change_options(
    session: Session,
    *,
    county: County,
    made: Sequence[history.Change],
    new: Mapping[str, Any],
    by: Person | None,
    now: datetime,
    reason: str,
    summary: str = "",
) -> None:
    """Put `new` among a county's options and `made` into its history; nothing made, nothing done.

    `summary` heads the entry; without one it names what was changed. Raises Invalid reason-needed.
    """
    if not made:
        return
    if not reason.strip():
        raise Invalid("reason-needed", "请写一句修改的原因。", fields={"reason": "请填写"})
    county.options = {**county.options, **new}
    session.flush()
    history.write(
        session,
        of=county,
        by=by,
        at=now,
        action=CountyAction.COUNTY_EDITED,
        summary=summary or f"修改{'、'.join(one['label'] for one in made)}",
        changes=made,
        reason=reason,
    )


def _option_changes(old: CountyOptions, new: CountyOptions) -> list[history.Change | None]:
    """One line for each of our choices that changes, in words."""
    return [
        history.change(
            "fresh_days",
            "站长、机器和县办的说法多久算过期",
            _days(old.fresh_days),
            _days(new.fresh_days),
        ),
        history.change(
            "inspection_fresh_days",
            "督导员的说法多久算过期",
            _days(old.inspection_fresh_days),
            _days(new.inspection_fresh_days),
        ),
        history.change(
            "about_percent", "“左右”上下放宽", f"{old.about_percent}%", f"{new.about_percent}%"
        ),
        *(
            history.change(name, label, _on(name in old.enabled), _on(name in new.enabled))
            for name, label in OPTIONS.items()
        ),
        history.change(
            "safety_items",
            "要核查的安全设备",
            _listed([SAFETY_ITEMS[one] for one in old.safety_items]),
            _listed([SAFETY_ITEMS[one] for one in new.safety_items]),
        ),
        history.change(
            "equipment_items",
            "本县的必要设备清单",
            _listed([name for _, name in old.equipment_items]),
            _listed([name for _, name in new.equipment_items]),
        ),
    ]


def _plain(text: str) -> str:
    """One line without unseen and control characters, which no printed page would take."""
    return re.sub(r"[\x00-\x1f\x7f\s]+", " ", plain_text(text)).strip()


def _days(days: int | None) -> str:
    return "不过期" if days is None else f"{days}天"


def _on(switched: bool) -> str:  # noqa: FBT001 - it is the whole question
    return "是" if switched else "否"


def _listed(names: Sequence[str]) -> str:
    return "、".join(names)


def _standard_name(standards: Sequence[Standard], chosen: str | None) -> str:
    # A standard whose file has left the folder can still be un-chosen.
    return next((one.name for one in standards if one.id == chosen), chosen or "")


def _invalid(sentence: str) -> Invalid:
    return Invalid("county-setting-invalid", sentence)
