"""Takes a table from a form, and keeps it between preview and import, a day, under its hash."""

import hashlib
import re
import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import IO, Any, TypeVar

from flask import request

from server.errors import Invalid, NotFound
from server.http.database import MOST_FILES_BYTES, own_transaction, takes_bodies_of

KEPT_FOR = timedelta(days=1)
PIECE = 1024 * 1024
TOKEN = re.compile(r"[0-9a-f]{64}")
LONGEST_NAME = 120
View = TypeVar("View", bound=Callable[..., Any])
GET_TEMPLATE = "请先下载模板，填好后再上传。"


def takes_table(view: View) -> View:
    """Mark a view that puts a table aside: opened without the write lock, for no row is written."""
    return takes_bodies_of(MOST_FILES_BYTES)(own_transaction(view))


def table_of_form(what: str, *, empty: str = GET_TEMPLATE) -> tuple[bytes, str]:
    """The bytes and the name of the table in a form; `what` is what it is called there (名单).

    `empty` says what to do about one without content. Raises Invalid import-empty.
    """
    file = request.files.get("file")
    if file is None or not file.filename:
        raise Invalid("import-empty", f"还没有选文件。请先选好{what}，再点预览。")
    content = file.read()
    if not content.strip():
        raise Invalid("import-empty", f"这个文件是空的。{empty}")
    return content, bare_name(file.filename)


def bare_name(given: str) -> str:
    """What a file is called, without the folders that some browsers send along."""
    return Path(given.replace("\\", "/")).name[-LONGEST_NAME:]


def name_told(usual: str) -> str:
    """What the file in hand was called, as address or form carry it on; else `usual`."""
    return request.values.get("file", "")[-LONGEST_NAME:] or usual


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
