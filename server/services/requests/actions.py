"""The lines that the history has of what keepers ask for."""

from server.services.common.history import Action


class RequestAction(Action):
    """What a line tells of."""

    REQUEST_MADE = "request-made", "站长请求"
    REQUEST_TAKEN_BACK = "request-taken-back", "站长收回请求"
    REQUEST_GRANTED = "request-granted", "办好站长请求"
    REQUEST_REFUSED = "request-refused", "没同意站长请求"
