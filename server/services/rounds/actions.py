"""The lines that the history has of rounds and their visits."""

from server.services.common.history import Action


class RoundsAction(Action):
    """What a line tells of."""

    ROUND_OPENED = "round-opened", "开一轮督导"
    ROUND_DELETED = "round-deleted", "删除一轮督导"
    DRAW_PREVIEWED = "draw-previewed", "开轮前试抽"
    ROUND_ASSIGNED = "round-assigned", "分派督导员"
    ROUND_CLOSED = "round-closed", "结束一轮督导"
    ROUND_REPORTED = "round-reported", "上报督导结果"
    VISIT_WITHDRAWN = "visit-withdrawn", "撤出本轮督导"
