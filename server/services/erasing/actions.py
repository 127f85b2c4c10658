"""The line that the history has of an erasure."""

from server.services.common.history import Action


class ErasingAction(Action):
    """What a line tells of."""

    PERSON_ERASED = "person-erased", "删除个人信息"
