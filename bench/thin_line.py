"""A village's thin line: every byte between phone and house passes, counted and slowly.

400 kbit/s each way, 200 ms to and fro, and every fiftieth packet is lost: what follows on its
connection waits until it has been sent again, as TCP makes it wait.
"""

import queue
import random
import socket
import threading
import time
from typing import Self

PACKET = 1400
LOST = 0.02
AGAIN_S = 0.4  # until the sender notices and sends once more


class _Lane:
    """One direction of the line: what all connections together may carry."""

    def __init__(self, bytes_per_s: float) -> None:
        self._rate, self._free, self._lock = bytes_per_s, 0.0, threading.Lock()
        self.carried = 0

    def arrival(self, size: int, delay_s: float) -> float:
        """Take so many bytes onto the line; when they are there, by the monotonic clock."""
        with self._lock:
            self.carried += size
            self._free = max(self._free, time.monotonic()) + size / self._rate
            return self._free + delay_s


class ThinLine:
    """Listens on a port of its own and passes each connection on to the house; `down` counts."""

    def __init__(
        self, house: str, *, kbit_s: float = 400, round_trip_s: float = 0.2, lost: float = LOST
    ) -> None:
        host, port = house.removeprefix("http://").split(":")
        self._house, self._delay, self._lost = (host, int(port)), round_trip_s / 2, lost
        self._up, self._down = _Lane(kbit_s * 125), _Lane(kbit_s * 125)
        self._chance = random.Random(4)

    def __enter__(self) -> Self:
        self._door = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._door.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._door.close()

    @property
    def down(self) -> int:
        """Bytes that the phone has received, headers and all."""
        return self._down.carried

    @property
    def up(self) -> int:
        """Bytes that the phone has sent."""
        return self._up.carried

    def _serve(self) -> None:
        while True:
            try:
                phone, _ = self._door.accept()
            except OSError:
                return
            house = socket.create_connection(self._house)
            for side in (phone, house):
                side.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._pump(phone, house, self._up)
            self._pump(house, phone, self._down)

    def _pump(self, source: socket.socket, target: socket.socket, lane: _Lane) -> None:
        waiting: queue.Queue[tuple[float, bytes]] = queue.Queue(64)

        def take() -> None:
            piece = b"begin"
            late = 0.0
            while piece:
                try:
                    piece = source.recv(PACKET)
                except OSError:
                    piece = b""
                there = lane.arrival(len(piece), self._delay)
                if self._chance.random() < self._lost:
                    there += AGAIN_S
                late = max(late, there)  # in order: nothing overtakes a lost packet
                waiting.put((late, piece))

        def give() -> None:
            piece = b"begin"
            while piece:
                due, piece = waiting.get()
                time.sleep(max(0.0, due - time.monotonic()))
                try:
                    if piece:
                        target.sendall(piece)
                    else:
                        target.shutdown(socket.SHUT_WR)
                except OSError:
                    return

        for work in (take, give):
            threading.Thread(target=work, daemon=True).start()
