"""Days of a station that contradict one another, wherever they are written: form, table or step."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from server.errors import Invalid
from server.models.station import Station


def refuse_impossible_dates(station: Station | None, values: Mapping[str, Any]) -> None:
    """Raise Invalid field-invalid for days that contradict one another once these values hold."""

    def day(name: str) -> date | None:
        found: date | None = values[name] if name in values else getattr(station, name, None)
        return found

    opened, filed = day("opened_on"), day("filed_on")
    if opened and filed and filed < opened - timedelta(days=366):
        raise Invalid(
            "field-invalid",
            "“备案日期”比“开办日期”早一年以上，请核对这两个日期。",
            fields={"filed_on": "比开办日期早一年以上"},
        )
    changed, told = day("filing_changed_on"), day("filing_change_filed_on")
    if told and changed and told < changed:
        raise Invalid(
            "field-invalid",
            "“变更备案日期”早于“备案事项变更日期”，请核对这两个日期。",
            fields={"filing_change_filed_on": "早于变更日期"},
        )
