"""Which store this installation keeps its bytes in: a folder of its own, or one in S3."""

from server.media.blobs import BlobStore, FolderStore
from server.settings import Settings


def store_of(settings: Settings, *, begun: bool = True) -> BlobStore:
    """The store that the settings name; `begun` as both stores have it."""
    if settings.s3 is None:
        return FolderStore(settings.photos, begun=begun)
    from server.media.s3_store import S3Store  # 30 MB of memory that a small installation saves

    return S3Store(settings.s3, begun=begun)
