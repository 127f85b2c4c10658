"""Keepers at work: phones in threads of their own that keep and send until they are told to stop."""

import threading
import time
from typing import Any, Self

from tests.drills.house import Installation
from tests.drills.real_phone import Kept

REST_S = 0.2
MOST_UNSENT = 6  # while nobody answers, a drill need not pile up work for its end


class Keeper(threading.Thread):
    """One keeper and one phone; after `stop` it only sends what is left, until that is nothing."""

    def __init__(self, installation: Installation, keeper: int, address: tuple[str, int]) -> None:
        super().__init__(name=f"keeper-{keeper}")
        self.kept = Kept()
        self.outcomes: dict[str, int] = {}
        self.refused: list[Any] = []
        self.left: dict[str, str] = {}
        self.trouble: Exception | None = None
        self.address = address
        self._make = lambda: installation.phone(keeper, address)
        self._stop_keeping = threading.Event()
        self._give_up_s = float("inf")

    def run(self) -> None:
        """Keep a record, send, rest, and so on."""
        try:
            phone = self._make()  # here, because a phone belongs to its thread
            self.kept = phone.kept
            turn = 0
            while not self._stop_keeping.is_set() or phone.held():
                if time.monotonic() > self._give_up_s:
                    break
                if not self._stop_keeping.is_set() and len(phone.held()) < MOST_UNSENT:
                    turn += 1
                    _one_record(phone, turn)
                phone.address = self.address
                said = phone.sync()
                self.outcomes[said] = self.outcomes.get(said, 0) + 1
                time.sleep(REST_S)
            self.refused, self.left = phone.refused(), phone.held()
        except Exception as error:  # noqa: BLE001 - told by `finish`, in the test's own thread
            self.trouble = error

    def stop(self, within_s: float) -> None:
        """Keep nothing more; give up sending when it takes too long."""
        self._give_up_s = time.monotonic() + within_s
        self._stop_keeping.set()


def _one_record(phone: Any, turn: int) -> None:
    match turn % 3:
        case 0:
            phone.count(turn)
        case 1:
            phone.check_in(30_000)
        case _:
            phone.note(14_000, 120_000)


class Load:
    """Several keepers at once; within the block they work."""

    def __init__(
        self, installation: Installation, *addresses: tuple[str, int], phones: int
    ) -> None:
        self.keepers = [
            Keeper(installation, n % 2, addresses[n % len(addresses)]) for n in range(phones)
        ]

    def __enter__(self) -> Self:
        for keeper in self.keepers:
            keeper.start()
        return self

    def __exit__(self, *_: object) -> None:
        for keeper in self.keepers:
            keeper.stop(0)
        for keeper in self.keepers:
            keeper.join(60)

    def go_to(self, address: tuple[str, int], *, away_from: tuple[str, int]) -> None:
        """Whoever spoke to one machine speaks to another, as behind a proxy."""
        for keeper in self.keepers:
            if keeper.address == away_from:
                keeper.address = address

    def finish(self, within_s: float) -> None:
        """Let every phone send what it holds; what then still lies on one fails the drill."""
        for keeper in self.keepers:
            keeper.stop(within_s)
        for keeper in self.keepers:
            keeper.join(within_s + 60)
            if keeper.trouble:
                raise keeper.trouble
            assert not keeper.left, f"{keeper.refused or keeper.left}, {keeper.outcomes}"

    @property
    def kept(self) -> list[Kept]:
        """What every keeper saw saved."""
        return [keeper.kept for keeper in self.keepers]

    def __str__(self) -> str:
        records = sum(len(kept.events) for kept in self.kept)
        return f"{records} records and {sum(len(kept.photos) for kept in self.kept)} photos"
