"""A number that a county chooses itself: its meaning, its unit, and how far it may go."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from server.errors import Invalid
from server.policy.numerals import whole


@dataclass(frozen=True, slots=True)
class Setting:
    """One line of a page of settings (本系统的设置); all are whole numbers.

    `none` says what it means to choose no number, such as 不过期; without it there has to be one.
    `advice` is what the refusal of anything else ends with.
    """

    label: str
    unit: str
    lowest: int
    highest: int
    none: str = ""
    advice: str = ""

    def may_be(self, value: object) -> bool:
        """Whether a value out of a county's options can be."""
        if value is None:
            return bool(self.none)
        if not isinstance(value, int) or isinstance(value, bool):
            return False
        return self.lowest <= value <= self.highest

    def told(self, value: int | None) -> str:
        """A value on a screen and in the history: 15天, 不过期."""
        return self.none if value is None else f"{value}{self.unit}"

    @property
    def refusal(self) -> str:
        """The sentence for what cannot be."""
        label = self.label if self.label.startswith("“") else f"“{self.label}”"
        advice = self.advice or "请改正"
        return f"{label}应为{self.lowest}到{self.highest}之间的整数，{advice}。"


def typed_numbers(settings: Mapping[str, Setting], form: Mapping[str, str]) -> dict[str, Any]:
    """What was typed for each setting: a number, None for nothing, or the text as it is."""
    texts = {name: form.get(name, "").strip() for name in settings}
    return {
        name: _typed(text, settings[name].unit) if text else None for name, text in texts.items()
    }


def checked(
    settings: Mapping[str, Setting], values: Mapping[str, Any], *, code: str
) -> dict[str, Any]:
    """The values as they are. Raises Invalid `code` (`fields`: which) for the first that cannot be.

    Raises it for names that are no settings as well.
    """
    for name, value in values.items():
        if name not in settings:
            raise Invalid(code, f"没有“{name}”这项设置，请核对名称。")
        if not settings[name].may_be(value):
            sentence = settings[name].refusal
            raise Invalid(code, sentence, fields={name: sentence})
    return dict(values)


def _typed(text: str, unit: str) -> int | str:
    try:
        return whole(text, unit)
    except ValueError:
        return text
