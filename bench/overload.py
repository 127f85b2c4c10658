"""Four times as many check-ins as the house serves at ease: how fast, and who is sent away."""

import os
import tempfile
from pathlib import Path

from tests.drills.house import Installation, Web
from tests.drills.rush import (
    Answer,
    check_in_request,
    memory_of,
    p95,
    rush,
    sustained,
    widen_shares,
)

AT_EASE_S, RUSH_S = 5.0, 15.0
CALLERS = 8
MOST_A_SECOND = 800.0
CEILING_P95_S = 2.0


def main() -> None:
    """Print what was served at ease and in the rush; sender and house share the processor."""
    with tempfile.TemporaryDirectory() as folder:
        installation = Installation(Path(folder) / "home")
        widen_shares(installation)
        web = Web(installation)
        try:
            _measure(web)
        finally:
            web.stop()
            installation.engine.dispose()


def _measure(web: Web) -> None:
    phone, token = web.installation.phone(0, web.address), web.installation.token(0)

    def made() -> tuple[str, bytes]:
        return check_in_request(phone.station_id, token, odd=True)

    calm = sustained(web.address, made, callers=CALLERS, seconds=AT_EASE_S)
    ease = len(calm) / AT_EASE_S
    rate = min(4 * ease, MOST_A_SECOND)
    before = memory_of(web)
    answers = rush(web.address, made, rate=rate, seconds=RUSH_S)
    grown_mb = (memory_of(web) - before) / 1024**2
    taken = [one for one in answers if one.status == 200]
    away = [one for one in answers if one.status == 503]
    lost = len(answers) - len(taken) - len(away)
    print(f"SQLite, {CALLERS} callers who wait, load {os.getloadavg()[0]:.1f}")
    _line("at ease", calm, AT_EASE_S, "")
    print(f"{'came':18}{rate:6.0f}/s, {rate / ease:.1f} times as many")
    _line("taken", taken, RUSH_S, f"ceiling {CEILING_P95_S:.0f} s")
    _line("sent away", away, RUSH_S, "503 with Retry-After")
    print(f"{'without answer':18}{lost:6d}")
    print(f"{'memory':18}{grown_mb:+6.0f} MB of two processes")


def _line(name: str, answers: list[Answer], seconds: float, note: str) -> None:
    within = f", p95 {p95(answers):5.2f} s" if answers else ""
    print(f"{name:18}{len(answers) / seconds:6.0f}/s{within}  {note}")
