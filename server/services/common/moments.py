"""When something happened, judged from what a phone's clock said of it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from server.calendar import beijing_day

TOLERANCE = timedelta(minutes=5)
OLDEST = timedelta(days=400)  # nobody was offline longer; an older clock has lost its battery


@dataclass(frozen=True)
class Moment:
    """`at` in UTC, corrected as well as can be; `verified` is false where that is a guess.

    `proven` where besides nobody can have set the phone's clock back for it and forth again.
    """

    at: datetime
    verified: bool
    proven: bool = False

    @property
    def day_on(self) -> date:
        """The day on every form."""
        return beijing_day(self.at)


def moment_of(
    device_at: datetime,
    *,
    own_offset_ms: int | None,
    client_now: datetime | None,
    now: datetime,
    held: bool | None = None,
) -> Moment:
    """Correct a phone's time; a wrong clock is never a reason to refuse.

    `own_offset_ms` is how far the server was ahead when the phone last heard from it before the
    event; `client_now` what the phone's clock says while it sends. Both agreeing proves that the
    clock ran evenly in between. With neither, or when they disagree by more than five minutes, the
    better guess is kept as not verified. A moment in the future or over 400 days ago becomes the
    moment of receipt.

    Agreeing proves nothing of a clock that was set back after the app had been closed, and set
    right before it sent. `held` says that a clock which nobody sets ran on between the event and a
    word of the server, within one run of the app; where it did not (False) or the app is too old
    to say (None), only what comes at once is proven.
    """
    sending = None if client_now is None else now - client_now
    own = None if own_offset_ms is None else timedelta(milliseconds=own_offset_ms)
    offset = own if own is not None else sending
    if offset is None:
        offset, verified = timedelta(0), False
    elif own is not None and sending is not None:
        verified = abs(own - sending) <= TOLERANCE
    else:
        verified = abs(offset) <= TOLERANCE
    try:
        at = device_at + offset
    except OverflowError:
        return Moment(now, verified=False)
    if at > now + TOLERANCE or at < now - OLDEST:
        return Moment(now, verified=False)
    proven = verified and (held is True or at >= now - TOLERANCE)
    return Moment(min(at, now), verified=verified, proven=proven)
