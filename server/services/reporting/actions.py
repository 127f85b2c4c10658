"""The lines that the history has of monthly reports, assessments and circulars."""

from server.services.common.history import Action


class ReportingAction(Action):
    """What a line tells of."""

    REPORT_HANDED_IN = "report-handed-in", "每月报送"
    REPORT_ACCEPTED = "report-accepted", "审定报送"
    REPORT_RETURNED = "report-returned", "退回报送"
    REPORT_REOPENED = "report-reopened", "重新打开报送"
    SUMMARY_ISSUED = "report-summary-issued", "报送汇总"
    SCHEME_MADE = "assessment-scheme", "考核办法"
    ASSESSMENT_OPENED = "assessment-opened", "开考核表"
    ASSESSMENT_DRAWN = "assessment-drawn", "考核重新取数"
    POINTS_GIVEN = "assessment-points", "考核打分"
    ASSESSMENT_ISSUED = "assessment-issued", "发布考核结果"
    ASSESSMENT_WITHDRAWN = "assessment-withdrawn", "撤回考核"
    CIRCULAR_DRAFTED = "circular-drafted", "起草通报"
    CIRCULAR_ISSUED = "circular-issued", "印发通报"
    CIRCULAR_WITHDRAWN = "circular-withdrawn", "撤回通报"
