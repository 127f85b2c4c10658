"""Whether the machine is right as often as it says: on drawn signs and what villages hang."""

from collections.abc import Iterator, Sequence
from functools import cache

from bench.accuracy.reliability import Pair, fitted, log_loss, table
from bench.accuracy.tally import Tally
from server.media.reading.looks import PictureReader
from server.media.reading.measured import RIGHT, UNREAD, Label, hours_outcome, subject_of
from server.policy.signs.hours_board import hours_sure
from server.policy.signs.lines import Line
from server.policy.signs.number import NumberRead
from server.policy.signs.parts import sign_parts
from server.policy.signs.sureness import KINDS, Kind, at_temperature, said
from server.policy.signs.text import plain
from tools.sign_photos import SignPhoto, sign_photo
from tools.village_signs import kinds_photo, village_photo

OF = "readings"
FITTED_ON, SHOWN_ON = 20261211, 20261212
"""The generator's seeds: what the temperatures were fitted on, and what the table is made of."""
_DRAWN = (village_photo, sign_photo, sign_photo, kinds_photo, sign_photo, village_photo)


def drawn(number: int, seed: int) -> SignPhoto:
    """Ordinary signs and boards, what villages hang, hours of all kinds: three to two to one."""
    return _DRAWN[number % len(_DRAWN)](number, seed)


def judge(photo: SignPhoto) -> Tally:
    """What is said of one photo's readings, beside whether each is right."""
    tally, reader = Tally(), _reader()
    seen = reader.read(photo.content, subject_of(photo.label))
    tally.cost("looks", seen.looks)
    for kind, own, right in pairs_of(seen.lines, seen.number, photo.label):
        tally.say(kind, own, right=right)
    return tally


def pairs_of(
    lines: Sequence[Line], number: NumberRead | None, label: Label
) -> Iterator[tuple[Kind, float, bool]]:
    """Of all that `read --json` says to be sure: its kind, the network's own share, the truth."""
    if label["kind"] == "hours":
        outcome, own = hours_outcome(lines, label["hours"]), hours_sure(lines)
        if outcome != UNREAD and own is not None:
            yield "hours", own, outcome == RIGHT
    else:
        parts = sign_parts(lines)
        read, name = number or parts.number, parts.name_sure
        if read is not None:
            yield "number", read.sure, read.text == label["number"]
        if name is not None:
            yield "name", name, plain(parts.name) == plain(label["name"])
    if label.get("way") != "badges":  # what their badges say no label tells
        stand = [plain(text) for text in label["lines"]]
        for line in lines:
            if text := plain(line.text):
                yield "line", line.confidence, any(text in one for one in stand)


def shown(tally: Tally) -> list[str]:
    """The reliability tables, before and after."""
    found: list[str] = []
    for kind in KINDS:
        if pairs := tally.said.get(kind):
            now = [(said(kind, own), right) for own, right in pairs]
            found += ["", *table(kind, _at(pairs, 1), now)]
    return found


def temperatures(tally: Tally) -> list[str]:
    """What `sureness.TEMPERATURES` is to be, and what it gives on the photos it was fitted on."""
    found = ["", "| temperature | readings | right | fitted | log loss before | after |"]
    found.append("|---|---|---|---|---|---|")
    for kind in KINDS:
        pairs = tally.said.get(kind, [])
        fit, right = fitted(pairs), sum(came_true for _, came_true in pairs)
        before, after = log_loss(_at(pairs, 1)), log_loss(_at(pairs, fit))
        found.append(
            f"| {kind} | {len(pairs)} | {right} | {fit:.2f} | {before:.4f} | {after:.4f} |"
        )
    return found


def _at(pairs: Sequence[Pair], temperature: float) -> list[Pair]:
    return [(at_temperature(own, temperature), right) for own, right in pairs]


@cache
def _reader() -> PictureReader:
    """One a process."""
    return PictureReader()
