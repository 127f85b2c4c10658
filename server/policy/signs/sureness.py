"""How sure the machine says it is: in shares that come true, at temperatures fitted once.

What the networks give decides, as before, and is what is kept; only what is said outside is put on
this scale. It keeps every order, so a bar stands where it stood: at `said(kind, bar)`.
"""

import math
from collections.abc import Mapping
from typing import Literal, get_args

Kind = Literal["number", "name", "hours", "line"]
KINDS: tuple[Kind, ...] = get_args(Kind)

TEMPERATURES: Mapping[Kind, float] = {"number": 2.57, "name": 1.79, "hours": 1.49, "line": 1.96}
"""Fitted 2026-12-01 by `python -m bench.accuracy temperatures 70` (seed 20261211, 70 photos), on
number 37 of 37 right, log loss 0.0019 before, 0.0343 after;
name 44 of 45 right, log loss 0.0332 before, 0.0565 after;
hours 24 of 24 right, log loss 0.0188 before, 0.0570 after;
line 159 of 173 right, log loss 0.2209 before, 0.1693 after."""
_NEAREST = 0.00005
"""The networks' chances have four digits: nearer to 0 or 1 nothing was measured."""


def said(kind: Kind, own: float) -> float:
    """The share of such readings that are right, by the network's own probability."""
    return at_temperature(own, TEMPERATURES[kind])


def at_temperature(own: float, temperature: float) -> float:
    """A probability with its logit divided: above 1 towards one half, below 1 away from it."""
    held = min(max(own, _NEAREST), 1 - _NEAREST)
    return 1 / (1 + math.exp(-math.log(held / (1 - held)) / temperature))
