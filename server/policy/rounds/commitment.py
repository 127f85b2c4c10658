"""A draw written down as one text: its SHA-256 is shown before, the text itself afterwards."""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from server.policy.rounds.sampling import Candidate, SampleKind


@dataclass(frozen=True, slots=True)
class DrawHead:
    """Which draw it is; `salt` keeps anybody from guessing the text by its hash, or the draw."""

    county: str
    round: str
    sample: SampleKind
    seed: str
    size: int
    salt: str


def draw_text(
    head: DrawHead,
    drum: Sequence[Candidate],
    names: Sequence[str],
    drawn: Collection[str],
) -> str:
    """The whole draw, line by line: head, then each station with its tickets and whether drawn.

    `names` are the stations' in the order of `drum`, `drawn` the numbers that were drawn. What is
    in it says all that is needed to repeat the draw (`sampling.draw`).
    """
    lines = [
        "村站通督导抽签原文",
        f"县\t{head.county}",
        f"轮次\t{head.round}",
        f"抽法\t{head.sample.label}",
        f"抽签码\t{head.seed}",
        f"抽几个\t{head.size}",
        f"盐\t{head.salt}",
        "编号\t站点\t签\t为什么\t抽中",
        *(
            "\t".join(
                (one.key, name, str(one.tickets), one.why, "抽中" if one.key in drawn else "")
            )
            for one, name in zip(drum, names, strict=True)
        ),
    ]
    return "\n".join(lines) + "\n"


def drawn_by(seed: str, salt: str) -> str:
    """What stations are drawn by: a seed alone could be tried at home, for numbers are known."""
    return f"{seed}|{salt}"


def commitment(text: str) -> str:
    """SHA-256 over the text's UTF-8 bytes, as `sha256sum` of the saved file says it."""
    return hashlib.sha256(text.encode()).hexdigest()
