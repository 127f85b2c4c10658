"""A house that can be backed up."""

from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from server.media.blobs import FolderStore
from server.services.backup.place import Place, place_of, set_up
from server.services.common import chain, history
from server.services.registry.actions import RegistryAction
from server.settings import Settings
from tests.factories import NOW, Cast
from tests.reviews import make_photo

PHOTOS = [bytes([number]) * (1000 * number + 1) for number in range(1, 4)]


@pytest.fixture
def place(
    settings: Settings, session: Session, cast: Cast, blobs: FolderStore, tmp_path: Path
) -> Place:
    """A house with a chain, three photos, keys, and an empty target."""
    blobs.begin()
    for content in PHOTOS:
        blobs.put(content)
        make_photo(session, cast.c1, content=content)
    announced = make_photo(session, cast.c1, content=b"the phone only speaks of it")
    announced.state = announced.state.ANNOUNCED
    history.write(
        session, of=cast.c1, by=cast.office, at=NOW, action=RegistryAction.STATION_EDITED,
        summary="改了营业时间",
    )  # fmt: skip
    session.commit()
    chain.anchor(session, county="140926", now=NOW)
    session.commit()
    (settings.home / "secrets").mkdir()
    (settings.home / "secrets" / "text-keys").write_text("37" * 32)
    secret = set_up(settings.home, tmp_path / "disk")
    (tmp_path / "key").write_text(f"# 县办保险柜\n{secret}\n")
    found = place_of(settings.home)
    assert found is not None
    return found
