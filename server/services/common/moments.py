"""When something happened, judged from what a phone's clock said of it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from server.calendar import beijing_day

TOLERANCE = timedelta(minutes=5)
OLDEST = timedelta(days=400)  # nobody was offline longer; an older clock has lost its battery


@dataclass(frozen=True)
class Moment:
    """`at` in UTC, corrected as well as can be; `verified` is false where that is a guess."""

    at: datetime
    verified: bool

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
) -> Moment:
    """Correct a phone's time; a wrong clock is never a reason to refuse.

    `own_offset_ms` is how far the server was ahead when the phone last heard from it before the
    event; `client_now` what the phone's clock says while it sends. Both agreeing proves that the
    clock ran evenly in between. With neither, or when they disagree by more than five minutes, the
    better guess is kept as not verified. A moment in the future or over 400 days ago becomes the
    moment of receipt.
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
    return Moment(min(at, now), verified=verified)
