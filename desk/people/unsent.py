"""导入手机存出的文件: what a phone could not send comes in by hand, each record answered."""

from pathlib import Path
from typing import Any

from flask import Blueprint, current_app, redirect, request, url_for

from desk.frame.access import me
from desk.frame.pages import answering, done, page
from desk.frame.uploads import bare_name, keep_stream, name_told, upload_path
from server.errors import Conflict, Invalid, NotFound, Problem
from server.http import clock
from server.http.database import (
    blobs_of,
    own_transaction,
    own_write,
    session,
    settings_of,
    takes_bodies_of,
)
from server.http.guards import guard_desk
from server.http.rulebook import standards_here
from server.models.person import Person
from server.services.intake import unsent_imports
from server.services.intake.unsent_files import (
    CutLine,
    EndLine,
    Head,
    PhotoLine,
    RecordLine,
    read_head,
)
from server.services.intake.unsent_files import read_lines as lines_of
from server.services.intake.unsent_imports import Answered
from server.services.people.scope import OFFICE

blueprint = Blueprint("desk_unsent", __name__, url_prefix="/desk")
guard_desk(blueprint, *OFFICE)
LARGEST_FILE = 200 * 1024 * 1024
RESULTS = {
    "ok": "收下了",
    "merged": "收下了（同一天还有别人报）",
    "same": "早就收到过",
    "conflict": "没收下",
    "invalid": "没收下",
}


def _page(problem: Problem | None = None) -> Any:
    return page(
        "unsent.html",
        problem=problem,
        imports=[
            (made, whose, by, _sums(unsent_imports.answers_of(made)))
            for made, whose, by in unsent_imports.imports_of(session(), county=me().county)
        ],
        largest_mb=LARGEST_FILE // 1024**2,
    )


def _sums(answers: list[Answered]) -> dict[str, int]:
    """What came of a file, in figures."""
    return {
        "records": len(answers),
        "new": sum(one.result in ("ok", "merged") for one in answers),
        "same": sum(one.result == "same" for one in answers),
        "refused": sum(one.result in ("conflict", "invalid", "later") for one in answers),
        "photos_new": sum(one.photos_new for one in answers),
        "photos_same": sum(one.photos_same for one in answers),
        "photos_refused": sum(one.photos_refused for one in answers),
        "photos_missing": sum(one.photos_missing for one in answers),
    }


@blueprint.get("/unsent")
def unsent() -> Any:
    """The upload, and what was brought in before."""
    return _page()


@blueprint.post("/unsent/preview")
@own_transaction
@takes_bodies_of(LARGEST_FILE + 1024 * 1024)
def preview() -> Any:
    """What the file holds; nothing is changed yet."""
    with answering(_page, NotFound):
        file = request.files.get("file")
        if file is None or not file.filename:
            raise Invalid("import-empty", "还没有选文件。请先选好手机存出的文件，再点预览。")
        with file.stream as stream:
            token = keep_stream(settings_of().home, stream, person_id=me().id, now=clock.now())
        _looked_through(upload_path(settings_of().home, token, person_id=me().id))
    name = bare_name(file.filename)
    return redirect(url_for("desk_unsent.look_at", token=token, file=name), 303)


@blueprint.get("/unsent/preview/<token>")
def look_at(token: str) -> Any:
    """What the kept file holds, as often as it is asked; nothing is changed yet."""
    path = upload_path(settings_of().home, token, person_id=me().id)
    return page(
        "unsent_preview.html",
        found=_looked_through(path),
        kinds=unsent_imports.KINDS,
        token=token,
        filename=name_told("手机存出的文件"),
    )


def _looked_through(path: Path) -> unsent_imports.Preview:
    """What the kept file holds; one that cannot be taken in is not kept."""
    try:
        return unsent_imports.preview(
            session(), path, county=me().county, read_item=current_app.extensions["read_item"]
        )
    except Problem:
        path.unlink(missing_ok=True)
        raise


@blueprint.post("/unsent/import")
@own_transaction
def take_in() -> Any:
    """Receive every record and photo of the file as if the phone had sent it; again is safe."""
    token, by, now = request.form.get("token", ""), me(), clock.now()
    blobs_of().refuse_when_low()
    path = upload_path(settings_of().home, token, person_id=by.id)
    head = read_head(path)
    person = unsent_imports.owner_of(session(), head=head, county=by.county)
    answers, cut_at, complete = _receive(path, head, person)
    with own_write():
        made = unsent_imports.write_down(
            session(),
            head=head,
            person=person,
            answers=answers,
            cut_at=cut_at,
            complete=complete,
            sha256=token,
            name=request.form.get("filename", ""),
            by=by,
            now=now,
        )
    path.unlink(missing_ok=True)
    sums = _sums(answers)
    return done(
        f"导入完成：新收下 {sums['new']} 条记录、{sums['photos_new']} 张照片；"
        f"{sums['same']} 条早就收到过，{sums['refused']} 条没收下。",
        url_for("desk_unsent.one_import", import_id=made.id),
    )


def _receive(path: Path, head: Head, person: Person) -> tuple[list[Answered], int | None, bool]:
    """Take in line by line, each in a transaction of its own; where it was cut, whether whole."""
    answers: list[Answered] = []
    cut_at, complete = None, False
    for line in lines_of(path):
        match line:
            case RecordLine():
                with own_write():
                    answers.append(
                        unsent_imports.take_record(
                            session(),
                            line=line,
                            head=head,
                            person=person,
                            now=clock.now(),
                            ring=settings_of().plaque_keys,
                            standards=standards_here(),
                            read_item=current_app.extensions["read_item"],
                        )
                    )
            case PhotoLine():
                _receive_photo(line, person, answers[-1])
            case EndLine():
                complete = line.complete
            case CutLine():
                cut_at = line.line
    return answers, cut_at, complete


def _receive_photo(line: PhotoLine, person: Person, answered: Answered) -> None:
    """One photo, its bytes before its row; whatever is wrong with it is told with its record."""
    if line.content is None:
        unsent_imports.note_photo(answered, "missing")
        return
    if answered.result in ("conflict", "invalid"):
        unsent_imports.note_photo(answered, "refused")
        return
    try:
        content = unsent_imports.check_photo(session(), line=line, person=person)
        session().commit()
        if content is not None:
            blobs_of().put(content)
            with own_write():
                unsent_imports.take_photo(
                    session(), line=line, person=person, size=len(content), now=clock.now()
                )
    except (Invalid, Conflict, NotFound) as problem:
        unsent_imports.note_photo(answered, "refused", problem)
    else:
        unsent_imports.note_photo(answered, "same" if content is None else "new")


@blueprint.get("/unsent/<int:import_id>")
def one_import(import_id: int) -> Any:
    """How each record of one file was answered."""
    made = unsent_imports.import_of(session(), county=me().county, import_id=import_id)
    answers = unsent_imports.answers_of(made)
    return page(
        "unsent_import.html",
        made=made,
        whose=session().get_one(Person, made.person_id),
        by=session().get_one(Person, made.imported_by),
        answers=answers,
        sums=_sums(answers),
        kinds=unsent_imports.KINDS,
        results=RESULTS,
    )
