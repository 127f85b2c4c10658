"""The lines that the history has of itself: its chain, a restored backup, a lawful erasure."""

from server.services.common.history import Action

LEFT = "left:"
"""Before the id of a record in a change of POSITIONS_ERASED: what is left of it hashes to `new`."""


class ChainAction(Action):
    """What a line tells of."""

    CHAIN_BEGUN = "chain-begun", "启用存证链"
    RESTORED = "restored", "从备份恢复"
    LINES_ERASED = "lines-erased", "按规定删除内容"
    POSITIONS_ERASED = "positions-erased", "督导位置到期删除"
