"""`python -m server web`: only the web processes, for a service manager to watch."""

import argparse
import os
from pathlib import Path

from server.settings import ROOT, Settings, settings_from
from server.supervisor import python_program


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add this command to the command line."""
    parser = subparsers.add_parser("web", help="只运行网页服务（由 systemd 等看管）")
    parser.set_defaults(func=run)


def run(_args: argparse.Namespace) -> int:
    """Become gunicorn; never returns. Raises StandardError when a standard or a plan is broken."""
    settings = settings_from()
    read_rules(settings.standards)
    count_together(settings)
    share_memory()
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    command = gunicorn_command(settings, f"{host}:{settings.port}")
    os.execv(command[0], command)  # noqa: S606 - our own program


def count_together(settings: Settings) -> None:
    """Tell the processes to come where all of them count for /metrics."""
    os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", str(settings.metrics))


def share_memory() -> None:
    """Tell the processes to come to share few heaps between their threads.

    glibc gives each thread a heap of its own, and what it once took there it seldom gives back.
    """
    os.environ.setdefault("MALLOC_ARENA_MAX", "2")


def read_rules(folder: Path) -> None:
    """Read standards and plans once in vain: a broken one is one sentence here, not a traceback.

    The web processes would refuse it too, but each by itself and over and over.
    """
    from server.policy.plan.reading import programmes_in
    from server.policy.standard.standards import standards_in

    standards_in(folder)
    programmes_in(folder)


def gunicorn_command(settings: Settings, bind: str) -> list[str]:
    """Build gunicorn's command line; `bind` is HOST:PORT or fd://N for a socket already open."""
    return python_program(
        "gunicorn",
        "--config=python:server.gunicorn_conf",
        "--no-control-socket",
        f"--chdir={ROOT}",
        f"--bind={bind}",
        f"--workers={settings.web_processes}",
        f"--threads={settings.web_threads}",
        "wsgi:app",
    )
