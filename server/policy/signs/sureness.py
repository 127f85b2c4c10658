"""How sure the machine says it is: in shares that come true, at temperatures fitted once.

What the networks give decides, as before, and is what is kept; only what is said outside is put on
this scale. It keeps every order, so a bar stands where it stood: at `said(kind, bar)`.
"""

import math
from collections.abc import Mapping
from typing import Literal, get_args

Kind = Literal["number", "name", "hours", "line"]
KINDS: tuple[Kind, ...] = get_args(Kind)

TEMPERATURES: Mapping[Kind, float] = {"number": 1.94, "name": 1.44, "hours": 1.05, "line": 1.62}
"""Fitted 2026-12-01 by `python -m bench.accuracy temperatures` (seed 20261211, 220 photos), on
number 125 of 125 right, log loss 0.0015 before, 0.0119 after;
name 143 of 145 right, log loss 0.0451 before, 0.0479 after;
hours 72 of 72 right, log loss 0.0204 before, 0.0235 after;
line 518 of 559 right, log loss 0.1563 before, 0.1348 after."""
_NEAREST = 0.00005
"""The networks' chances have four digits: nearer to 0 or 1 nothing was measured."""


def said(kind: Kind, own: float) -> float:
    """The share of such readings that are right, by the network's own probability."""
    return at_temperature(own, TEMPERATURES[kind])


def at_temperature(own: float, temperature: float) -> float:
    """A probability with its logit divided: above 1 towards one half, below 1 away from it."""
    held = min(max(own, _NEAREST), 1 - _NEAREST)
    return 1 / (1 + math.exp(-math.log(held / (1 - held)) / temperature))
