"""Papers that people hand in with a form, and how papers are given out: saved, never opened."""

from collections.abc import Iterable
from io import BytesIO
from typing import Any
from urllib.parse import quote

from flask import Response, request, send_file

from server.errors import Invalid
from server.http import clock
from server.http.database import blobs_of
from server.media.attachments import TYPES, Attachment, attachment, bare_picture
from server.media.zips import Entry, zip_stream


def paper_of_form(field: str, *, what: str) -> Attachment | None:
    """The file of a form's field, looked at; None where none was chosen. Raises Invalid."""
    file = request.files.get(field)
    if file is None or not file.filename:
        return None
    return attachment(file.read(), file.filename, what=what, field=field)


def papers_of_form(field: str, *, what: str, most: int) -> list[Attachment]:
    """All files of a form's field, looked at, pictures bare. Raises Invalid attachment-wrong."""
    files = [one for one in request.files.getlist(field) if one.filename]
    if len(files) > most:
        sentence = f"{what}一次最多{most}份，您选了{len(files)}份。请少选几份，别的下一步再补。"
        raise Invalid("attachment-wrong", sentence, fields={field: sentence})
    return [
        bare_picture(attachment(one.read(), one.filename or "", what=what, field=field))
        for one in files
    ]


def paper_out(sha256: str, *, kind: str, name: str) -> Any:
    """A kept paper as a file to be saved: no browser opens it within our pages."""
    with blobs_of().open(sha256) as kept:
        content = kept.read()
    answer = send_file(
        BytesIO(content), mimetype=TYPES[kind], as_attachment=True, download_name=name
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
