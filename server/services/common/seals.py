"""What a form showed stays sealed into it: who saves over a colleague's change is told of it.

`seal` and `refuse_if_changed` speak in people's words and guard the moment of saving; `seal_of` and
`merge` hold a form's own fields, so that two people's changes come together.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from server.errors import Conflict
from server.services.common import history


class Shown(NamedTuple):
    """One field of a form, as a person reads it."""

    field: str
    label: str
    text: str


def seal(shown: Iterable[Shown]) -> str:
    """What a form carries to show over which values it was filled in: their text, as hex."""
    values = {one.field: one.text for one in shown}
    return json.dumps(values, ensure_ascii=False).encode().hex()


def refuse_if_changed(
    sealed: str | None, held: Sequence[Shown], *, code: str, what: str, how: str = ""
) -> None:
    """Raise Conflict `code` when a form was filled in over values that hold no more, naming each.

    `what` is what the form changes (县设置), `how` what is said of values that midnight changes as
    well ("": somebody else has). A seal that cannot be read is refused as well; fields that it does
    not name were not in the form. None is nobody's form: a command or a test.
    """
    if sealed is None:
        return
    seen = _seen(sealed)
    told = [
        f"“{one.label}”从“{seen[one.field] or '空'}”改成了“{one.text or '空'}”"
        for one in held
        if seen.get(one.field, one.text) != one.text
    ]
    if seen and not told:
        return
    why = (
        f"您填写的时候，{how or f'别人已经改过{what}'}：{'；'.join(told)}。"
        if told
        else f"这一页打开以后系统更新过，看不出别人改过{what}没有。"
    )
    raise Conflict(code, f"{why}您填的还没有保存，请看一下现在的内容，再改一次。")


def changes(held: Iterable[Shown], wished: Iterable[Shown]) -> list[history.Change]:
    """What becomes different, field by field, in the order of what is wished."""
    before = {one.field: one.text for one in held}
    found = (history.change(one.field, one.label, before[one.field], one.text) for one in wished)
    return [one for one in found if one is not None]


def _seen(sealed: str) -> dict[str, str]:
    """The values in a seal; none where it is not one of ours, such as a page from before."""
    try:
        values = json.loads(bytes.fromhex(sealed))
    except ValueError:
        return {}
    if not isinstance(values, dict):
        return {}
    return {str(field): str(text) for field, text in values.items()}


Value = str | list[str]
"""One field of a form as it is sent: a text, or the boxes that were ticked."""


class Clash(NamedTuple):
    """A field that two people changed, each to something else."""

    field: str
    mine: Value
    theirs: Value


class Merged(NamedTuple):
    """Two people's changes in one form: what it holds now, what both changed, what was taken over.

    `values` hold one's own text where both changed a field.
    """

    values: dict[str, Value]
    clashes: list[Clash]
    taken: list[str]


def seal_of(values: Mapping[str, Value]) -> str:
    """The fields of a form as it showed them, as hex: what `merge` starts from."""
    return json.dumps(dict(values), ensure_ascii=False).encode().hex()


def unsealed(sealed: str) -> dict[str, Value] | None:
    """The fields in a seal of `seal_of`; None where it is not one of ours."""
    try:
        values = json.loads(bytes.fromhex(sealed))
    except ValueError:
        return None
    if not isinstance(values, dict) or not values:
        return None
    return {
        str(field): [str(one) for one in value] if isinstance(value, list) else str(value)
        for field, value in values.items()
    }


def merge(
    base: Mapping[str, Value], held: Mapping[str, Value], sent: Mapping[str, Value]
) -> Merged:
    """What becomes of a form filled in over `base`, where `held` holds by now, and `sent` came.

    Whoever changed a field alone is heard. Boxes are looked at one by one. A field that `base` does
    not know counts as changed by both. Line ends and blanks around a text are no change.
    """
    values: dict[str, Value] = {}
    clashes, taken = [], []
    for field, mine in sent.items():
        theirs, before = held.get(field, mine), base.get(field)
        if isinstance(mine, list) and isinstance(theirs, list) and isinstance(before, list):
            values[field] = _boxes(before, theirs, mine)
            if set(values[field]) != set(mine):
                taken.append(field)
        elif _same(mine, theirs):
            values[field] = theirs
        elif before is not None and _same(mine, before):
            values[field] = theirs
            taken.append(field)
        else:
            values[field] = mine
            if before is None or not _same(theirs, before):
                clashes.append(Clash(field, mine, theirs))
    return Merged(values, clashes, taken)


def _boxes(before: list[str], theirs: list[str], mine: list[str]) -> list[str]:
    """Which boxes are ticked: each as whoever changed it left it."""
    every = dict.fromkeys([*theirs, *mine])
    return [
        one for one in every if (one in mine if (one in mine) != (one in before) else one in theirs)
    ]


def _same(one: Value, other: Value) -> bool:
    if isinstance(one, list) or isinstance(other, list):
        return one == other
    return one.replace("\r\n", "\n").strip() == other.replace("\r\n", "\n").strip()


def tick_mark(*shown: object) -> str:
    """What a list shows of one row, as a few characters that its tick carries."""
    return hashlib.sha256(repr(shown).encode()).hexdigest()[:8]
