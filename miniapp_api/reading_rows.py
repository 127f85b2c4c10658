"""How answers read what services give: by attribute, and never leaving out what is promised."""

from functools import cached_property
from typing import Any

from marshmallow import Schema, missing


class Out(Schema):
    """The shape of an answer; each field says where it stands in a row (`attribute`), once."""

    def get_attribute(self, obj: Any, attr: str, default: Any) -> Any:
        """Read one field. Raises LookupError where a promised one is missing.

        marshmallow would leave it out without a word.
        """
        found = super().get_attribute(obj, attr, default)
        if found is missing and attr in self._promised:
            raise LookupError(f"{type(self).__name__}: no {attr} in {type(obj).__name__}")
        return found

    @cached_property
    def _promised(self) -> set[str]:
        return {one.attribute or name for name, one in self.fields.items() if one.required}


class Beside:
    """A row with what was worked out for it, and with further rows: read as if they were one."""

    def __init__(self, *rows: object, **worked_out: object) -> None:
        self._rows, self._worked_out = rows, worked_out

    def __getattr__(self, name: str) -> object:
        """What was worked out under this name, or the first row's that has it."""
        if name in self._worked_out:
            return self._worked_out[name]
        for row in self._rows:
            found = getattr(row, name, missing)
            if found is not missing:
                return found
        raise AttributeError(name)
