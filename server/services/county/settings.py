"""A county's own settings: hotline, the standard it follows, and our choices in reading one."""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from server.errors import Invalid
from server.models.county import County
from server.models.person import Person
from server.plain_text import plain_text
from server.policy.entries import telephone
from server.policy.standard.options import (
    OPTIONS,
    SAFETY_ITEMS,
    SETTINGS,
    CountyOptions,
    options_from,
)
from server.policy.standard.standards import Standard, standard_by_id
from server.services.common import history
from server.services.common.seals import Shown
from server.services.county.choices import hold_still, numbers_shown, save_choices
from server.services.county.counties import policy_options

HOTLINE_LONGEST = 40
_NOTED = re.compile(r"(.*\d)\s*([(（](?!.*\d{5})[^()（）]*[)）])")
"""0350-6521234（工作日 9:00—17:00）: when somebody answers, and no second number."""
EQUIPMENT_AT_MOST = 20
EQUIPMENT_LONGEST = 20


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

    `seal` is that of `settings_shown` when the form was filled in. Raises Invalid
    county-setting-invalid, county-option-invalid, reason-needed; NotFound standard-unknown;
    Conflict county-changed-meanwhile.
    """
    unknown = set(changes) - {"hotline", "standard_id", "policy"}
    if unknown:
        raise _invalid(f"没有“{'、'.join(sorted(unknown))}”这项县设置。")
    every = tuple(standards)
    hold_still(session, county)
    hotline = _plain(str(changes.get("hotline", county.hotline) or ""))
    if len(hotline) > HOTLINE_LONGEST:
        raise _invalid(f"服务热线太长了，最多{HOTLINE_LONGEST}个字，请缩短。")
    hotline = _hotline(hotline, county.hotline)
    chosen = changes.get("standard_id", county.standard_id) or None
    national = chosen is not None and standard_by_id(every, chosen).basis == "national"
    # One saved by an earlier release may stay until somebody changes it: it judges nobody.
    if national and chosen != county.standard_id:
        raise _invalid(
            f"《{_standard_name(every, chosen)}》是全国的管理规定，本来就要核查，"
            "不是站点建设标准，不能选作本县的标准。没有站点标准的，请选“不另外选用”。"
        )
    policy = dict(changes.get("policy", county.options.get("policy", {})))
    made = save_choices(
        session,
        county=county,
        held=settings_shown(county, every),
        wished=_shown(hotline, _standard_name(every, chosen), options_from(policy)),
        options={"policy": policy},
        by=by,
        now=now,
        reason=reason,
        seal=seal,
    )
    county.hotline, county.standard_id = hotline, chosen
    session.flush()
    return made


def settings_shown(county: County, standards: Iterable[Standard]) -> list[Shown]:
    """The county's settings as seals and the history tell them."""
    chosen = _standard_name(tuple(standards), county.standard_id)
    return _shown(county.hotline, chosen, policy_options(county))


def _shown(hotline: str, standard: str, options: CountyOptions) -> list[Shown]:
    return [
        Shown("hotline", "服务热线", hotline),
        Shown("standard_id", "本县选用的标准", standard),
        *numbers_shown(SETTINGS, {name: getattr(options, name) for name in SETTINGS}),
        *(
            Shown(name, label, "是" if name in options.enabled else "否")
            for name, label in OPTIONS.items()
        ),
        Shown(
            "safety_items",
            "要核查的安全设备",
            "、".join(SAFETY_ITEMS[one] for one in options.safety_items),
        ),
        Shown(
            "equipment_items",
            "本县的必要设备清单",
            "、".join(name for _, name in options.equipment_items),
        ),
    ]


def _plain(text: str) -> str:
    """One line without unseen and control characters, which no printed page would take."""
    return re.sub(r"[\x00-\x1f\x7f\s]+", " ", plain_text(text)).strip()


def _hotline(typed: str, held: str) -> str:
    """A number that can be dialled; an earlier one stays until somebody changes it."""
    if typed in ("", held):
        return typed
    noted = _NOTED.fullmatch(typed)
    number, note = noted.groups() if noted else (typed, "")
    try:
        return f"{telephone(number)}{note}"
    except ValueError as odd:
        raise _invalid(f"服务热线{odd}。它要印在牌子和单子上，没有就空着。") from odd


def _standard_name(standards: Sequence[Standard], chosen: str | None) -> str:
    # A standard whose file has left the folder can still be un-chosen.
    return next((one.name for one in standards if one.id == chosen), chosen or "")


def _invalid(sentence: str) -> Invalid:
    return Invalid("county-setting-invalid", sentence)
