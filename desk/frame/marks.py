"""What a page showed goes with its form: a form without that is decided over nothing that was seen.

A page that shows what an act is about carries a mark of it (a seal, a version, a hash). Such an act
says so here; its form without the mark, or with an empty one, is shown again before anything is
done. Whether a mark that came still holds is asked where the deed is done.
"""

from collections.abc import Callable
from typing import Any

from flask import current_app, request

from server.errors import Conflict

UNMARKED = "page-without-mark"
View = Callable[..., Any]


def carries(*names: str, when: tuple[str, str] | None = None) -> Callable[[View], View]:
    """Mark a view whose form must carry these fields; it does its deed within `answering`.

    `when` is a field and its text where one view takes several forms and only one shows anything.
    """

    def mark(view: View) -> View:
        view.carries = names  # type: ignore[attr-defined]
        view.carries_when = when  # type: ignore[attr-defined]
        return view

    return mark


def refuse_unmarked() -> None:
    """Raise Conflict page-without-mark for a form that does not say what its page showed."""
    if request.method != "POST":
        return
    view = current_app.view_functions.get(request.endpoint or "")
    names: tuple[str, ...] = getattr(view, "carries", ())
    when: tuple[str, str] | None = getattr(view, "carries_when", None)
    if when is not None and request.form.get(when[0], "") != when[1]:
        return
    if not all(request.form.get(name, "") for name in names):
        raise Conflict(
            UNMARKED,
            "这一页没有带上它打开时显示的内容（可能是系统更新以前打开的），"
            "看不出现在和您当时看到的是不是一样，所以还没有办。您填的都在，请看一下现在的内容，再点一次。",
        )
