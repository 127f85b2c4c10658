"""The lines that the history has of complaints; none repeats what a villager wrote."""

from server.services.common.history import Action


class ComplaintAction(Action):
    """What a line tells of."""

    COMPLAINT_RECORDED = "complaint-recorded", "登记投诉"
    COMPLAINT_ACCEPTED = "complaint-accepted", "投诉受理"
    COMPLAINT_FORWARDED = "complaint-forwarded", "投诉转办"
    COMPLAINT_ANSWERED = "complaint-answered", "投诉答复"
    COMPLAINT_CALLED = "complaint-called", "投诉回访"
    COMPLAINT_NOTED = "complaint-noted", "投诉补充"
    COMPLAINT_RELEASED = "complaint-released", "待核投诉照常办理"
    COMPLAINT_LOOKED = "complaint-looked", "看投诉原文和电话"
    COMPLAINT_ERASED = "complaint-erased", "投诉到期删除"
    COMPLAINT_CODE = "complaint-code", "重发查询码"
