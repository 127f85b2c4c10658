"""Papers that people hand in: what the camera wrote goes, and nothing makes the house fall."""

from io import BytesIO

import pytest
from PIL import Image

from server.errors import Invalid
from server.media.attachments import attachment, bare_picture


def jpeg(exif: bytes) -> bytes:
    out = BytesIO()
    image = Image.new("RGB", (60, 40), "white")
    image.paste("black", (0, 0, 20, 10))
    image.save(out, "JPEG", exif=exif)
    return out.getvalue()


def turned(orientation: int) -> bytes:
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = orientation, "红米"
    return exif.tobytes()


@pytest.mark.parametrize(
    ("exif", "size"),
    [
        (turned(6), (40, 60)),
        (turned(6)[:-4] + b"\xff\xff\xff\xff", (40, 60)),  # broken off inside
        (b"Exif\x00\x00MM\x00*\xff\xff\xff\xff", (60, 40)),
        (b"Exif\x00\x00" + b"\x00" * 40, (60, 40)),
    ],
)
def test_a_picture_loses_what_the_camera_wrote_however_damaged(
    exif: bytes, size: tuple[int, int]
) -> None:
    bare = bare_picture(attachment(jpeg(exif), "门头.png", what="照片", field="papers"))

    with Image.open(BytesIO(bare.content)) as picture:
        assert (picture.size, dict(picture.getexif())) == (size, {})
    assert (bare.kind, bare.name) == ("jpeg", "门头.jpg")
    assert b"Exif" not in bare.content


def test_a_picture_that_breaks_off_is_refused_at_its_field() -> None:
    with pytest.raises(Invalid) as refused:
        attachment(jpeg(b"")[:300], "门头.jpg", what="照片", field="papers")

    assert list(refused.value.details["fields"]) == ["papers"]
