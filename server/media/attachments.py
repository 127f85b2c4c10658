"""A paper that somebody hands in: its kind, told by its bytes, and its name."""

import re
from dataclasses import dataclass

from server.errors import Invalid
from server.media.apart.pictures import admit, rendition
from server.plain_text import plain_text

MOST_BYTES = 8 * 1024 * 1024
LONGEST_NAME = 120
LONGEST_SIDE = 4000  # pixels; more than any phone's paper needs to be read
QUALITY = 90  # of a photo that is written anew: a number on a sign stays readable
TYPES = {"pdf": "application/pdf", "jpeg": "image/jpeg", "png": "image/png"}
"""What may be handed in, and as what it is given out again."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that was looked at: `kind` is a key of TYPES, `name` what a person called it."""

    content: bytes
    kind: str
    name: str


def attachment(content: bytes, name: str, *, what: str, field: str) -> Attachment:
    """A PDF, JPEG or PNG as it came; `what` is what it is for (备案回执), `field` where it stood.

    Raises Invalid attachment-wrong (`fields`: the form's own) for anything else, also for a picture
    that cannot be opened.
    """
    if not content:
        raise _wrong(field, f"{what}的文件是空的，请重新选择。")
    if len(content) > MOST_BYTES:
        most = MOST_BYTES // 1024 // 1024
        raise _wrong(field, f"{what}的文件太大，最多{most}MB。请拍清楚后存小一点。")
    kind = _kind(content)
    if kind is None:
        raise _wrong(field, f"{what}只收PDF、JPG、PNG文件。请扫描或拍照后再交。")
    if kind != "pdf":
        try:
            admit(content)
        except Invalid as problem:
            raise _wrong(field, f"{what}的图片打不开，请重新拍照或扫描。") from problem
    return Attachment(content, kind, _named(name, kind))


def bare_picture(paper: Attachment) -> Attachment:
    """A picture without what the camera wrote into it: place, owner, model. A PDF as it is.

    It is turned upright, since what said so goes as well, and becomes a JPEG. Raises Invalid
    photo-truncated.
    """
    if paper.kind == "pdf":
        return paper
    content = rendition(paper.content, LONGEST_SIDE, quality=QUALITY)
    return Attachment(content, "jpeg", _named(paper.name, "jpeg"))


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


def _wrong(field: str, sentence: str) -> Invalid:
    return Invalid("attachment-wrong", sentence, fields={field: sentence})
