"""Measures how right the machine is: `make accuracy` all parts, on all processors.

`python -m bench.accuracy reading 300` measures one part (reading, villages, doubles, quality,
phone, screens) on so many photos, `python -m bench.accuracy reading LABELS.json` on labelled photos
of your own.
"""

import sys
import time
from pathlib import Path

from bench.accuracy import doubles, phone, quality, reading, screens
from bench.accuracy.jobs import of_file, of_scenes, of_screens, of_signs, of_villages
from bench.accuracy.work import Job, measured, processors
from tools.boards import faces

PARTS = {
    "reading": reading.OF,
    "villages": reading.OF,
    "doubles": doubles.OF,
    "quality": quality.OF,
    "phone": phone.OF,
    "screens": screens.OF,
}
_OF_THEIR_OWN = ("villages", "doubles", "screens")
SIGNS, VILLAGES, SCENES, SCREENS = 200, 140, 20, 104


def measure(part: str = "all", what: str = "") -> int:
    """Run one part or all, and print a table each; 2 when asked for a part that is none."""
    parts = tuple(PARTS) if part == "all" else (part,)
    if not set(parts) <= set(PARTS):
        print(f"no part {part}; there are: {', '.join(PARTS)}")
        return 2
    print(f"faces: {', '.join(sorted(face.name for face in faces()))}", flush=True)
    began, processes = time.monotonic(), processors()
    jobs: list[Job] = []
    if what.endswith(".json"):
        jobs += of_file(parts, Path(what))
    else:
        if "doubles" in parts:
            jobs += of_scenes(int(what or SCENES), processes)
        if "screens" in parts:
            jobs += of_screens(int(what or SCREENS))
        if "villages" in parts:
            jobs += of_villages(int(what or VILLAGES))
        if of_drawn := tuple(one for one in parts if one not in _OF_THEIR_OWN):
            jobs += of_signs(of_drawn, int(what or SIGNS))
    found = measured(jobs, processes)
    for one, of in PARTS.items():
        if one in found:
            print("\n".join(found[one].lines(one, of)))
    print(f"\n{time.monotonic() - began:.0f} s in {processes} processes")
    return 0


if __name__ == "__main__":
    sys.exit(measure(*sys.argv[1:]))
