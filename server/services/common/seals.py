"""What a form showed stays sealed into it: who saves over a colleague's change is told of it."""

import json
from collections.abc import Iterable, Sequence
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


def refuse_if_changed(sealed: str | None, held: Sequence[Shown], *, code: str, what: str) -> None:
    """Raise Conflict `code` when a form was filled in over values that hold no more, naming each.

    `what` is what the form changes (县设置). A seal that cannot be read is refused as well; fields
    that it does not name were not in the form. None is nobody's form: a command or a test.
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
        f"您填写的时候，别人已经改过{what}：{'；'.join(told)}。"
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
