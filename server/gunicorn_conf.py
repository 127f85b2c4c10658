"""How gunicorn runs the two doors; named explicitly, so that no stray file is read instead."""

import signal
from typing import Any

from server.collector import let_rest, look_seldom
from server.supervisor import die_with_parent, wait_for_go

worker_class = "server.gate.worker.GateWorker"
sendfile = False  # what a reader takes slowly goes out by the gate, not by a thread
control_socket_disable = True
loglevel = "warning"  # every request has its own log line from server.http.watch
timeout = 120
graceful_timeout = 8  # below the supervisor's grace
keepalive = 5
umask = 0o077  # photos and database are for our own user alone
preload_app = True
"""The code is loaded once and shared: nothing that belongs to one process alone is made with the
application (connections, counters' files, children)."""

look_seldom()  # gunicorn reads this file before it loads the application


def when_ready(_server: Any) -> None:
    """What is loaded rests before it is shared: a collector that looks at it would copy it."""
    let_rest()


def post_fork(_server: Any, _worker: Any) -> None:
    """Let no web process outlive gunicorn's master, or old and new would serve side by side.

    Nobody is answered before the database stands; the code has been loaded meanwhile.
    """
    die_with_parent(signal.SIGKILL)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT):
        signal.signal(number, signal.SIG_DFL)  # gunicorn sets its own after this
    wait_for_go()
