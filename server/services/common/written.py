"""What people wrote is kept whole or refused with a sentence; only a machine's words are cut."""

from sqlalchemy.orm import InstrumentedAttribute

from server.errors import Invalid
from server.models.history import HistoryLine
from server.policy.entries import says_nothing

Column = InstrumentedAttribute[str]


def longest(column: Column) -> int:
    """How many characters a text column keeps."""
    length: int = column.type.length
    return length


def cut(text: str, column: Column) -> str:
    """A machine's text, as much of it as the column keeps."""
    return text[: longest(column)]


def written(text: str, label: str, *, field: str, into: Column) -> str:
    """What a person wrote, without the blanks around it, if the column `into` keeps all of it.

    `label` is what the form calls it, `field` the form's name for it. Raises Invalid text-too-long.
    """
    whole, most = text.strip(), longest(into)
    if len(whole) > most:
        raise Invalid(
            "text-too-long",
            f"“{label}”写了{len(whole)}个字，最多能记{most}个字。请写短一些，再交一次。",
            fields={field: f"最多{most}个字"},
        )
    return whole


def named(text: str, label: str, *, field: str, into: Column) -> str:
    """As `written`, and "" for what only fills the box (无, /, 同上): for what must be named."""
    return "" if says_nothing(text) else written(text, label, field=field, into=into)


def reason_given(
    text: str,
    ask: str,
    *,
    field: str = "reason",
    label: str = "原因",
    into: Column = HistoryLine.reason,
) -> str:
    """The reason that a person gave, whole; `ask` is the sentence for who gave none, or only “无”.

    Raises Invalid reason-needed, text-too-long; both name the form's `field`.
    """
    if not text.strip() or says_nothing(text):
        raise Invalid("reason-needed", ask, fields={field: "请填写"})
    return written(text, label, field=field, into=into)
