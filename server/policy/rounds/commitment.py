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
        _line("县", head.county),
        _line("轮次", head.round),
        _line("抽法", head.sample.label),
        _line("抽签码", head.seed),
        _line("抽几个", str(head.size)),
        _line("盐", head.salt),
        _line("编号", "站点", "签", "为什么", "抽中"),
        *(
            _line(one.key, name, str(one.tickets), one.why, "抽中" if one.key in drawn else "")
            for one, name in zip(drum, names, strict=True)
        ),
    ]
    return "\n".join(lines) + "\n"


def _line(*columns: str) -> str:
    return "\t".join(in_one_line(one) for one in columns)


def in_one_line(text: str) -> str:
    """What a person wrote, without line ends and tabs and with single blanks: no line is forged."""
    return " ".join(text.split())


def drawn_by(seed: str, salt: str) -> str:
    """What stations are drawn by: a seed alone could be tried at home, for numbers are known."""
    return f"{seed}|{salt}"


def commitment(text: str) -> str:
    """SHA-256 over the text's UTF-8 bytes, as `sha256sum` of the saved file says it."""
    return hashlib.sha256(text.encode()).hexdigest()
