"""`python -m server web`: only the web processes, for a service manager to watch."""

import argparse
import os

from server.settings import ROOT, Settings, settings_from
from server.supervisor import python_program


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add this command to the command line."""
    parser = subparsers.add_parser("web", help="只运行网页服务（由 systemd 等看管）")
    parser.set_defaults(func=run)


def run(_args: argparse.Namespace) -> int:
    """Become gunicorn; never returns."""
    settings = settings_from()
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    command = gunicorn_command(settings, f"{host}:{settings.port}")
    os.execv(command[0], command)  # noqa: S606 - our own program


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
