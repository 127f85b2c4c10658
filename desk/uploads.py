"""Keeps an uploaded table between its preview and its import, for a day, under its own hash."""

import hashlib
import re
import secrets
from datetime import UTC, datetime, timedelta
from pathlib import Path

from server.errors import NotFound

KEPT_FOR = timedelta(days=1)
TOKEN = re.compile(r"[0-9a-f]{64}")


def keep_upload(home: Path, content: bytes, *, person_id: int, now: datetime) -> str:
    """Put a table aside and answer the token under which this person finds it again."""
    folder = home / "uploads"
    folder.mkdir(mode=0o700, exist_ok=True)
    for old in folder.iterdir():
        if datetime.fromtimestamp(old.stat().st_mtime, UTC) < now - KEPT_FOR:
            old.unlink(missing_ok=True)
    token = hashlib.sha256(content).hexdigest()
    path = folder / f"{person_id}-{token}"
    fresh = path.with_suffix(f".{secrets.token_hex(4)}")
    fresh.write_bytes(content)
    fresh.replace(path)
    return token


def kept_upload(home: Path, token: str, *, person_id: int) -> bytes:
    """The table behind a token of this person; raises NotFound (upload-gone)."""
    path = home / "uploads" / f"{person_id}-{token}"
    if not TOKEN.fullmatch(token) or not path.is_file():
        raise NotFound("upload-gone", "刚才上传的表格已经不在了。请重新选择文件，再预览一次。")
    return path.read_bytes()
