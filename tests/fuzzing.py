"""How much is tried: a little and always the same in `make test`, much and ever new in `make fuzz`."""

import os
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable

LONG = os.environ.get("FUZZ") == "long"
ENGINES = ["sqlite", "postgresql"] if LONG else ["sqlite"]

ODD_TEXTS = st.one_of(
    st.sampled_from(
        ["", " ", "0", "-1", "1e400", "nan", "9" * 40, "１２", "2026-02-30", "0001-01-01", "null",
         "a\0b", "\ud800", "\u202e", "<b>'\"", "%00", "../../etc/passwd", "{{7*7}}", "村" * 5000, "\r\n",
         "9999-12-31", "140926100205", "on", "C0001", "1,2,3", "🀄", "true"]
    ),
    st.text(max_size=30),
)  # fmt: skip
ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(),
    ODD_TEXTS,
    st.recursive(
        ODD_TEXTS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ODD_TEXTS, inner, max_size=3)
    ),
)  # fmt: skip


def tried(
    cases: st.SearchStrategy[Any], deed: Callable[[Any], None], *, some: int, many: int
) -> int:
    """Do it with so many cases; how many there were. None for what has no case at all."""
    done = 0

    @settings(
        max_examples=many if LONG else some,
        derandomize=not LONG,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases)
    def each(case: Any) -> None:
        nonlocal done
        done += 1
        deed(case)

    with suppress(Unsatisfiable):
        each()
    return done


@st.composite
def spoilt(draw: st.DrawFn, good: Any) -> Any:
    """The same with something odd somewhere in it; or left out, or there twice."""
    if isinstance(good, dict) and good and draw(st.integers(0, 9)):
        key = draw(st.sampled_from(sorted(good)))
        match draw(st.integers(0, 9)):
            case 0:
                return {name: value for name, value in good.items() if name != key}
            case 1:
                return good | {draw(ODD_TEXTS): draw(ODD)}
        return good | {key: draw(spoilt(good[key]))}
    if isinstance(good, list) and good and draw(st.integers(0, 9)):
        at = draw(st.integers(0, len(good) - 1))
        if not draw(st.integers(0, 9)):
            return good * 2
        return [*good[:at], draw(spoilt(good[at])), *good[at + 1 :]]
    return draw(ODD)


@st.composite
def damaged(draw: st.DrawFn, content: bytes) -> bytes:
    """The same bytes with some changed, cut out, put in twice, or the end gone."""
    spoiled = bytearray(content)
    for _ in range(draw(st.integers(1, 6))):
        if not spoiled:
            break
        at = draw(st.integers(0, len(spoiled) - 1))
        length = draw(st.sampled_from([1, 1, 2, 4, 8, 64, 1000]))
        match draw(st.sampled_from(["set", "set", "cut", "twice", "odd", "end"])):
            case "set":
                spoiled[at] = draw(st.integers(0, 255))
            case "cut":
                del spoiled[at : at + length]
            case "twice":
                spoiled[at:at] = spoiled[at : at + length]
            case "odd":
                spoiled[at : at + length] = draw(st.sampled_from([b"\xff" * 4, b"\0" * 4, b"\x7f"]))
            case _:
                del spoiled[at:]
    return bytes(spoiled)
