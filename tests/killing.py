"""Ends a child process while somebody waits for its answer, as a bomb would, or the system."""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def killed_while_asked(process: int, how: signal.Signals) -> Iterator[None]:
    """Within it the child does not come to an answer, and ends by this signal soon."""

    def end() -> None:
        os.kill(process, how)
        os.kill(process, signal.SIGCONT)

    os.kill(process, signal.SIGSTOP)
    thread = threading.Timer(0.2, end)
    thread.start()
    try:
        yield
    finally:
        thread.join()
