"""Keeps bytes by their SHA-256 in an S3-compatible store that several machines share."""

import base64
import contextlib
import hashlib
import io
import secrets
import tempfile
import threading
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any, BinaryIO, cast

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.session import Session

from server.media.blobs import (
    BlobStat,
    StoreFailed,
    blob_name,
    differs,
    is_key,
    missing,
    refuse_odd_rendition,
    sha256_of,
    told,
)
from server.settings import S3Settings

MARK = "czt-store"
"""Stands in a begun store: a bucket under another name, or an emptied one, has none."""
CHUNK = 1 << 20
IN_MEMORY = 16 << 20  # bytes; what is larger passes through a temporary file
CONNECT_S, READ_S, TRIES = 3, 20, 3
READS = 2  # of a body that breaks off; botocore tries requests again, but no bodies
THREADS = 64

STAYS = "照片还在手机里，请不要删除"
WORDS = {
    "store-unreachable": f"服务器的照片库（对象存储）现在连不上。{STAYS}，过一会儿会自动再传；"
    "一直不行请告诉县里的管理员。",
    "store-refused": f"服务器的照片库（对象存储）不让读写。{STAYS}；"
    "请告诉县里的管理员，改好后会自动再传。",
    "store-bucket-missing": f"服务器的照片库暂时找不到。{STAYS}；"
    "请告诉县里的管理员，恢复后会自动再传。",
    "store-full": f"服务器的存储空间满了，照片暂时存不下。{STAYS}；"
    "请告诉县里的管理员，腾出空间后会自动再传。",
    "store-failed": f"服务器的存储出了故障。{STAYS}，过一会儿会自动再传；"
    "一直不行请告诉县里的管理员。",
}
REFUSED = frozenset({401, 403})
FULL = frozenset({"QuotaExceeded", "InsufficientStorage", "XMinioStorageFull"})


class Absent(Exception):  # noqa: N818 - an answer, not an error
    """The store has nothing under this name."""


class S3Store:
    """A store in a bucket: `blobs/aa/bb/<sha256>` as in a folder, so that one can become the other.

    `put` answers after the bytes were read back and hashed. Blobs that the sweep set aside are
    given back when somebody asks for them: between its look and its move another machine may have
    put them again.

    With `begun`, the store is known to stand already: without its mark everything is refused.
    """

    def __init__(self, where: S3Settings, *, begun: bool = False) -> None:
        self._where, self._begun, self._seen = where, begun, False
        self._name = f"s3://{where.bucket}/{where.prefix}"
        self._root = f"{where.prefix}/" if where.prefix else ""
        self._lock = threading.Lock()
        self._made: Any = None

    def begin(self) -> None:
        """Put the mark of a new store; the bucket itself is made by whoever runs the service."""
        with self._told():
            if not self._has(MARK):
                self._put(MARK, b"")

    def put(self, content: bytes | BinaryIO, expected: str | None = None) -> str:
        """Keep the bytes, read them back, and answer their SHA-256; putting again is harmless."""
        stream = io.BytesIO(content) if isinstance(content, bytes) else content
        with self._told(), tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as body:
            sha256, md5 = hashlib.sha256(), hashlib.md5(usedforsecurity=False)
            while chunk := stream.read(CHUNK):
                sha256.update(chunk)
                md5.update(chunk)
                body.write(chunk)
            key = sha256.hexdigest()
            if expected is not None and key != expected.lower():
                raise differs(expected, key)
            self._refuse_when_gone()
            name = f"blobs/{blob_name(key)}"
            for _ in range(2):
                body.seek(0)
                # The store compares the MD5 before it takes anything: it never holds half a blob,
                # nor other bytes in place of those that were there.
                self._put(name, body, md5=md5.digest())
                with contextlib.suppress(Absent), self._fetched(name) as back:  # the sweep's hand
                    if sha256_of(back) == key:
                        return key
            raise self._failed("store-failed", f"{name} did not come back as it was put")

    def open(self, key: str) -> BinaryIO:
        """The bytes as a stream to be closed; raises `NotFound` (blob-missing)."""
        name = f"blobs/{blob_name(key)}"
        with self._told():
            for _ in range(2):
                with contextlib.suppress(Absent):
                    return self._fetched(name)
                if not self._given_back(key):
                    break
        raise missing(key)

    def stat(self, key: str) -> BlobStat | None:
        """Size and time, or None when the store does not have it."""
        if not is_key(key):
            return None
        with self._told():
            for _ in range(2):
                with contextlib.suppress(Absent):
                    found = self._ask("head_object", f"blobs/{blob_name(key)}")
                    return BlobStat(key, found["ContentLength"], found["LastModified"])
                if not self._given_back(key):
                    break
        return None

    def delete(self, key: str) -> None:
        """Forget the bytes and every rendition of them; absent ones are no error.

        In a bucket that keeps versions, every version as well: else what is said to be deleted
        would still be there. Where nobody may ask whether it does, the answers to deleting tell,
        and versions are looked for all the same: raises StoreFailed where that is refused too.
        """
        name = blob_name(key)
        with self._told():
            renditions = [found["Key"] for found in self._listed(f"renditions/{name}/")]
            marked = False
            for one in (*renditions, f"orphans/{name}", f"blobs/{name}"):
                said = self._ask("delete_object", one)
                marked |= bool(said.get("DeleteMarker") or said.get("VersionId"))
            if marked or self._versions_kept() is not False:
                for prefix in (f"renditions/{name}/", f"orphans/{name}", f"blobs/{name}"):
                    for one, version in list(self._versions(prefix)):
                        self._ask("delete_object", one, VersionId=version)

    def put_rendition(self, kind: str, key: str, content: bytes, variant: str = "") -> None:
        """Keep what was derived from a blob, such as a thumbnail; it can always be made again."""
        with self._told():
            self._put(_rendition_name(kind, key, variant), content)

    def rendition(self, kind: str, key: str, variant: str = "") -> bytes | None:
        """A rendition's bytes, or None when it has to be made."""
        with self._told():
            try:
                with self._fetched(_rendition_name(kind, key, variant)) as found:
                    return found.read() or None
            except Absent:
                return None

    def blob_keys(self) -> Iterator[str]:
        """Every blob's SHA-256, in order."""
        with self._told():
            yield from (key for key, _ in self._blobs())

    def sweep(
        self, known: Iterable[str], *, now: datetime, older_than: timedelta = timedelta(hours=24)
    ) -> list[str]:
        """Move blobs that no row names to `orphans/`; delete nothing.

        `known` are the keys that rows name. Only those older than `older_than` are moved.
        """
        before, named, moved = now - older_than, set(known), []
        with self._told():
            old = [key for key, at in self._blobs() if key not in named and at < before]
            for key in old:
                name = blob_name(key)
                self._copy(f"blobs/{name}", f"orphans/{name}")
                if self._ask("head_object", f"blobs/{name}")["LastModified"] < before:
                    self._ask("delete_object", f"blobs/{name}")
                    moved.append(key)
        return moved

    def is_low(self) -> bool:
        """False: how much room a bucket has left, nobody says."""
        return False

    def refuse_when_low(self) -> None:
        """Never: a store that is full refuses what is put into it."""

    def check(self) -> None:
        """Prove that the store can be written to and read from; raises `StoreFailed`."""
        probe = f"probe/{secrets.token_hex(8)}"
        with self._told():
            self._refuse_when_gone(again=True)
            self._put(probe, b"probe")
            try:
                with self._fetched(probe) as back:
                    if back.read() != b"probe":
                        raise self._failed("store-failed", "the probe came back changed")
            finally:
                self._ask("delete_object", probe)

    def _given_back(self, key: str) -> bool:
        """Whether a blob that is not there had been set aside, and is there again."""
        self._refuse_when_gone(again=True)
        try:
            self._copy(f"orphans/{blob_name(key)}", f"blobs/{blob_name(key)}")
        except Absent:
            return False
        return True

    def _refuse_when_gone(self, *, again: bool = False) -> None:
        if self._begun and (again or not self._seen):
            if not self._has(MARK):
                raise self._failed("store-bucket-missing", "no mark of ours is there")
            self._seen = True

    def _has(self, name: str) -> bool:
        try:
            self._ask("head_object", name)
        except Absent:
            return False
        return True

    def _blobs(self) -> Iterator[tuple[str, datetime]]:
        for found in self._listed("blobs/"):
            key = found["Key"].rpartition("/")[2]
            if is_key(key):
                yield key, found["LastModified"]

    def _listed(self, prefix: str) -> Iterator[dict[str, Any]]:
        """What lies under a name, in order; names without our prefix."""
        pages = self._client().get_paginator("list_objects_v2")
        for page in pages.paginate(Bucket=self._where.bucket, Prefix=self._root + prefix):
            for found in page.get("Contents", ()):
                yield {**found, "Key": found["Key"].removeprefix(self._root)}

    def hides_versions(self) -> bool:
        """Whether the bucket may keep versions that this account is not shown."""
        with self._told():
            return self._versions_kept() is None

    def _versions_kept(self) -> bool | None:
        """Whether there may be versions to delete; None where the account may not know.

        Without the right to ask for the bucket's setting, versions may still be listed: where
        there is none, nothing is found.
        """
        where = {"Bucket": self._where.bucket}
        try:
            found = self._client().get_bucket_versioning(**where)
            if found.get("Status") not in ("Enabled", "Suspended"):
                return False
        except ClientError as error:
            if _fails(error):
                raise
            if _status(error) not in REFUSED:
                return False  # a store without versions
        try:
            mark = self._root + MARK
            self._client().list_object_versions(**where, Prefix=mark, MaxKeys=1)
        except ClientError as error:
            if _fails(error):
                raise
            return None
        return True

    def _versions(self, prefix: str) -> Iterator[tuple[str, str]]:
        """Every version and every mark of a deletion under a name; names without our prefix."""
        pages = self._client().get_paginator("list_object_versions")
        for page in pages.paginate(Bucket=self._where.bucket, Prefix=self._root + prefix):
            for found in (*page.get("Versions", ()), *page.get("DeleteMarkers", ())):
                yield found["Key"].removeprefix(self._root), found["VersionId"]

    def _put(self, name: str, body: object, *, md5: bytes | None = None) -> None:
        sums = {"ContentMD5": base64.b64encode(md5).decode()} if md5 else {}
        self._ask("put_object", name, Body=body, **sums)

    def _copy(self, name: str, to: str) -> None:
        source = {"Bucket": self._where.bucket, "Key": self._root + name}
        self._ask("copy_object", to, CopySource=source)

    def _fetched(self, name: str) -> BinaryIO:
        """An object's bytes, all of them here before anybody reads; raises Absent."""
        for left in reversed(range(READS)):
            found = self._ask("get_object", name)
            file: BinaryIO = io.BytesIO()
            if found["ContentLength"] > IN_MEMORY:
                file = cast("BinaryIO", tempfile.TemporaryFile())  # noqa: SIM115 - the reader closes
            try:
                with contextlib.closing(found["Body"]) as body:
                    for chunk in body.iter_chunks(CHUNK):
                        file.write(chunk)
            except BotoCoreError:
                file.close()
                if not left:
                    raise
                continue
            file.seek(0)
            return file
        raise AssertionError

    def _ask(self, deed: str, name: str, **words: Any) -> Any:
        """One request about one object; raises Absent, and what `_told` turns into words."""
        ask = getattr(self._client(), deed)
        try:
            return ask(Bucket=self._where.bucket, Key=self._root + name, **words)
        except ClientError as error:
            said = error.response["Error"]["Code"]
            if _status(error) == 404 and said != "NoSuchBucket":
                raise Absent(name) from error
            raise

    def _client(self) -> Any:
        """One client a process, for all its threads, made on first use: after gunicorn forked."""
        with self._lock:
            if self._made is None:
                self._made = Session().create_client(
                    "s3",
                    endpoint_url=self._where.endpoint,
                    region_name=self._where.region,
                    aws_access_key_id=self._where.key,
                    aws_secret_access_key=self._where.secret,
                    config=Config(
                        connect_timeout=CONNECT_S,
                        read_timeout=READ_S,
                        retries={"mode": "standard", "total_max_attempts": TRIES},
                        max_pool_connections=THREADS,
                        s3={"addressing_style": "virtual" if self._where.virtual else "path"},
                        # Chinese clouds refuse the checksums that newer clients add by themselves.
                        request_checksum_calculation="when_required",
                        response_checksum_validation="when_required",
                    ),
                )
            return self._made

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        """Turn what the store says into words for the person who waits."""
        try:
            with told(self._name):
                yield
        except ClientError as error:
            code = error.response["Error"]["Code"]
            raise self._failed(_meaning(code, _status(error)), str(error)) from error
        except BotoCoreError as error:
            raise self._failed("store-unreachable", str(error)) from error

    def _failed(self, code: str, reason: str) -> StoreFailed:
        return StoreFailed(code, WORDS[code], f"{self._name}: {reason}")


def _rendition_name(kind: str, key: str, variant: str) -> str:
    refuse_odd_rendition(kind, variant)
    return f"renditions/{blob_name(key)}/{kind}{variant and '-'}{variant}.jpg"


def _status(error: ClientError) -> int:
    return int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))


def _fails(error: ClientError) -> bool:
    """Whether the store could not answer, instead of saying that it will not."""
    broken = _status(error) >= 500 and _status(error) != 501
    return broken or error.response["Error"]["Code"] == "NoSuchBucket"


def _meaning(code: str, status: int) -> str:
    if code == "NoSuchBucket":
        return "store-bucket-missing"
    if code in FULL or status == 507:
        return "store-full"
    if status in REFUSED:
        return "store-refused"
    return "store-unreachable" if status >= 500 else "store-failed"
