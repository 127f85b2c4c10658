"""Bytes in, the same bytes out, whatever breaks in between."""

import hashlib
import io
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from server.errors import Invalid, NotFound
from server.media import blobs
from server.media.blobs import FolderStore, StoreFailed

PHOTO = b"\xff\xd8 a picture of the counter"
KEY = hashlib.sha256(PHOTO).hexdigest()
NOW = datetime(2026, 7, 1, 0, 0, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    return FolderStore(tmp_path / "store")


def files_in(store: FolderStore) -> list[str]:
    return sorted(str(p.relative_to(store.root)) for p in store.root.rglob("*") if p.is_file())


def age(store: FolderStore, name: str, hours: float) -> None:
    then = (NOW - timedelta(hours=hours)).timestamp()
    os.utime(next(store.root.rglob(name)), (then, then))


def test_what_was_put_comes_back_under_its_sha256(store: FolderStore) -> None:
    key = store.put(PHOTO)

    assert key == KEY
    with store.open(key) as stream:
        assert stream.read() == PHOTO
    stat = store.stat(key)
    assert stat is not None
    assert stat.size == len(PHOTO)


def test_putting_again_keeps_one_file_and_answers_the_same(store: FolderStore) -> None:
    assert store.put(PHOTO) == store.put(io.BytesIO(PHOTO), expected=KEY.upper())

    assert files_in(store) == [f"blobs/{KEY[:2]}/{KEY[2:4]}/{KEY}"]


def test_a_stream_larger_than_one_read_is_kept_whole(store: FolderStore) -> None:
    content = os.urandom(2_500_000)

    key = store.put(io.BytesIO(content))

    with store.open(key) as stream:
        assert stream.read() == content


def test_bytes_that_changed_on_the_way_are_refused_and_leave_nothing(store: FolderStore) -> None:
    with pytest.raises(Invalid) as refused:
        store.put(PHOTO + b"!", expected=KEY)

    assert refused.value.code == "sha256-differs"
    assert files_in(store) == []


def test_a_source_that_breaks_off_leaves_nothing(store: FolderStore) -> None:
    class CutOff(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            if self.tell():
                raise ConnectionResetError("the phone lost its net")
            return super().read(min(size or 3, 3))

    with pytest.raises(StoreFailed):
        store.put(CutOff(PHOTO))

    assert files_in(store) == []


def test_what_is_not_there_is_said_so(store: FolderStore) -> None:
    assert store.stat(KEY) is None
    store.delete(KEY)
    with pytest.raises(NotFound) as missing:
        store.open(KEY)
    assert missing.value.code == "blob-missing"


@pytest.mark.parametrize("key", ["../../etc/passwd", "", KEY.upper(), KEY + "/x", "a" * 63])
def test_a_key_that_is_no_sha256_never_reaches_the_file_system(
    store: FolderStore, key: str
) -> None:
    store.put(PHOTO)

    with pytest.raises(NotFound):
        store.open(key)
    assert store.stat(key) is None
    with pytest.raises(NotFound):
        store.put_rendition("thumbnail", key, b"x")


def test_deleting_takes_the_renditions_along(store: FolderStore) -> None:
    store.put(PHOTO)
    store.put_rendition("thumbnail", KEY, b"small")
    assert store.rendition("thumbnail", KEY) == b"small"

    store.delete(KEY)

    assert files_in(store) == []
    assert store.rendition("thumbnail", KEY) is None


def test_an_emptied_rendition_counts_as_absent_and_is_made_again(store: FolderStore) -> None:
    store.put_rendition("thumbnail", KEY, b"small")
    next(store.root.rglob("*.jpg")).write_bytes(b"")  # what a power cut leaves of an unsynced file

    assert store.rendition("thumbnail", KEY) is None
    store.put_rendition("thumbnail", KEY, b"again")
    assert store.rendition("thumbnail", KEY) == b"again"


def test_a_rendition_kind_is_a_plain_word(store: FolderStore) -> None:
    with pytest.raises(ValueError, match="kind of rendition"):
        store.put_rendition("../blobs", KEY, b"x")


def test_many_at_once_putting_the_same_bytes_leave_one_whole_blob(store: FolderStore) -> None:
    content = os.urandom(300_000)
    start = threading.Barrier(8)
    keys: list[str] = []

    def put() -> None:
        start.wait()
        keys.extend(store.put(content) for _ in range(5))

    threads = [threading.Thread(target=put) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert keys == [hashlib.sha256(content).hexdigest()] * 40
    assert len(files_in(store)) == 1
    with store.open(keys[0]) as stream:
        assert stream.read() == content


def test_the_sweep_moves_old_blobs_without_a_row_and_deletes_nothing(store: FolderStore) -> None:
    named = store.put(b"has a row")
    old = store.put(b"its row was never written")
    young = store.put(b"its row is being written now")
    age(store, named, 72)
    age(store, old, 25)
    age(store, young, 23)
    before = len(files_in(store))

    moved = store.sweep([named], now=NOW)

    assert moved == [old]
    assert list(store.blob_keys()) == sorted([named, young])
    assert (store.root / "orphans" / old).read_bytes() == b"its row was never written"
    assert len(files_in(store)) == before


def test_the_sweep_sets_unfinished_files_aside_when_they_are_old(store: FolderStore) -> None:
    store.put(PHOTO)
    for name in ("old.part", "young.part"):
        (store.root / "incoming" / name).write_bytes(b"half a pho")
    age(store, "old.part", 25)
    age(store, "young.part", 1)

    assert store.sweep([KEY], now=NOW) == ["old.part"]
    assert (store.root / "incoming" / "young.part").exists()


def test_a_blob_put_again_is_young_again(store: FolderStore) -> None:
    key = store.put(PHOTO)
    age(store, key, 100)
    store.put(PHOTO)
    again = store.stat(key)
    assert again is not None

    assert store.sweep([], now=again.written_at + timedelta(hours=23)) == []
    assert store.sweep([], now=again.written_at + timedelta(hours=25)) == [key]


def test_a_blob_swept_by_mistake_can_be_put_again(store: FolderStore) -> None:
    key = store.put(PHOTO)
    age(store, key, 100)
    store.sweep([], now=NOW)
    assert store.stat(key) is None

    assert store.put(PHOTO) == key
    assert store.stat(key) is not None


def test_the_check_leaves_no_trace(store: FolderStore) -> None:
    store.check()

    assert files_in(store) == []


def test_a_store_that_cannot_be_written_to_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    store = FolderStore(tmp_path / "file" / "store")

    for attempt in (store.check, lambda: store.put(PHOTO)):
        with pytest.raises(StoreFailed) as failed:
            attempt()
        assert failed.value.code == "store-failed"
        assert "不要删除" in failed.value.message


def test_a_begun_store_whose_folder_is_gone_makes_no_new_one(tmp_path: Path) -> None:
    store = FolderStore(tmp_path / "disk" / "photos", begun=True)
    store.begin()
    key = store.put(PHOTO)
    (tmp_path / "disk").rename(tmp_path / "unplugged")

    attempts: list[Callable[[], object]] = [
        lambda: store.put(PHOTO),
        lambda: store.put_rendition("thumb", key, b"small"),
        lambda: store.open(key),
        store.check,
    ]
    for attempt in attempts:
        with pytest.raises(StoreFailed) as failed:
            attempt()
        assert failed.value.code == "store-missing"
    assert not (tmp_path / "disk").exists()


def test_a_begun_store_works_again_when_its_folder_is_back(tmp_path: Path) -> None:
    store = FolderStore(tmp_path / "photos", begun=True)
    store.begin()
    key = store.put(PHOTO)
    (tmp_path / "photos").rename(tmp_path / "aside")
    (tmp_path / "photos").mkdir()  # the empty place where a disk is mounted
    with pytest.raises(StoreFailed):
        store.put(PHOTO)

    (tmp_path / "photos").rmdir()
    (tmp_path / "aside").rename(tmp_path / "photos")

    assert store.put(PHOTO) == key
    with store.open(key) as file:
        assert file.read() == PHOTO


FULL_DISK = """
import resource, sys
from pathlib import Path
from server.media import blobs
from server.media.blobs import FolderStore, StoreFailed
resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))
store = FolderStore(Path(sys.argv[1]))
print(store.put(b"small enough"))
try:
    store.put(b"x" * 200_000)
except StoreFailed as failed:
    print(failed.code, failed.message)
"""


def test_a_full_disk_is_told_in_words_and_leaves_nothing_half_written(store: FolderStore) -> None:
    told = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(store.root)],
        capture_output=True, text=True, check=True, timeout=60,
    ).stdout  # fmt: skip

    key, refusal = told.splitlines()
    assert refusal.startswith("store-full 服务器的存储空间满了")
    assert [Path(name).name for name in files_in(store)] == [key]


READ_ONLY = """
import os, sys
from pathlib import Path
from server.media import blobs
from server.media.blobs import FolderStore, StoreFailed
if os.geteuid() == 0:
    os.setgid(65534), os.setuid(65534)
try:
    FolderStore(Path(sys.argv[1])).put(b"x")
except StoreFailed as failed:
    print(failed.code)
"""


def test_a_read_only_store_is_told_in_words(tmp_path: Path) -> None:
    folder = tmp_path / "store"
    folder.mkdir()
    folder.chmod(0o555)
    for above in folder.parents:
        if above.stat().st_uid == os.geteuid() and above != Path("/"):
            above.chmod(above.stat().st_mode | 0o055)

    told = subprocess.run(
        [sys.executable, "-c", READ_ONLY, str(folder)],
        capture_output=True, text=True, check=True, timeout=60,
    ).stdout  # fmt: skip

    assert told.strip() == "store-read-only"


KILLED = """
import sys, os
from pathlib import Path
from server.media import blobs
from server.media.blobs import FolderStore
store = FolderStore(Path(sys.argv[1]))
number = 0
while True:
    key = store.put(b"%d-" % number + os.urandom(100_000))
    print(key, flush=True)
    number += 1
"""


def test_kill_9_loses_nothing_that_was_acknowledged(store: FolderStore) -> None:
    writer = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(store.root)], stdout=subprocess.PIPE, text=True
    )
    assert writer.stdout is not None
    acknowledged = [writer.stdout.readline().strip() for _ in range(20)]
    writer.kill()
    acknowledged += writer.stdout.read().split()
    writer.stdout.close()
    writer.wait(timeout=10)

    for key in acknowledged:
        with store.open(key) as stream:
            assert hashlib.sha256(stream.read()).hexdigest() == key
    for key in store.blob_keys():
        with store.open(key) as stream:
            assert hashlib.sha256(stream.read()).hexdigest() == key


def test_a_folder_that_somebody_else_has_just_made_is_synced_before_a_blob_in_it_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = FolderStore(tmp_path)
    store.begin()
    key = hashlib.sha256(b"photo").hexdigest()
    folder = tmp_path / "blobs" / key[:2] / key[2:4]
    folder.mkdir(parents=True)  # by another process, whose sync has not come yet
    synced: list[Path] = []
    real = blobs._sync_folder

    def sync(one: Path) -> None:
        synced.append(one)
        real(one)

    monkeypatch.setattr(blobs, "_sync_folder", sync)
    store.put(b"photo")
    assert synced == [tmp_path, tmp_path / "blobs", folder.parent, folder]
    store.put(b"photo")
    assert synced[4:] == [folder]  # once is enough
