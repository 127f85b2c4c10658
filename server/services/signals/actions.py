"""The lines that the history has of signals' answers and decisions."""

from server.services.common.history import Action


class SignalsAction(Action):
    """What a line tells of."""

    SIGNAL_ANSWERED = "signal-answered", "站长说明"
    SIGNAL_SETTLED = "signal-settled", "处理异常提示"
