"""The lines that the history has of numbers and plates."""

from server.services.common.history import Action


class PlateAction(Action):
    """What a line tells of."""

    CODE_ISSUED = "code-issued", "发放编号"
    SIGN_ISSUED = "sign-issued", "发放标识牌"
    SIGN_MARKED = "sign-marked", "标识牌状态"
    SIGN_REPLACED = "sign-replaced", "更换标识牌"
