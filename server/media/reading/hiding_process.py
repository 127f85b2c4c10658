"""The hiding process: a photo and corners come in, a JPEG without them and without faces goes out.

Started by `hiding.Hider` only.
"""

import io
from typing import Any

from server.media.processes.serving import Answering, Said, serve

QUALITY = 92


def _load() -> Answering:
    from PIL import Image

    from server.media.pictures.hiding import (
        can_find_faces,
        faces_in,
        round_face,
        with_faces_hidden,
        with_quads,
    )
    from server.media.pictures.images import pixels
    from server.media.reading.looks import READ_SIDE

    def hide(asked: dict[str, Any], content: bytes) -> Said:
        picture = pixels(content, READ_SIDE).copy()
        faces = faces_in(picture)
        with_faces_hidden(picture, faces)
        with_quads(picture, asked["quads"])
        out = io.BytesIO()
        Image.fromarray(picture).save(out, "JPEG", quality=QUALITY)
        places = [round_face(face) for face in faces]
        return {"faces": places, "searched": can_find_faces()}, out.getvalue()

    return hide


if __name__ == "__main__":
    serve(_load)
