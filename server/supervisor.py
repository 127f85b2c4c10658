"""Keeps child processes running: brings back whoever dies, and leaves nobody behind."""

import ctypes
import errno
import os
import pickle
import signal
import socket
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import NoReturn

import structlog

from server.errors import Conflict, Invalid

FIRST_PAUSE_S = 0.2
LONGEST_PAUSE_S = 10.0
SETTLED_S = 10.0  # a child that lived this long has started well; its next pause is short again
HOPELESS_STARTS = 5  # this many failed starts in a row, and there is no use in trying on
GRACE_S = 10.0
PR_SET_PDEATHSIG = 1
GO = "CZT_GO_FD"  # names the pipe of wait_for_go; set by `run`, never by people
Mask = set[int | signal.Signals]
WATCHED: Mask = {signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD}

log = structlog.get_logger()


@dataclass(frozen=True)
class Child:
    """A program to keep running.

    `passes` are open file descriptors that it inherits. `delay_s` holds back its first start, for
    what people are not waiting for.
    """

    name: str
    command: Sequence[str]
    passes: tuple[int, ...] = ()
    delay_s: float = 0.0


@dataclass
class _Post:
    """One child's place: the process in it, or when to fill it again."""

    child: Child
    process: subprocess.Popen[bytes] | None = None
    started_s: float = 0.0
    start_again_s: float = 0.0
    pause_s: float = FIRST_PAUSE_S
    failed_starts: int = 0


@dataclass
class Supervisor:
    """Runs children until SIGTERM, SIGINT or SIGHUP; `run` gives the exit code."""

    children: Sequence[Child]
    prepare: Callable[[], None]
    grace_s: float = GRACE_S
    _posts: list[_Post] = field(default_factory=list, init=False)

    def run(self) -> int:
        """Start all children, prepare, bring back the dead; 0 after a stop, 1 without hope."""
        watched = WATCHED.copy()
        if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:  # under nohup
            watched.remove(signal.SIGHUP)
        usual: Mask = set(signal.pthread_sigmask(signal.SIG_BLOCK, []))
        before = {number: signal.getsignal(number) for number in watched - {signal.SIGCHLD}}
        for number in before:  # while preparing, each of them stops us in the same good order
            signal.signal(number, signal.default_int_handler)
        now = time.monotonic()
        self._posts = [_Post(child, start_again_s=now + child.delay_s) for child in self.children]
        try:
            self._look_after_all(usual)
            self.prepare()
            # Blocked signals wait for sigtimedwait, so none can come at an awkward moment.
            signal.pthread_sigmask(signal.SIG_BLOCK, watched)
            while self._look_after_all(usual):
                came = signal.sigtimedwait(watched, self._until_next_start())
                if came is not None and came.si_signo != signal.SIGCHLD:
                    return 0
        except KeyboardInterrupt:  # while preparing
            return 0
        else:
            return 1
        finally:
            signal.pthread_sigmask(signal.SIG_BLOCK, watched)
            self._stop_all(watched)
            for number, handler in before.items():
                signal.signal(number, handler)
            signal.pthread_sigmask(signal.SIG_SETMASK, usual)

    def _look_after_all(self, mask: Mask) -> bool:
        """Notice deaths and fill vacant places; False when a child cannot be started at all."""
        for post in self._posts:
            self._look_after(post, mask)
        return all(post.failed_starts < HOPELESS_STARTS for post in self._posts)

    def _look_after(self, post: _Post, mask: Mask) -> None:
        """Notice a death; start whoever is due."""
        now = time.monotonic()
        if post.process is not None and post.process.poll() is not None:
            self._take_leave(post, now)
        if post.process is None and now >= post.start_again_s:
            post.process = subprocess.Popen(  # noqa: S603 - our own programs
                post.child.command,
                stdin=subprocess.DEVNULL,
                pass_fds=post.child.passes,
                preexec_fn=_ready_child(mask),  # noqa: PLW1509 - this process has one thread
            )
            post.started_s = now
            log.info("child started", child=post.child.name, pid=post.process.pid)

    def _take_leave(self, post: _Post, now: float) -> None:
        """Write down a death and when to start again, the longer the more often it happens."""
        assert post.process is not None  # noqa: S101 - the caller saw it die
        code = post.process.returncode
        settled = now - post.started_s >= SETTLED_S
        post.failed_starts = post.failed_starts + 1 if code > 0 and not settled else 0
        post.pause_s = FIRST_PAUSE_S if settled else min(post.pause_s * 2, LONGEST_PAUSE_S)
        post.start_again_s = now + post.pause_s
        post.process = None
        log.warning("child died", child=post.child.name, code=code, again_in_s=post.pause_s)
        if post.failed_starts >= HOPELESS_STARTS:
            log.error("child cannot start, giving up", child=post.child.name, code=code)

    def _until_next_start(self) -> float:
        """Seconds until a vacant place is to be filled; half a second at most, as a safety net."""
        vacant = [post.start_again_s for post in self._posts if post.process is None]
        return max(0.0, min([0.5, *(at - time.monotonic() for at in vacant)]))

    def _stop_all(self, watched: Mask) -> None:
        """Ask all children to stop, and kill whoever has not after the grace or a second signal."""
        living = [post.process for post in self._posts if post.process is not None]
        for process in living:
            process.terminate()
        deadline = time.monotonic() + self.grace_s
        while any(process.poll() is None for process in living):
            left = deadline - time.monotonic()
            came = signal.sigtimedwait(watched, max(0.0, min(left, 0.2)))
            if left <= 0 or (came is not None and came.si_signo == signal.SIGINT):
                break
        for process in living:
            if process.poll() is None:
                log.warning("child killed", pid=process.pid)
                process.kill()
            process.wait()


def run_all(
    children: Sequence[Child],
    *,
    prepare: Callable[[], None] = lambda: None,
    grace_s: float = GRACE_S,
) -> int:
    """Keep these children running until told to stop; 0 after a stop, 1 when one cannot start.

    `prepare` runs once, while the children load their code; what it raises stops everything.
    """
    return Supervisor(children, prepare, grace_s).run()


def done_apart(work: Callable[[], None]) -> None:
    """Do something in a copy of this process, with which goes all that was loaded for it.

    Raises what the work raised. For a process with one thread, before it has long to live.
    """
    hears, tells = os.pipe()
    copy = os.fork()
    if copy == 0:
        os.close(hears)
        _work_and_end(work, tells)
    os.close(tells)
    try:
        with os.fdopen(hears, "rb") as raised:
            error = raised.read()
        _, status = os.waitpid(copy, 0)
    except BaseException:  # told to stop
        os.kill(copy, signal.SIGTERM)
        os.waitpid(copy, 0)
        raise
    if error:
        raise pickle.loads(error)  # noqa: S301 - our own copy wrote it
    if status:
        raise RuntimeError(f"a copy of this process ended with {status}")


def _work_and_end(work: Callable[[], None], tells: int) -> NoReturn:
    """What the copy does; it never comes back to what its parent was about."""
    die_with_parent(signal.SIGTERM)
    code = 1
    try:
        work()
        code = 0
    except KeyboardInterrupt:
        pass
    except Exception as error:  # noqa: BLE001 - the parent raises it
        try:
            told = pickle.dumps(error)
            pickle.loads(told)  # noqa: S301 - some cannot be made again from what they keep
        except Exception:  # noqa: BLE001
            told = pickle.dumps(RuntimeError("".join(traceback.format_exception(error))))
        with os.fdopen(tells, "wb") as parent:
            parent.write(told)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def wait_for_go() -> None:
    """Wait, in a child, until `run` has prepared the house: until the pipe it gave us is closed."""
    given = os.environ.get(GO)
    if given:
        os.read(int(given), 1)


HANDED_OVER = 3
"""The first file that systemd hands over, by sd_listen_fds(3)."""


def die_with_parent(number: signal.Signals) -> None:
    """Have the kernel send this process a signal when its parent dies, however it dies."""
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, int(number), 0, 0, 0)


def listen(host: str, port: int) -> socket.socket:
    """Open the port here, so that connections wait, not fail, while a web process is replaced.

    A service manager that has opened it before us (systemd's socket units) goes on holding it
    while the whole house is replaced: then nobody is turned away, whatever `host` and `port` say.
    Raises Conflict when another program has the port, Invalid when the address cannot be used.
    """
    if os.environ.get("LISTEN_PID") == str(os.getpid()):
        for name in ("LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"):
            os.environ.pop(name, None)
        return socket.socket(fileno=HANDED_OVER)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    opened = socket.socket(family, socket.SOCK_STREAM)
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        opened.bind((host, port))
        opened.listen(1024)
    except OSError as error:
        opened.close()
        if isinstance(error, PermissionError):
            raise Invalid(
                "port-forbidden",
                f"没有权限使用端口 {port}。请换一个 1024 以上的端口，例如 CZT_PORT=8000。",
            ) from error
        if error.errno == errno.EADDRINUSE:
            raise Conflict(
                "port-taken",
                f"端口 {port} 已被别的程序占用，村站通可能已经在运行。"
                f"请先停掉它，或换一个端口：CZT_PORT={port + 1} make run",
            ) from error
        raise Invalid(
            "address-unusable", f"地址 {host}:{port} 用不了（{error.strerror}）。请检查 CZT_HOST。"
        ) from error
    return opened


def _ready_child(mask: Mask) -> Callable[[], None]:
    """What a child does before its program starts: usual signals, and no life after its parent."""
    parent = os.getpid()

    def ready() -> None:
        die_with_parent(signal.SIGTERM)
        if os.getppid() != parent:  # it died before the line above
            os._exit(1)
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)

    return ready


def python_program(*arguments: str) -> list[str]:
    """Build the command line of a Python module run by this very interpreter."""
    return [sys.executable, "-m", *arguments]
