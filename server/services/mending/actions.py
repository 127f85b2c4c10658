"""The lines that the history has of notices and rectifications."""

from server.services.common.history import Action


class MendingAction(Action):
    """What a line tells of; `long` is how a rectification's line begins."""

    NOTICE_ISSUED = "notice-issued", "发整改通知书"
    NOTICE_REVOKED = "notice-revoked", "发撤销通知"
    NOTICE_UPHELD = "notice-upheld", "维持整改通知书"
    RECTIFICATION_ANSWERED = "rectification-answered", "整改答复", "", "整改交了照片"
    RECTIFICATION_ACCEPTED = "rectification-accepted", "整改验收", "", "整改验收通过"
    RECTIFICATION_RETURNED = "rectification-returned", "整改退回"
    RECTIFICATION_WITHDRAWN = "rectification-withdrawn", "整改撤销"
    RECTIFICATION_ESCALATED = "rectification-escalated", "整改催办"
