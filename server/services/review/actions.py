"""The lines that the history has of decided photos."""

from server.services.common.history import Action


class ReviewAction(Action):
    """What a line tells of."""

    REVIEW_DECIDED = "review-decided", "照片核查"
    LABEL_SET_MADE = "label-set-made", "做识读样本"
