"""A county's own choice about filings: how many days before its end a deadline is called near."""

from collections.abc import Mapping

from server.policy.setting import Setting
from server.services.county.choices import NumberChoice

SETTINGS: Mapping[str, Setting] = {
    "filing_remind_days": Setting("备案到期前几天提醒", "天", 0, 15),
}
REMIND = NumberChoice(
    "filing_remind_days", SETTINGS["filing_remind_days"], 5, "filing-option-invalid"
)
remind_days = REMIND.held
filing_options_shown = REMIND.shown
edit_filing_options = REMIND.edit
