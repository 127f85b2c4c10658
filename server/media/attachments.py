"""A paper that somebody hands in: its kind, told by its bytes, and its name."""

import re
from dataclasses import dataclass

from server.errors import Invalid
from server.media.pictures.images import admit
from server.plain_text import plain_text

MOST_BYTES = 8 * 1024 * 1024
LONGEST_NAME = 120
TYPES = {"pdf": "application/pdf", "jpeg": "image/jpeg", "png": "image/png"}
"""What may be handed in, and as what it is given out again."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that was looked at: `kind` is a key of TYPES, `name` what a person called it."""

    content: bytes
    kind: str
    name: str


def attachment(content: bytes, name: str, *, what: str) -> Attachment:
    """A PDF, JPEG or PNG as it came; `what` is what it is for (备案回执).

    Raises Invalid attachment-wrong for anything else, also for a picture that cannot be opened.
    """
    if not content:
        raise _wrong(f"{what}的文件是空的，请重新选择。")
    if len(content) > MOST_BYTES:
        raise _wrong(f"{what}的文件太大，最多{MOST_BYTES // 1024 // 1024}MB。请拍清楚后存小一点。")
    kind = _kind(content)
    if kind is None:
        raise _wrong(f"{what}只收PDF、JPG、PNG文件。请扫描或拍照后再交。")
    if kind != "pdf":
        try:
            admit(content)
        except Invalid as problem:
            raise _wrong(f"{what}的图片打不开，请重新拍照或扫描。") from problem
    return Attachment(content, kind, _named(name, kind))


def _kind(content: bytes) -> str | None:
    if content.startswith(b"%PDF-"):
        return "pdf" if b"%%EOF" in content[-2048:] else None
    if content.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    return "png" if content.startswith(b"\x89PNG\r\n\x1a\n") else None


def _named(name: str, kind: str) -> str:
    """The name without folders and signs that no file may have; an ending that tells its kind."""
    plain = re.sub(
        r'[\x00-\x1f\x7f<>:"/\\|?*]+', " ", plain_text(name.replace("\\", "/").split("/")[-1])
    )
    stem = re.sub(r"\.[A-Za-z0-9]{1,5}$", "", plain).strip(" .") or "文件"
    ending = {"jpeg": ".jpg"}.get(kind, f".{kind}")
    return stem[: LONGEST_NAME - len(ending)] + ending


def _wrong(sentence: str) -> Invalid:
    return Invalid("attachment-wrong", sentence, fields={"receipt": sentence})
