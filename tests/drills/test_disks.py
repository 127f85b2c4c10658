"""Full disks, read-only disks and stores that fail half-way: said in words, and over by themselves."""

import errno
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

import pytest

from server.media.blobs import FolderStore
from server.services.upkeep.readiness import DISK_BROKEN, DISK_FULL, READ_ONLY, STORE_WORDS
from tests.api.events import batch
from tests.drills.disks import Limits, Tmpfs, small_disk
from tests.drills.house import Installation, Served
from tests.drills.ledger import differences
from tests.drills.real_phone import RealPhone

pytestmark = pytest.mark.drill


class Site:
    """An installation that is served, and a keeper's phone with a record and a photo to send."""

    def __init__(self, home: Path, url: str | None, template: Path) -> None:
        self.installation = Installation(home, url, template=template)
        self.served = Served(self.installation)
        self.phone: RealPhone = self.installation.phone(0, self.served.address)
        self.phone.check_in(40_000)
        self.phone.note(90_000, 14_000)

    def stop(self) -> None:
        self.served.stop()
        self.installation.engine.dispose()

    def post(self) -> Any:
        """An empty batch, to see the bare answer."""
        return self.phone.ask("POST", "/sync", batch())

    def differences(self) -> list[str]:
        return differences(self.installation.engine, self.installation.blobs, [self.phone.kept])


@pytest.fixture
def site(sqlite_template: Path) -> Iterator[Callable[..., Site]]:
    sites: list[Site] = []

    def site(home: Path, url: str | None = None) -> Site:
        sites.append(Site(home, url, sqlite_template))
        return sites[-1]

    yield site
    for made in sites:
        made.stop()


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Tmpfs | Limits]:
    with small_disk(tmp_path / "disk") as disk:
        yield disk


Sites = Callable[..., Site]


def all_arrives(site: Site) -> None:
    assert site.phone.sync() == "done"
    assert not site.phone.held()
    assert site.served.faults() == []
    assert site.differences() == []


def test_a_full_disk_under_the_database_is_named_and_phones_keep_their_data(
    site: Sites, disk: Tmpfs | Limits, tmp_path: Path
) -> None:
    house = site(tmp_path / "home", f"sqlite:///{disk.folder / 'house.db'}")
    with house.installation.engine.connect() as connection:  # or the log's old pages would do
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    disk.fill()

    assert house.phone.sync() == "busy"
    status, headers, said = house.post()
    assert (status, said["code"], headers["Retry-After"]) == (503, "busy", "5")
    assert headers["Content-Type"] == "application/problem+json"
    # Where files are only limited in size, SQLite hears of a broken write, not of a full disk.
    assert house.served.faults() == [DISK_FULL if isinstance(disk, Tmpfs) else DISK_BROKEN]
    assert len(house.phone.held()) == 2

    disk.free()

    all_arrives(house)


def test_a_read_only_disk_under_the_database_is_named_and_phones_keep_their_data(
    site: Sites, disk: Tmpfs | Limits, tmp_path: Path
) -> None:
    house = site(tmp_path / "home", f"sqlite:///{disk.folder / 'house.db'}")
    house.installation.engine.dispose()
    house.served.let_go()
    disk.forbid_writing()

    assert house.phone.sync() == "busy"
    assert house.post()[0] == 503
    assert house.served.faults() == [READ_ONLY]
    assert len(house.phone.held()) == 2

    house.served.let_go()
    disk.allow_writing()

    all_arrives(house)


@pytest.fixture
def photo_site(site: Sites, disk: Tmpfs | Limits, tmp_path: Path) -> Site:
    """An installation with a disk of its own for photos."""
    if isinstance(disk, Limits):
        pytest.skip("needs the right to mount; tests/media/test_blobs.py tries the store without")
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "photos").symlink_to(disk.folder)
    return site(tmp_path / "home")


def waits_with_its_photos(house: Site, *, said: str) -> None:
    assert house.phone.sync() == "busy"
    assert set(house.phone.held().values()) == {"announced"}
    assert len(house.phone.photos_held()) == 3
    assert house.served.faults() == [STORE_WORDS[said]]


def test_a_full_disk_under_the_photos_is_named_and_takes_them_later(
    photo_site: Site, disk: Tmpfs
) -> None:
    disk.fill()

    waits_with_its_photos(photo_site, said="store-full")

    disk.free()

    all_arrives(photo_site)


def test_a_read_only_disk_under_the_photos_is_named_and_takes_them_later(
    photo_site: Site, disk: Tmpfs
) -> None:
    disk.forbid_writing()

    waits_with_its_photos(photo_site, said="store-read-only")

    disk.allow_writing()

    all_arrives(photo_site)


def test_a_photo_folder_that_is_gone_is_waited_for_and_never_begun_anew(
    site: Sites, tmp_path: Path
) -> None:
    house = site(tmp_path / "home")
    (tmp_path / "home" / "photos").rename(tmp_path / "elsewhere")

    waits_with_its_photos(house, said="store-missing")
    assert not (tmp_path / "home" / "photos").exists()

    (tmp_path / "elsewhere").rename(tmp_path / "home" / "photos")

    all_arrives(house)


class HalfwayStore(FolderStore):
    """A disk on which the `failing`-th photo breaks off half-way, by the short way and the long."""

    def __init__(self, root: Path, failing: int) -> None:
        super().__init__(root, begun=True)
        self._until_failure = failing

    def put(self, content: bytes | BinaryIO, expected: str | None = None) -> str:
        self._until_failure -= 1
        assert isinstance(content, bytes)
        breaks = self._until_failure in (0, -1)
        return super().put(Breaking(content) if breaks else content, expected)


class Breaking(io.BytesIO):
    """Gives half of its bytes, and then the error of a disk that dies."""

    def read(self, size: int | None = -1) -> bytes:  # noqa: ARG002
        if self.tell():
            raise OSError(errno.EIO, "Input/output error")
        return super().read(len(self.getvalue()) // 2)


@pytest.mark.parametrize("failing", [1, 2, 3])
def test_a_photo_whose_writing_breaks_off_stays_announced_and_is_taken_the_next_time(
    site: Sites, tmp_path: Path, failing: int
) -> None:
    house = site(tmp_path / "home")
    store = HalfwayStore(tmp_path / "home" / "photos", failing)
    house.served.app.extensions["blobs"] = store

    assert house.phone.sync() == "busy"
    assert len(house.phone.photos_held()) == 4 - failing
    assert len(list(store.blob_keys())) == failing - 1

    all_arrives(house)
    assert [path for path in store.root.rglob("*.part") if path.is_file()] == []
