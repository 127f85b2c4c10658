"""Keeps an uploaded file between its preview and its import, for a day, under its own hash."""

import hashlib
import re
import secrets
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import IO

from server.errors import NotFound

KEPT_FOR = timedelta(days=1)
PIECE = 1024 * 1024
TOKEN = re.compile(r"[0-9a-f]{64}")


def keep_upload(home: Path, content: bytes, *, person_id: int, now: datetime) -> str:
    """Put a table aside and answer the token under which this person finds it again."""
    return keep_stream(home, BytesIO(content), person_id=person_id, now=now)


def keep_stream(home: Path, stream: IO[bytes], *, person_id: int, now: datetime) -> str:
    """The same for a file of any size, which is never in memory as a whole."""
    folder = home / "uploads"
    folder.mkdir(mode=0o700, exist_ok=True)
    for old in folder.iterdir():
        if datetime.fromtimestamp(old.stat().st_mtime, UTC) < now - KEPT_FOR:
            old.unlink(missing_ok=True)
    fresh = folder / f"{person_id}.{secrets.token_hex(8)}"
    digest = hashlib.sha256()
    try:
        with fresh.open("wb") as file:
            while piece := stream.read(PIECE):
                digest.update(piece)
                file.write(piece)
        token = digest.hexdigest()
        fresh.replace(folder / f"{person_id}-{token}")
    finally:
        fresh.unlink(missing_ok=True)
    return token


def kept_upload(home: Path, token: str, *, person_id: int) -> bytes:
    """The table behind a token of this person; raises NotFound (upload-gone)."""
    return upload_path(home, token, person_id=person_id).read_bytes()


def upload_path(home: Path, token: str, *, person_id: int) -> Path:
    """Where the file behind a token of this person lies; raises NotFound (upload-gone)."""
    path = home / "uploads" / f"{person_id}-{token}"
    if not TOKEN.fullmatch(token) or not path.is_file():
        raise NotFound("upload-gone", "刚才上传的文件已经不在了。请重新选择文件，再预览一次。")
    return path
