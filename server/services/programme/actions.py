"""The lines that the history has of county and its plan."""

from server.services.common.history import Action


class ProgrammeAction(Action):
    """What a line tells of."""

    COUNTY_SET_UP = "county-set-up", "建县"
    DIVISIONS_CHANGED = "divisions-changed", "区划变更"
    PLAN_DECIDED = "plan-decided", "方案口径决定"
    PROGRAMME_ADDED = "programme-added", "登记方案"
    TARGET_SET = "target-set", "目标数更正"
    MILESTONE_SET = "milestone-set", "时间节点更正"
