"""The one family of errors a person may see: a stable code and a sentence in plain Chinese."""

from typing import Any


class Problem(Exception):  # noqa: N818 - it is a problem for a person, not a programming error
    """Something a person can mend; `message` says what is wrong, then what to do.

    `code` is stable and listed in docs/problems.md; `details` are facts for the screen or a log,
    never personal data. The doors turn the four kinds below into HTTP status codes.
    """

    def __init__(self, code: str, message: str, **details: Any) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.details = details

    def __reduce__(self) -> Any:
        """How it goes from one process to another."""
        return _told_again, (type(self), self.code, self.message, self.details)


def _told_again(kind: type[Problem], code: str, message: str, details: dict[str, Any]) -> Problem:
    return kind(code, message, **details)


class SealLost(Exception):  # noqa: N818 - nobody's fault who asks, and nothing that they sent is wrong
    """What lies sealed in the database cannot be opened: trouble of the house, said in words.

    No `Problem`: a phone would take its record for refused and forget it. The doors answer 503.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message

    def __reduce__(self) -> Any:
        """How it goes from one process to another."""
        return type(self), (self.code, self.message)


class NotFound(Problem):
    """The thing is not there, or not for this person's eyes."""


class NotAllowed(Problem):
    """This person may not do this."""


class Invalid(Problem):
    """What was sent cannot be right."""


class Conflict(Problem):
    """It contradicts something already kept."""


class TooMany(Problem):
    """Too many tries in too short a time; `details["retry_after_s"]` says how long to wait."""
