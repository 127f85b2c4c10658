"""The lines that the history has of referrals."""

from server.services.common.history import Action


class ReferralAction(Action):
    """What a line tells of."""

    REFERRAL_DRAFTED = "referral-drafted", "起草问责线索"
    REFERRAL_SENT = "referral-sent", "移送问责线索"
    REFERRAL_ANSWERED = "referral-answered", "问责线索反馈"
    REFERRAL_WITHDRAWN = "referral-withdrawn", "撤回问责线索"
