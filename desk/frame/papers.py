"""Papers that people hand in with a form, and how one is given out again: saved, never opened."""

from io import BytesIO
from typing import Any

from flask import request, send_file

from server.http.database import blobs_of
from server.media.attachments import TYPES, Attachment, attachment


def paper_of_form(field: str, *, what: str) -> Attachment | None:
    """The file of a form's field, looked at; None where none was chosen. Raises Invalid."""
    file = request.files.get(field)
    if file is None or not file.filename:
        return None
    return attachment(file.read(), file.filename, what=what)


def paper_out(sha256: str, *, kind: str, name: str) -> Any:
    """A kept paper as a file to be saved: no browser opens it within our pages."""
    with blobs_of().open(sha256) as kept:
        content = kept.read()
    answer = send_file(
        BytesIO(content), mimetype=TYPES[kind], as_attachment=True, download_name=name
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer
