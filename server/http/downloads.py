"""Whatever file somebody takes from the desk is written into the county's history."""

import csv
import hashlib
import io
from contextlib import ExitStack
from tempfile import SpooledTemporaryFile
from typing import IO
from urllib.parse import unquote

from flask import Blueprint, Response, g, request
from werkzeug.wsgi import FileWrapper

from server.http import clock
from server.http.database import own_write, session
from server.models.person import Person
from server.services.people.downloads import note_download
from server.services.people.scope import READS_ONLY

PDF = "application/pdf"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
IN_MEMORY = 1024 * 1024
PIECE = 64 * 1024
HOLDS = "file_holds"


def note_downloads(blueprint: Blueprint) -> None:
    """After each answer of a desk blueprint: a file that goes out leaves its line.

    Of an auditor's tables it says how many rows they have, or what the view told by `tell_of_file`.
    It is committed before the file leaves; where it cannot be written, the file is refused. What is
    large waits for that on the disk, never in memory.
    """

    @blueprint.after_request
    def note(answer: Response) -> Response:
        person: Person | None = g.get("person")
        if person is None or not _is_file(answer):
            return answer
        with ExitStack() as kept:
            held = kept.enter_context(SpooledTemporaryFile(max_size=IN_MEMORY))
            sha256, size = _put_aside(answer, held)
            table = answer.mimetype if person.role in READS_ONLY else None
            with own_write():  # the reader of this page cannot become a writer (decision 0004)
                note_download(
                    session(),
                    by=person,
                    name=_name(answer),
                    holds=g.pop(HOLDS, "") or told(held, size, table),
                    sha256=sha256,
                    now=clock.now(),
                )
            held.seek(0)
            if size <= IN_MEMORY:
                answer.set_data(held.read())
            else:
                answer.response = FileWrapper(held, PIECE)
                answer.content_length = size
                answer.call_on_close(kept.pop_all().close)  # it is sent after this function
        return answer


def tell_of_file(holds: str) -> None:
    """Say what the file of this answer holds, for the line that the history gets of it."""
    setattr(g, HOLDS, holds)


def _put_aside(answer: Response, held: IO[bytes]) -> tuple[str, int]:
    """Write an answer's bytes into `held`, back at its start; their SHA-256 and number."""
    answer.direct_passthrough = False  # a file on disk is read to be counted
    digest, size = hashlib.sha256(), 0
    for piece in answer.iter_encoded():
        digest.update(piece)
        size += held.write(piece)
    answer.close()
    held.seek(0)
    return digest.hexdigest(), size


def _is_file(answer: Response) -> bool:
    """Whether this answer is a file to keep and not a page, a picture or a redirect."""
    if answer.status_code != 200 or request.method != "GET":
        return False
    saved = answer.headers.get("Content-Disposition", "").startswith("attachment")
    return saved or answer.mimetype == "application/pdf"


def _name(answer: Response) -> str:
    """The file's own name, or else the last part of its address."""
    said = answer.headers.get("Content-Disposition", "")
    _, starred, coded = said.partition("filename*=UTF-8''")
    if starred:
        return unquote(coded.partition(";")[0])
    _, plain, name = said.partition("filename=")
    return name.partition(";")[0].strip('" ') if plain else request.path.rpartition("/")[2]


def told(held: IO[bytes], size: int, mimetype: str | None) -> str:
    """How much is in a file: rows of a table without its header, else its size."""
    if mimetype == XLSX:
        from openpyxl import load_workbook

        book = load_workbook(held, read_only=True)
        rows = sum(
            max(sum(any(cell is not None for cell in row) for row in sheet.values) - 1, 0)
            for sheet in book
        )
        return f"{rows}行"
    if mimetype == "text/csv":
        rows = sum(any(row) for row in csv.reader(io.StringIO(held.read().decode("utf-8-sig")))) - 1
        return f"{max(rows, 0)}行"
    return f"1份，{size}字节"
