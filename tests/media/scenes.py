"""Pictures for the media tests: drawn here, different for every seed, with or without EXIF."""

import io
import random
from fractions import Fraction

import numpy as np
from PIL import ExifTags, Image, ImageDraw


def scene(seed: int = 1, size: tuple[int, int] = (1280, 960)) -> Image.Image:
    """A street of boxes with some grain: sharp, bright, and different for every seed."""
    choose = random.Random(seed)
    image = Image.new("RGB", size, tuple(choose.randrange(90, 200) for _ in range(3)))
    pen = ImageDraw.Draw(image)
    for _ in range(60):
        x, y = choose.randrange(size[0]), choose.randrange(size[1])
        right, low = x + choose.randrange(20, 400), y + choose.randrange(20, 300)
        pen.rectangle((x, y, right, low), fill=tuple(choose.randrange(20, 255) for _ in range(3)))
    grain = np.random.default_rng(seed).integers(-9, 10, (size[1], size[0], 1))
    return Image.fromarray((np.asarray(image, np.int16) + grain).clip(0, 255).astype(np.uint8))


def saved(image: Image.Image, format: str = "JPEG", **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, format, **options)
    return out.getvalue()


def with_exif(orientation: int = 1) -> bytes:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    exif[ExifTags.Base.Make] = "Xiaomi\0\0"
    exif[ExifTags.Base.Model] = "Redmi 9A"
    camera = exif.get_ifd(ExifTags.IFD.Exif)
    camera[ExifTags.Base.DateTimeOriginal] = "2026:07:01 08:30:00"
    camera[ExifTags.Base.OffsetTimeOriginal] = "+08:00"
    gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
    gps[ExifTags.GPS.GPSLatitudeRef] = "N"
    gps[ExifTags.GPS.GPSLatitude] = (Fraction(38), Fraction(21), Fraction(36))
    gps[ExifTags.GPS.GPSLongitudeRef] = "E"
    gps[ExifTags.GPS.GPSLongitude] = (Fraction(111), Fraction(56), Fraction(24))
    gps[ExifTags.GPS.GPSAltitude] = Fraction(14005, 10)
    return saved(scene(), exif=exif, quality=85)


PHOTO = saved(scene(), quality=85)
