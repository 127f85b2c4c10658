"""Make a copy of a photo for others: without what its file tells, faces and telephones hidden.

The work is done in a child process, as all that opens foreign pictures.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from server.errors import Invalid
from server.media.processes.child import Child, ChildDied, ChildMissing
from server.media.reading.reading import Reader, Subject
from server.policy.signs.lines import Line, Quad, hull
from server.policy.signs.telephones import telephone_quads

LIMIT_S = 60.0
MEMORY_MB = 1500
ROUNDS = 3
"""A copy is read again, and what still looks like a number in it is hidden too, so often."""


class NotHidden(Exception):  # noqa: N818 - the photo is left out, nothing is wrong with the house
    """No copy was made; `args[0]` says why."""


@dataclass(frozen=True, slots=True)
class Hidden:
    """A copy as JPEG; how many faces and telephone numbers are hidden in it.

    `searched` is false where this machine has no means to find faces.
    """

    content: bytes
    faces: int
    telephones: int
    searched: bool


class Hider:
    """The hiding process and the wire to it; one photo at a time."""

    def __init__(self) -> None:
        self._child = Child("server.media.reading.hiding_process", memory_mb=MEMORY_MB)

    def copy_of(self, content: bytes, quads: Sequence[Quad]) -> tuple[bytes, dict[str, Any]]:
        """A JPEG with faces and these quads hidden, and what was found; raises NotHidden.

        `faces` are what was hidden for each: left, top, right, low in the reader's pixels.
        """
        try:
            said, body = self._child.ask({"quads": list(quads)}, content, limit_s=LIMIT_S)
        except (TimeoutError, ChildDied, ChildMissing):
            raise NotHidden("遮挡程序没有做成") from None
        if "faces" not in said:
            raise NotHidden(str(said.get("message", "遮挡程序没有做成")))
        return body, said

    def close(self) -> None:
        """End the process."""
        self._child.end()


def hidden_copy(content: bytes, subject: Subject, *, reader: Reader, hider: Hider) -> Hidden:
    """The copy of one photo in which the reader itself reads no telephone number any more.

    Raises NotHidden where that could not be reached, SetAside and ReaderBroken as `Reader.read`.
    """
    try:
        lines = reader.read(content, subject).lines
        quads = telephone_quads(lines)
        for _ in range(ROUNDS):
            copy, said = hider.copy_of(content, quads)
            if _on_writing(said["faces"], lines):
                raise NotHidden("像人脸的地方压着牌上的字，遮了就量不准")
            left = telephone_quads(reader.read(copy, subject).lines)
            if not left:
                return Hidden(copy, len(said["faces"]), len(quads), said["searched"])
            quads += left
    except Invalid as problem:
        raise NotHidden(problem.message) from None
    raise NotHidden("电话号码遮了几次还读得出来")


def _on_writing(faces: Sequence[Sequence[float]], lines: Sequence[Line]) -> bool:
    """Whether hiding the faces hid writing too: what is left would not measure the reader."""
    boxes = [hull([line.quad]) for line in lines]
    return any(
        left < line_right and right > line_left and top < line_low and low > line_top
        for left, top, right, low in faces
        for line_left, line_top, line_right, line_low in boxes
    )
