"""What a file must be to be taken for a photo: told from its header, pixels unopened."""

from server.errors import Invalid
from server.media.pictures.header import Header, kind_of, read_header, too_many_scans

MAX_BYTES = 15 * 1024 * 1024
MAX_PIXELS = 52_000_000
"""JPEGs of 50 megapixels (8192 × 6144 from phones) are decoded at a quarter of their size, which
stays below 150 MB."""
MAX_PIXELS_UNDRAFTED = 24_000_000
"""PNG and WebP can only be decoded whole, four bytes a pixel."""
SHOWN_QUALITY, SHOWN_SIDE = 82, 1600
"""Of the pictures that this house shows: doubles are looked for that were made of one of them."""
_FRIENDLY = "请直接在本页面拍照，或者选一张 JPEG、PNG 格式的照片。"


def admit_by_header(content: bytes) -> Header:
    """Refuse whatever cannot be a usable photo, in plain words; answer its header otherwise.

    Raises `Invalid`: photo-empty, photo-too-large, not-a-picture, photo-format, photo-truncated,
    photo-too-many-pixels, photo-too-many-scans.
    """
    if not content:
        raise Invalid("photo-empty", "照片是空的（0 字节），没有收下。请重新拍一张。")
    if len(content) > MAX_BYTES:
        raise Invalid(
            "photo-too-large",
            f"照片太大（{len(content) / 1024**2:.0f} MB，最多 {MAX_BYTES // 1024**2} MB），"
            "没有收下。请直接在本页面拍照，手机会自动压缩后再传。",
            bytes=len(content),
            max_bytes=MAX_BYTES,
        )
    kind = kind_of(content)
    if kind is None:
        raise Invalid(
            "not-a-picture", "这个文件不是照片，没有收下。请重新拍照，或者从相册里选一张照片。"
        )
    if kind == "HEIC":
        raise Invalid(
            "photo-format",
            "这张照片是苹果手机的 HEIC 格式，系统打不开。请直接在本页面拍照；"
            "或者在手机“设置—相机—格式”里选“兼容性最佳”，再拍一张。",
            format=kind,
        )
    if kind not in ("JPEG", "PNG", "WEBP"):
        raise Invalid("photo-format", f"系统打不开 {kind} 格式的图片。{_FRIENDLY}", format=kind)
    header = read_header(content)
    if header is None:
        raise truncated()
    limit = MAX_PIXELS if header.format == "JPEG" else MAX_PIXELS_UNDRAFTED
    if header.width * header.height > limit:
        raise Invalid(
            "photo-too-many-pixels",
            f"这张图片的尺寸太大（{header.width}×{header.height}），系统不能处理。"
            "请用手机直接拍照，不要传扫描件或拼接的长图。",
            width=header.width,
            height=header.height,
            max_pixels=limit,
        )
    if header.format == "JPEG" and too_many_scans(content):
        raise Invalid(
            "photo-too-many-scans",
            "这张图片的存法太绕，像是特意做成这样的，系统不打开，没有收下。"
            "请用手机直接拍照，不要用软件改过、转过的图片。",
        )
    return header


def truncated() -> Invalid:
    """The answer to a photo of which a part is missing."""
    return Invalid(
        "photo-truncated",
        "照片不完整，可能没有传完或者已经损坏。请再传一次；还不行，就重新拍一张。",
    )
