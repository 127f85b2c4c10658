"""The lines that the history has of keepers' answers and decided disagreements."""

from server.services.common.history import Action


class InspectionsAction(Action):
    """What a line tells of."""

    INSPECTION_ANSWERED = "inspection-answered", "站长答复督导记录"
    DISAGREEMENT_SETTLED = "disagreement-settled", "两种说法的裁定"
    DIFFERENCES_LOOKED_AT = "differences-looked-at", "签字与核算不一致，看过"
