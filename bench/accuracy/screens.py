"""How often photos of screens are noticed by phone and server, and honest fine patterns accused."""

import random

from bench.accuracy.tally import Tally
from bench.phone_hints import this_process_eye
from server.media.pictures.images import look_at_photo
from tools.fine_patterns import NO_PATTERN, PATTERNS, honest_photo
from tools.phone_camera import Shot
from tools.screen_photos import SCREENS, screen_photo
from tools.sign_photos import SEED, sign_photo

OF = "photos"
PHOTOS = SEED + 11
"""Another seed than the thresholds were chosen with (SEED + 9 and + 10)."""
_HONEST = (*PATTERNS, NO_PATTERN)


def judge(number: int) -> Tally:
    """A photo of a sign as shown by a screen, and the sign itself before a fine pattern."""
    tally = Tally()
    sign = sign_photo(number, PHOTOS)
    screen, thing = list(SCREENS)[number % len(SCREENS)], _HONEST[number % len(_HONEST)]
    copied = screen_photo(random.Random(f"screen {PHOTOS} {number}"), sign.content, screen)
    taken = honest_photo(random.Random(f"thing {PHOTOS} {number}"), sign, thing)
    for heading, every, shot in (
        (f"a screen: {screen}", "screens, all", copied),
        (f"no screen: {thing}", "no screens, all", taken),
    ):
        outcome = _spoken(shot)
        tally.add(heading, outcome)
        tally.add(every, outcome)
    return tally


def _spoken(shot: Shot) -> str:
    server = look_at_photo(shot.sent).screen_photo
    phone = this_process_eye().faults(shot.original)["screen"]
    if server and phone:
        return "hint by both"
    return "hint by the phone" if phone else "hint by the server" if server else "silent"
