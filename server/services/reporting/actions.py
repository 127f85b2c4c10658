"""The lines that the history has of monthly reports."""

from server.services.common.history import Action


class ReportingAction(Action):
    """What a line tells of."""

    REPORT_HANDED_IN = "report-handed-in", "每月报送"
    REPORT_ACCEPTED = "report-accepted", "审定报送"
    REPORT_RETURNED = "report-returned", "退回报送"
    REPORT_REOPENED = "report-reopened", "重新打开报送"
    SUMMARY_ISSUED = "report-summary-issued", "报送汇总"
