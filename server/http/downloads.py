"""Whatever file somebody takes from the desk is written into the county's history."""

import csv
import io
from urllib.parse import unquote

from flask import Blueprint, Response, g, request

from server.http import clock
from server.http.database import own_write, session
from server.models.person import Person
from server.services.people.downloads import note_download
from server.services.people.scope import READS_ONLY

PDF = "application/pdf"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def note_downloads(blueprint: Blueprint) -> None:
    """After each answer of a desk blueprint: a file that goes out leaves its line.

    Of an auditor's tables it says how many rows they have. It is committed before the file leaves;
    where it cannot be written, the file is refused.
    """

    @blueprint.after_request
    def note(answer: Response) -> Response:
        person: Person | None = g.get("person")
        if person is None or not _is_file(answer):
            return answer
        answer.direct_passthrough = False  # a file on disk is read to be counted
        content = answer.get_data()
        with own_write():  # the reader of this page cannot become a writer (decision 0004)
            note_download(
                session(),
                by=person,
                name=_name(answer),
                holds=told(content, answer.mimetype if person.role in READS_ONLY else None),
                content=content,
                now=clock.now(),
            )
        return answer


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


def told(content: bytes, mimetype: str | None) -> str:
    """How much is in a file: rows of a table without its header, else its size."""
    if mimetype == XLSX:
        from openpyxl import load_workbook

        book = load_workbook(io.BytesIO(content), read_only=True)
        rows = sum(
            max(sum(any(cell is not None for cell in row) for row in sheet.values) - 1, 0)
            for sheet in book
        )
        return f"{rows}行"
    if mimetype == "text/csv":
        rows = sum(any(row) for row in csv.reader(io.StringIO(content.decode("utf-8-sig")))) - 1
        return f"{max(rows, 0)}行"
    return f"1份，{len(content)}字节"
