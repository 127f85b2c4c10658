"""Papers that people hand in with a form, and how papers are given out: saved, never opened."""

from collections.abc import Callable, Iterable
from io import BytesIO
from typing import Any, TypeVar
from urllib.parse import quote

from flask import Response, g, request, send_file

from desk.frame.access import county_of_desk, me
from server.calendar import moment_text
from server.errors import Invalid
from server.http import clock
from server.http.database import MOST_FILES_BYTES, blobs_of, looks_first, session, takes_bodies_of
from server.http.downloads import DOCX, PDF, XLSX
from server.media.attachments import TYPES, Attachment, attachment, bare_picture
from server.media.zips import Entry, zip_stream
from server.services.common import chain

MADE = {"pdf": PDF, "docx": DOCX, "xlsx": XLSX, "csv": "text/csv; charset=utf-8"}
"""What our own papers and tables are, by the ending of their names."""
View = TypeVar("View", bound=Callable[..., Any])


Looked = list[Attachment] | Invalid


def takes_papers(
    field: str, *, what: str, most: int = 1, bare: bool = False
) -> Callable[[View], View]:
    """Mark a view that takes papers in a form's field: they are opened before the write lock.

    `most` at once, `what` they are for; `bare`: pictures lose what the camera wrote into them.
    """

    def mark(view: View) -> View:
        return takes_bodies_of(MOST_FILES_BYTES)(looks_first(look)(view))

    def look() -> None:
        found = g.setdefault("papers_looked_at", {})
        found[field] = _looked_at(field, what=what, most=most, bare=bare)

    return mark


DEMO = "演示数据"


def anchor_now() -> str:
    """For the foot of a table that leaves the house: of which minute it is, and the chain's anchor.

    Two tables of one list that differ were taken at different times, and a page is not the file.
    """
    now = clock.now()
    demo = DEMO if county_of_desk().demo else ""
    anchor = chain.foot(session(), county=me().county, at=now)
    return "　".join(filter(None, (demo, f"{moment_text(now)}导出", anchor)))


def table_out(content: bytes, name: str) -> Any:
    """A table of the county under its name, which says so where the county is a demonstration."""
    return made_out(content, f"{DEMO}-{name}" if county_of_desk().demo else name)


def paper_of_form(field: str, *, what: str) -> Attachment | None:
    """The file of a form's field, looked at; None where none was chosen. Raises Invalid."""
    found = _taken(field, what=what, most=1, bare=False)
    return found[0] if found else None


def papers_of_form(field: str, *, what: str, most: int) -> list[Attachment]:
    """All files of a form's field, looked at, pictures bare. Raises Invalid attachment-wrong."""
    return _taken(field, what=what, most=most, bare=True)


def _taken(field: str, *, what: str, most: int, bare: bool) -> list[Attachment]:
    looked: dict[str, Looked] = g.get("papers_looked_at", {})
    # Nothing was looked at for a form that is shown again.
    again = field not in looked
    found = _looked_at(field, what=what, most=most, bare=bare) if again else looked[field]
    if isinstance(found, Invalid):
        raise found
    return found


def _looked_at(field: str, *, what: str, most: int, bare: bool) -> Looked:
    """The papers, or why they are refused: that is said where the form is answered."""
    files = [one for one in request.files.getlist(field) if one.filename]
    if len(files) > most:
        sentence = f"{what}一次最多{most}份，您选了{len(files)}份。请少选几份，别的下一步再补。"
        return Invalid("attachment-wrong", sentence, fields={field: sentence})
    try:
        papers = [
            attachment(one.read(), one.filename or "", what=what, field=field) for one in files
        ]
        return [bare_picture(one) for one in papers] if bare else papers
    except Invalid as problem:
        return problem


def paper_out(sha256: str, *, kind: str, name: str) -> Any:
    """A kept paper as a file to be saved: no browser opens it within our pages."""
    with blobs_of().open(sha256) as kept:
        content = kept.read()
    answer = send_file(
        BytesIO(content), mimetype=TYPES[kind], as_attachment=True, download_name=name
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


def made_out(content: bytes, name: str, *, saved: bool = False) -> Any:
    """A paper or table under its name, whose ending says what it is.

    A PDF opens in a page of its own unless it is to be `saved` (as what others made always is),
    all else is saved; no browser keeps it.
    """
    ending = name.rpartition(".")[2].lower()
    answer = send_file(
        BytesIO(content),
        mimetype=MADE.get(ending, "application/octet-stream"),
        as_attachment=saved or ending != "pdf",
        download_name=name,
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


def zip_out(entries: Iterable[Entry], name: str) -> Response:
    """Files as a ZIP of this name that is sent while it is made."""
    answer = Response(zip_stream(entries, at=clock.now()), mimetype="application/zip")
    # A header takes no Chinese: the name goes along as RFC 5987 has it.
    named = f"attachment; filename=files.zip; filename*=UTF-8''{quote(name, safe='')}"
    answer.headers["Content-Disposition"] = named
    answer.headers["Cache-Control"] = "no-store"
    return answer
