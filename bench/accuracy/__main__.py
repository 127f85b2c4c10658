"""Measures how right the machine is: `make accuracy` all parts, on all processors.

`python -m bench.accuracy reading 300` measures one part (reading, villages, calibration, doubles,
quality, phone, screens) on so many photos, `python -m bench.accuracy reading LABELS.json` on
labelled photos of your own. Part `temperatures`, which is none of all, fits the temperatures anew
that `calibration` shows at work.
"""

import sys
import time
from pathlib import Path

from bench.accuracy import calibration, doubles, phone, quality, reading, screens
from bench.accuracy.jobs import of_file, of_scenes, of_screens, of_signs, of_sureness, of_villages
from bench.accuracy.work import Job, measured, processors
from tools.boards import faces

PARTS = {
    "reading": reading.OF,
    "villages": reading.OF,
    "calibration": calibration.OF,
    "doubles": doubles.OF,
    "quality": quality.OF,
    "phone": phone.OF,
    "screens": screens.OF,
    "temperatures": calibration.OF,
}
_SEEDS = {"calibration": calibration.SHOWN_ON, "temperatures": calibration.FITTED_ON}
_TABLES = {"calibration": calibration.shown, "temperatures": calibration.temperatures}
_OF_THEIR_OWN = ("villages", "doubles", "screens", *_SEEDS)
_ONLY_ASKED_FOR = "temperatures"
SIGNS, VILLAGES, SURE, SCENES, SCREENS = 200, 140, 220, 20, 104


def measure(part: str = "all", what: str = "") -> int:
    """Run one part or all, and print a table each; 2 when asked for a part that is none."""
    every = tuple(one for one in PARTS if one != _ONLY_ASKED_FOR)
    parts = every if part == "all" else (part,)
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
        for one in set(parts) & _SEEDS.keys():
            jobs += of_sureness(one, _SEEDS[one], int(what or SURE))
        if of_drawn := tuple(one for one in parts if one not in _OF_THEIR_OWN):
            jobs += of_signs(of_drawn, int(what or SIGNS))
    found = measured(jobs, processes)
    for one, of in PARTS.items():
        if one in found:
            own = _TABLES.get(one)
            print("\n".join(own(found[one]) if own else found[one].lines(one, of)))
    print(f"\n{time.monotonic() - began:.0f} s in {processes} processes")
    return 0


if __name__ == "__main__":
    sys.exit(measure(*sys.argv[1:]))
