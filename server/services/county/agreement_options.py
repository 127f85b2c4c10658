"""A county's own choice about agreements: how long before its end one is asked about."""

from server.policy.setting import Setting
from server.services.county.choices import NumberChoice

RUNS_OUT = NumberChoice(
    "agreement_days",
    Setting("合作协议到期前几天提醒", "天", 0, 365),
    60,
    "agreement-option-invalid",
)
"""The plans name no time."""
