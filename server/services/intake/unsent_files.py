"""Reads the file into which a phone saved what it could not send, line by line (decision 0007)."""

import base64
import binascii
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO
from uuid import UUID

from server.errors import Invalid
from server.media.pictures.admission import MAX_BYTES

KIND = "cunzhantong-unsent"
OLD_KIND = "村站通 没交上去的记录"  # what the first release wrote, without ids of person and phone
VERSION = 1
LONGEST_LINE = MAX_BYTES * 4 // 3 + 64 * 1024  # the largest photo in Base64, and its words
STATES = {"waiting": "还没交", "announced": "照片没传完", "attention": "没收下"}


@dataclass(frozen=True)
class Head:
    """Whose file it is, from which phone, and what the phone's clock said of itself."""

    county: str
    person_id: int
    person_name: str
    device_id: str
    device_label: str
    made_at: datetime | None
    clock_offset_ms: int | None


@dataclass(frozen=True)
class RecordLine:
    """One record as the phone would have sent it; `why` is what the server had said against it."""

    line: int
    raw: Mapping[str, Any]
    state: str
    why: str


@dataclass(frozen=True)
class PhotoLine:
    """One photo of the record before it; `content` is None where the phone had it no more.

    `sound` is false where the bytes are not those that the record announces.
    """

    line: int
    id: UUID
    of: str
    sha256: str
    content: bytes | None
    sound: bool = True


@dataclass(frozen=True)
class EndLine:
    """The last line; `complete` where it agrees with all that was read."""

    line: int
    complete: bool


@dataclass(frozen=True)
class CutLine:
    """Where reading had to end: what stands before this line is whole, the rest cannot be read."""

    line: int


Line = RecordLine | PhotoLine | EndLine | CutLine


def read_head(path: Path) -> Head:
    """The first line.

    Raises `Invalid`: unsent-file-foreign, unsent-file-old, unsent-file-version.
    """
    with path.open("rb") as file:
        return _head(file)


def read_lines(path: Path) -> Iterator[Line]:
    """Everything after the head, one photo in memory at a time; ends with EndLine or CutLine.

    Raises as `read_head`.
    """
    with path.open("rb") as file:
        _head(file)
        yield from _lines(file)


def _head(file: BinaryIO) -> Head:
    first = _next_object(file)
    what = first.get("what") if first else None
    if what == OLD_KIND:
        raise Invalid(
            "unsent-file-old",
            "这是旧版手机页面存出的文件，里面没有写是哪部手机。请让站长打开手机页面（会自动更新），"
            "再存一次。手机里的记录还在。",
        )
    if first is None or what != KIND:
        raise Invalid(
            "unsent-file-foreign",
            "这不是村站通手机存出的文件，或者开头坏了。请让站长在手机上“存成文件”，把那个文件原样发来。",
        )
    if first.get("version") != VERSION:
        raise Invalid(
            "unsent-file-version",
            "这个文件是更新的手机页面存出的，本系统还不认识。请先升级村站通，再导入。",
        )
    person = first.get("person")
    if not isinstance(person, dict) or not _is_row_id(person.get("id")):
        raise Invalid("unsent-file-foreign", "文件的开头没有写是谁的。请让站长在手机上重新存一次。")
    offset = first.get("clock_offset_ms")
    return Head(
        county=printable(first.get("county", ""), 6),
        person_id=person["id"],
        person_name=printable(person.get("name", ""), 40),
        device_id=printable(first.get("device_id", ""), 64),
        device_label=printable(first.get("device_label", ""), 80),
        made_at=_moment(first.get("made_at")),
        clock_offset_ms=offset if type(offset) is int and abs(offset) < 10**13 else None,
    )


def _lines(file: BinaryIO) -> Iterator[Line]:
    number, records, photos, missing = 1, 0, 0, 0
    seen = hashlib.sha256()
    record_id = ""
    while True:
        number += 1
        found = _next_object(file)
        if found is None:
            yield CutLine(number)
            return
        if found.get("end") is True:
            told = tuple(found.get(name) for name in ("records", "photos", "missing", "sha256"))
            read = (records, photos, missing, seen.hexdigest())
            yield EndLine(number, complete=told == read)
            return
        record, photo = found.get("record"), found.get("photo")
        if isinstance(record, dict) and isinstance(record.get("id"), str):
            record_id = record["id"]
            records += 1
            seen.update(f"{record_id}\n".encode(errors="replace"))
            why = found.get("why")
            yield RecordLine(
                number,
                record,
                printable(found.get("state", ""), 20),
                printable(why.get("message") or "", 400) if isinstance(why, dict) else "",
            )
        elif isinstance(photo, dict) and (read_photo := _photo(number, photo)) is not None:
            if not records or read_photo.of != record_id:
                yield CutLine(number)
                return
            if read_photo.content is None:
                missing += 1
            else:
                photos += 1
                seen.update(f"{read_photo.sha256}\n".encode())
            yield read_photo
        else:
            yield CutLine(number)
            return


def _photo(number: int, photo: Mapping[str, Any]) -> PhotoLine | None:
    """A photo's line; None where it cannot be read at all."""
    try:
        photo_id = UUID(str(photo["id"]))
        of, sha256 = str(photo["of"]), str(photo["sha256"])
        if photo.get("missing") is True:
            return PhotoLine(number, photo_id, of, sha256, None)
        content = base64.b64decode(photo["base64"], validate=True)
    except (KeyError, TypeError, ValueError, binascii.Error):
        return None
    sound = len(content) == photo.get("size") and hashlib.sha256(content).hexdigest() == sha256
    return PhotoLine(number, photo_id, of, sha256, content, sound)


def _next_object(file: BinaryIO) -> dict[str, Any] | None:
    """The next line as a JSON object; None at the end, or where it was cut or changed."""
    text = file.readline(LONGEST_LINE + 1)
    if not text.endswith(b"\n") and len(text) > LONGEST_LINE:
        return None
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def printable(value: Any, longest: int) -> str:
    """What a file says as a text that every database keeps and every screen shows."""
    return "".join(filter(str.isprintable, str(value)[: 4 * longest]))[:longest]


def _is_row_id(value: Any) -> bool:
    return type(value) is int and 0 < value < 2**31


def _moment(text: Any) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
        known = moment.astimezone(UTC) if moment.tzinfo else None
    except (TypeError, ValueError, OverflowError):
        return None
    # A phone's clock may say anything; what no calendar here can show is as good as nothing.
    return known if known is not None and 1970 <= known.year < 2200 else None
