"""Kinds and states that carry their own Chinese words, so that no second place words them."""

from enum import StrEnum
from typing import Self


class Labelled(StrEnum):
    """A closed set whose members are written `NAME = "value", "词", "短", "一句"`.

    `label` is what screens and papers say, `short` the same where there is little room, `long`
    where there is room to explain; each is the label where nothing else is given.
    """

    label: str
    short: str
    long: str

    def __new__(cls, value: str, label: str = "", short: str = "", long: str = "") -> Self:
        """Make one member; raises TypeError for one without a word."""
        if not label:
            raise TypeError(f"{cls.__name__}: {value!r} has no Chinese word")
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        member.short = short or label
        member.long = long or label
        return member

    @classmethod
    def labels(cls) -> dict[str, str]:
        """Each value with its label, in their order: for choices on forms and lists."""
        return {member.value: member.label for member in cls}
