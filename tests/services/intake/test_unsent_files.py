"""Reading what a phone saved: whole lines only, each photo proving itself, no guessing."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from server.errors import Invalid
from server.models.person import Person, Role
from server.services.intake.unsent_files import (
    CutLine,
    EndLine,
    Line,
    PhotoLine,
    RecordLine,
    read_head,
    read_lines,
)
from tests.api.events import count, jpeg, note
from tests.api.events import photo as announced
from tests.unsent_file import file_of, head, photo, record

LI = Person(id=7, county="140926", name="老李", role=Role.KEEPER)
Kept = Callable[[bytes], Path]


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    def write(content: bytes) -> Path:
        path = tmp_path / "file.txt"
        path.write_bytes(content)
        return path

    return write


def whole() -> tuple[bytes, bytes]:
    """A file of a note with one photo and a lost one, and a count; and the photo's bytes."""
    content = jpeg()
    here, lost = announced(content), announced(jpeg(90))
    taken = note(3, here, lost)
    lines = (record(taken), photo(here, taken, content), photo(lost, taken, None))
    return file_of(LI, *lines, record(count(3), "attention", {"message": "太多了"})), content


def kinds(lines: list[Line]) -> list[type[Any]]:
    return [type(line) for line in lines]


def test_a_whole_file_is_read_line_by_line(kept: Kept) -> None:
    file, content = whole()

    found = read_head(kept(file))
    lines = list(read_lines(kept(file)))

    assert (found.person_id, found.person_name, found.device_id) == (7, "老李", "phone-1")
    assert found.made_at == datetime(2026, 7, 3, 1, 2, 3, tzinfo=UTC)
    assert kinds(lines) == [RecordLine, PhotoLine, PhotoLine, RecordLine, EndLine]
    assert [line.content for line in lines if isinstance(line, PhotoLine)] == [content, None]
    assert [line.why for line in lines if isinstance(line, RecordLine)] == ["", "太多了"]
    assert lines[-1] == EndLine(6, complete=True)


def test_a_file_cut_anywhere_gives_whole_lines_and_says_where_it_broke(kept: Kept) -> None:
    file, _ = whole()
    ends = [at for at, byte in enumerate(file) if byte == ord("\n")]
    for cut in {
        *range(ends[0] + 1, len(file) - 1, 501),
        *ends[1:-1],
        *(at + 1 for at in ends[:-1]),
    }:
        lines = list(read_lines(kept(file[:cut])))

        whole_lines = sum(at <= cut for at in ends)  # a line whose newline alone is lost is whole
        assert lines[-1] == CutLine(whole_lines + 1), cut
        assert all(line.sound for line in lines if isinstance(line, PhotoLine))


def test_an_end_that_counts_otherwise_is_told(kept: Kept) -> None:
    lines = [json.loads(line) for line in whole()[0].splitlines()]
    lines.remove(lines[3])  # the photo that is missing anyway

    found = list(read_lines(kept("".join(json.dumps(line) + "\n" for line in lines).encode())))

    assert found[-1] == EndLine(5, complete=False)


def test_a_photo_whose_bytes_changed_is_not_sound(kept: Kept) -> None:
    content = jpeg()
    here = announced(content)
    taken = note(3, here)
    file = file_of(LI, record(taken), photo(here, taken, content[:-9] + b"otherwise"))

    [_, found, _] = read_lines(kept(file))

    assert isinstance(found, PhotoLine)
    assert not found.sound


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "unsent-file-foreign"),
        (b"\x89PNG\r\n\x1a\n" + bytes(99), "unsent-file-foreign"),
        (b"[" * 99_999, "unsent-file-foreign"),
        (b'{"what": "other"}\n', "unsent-file-foreign"),
        (json.dumps({"what": "村站通 没交上去的记录", "records": []}).encode(), "unsent-file-old"),
        (json.dumps(head(LI, version=2)).encode() + b"\n", "unsent-file-version"),
        (json.dumps(head(LI, person="老李")).encode() + b"\n", "unsent-file-foreign"),
        (json.dumps(head(LI, person={"id": 2**40})).encode() + b"\n", "unsent-file-foreign"),
    ],
)
def test_what_no_phone_of_ours_saved_is_refused_in_words(
    kept: Kept, content: bytes, code: str
) -> None:
    with pytest.raises(Invalid, match="。") as refused:
        read_head(kept(content))

    assert refused.value.code == code


@pytest.mark.parametrize(
    "line",
    [
        {"record": {"no": "id"}},
        {"record": "text"},
        {"photo": {"id": "no uuid", "of": "x", "sha256": "y", "base64": ""}},
        {"photo": {"id": "7b2d5a52-1111-4222-8333-944444444444", "of": "another", "sha256": "y",
                   "base64": "AAAA"}},
        {"photo": {"id": "7b2d5a52-1111-4222-8333-944444444444", "of": "x", "sha256": "y",
                   "base64": "not base64!"}},
        {"something": "else"},
    ],
)  # fmt: skip
def test_reading_ends_at_the_first_line_that_makes_no_sense(
    kept: Kept, line: dict[str, Any]
) -> None:
    first_two = b"".join(file_of(LI, record(count(3))).splitlines(keepends=True)[:2])

    lines = list(read_lines(kept(first_two + json.dumps(line).encode() + b"\n")))

    assert kinds(lines) == [RecordLine, CutLine]
    assert lines[-1] == CutLine(3)
