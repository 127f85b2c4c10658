"""What a copy says of itself, written last: without it, or not in accord with it, it is none."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from server.errors import Conflict
from server.services.backup.files import hashed, told, write_whole

FILE, PHOTOS = "manifest.json", "photos.txt"
DATABASE, SECRETS = "database.age", "secrets.age"
FORMAT = 1
UNFINISHED = ".part"


@dataclass(frozen=True)
class Manifest:
    """One whole copy. `began_at` is the moment of its data (UTC); sizes in bytes.

    `files` gives size and SHA-256 of each sealed file, `tables` rows by table, `heads` the ends of
    the chains written as anchors; `absent` are files that rows named and the
    machine had not whole.
    """

    began_at: datetime
    took_s: float
    engine: str
    step: str
    tables: dict[str, int]
    heads: tuple[str, ...]
    photos: int
    photo_bytes: int
    absent: tuple[str, ...]
    database_sha256: str
    files: dict[str, dict[str, Any]]
    format: int = FORMAT


def write(folder: Path, manifest: Manifest) -> None:
    """Write the last file of a copy."""
    said = asdict(manifest)
    said["began_at"] = manifest.began_at.isoformat()
    text = json.dumps({"content": said, "sha256": _sum(said)}, ensure_ascii=False, indent=1)
    write_whole(folder / FILE, text.encode())


def read(folder: Path) -> Manifest:
    """What a copy says of itself. Raises Conflict backup-damaged."""
    with told(folder):
        try:
            said = json.loads((folder / FILE).read_text(encoding="utf-8"))
            content = said["content"]
            if _sum(content) != said["sha256"]:
                raise ValueError(FILE)  # noqa: TRY301 - the same sentence as below
            if content["format"] != FORMAT:
                raise Conflict(
                    "backup-damaged",
                    f"备份 {folder.name} 是另一版程序写的。请用当时的程序恢复，再升级。",
                )
            lists = {name: tuple(content[name]) for name in ("heads", "absent")}
            began_at = datetime.fromisoformat(content["began_at"])
            return Manifest(**{**content, **lists, "began_at": began_at})
        except FileNotFoundError as error:
            raise Conflict(
                "backup-damaged", f"{folder.name} 没有做完，不能当备份用。请换一份。"
            ) from error
        except (ValueError, KeyError, TypeError) as error:
            raise Conflict(
                "backup-damaged", f"备份 {folder.name} 的清单坏了。请换一份备份。"
            ) from error


def photo_sizes(folder: Path, manifest: Manifest) -> dict[str, int]:
    """Size in bytes of every file in the store, by SHA-256. Raises Conflict backup-damaged."""
    proved(folder, manifest, PHOTOS)
    with told(folder):
        lines = (folder / PHOTOS).read_text().splitlines()
    return {key: int(size) for key, size in (line.split() for line in lines)}


def proved(folder: Path, manifest: Manifest, name: str) -> None:
    """Hold one file of a copy against the manifest. Raises Conflict backup-damaged."""
    with told(folder):
        try:
            found = hashed(folder / name)
        except FileNotFoundError as error:
            raise Conflict(
                "backup-damaged", f"备份 {folder.name} 少了 {name}。请换一份备份。"
            ) from error
    if {"size": found.size, "sha256": found.sha256} != manifest.files[name]:
        raise Conflict(
            "backup-damaged", f"备份 {folder.name} 的 {name} 坏了，和清单对不上。请换一份备份。"
        )


def whole_copies(sets: Path) -> list[Path]:
    """The folders of finished copies, the oldest first."""
    with told(sets):
        if not sets.is_dir():
            return []
        found = (one for one in sets.iterdir() if one.is_dir() and one.suffix != UNFINISHED)
        return sorted(one for one in found if (one / FILE).exists())


def _sum(content: Mapping[str, Any]) -> str:
    text = json.dumps(content, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
