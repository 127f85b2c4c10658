"""The lines that the history has of problems."""

from server.services.common.history import Action


class MatterAction(Action):
    """What a line tells of."""

    MATTER_REGISTERED = "matter-registered", "登记问题"
    MATTER_REFERRED = "matter-referred", "问题转办"
    MATTER_ANSWERED = "matter-answered", "问题答复"
    MATTER_RETURNED = "matter-returned", "问题退回"
    MATTER_CHECKED = "matter-checked", "问题核查"
    MATTER_EXTENDED = "matter-extended", "问题延期"
    MATTER_NOTED = "matter-noted", "问题补充"
    MATTER_CLOSED = "matter-closed", "问题办结"
    MATTER_REOPENED = "matter-reopened", "问题重新办理"
    HEAD_NAMED = "head-named", "专班负责人"
    MATTER_PAPERS = "matter-papers", "问题附材料"
    MATTER_ESCALATED = "matter-escalated", "问题催办"
