"""Read what a camera wrote beside the picture: when, where, with what, and which way up."""

import contextlib
import re
import struct
import threading
import warnings
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from PIL import ExifTags, Image

# What Pillow's reader is known to raise on damaged EXIF; none of it is the photo's fault.
_DAMAGE = (
    OSError, SyntaxError, ValueError, TypeError, KeyError, IndexError, AttributeError,
    OverflowError, ZeroDivisionError, struct.error,
)  # fmt: skip

_TEXTS = {"make": ExifTags.Base.Make, "model": ExifTags.Base.Model,
          "software": ExifTags.Base.Software}  # fmt: skip
_LONGEST_TEXT = 64
_OFFSET = re.compile(r"[+-]\d\d:\d\d")
_quiet_lock = threading.Lock()


@contextlib.contextmanager
def quietly() -> Iterator[None]:
    """Keep Pillow's warnings about damaged metadata out of the log; they help nobody there.

    `warnings.catch_warnings` changes the whole process, hence the lock: hold it briefly.
    """
    with _quiet_lock, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def read_exif(image: Image.Image) -> dict[str, Any]:
    """The fields that say something about a photo, ready for JSON; {} when there are none.

    Most phones and WeChat strip them, so an empty answer is normal and proves nothing
    (ocr report, section 5). `taken_local` is the camera's own clock, without a zone unless
    `offset` stands beside it. A place is not read: nothing needs it, and nobody was asked.
    """
    fields: dict[str, Any] = {}
    try:
        with quietly():
            exif = image.getexif()
            camera = exif.get_ifd(ExifTags.IFD.Exif)
    except _DAMAGE:
        return fields
    for name, tag in _TEXTS.items():
        if text := _text(exif.get(tag)):
            fields[name] = text
    orientation = exif.get(ExifTags.Base.Orientation)
    if isinstance(orientation, int) and 1 <= orientation <= 8:
        fields["orientation"] = orientation
    for tag in (ExifTags.Base.DateTimeOriginal, ExifTags.Base.DateTime):
        if moment := _moment(camera.get(tag) or exif.get(tag)):
            fields["taken_local"] = moment
            break
    offset = _text(camera.get(ExifTags.Base.OffsetTimeOriginal))
    if offset and _OFFSET.fullmatch(offset):
        fields["offset"] = offset
    return fields


def orientation_of(image: Image.Image) -> int:
    """How the camera was held, 1 to 8 as EXIF counts; 1, upright, when it does not say."""
    try:
        with quietly():
            said = image.getexif().get(ExifTags.Base.Orientation)
    except _DAMAGE:
        return 1
    return said if isinstance(said, int) and 1 <= said <= 8 else 1


def _text(value: Any) -> str | None:
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    if not isinstance(value, str):
        return None
    shown = "".join(character for character in value if character.isprintable()).strip()
    return shown[:_LONGEST_TEXT] or None


def _moment(value: Any) -> str | None:
    text = _text(value)
    if text is None:
        return None
    try:
        return datetime.strptime(text[:19], "%Y:%m:%d %H:%M:%S").isoformat()  # noqa: DTZ007
    except ValueError:
        return None  # cameras without a set clock write 0000:00:00
