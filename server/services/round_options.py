"""A county's own choices about rounds and rectifications; none of them stands in the plan."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from server.models.county import County


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


_LIMITS = {
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
        for name, (lowest, highest) in _LIMITS.items()
        if isinstance(value := given.get(name), int)
        and not isinstance(value, bool)
        and lowest <= value <= highest
    }
    return RoundOptions(
        issuer=_text(given, "issuer") or f"{county.name}快递进村工作专班",
        notice_code=_text(given, "notice_code") or f"{county.name[:1]}快改",
        **numbers,
    )


def _text(given: Mapping[str, Any], name: str) -> str:
    value = given.get(name)
    return value.strip()[:40] if isinstance(value, str) else ""
