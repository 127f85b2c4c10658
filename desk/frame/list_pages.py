"""An office's own list (keepers, operators): looked at row by row, entered, and taken back."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, redirect, request, url_for

from desk.frame.access import county_of_desk, me
from desk.frame.marks import carries
from desk.frame.pages import answering, done, page
from desk.frame.papers import made_out
from desk.frame.uploads import keep_upload, kept_upload, name_told, table_of_form, takes_table
from server.errors import Conflict, Problem
from server.http import clock
from server.http.database import own_transaction, own_write, session, settings_of
from server.media.apart.tables import read_once
from server.models.sheet_import import ListKind, SheetImport
from server.services.common.list_imports import LineBack, import_of, imports_of
from server.services.common.list_plans import ListPlan, marked_list
from server.services.people.people import names_of


@dataclass(frozen=True, slots=True)
class ListPages:
    """One kind of list: its words, its columns in the preview, and the verbs behind it.

    `columns` name what the preview shows of a row, each with what it is read by; `notes` are the
    sentences behind a row. `under` is the page it belongs to, `then` what is to be done next and
    where. A list that cannot be taken back (money rests on it) has no `of`.
    """

    title: str
    whose: str
    say: str
    under: tuple[str, str]
    words: Mapping[str, str]
    columns: Sequence[tuple[str, Callable[[Any], str]]]
    notes: Callable[[Any], Sequence[str]]
    plan: Callable[..., ListPlan[Any]]
    enter: Callable[..., ListPlan[Any]]
    template: Callable[[], bytes]
    then: tuple[str, str]
    of: ListKind | None = None
    plan_undo: Callable[..., Sequence[LineBack]] | None = None
    undo: Callable[..., Sequence[LineBack]] | None = None

    @property
    def file_name(self) -> str:
        """What the list was called, as the address or the form says."""
        return name_told(f"{self.whose}名单")


def attach_list(blueprint: Blueprint, path: str, kind: ListPages) -> None:
    """Give a blueprint the pages of one kind of list, under `path`."""
    _attach_upload(blueprint, path, kind)
    _attach_preview(blueprint, path, kind)
    _attach_undo(blueprint, path, kind)


def _attach_upload(blueprint: Blueprint, path: str, kind: ListPages) -> None:
    name = blueprint.name

    def upload_page(problem: Problem | None = None) -> Any:
        return page(
            "list_upload.html",
            problem=problem,
            kind=kind,
            part_of=name,
            imports=imports_of(session(), county=me().county, kind=kind.of) if kind.of else [],
        )

    @blueprint.get(path)
    def upload_form() -> Any:
        """Where a list is chosen."""
        return upload_page()

    @blueprint.get(f"{path}/template.xlsx")
    def template() -> Any:
        """The empty list."""
        return made_out(kind.template(), f"{kind.whose}名单模板.xlsx")

    @blueprint.post(path)
    @takes_table
    def upload() -> Any:
        """Put the list aside and go on to its preview."""
        with answering(upload_page):
            content, called = table_of_form("名单")
            kind.plan(session(), county=county_of_desk(), content=content, filename=called)
        token = keep_upload(settings_of().home, content, person_id=me().id, now=clock.now())
        return redirect(url_for(f"{name}.preview", token=token, file=called), 303)


def _attach_preview(blueprint: Blueprint, path: str, kind: ListPages) -> None:
    name = blueprint.name

    def planned(token: str) -> ListPlan[Any]:
        return kind.plan(
            session(),
            county=county_of_desk(),
            content=_content(token),
            filename=kind.file_name,
        )

    def preview_page(token: str, problem: Problem | None = None) -> Any:
        plan, order = planned(token), list(kind.words)
        return page(
            "list_preview.html",
            problem=problem,
            kind=kind,
            part_of=name,
            plan=plan,
            rows=sorted(plan.rows, key=lambda row: (order.index(row.action), row.line)),
            token=token,
            filename=kind.file_name,
        )

    @blueprint.get(f"{path}/<token>")
    def preview(token: str) -> Any:
        """What the list would do, row by row; nothing is changed yet."""
        return preview_page(token)

    @blueprint.get(f"{path}/<token>/marked.xlsx")
    def marked(token: str) -> Any:
        """The list with what is wrong written behind each line."""
        stem = kind.file_name.rpartition(".")[0] or f"{kind.whose}名单"
        return made_out(marked_list(planned(token), kind.file_name), f"{stem}-问题.xlsx")

    @blueprint.post(f"{path}/<token>")
    @own_transaction
    @carries("mark")
    def enter(token: str) -> Any:
        """Enter what was shown: every row, or none."""
        content = _content(token)
        with answering(lambda problem: preview_page(token, problem), Conflict), read_once():
            planned(token)  # opens and reads the file, which the write lock need not wait for
            with own_write():
                plan = kind.enter(
                    session(),
                    county=county_of_desk(),
                    content=content,
                    filename=kind.file_name,
                    mark=request.form.get("mark", ""),
                    by=me(),
                    now=clock.now(),
                )
        told = "，".join(
            f"{word} {plan.count(action)} 行"
            for action, word in kind.words.items()
            if plan.count(action)
        )
        say, endpoint = kind.then
        return done(f"名单已录入：{told}。{plan.list.left_out}{say}", url_for(endpoint))


def _attach_undo(blueprint: Blueprint, path: str, kind: ListPages) -> None:
    name, of, plan_undo, take_back = blueprint.name, kind.of, kind.plan_undo, kind.undo
    if of is None or plan_undo is None or take_back is None:
        return

    def import_here(sheet_id: int) -> SheetImport:
        return import_of(session(), county=me().county, kind=of, import_id=sheet_id)

    @blueprint.get(f"{path}/imports/<int:sheet_id>")
    def one_import(sheet_id: int) -> Any:
        """What one list changed, and what taking it back would do."""
        made = import_here(sheet_id)
        plan = [] if made.undone_at else plan_undo(session(), made)
        people = names_of(
            session(), person_ids=[one for one in (made.imported_by, made.undone_by) if one]
        )
        return page(
            "list_import.html",
            kind=kind,
            part_of=name,
            made=made,
            by=people.get(made.imported_by or 0, "系统"),
            undone_by=people.get(made.undone_by or 0, "系统"),
            plan=plan,
            back=sum(bool(one.back) for one in plan),
            left=made.left
            or [f"第{one.line}行{one.name}：{said}" for one in plan for said in one.left],
        )

    @blueprint.post(f"{path}/imports/<int:sheet_id>/undo")
    def undo(sheet_id: int) -> Any:
        """Take back what the list changed and nobody has used or changed since."""
        made = import_here(sheet_id)
        address = url_for(f"{name}.one_import", sheet_id=made.id)
        # Taken back by somebody else in the meantime: the page says so.
        with answering(lambda _: redirect(address, 303)):
            undone = take_back(session(), made, by=me(), now=clock.now())
        left = f"有 {len(made.left)} 处没有动，列在下面。" if made.left else ""
        return done(f"撤回完成：退回 {sum(bool(one.back) for one in undone)} 行。{left}", address)


def _content(token: str) -> bytes:
    """Raises NotFound upload-gone."""
    return kept_upload(settings_of().home, token, person_id=me().id)
