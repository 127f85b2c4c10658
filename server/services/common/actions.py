"""The lines that the history has of itself: its chain, a restored backup, a lawful erasure."""

from server.services.common.history import Action


class ChainAction(Action):
    """What a line tells of."""

    CHAIN_BEGUN = "chain-begun", "启用存证链"
    RESTORED = "restored", "从备份恢复"
    LINES_ERASED = "lines-erased", "按规定删除内容"
