"""How often the phone's own hints speak where they should, before anything is sent."""

import io
from typing import Any

from PIL import Image

from bench.accuracy.quality import WORSE, is_good
from bench.accuracy.tally import Tally
from bench.phone_hints import this_process_eye
from tools.changed_photos import as_jpeg

OF = "photos"
ITS_WORDS = {
    "blurred": ("blurred", "moved"),
    "overexposed": ("bright",),
    "too_small": ("small",),
    "screen_photo": ("screen",),
}
"""What the phone calls a fault of the server's; a moved photo is blurred in one way only."""


def judge(content: bytes, label: dict[str, Any]) -> Tally:
    """The phone's hints on a good photo, and on the same photo made worse in known ways."""
    tally, eye = Tally(), this_process_eye()
    if not is_good(label):
        return tally
    for fault, spoken in sorted(eye.faults(content).items()):
        tally.add(f"good photo: {fault}", "hint" if spoken else "silent")
    image = Image.open(io.BytesIO(content)).convert("RGB")
    for what, (hint, worsen) in WORSE.items():
        faults = eye.faults(as_jpeg(worsen(image), 85))
        said = [word for word in ITS_WORDS.get(hint, (hint,)) if faults[word]]
        tally.add(f"{what}: {hint}", said[0] if said else "silent")
    return tally
