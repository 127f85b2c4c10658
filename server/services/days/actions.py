"""The lines that the history has of days' counts and their months."""

from server.services.common.history import Action


class DaysAction(Action):
    """What a line tells of."""

    COUNT_MERGED = "count-merged", "件数多人上报"
    COUNT_CORRECTED = "count-corrected", "更正件数"
    MONTH_APPROVED = "month-approved", "核准月度件数"
    TOTALS_ENTERED = "operator-totals-entered", "录入企业数"
    TOTALS_WITHDRAWN = "operator-totals-withdrawn", "撤回企业数"
    RECONCILED = "reconciled", "件数对账"
