"""How sure the machine says it is: in shares that come true, at temperatures fitted once.

What the networks give decides, as before, and is what is kept; only what is said outside is put on
this scale. It keeps every order, so a bar stands where it stood: at `said(kind, bar)`.
"""

import math
from collections.abc import Mapping
from typing import Literal, get_args

Kind = Literal["number", "name", "hours", "line"]
KINDS: tuple[Kind, ...] = get_args(Kind)

TEMPERATURES: Mapping[Kind, float] = {"number": 1.0, "name": 1.0, "hours": 1.0, "line": 1.0}
_NEAREST = 0.00005
"""The networks' chances have four digits: nearer to 0 or 1 nothing was measured."""


def said(kind: Kind, own: float) -> float:
    """The share of such readings that are right, by the network's own probability."""
    return at_temperature(own, TEMPERATURES[kind])


def at_temperature(own: float, temperature: float) -> float:
    """A probability with its logit divided: above 1 towards one half, below 1 away from it."""
    held = min(max(own, _NEAREST), 1 - _NEAREST)
    return 1 / (1 + math.exp(-math.log(held / (1 - held)) / temperature))
