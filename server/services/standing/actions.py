"""The lines that the history has of words said of a station."""

from server.services.common.history import Action


class StandingAction(Action):
    """What a line tells of."""

    STATEMENT_SAID = "statement-said", "核查登记"
