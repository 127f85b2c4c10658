"""Two people in one form: what one did not touch follows the other, what both changed is asked."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from flask import request

from desk.frame.access import county_of_desk, me
from server.errors import Conflict
from server.http import clock
from server.http.database import session
from server.services.common.seals import Shown, Value, merge, seal, seal_of, unsealed

Told = Callable[[str, Value], tuple[str, str]]
"""What a form calls a field, and how a value of it is told."""


class Choice(NamedTuple):
    """A field that two people changed, as the form asks for one of both."""

    field: str
    label: str
    mine: str
    theirs: str
    mine_json: str
    theirs_json: str


class MergedForm(NamedTuple):
    """A form as it stands after both people's changes, to be saved or shown again.

    `seal` goes into the form as its field `name`; `taken` are the labels of fields that follow the
    other person's change.
    """

    name: str
    values: dict[str, Any]
    seal: str
    choices: list[Choice]
    taken: list[str]
    known: bool

    def refuse(self, code: str, what: str) -> None:
        """Raise Conflict `code` where both changed a field; `what` is what the form changes."""
        if not self.choices:
            return
        labels = "、".join(f"“{one.label}”" for one in self.choices)
        why = (
            f"您填写的时候，别人也改了{what}的{labels}。"
            if self.known
            else f"这一页打开以后系统更新过，看不出别人改过{what}没有，不一样的有{labels}。"
        )
        raise Conflict(code, f"{why}还没有保存。请在下面选用哪一个，再保存一次。")

    def told(self) -> str:
        """What a saved form adds to its sentence: the other person's changes, kept as they are."""
        labels = "、".join(f"“{one}”" for one in self.taken)
        return f"您填写的时候别人改过{labels}，您没有动，照别人改的留着。" if self.taken else ""


def opened(held: Mapping[str, Any], *, name: str = "seal") -> MergedForm:
    """A form as it opens, over what holds now."""
    return MergedForm(name, dict(held), seal_of(held), [], [], True)


def merged(
    held: Mapping[str, Any], sent: Mapping[str, Any], told: Told, *, name: str = "seal"
) -> MergedForm:
    """The form of this request, over what holds now and over what it was filled in.

    Where the form asked for a choice, 别人改的 takes what it showed; without an answer it is asked
    again.
    """
    base, sent = unsealed(request.form.get(name, "")), dict(sent)
    asked = [field for field in request.form.getlist("clash") if base and field in base]
    for field in asked:
        if base and request.form.get(f"choose-{field}") == "theirs":
            sent[field] = base[field]
    open_fields = {one for one in asked if request.form.get(f"choose-{one}") not in CHOICES}
    over = {one: value for one, value in (base or {}).items() if one not in open_fields}
    found = merge(over, held, sent)
    choices = []
    for clash in found.clashes:
        label, mine = told(clash.field, clash.mine)
        _, theirs = told(clash.field, clash.theirs)
        choices.append(
            Choice(clash.field, label, mine, theirs, _json(clash.mine), _json(clash.theirs))
        )
    taken = [told(field, "")[0] for field in found.taken]
    return MergedForm(name, found.values, seal_of(held), choices, taken, base is not None)


CHOICES = ("mine", "theirs")


def _json(value: Value) -> str:
    """A field's values for the script that puts them into the form."""
    return json.dumps(value if isinstance(value, list) else [value], ensure_ascii=False)


def choices_saved(
    form: MergedForm,
    edit: Callable[..., Sequence[Any]],
    *,
    what: str,
    shown: Iterable[Shown],
    **given: Any,
) -> bool:
    """Keep a county's choices as this request's form has them, by `edit`; whether any changed.

    `what` is what the form changes, `shown` what holds now, `given` the rest that `edit` takes.
    Raises Conflict county-changed-meanwhile, and what `edit` refuses.
    """
    sealed = seal(shown)
    form.refuse("county-changed-meanwhile", what)
    made = edit(
        session(),
        county=county_of_desk(),
        by=me(),
        now=clock.now(),
        reason=request.form.get("reason", "").strip(),
        seal=sealed,
        **given,
    )
    return bool(made)
