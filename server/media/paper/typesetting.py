"""Sets a paper: a typst template, the words that go into it, and the faces it may use."""

import base64
import io
import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from server.media.paper.typeface import font_files

# An office's own faces from FONT_DIR come first; Noto stands in where it has none.
SONG_LIKE = ("FangSong_GB2312", "FangSong", "FZFangSong-Z02", "STFangsong", "Noto Serif SC")
TITLE = ("FZXiaoBiaoSong-B05S", "FZXiaoBiaoSong-B05", "STZhongsong", "Noto Serif SC")
SONG = ("SimSun", "Noto Serif SC")
BLACK = ("SimHei", "Noto Sans SC")
SCREEN = ("Noto Sans SC",)


def typeset(template: Path, given: dict[str, Any], font_dir: Path | None) -> bytes:
    """The PDF of a typst template, which finds `given` as JSON under sys.inputs.data.

    It may import the templates that lie beside it.
    """
    import typst

    beside = {one.name: one.read_bytes() for one in template.parent.glob("*.typ")}
    pdf: bytes = typst.compile(
        {**beside, "main.typ": template.read_bytes()},
        font_paths=_loaded(font_dir),
        sys_inputs={"data": json.dumps(given, ensure_ascii=False, default=str)},
        format="pdf",
        pdf_tags=False,
    )
    return pdf


def faces(wanted: Sequence[str], font_dir: Path | None) -> list[str]:
    """Those of the wanted faces that are at hand, in the order wanted."""
    at_hand = set(_loaded(font_dir).families())
    return [face for face in wanted if face in at_hand]


@cache
def _fonts(folders: tuple[Path, ...]) -> Any:
    import typst

    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=list(folders)
    )


def _loaded(font_dir: Path | None) -> Any:
    return _fonts(tuple(dict.fromkeys(font.parent for font in font_files(font_dir))))


def picture_svg(jpeg: bytes) -> str:
    """A JPEG as an SVG that a template can place: typst takes no bytes beside its words."""
    from PIL import Image

    with Image.open(io.BytesIO(jpeg)) as picture:
        wide, high = picture.size
    data = base64.b64encode(jpeg).decode("ascii")
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'viewBox="0 0 {wide} {high}"><image width="{wide}" height="{high}" '
        f'xlink:href="data:image/jpeg;base64,{data}"/></svg>'
    )
