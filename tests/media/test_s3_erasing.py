"""What is erased is gone from a bucket too: bytes, small pictures, what was set aside, versions."""

import secrets
from dataclasses import replace
from datetime import timedelta

import pytest
from botocore.exceptions import ClientError
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from server.chores import HANDLERS, Workshop
from server.media.s3_store import S3Store
from server.models.phone_event import PhotoState
from server.services.retention.round import go_round
from tests.databases import ON_SQLITE
from tests.factories import NOW, Cast
from tests.reviews import make_photo
from tests.s3_server import S3Server


def everywhere(store: S3Store) -> list[str]:
    """The names of all objects and versions that the bucket still has of this store's photos."""
    return [name for name, _ in store._versions("") if name != "czt-store"]


@ON_SQLITE
@pytest.mark.parametrize("versions", [False, True])
def test_a_photo_that_had_its_time_is_gone_from_the_bucket(
    engine: Engine,
    session: Session,
    cast: Cast,
    s3: S3Server,
    versions: bool,  # noqa: FBT001 - whether the bucket keeps what is deleted
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    where = s3.settings(secrets.token_hex(6))
    if versions:
        where = replace(where, bucket=f"versions-{secrets.token_hex(4)}")
    store = S3Store(where, begun=True)
    if versions:
        store._client().create_bucket(Bucket=where.bucket)
        store._client().put_bucket_versioning(
            Bucket=where.bucket, VersioningConfiguration={"Status": "Enabled"}
        )
    store.begin()
    old = make_photo(session, cast.c1, content=b"old", days_ago=800)
    twin = make_photo(session, cast.c1, content=b"named twice", days_ago=800)
    other = make_photo(session, cast.c2, content=b"named twice")
    newest = make_photo(session, cast.c1, content=b"newest")
    for content in (b"old", b"old", b"named twice", b"newest"):
        store.put_rendition("thumb", store.put(content), b"small")
    session.commit()

    def refused(**_asked: object) -> None:
        told = {"Error": {"Code": "AccessDenied"}, "ResponseMetadata": {"HTTPStatusCode": 403}}
        raise ClientError(told, "GetBucketVersioning")

    with monkeypatch.context() as then:  # a key that may read, write and delete need not ask this
        then.setattr(store._client(), "get_bucket_versioning", refused)
        assert go_round(engine, store, county="140926", now=NOW + timedelta(days=300)) == 2

    session.expire_all()
    assert (old.state, twin.state) == (PhotoState.ERASED, PhotoState.ERASED)
    assert sorted(store.blob_keys()) == sorted([other.sha256, newest.sha256])
    assert store.rendition("thumb", old.sha256) is None
    assert [one for one in everywhere(store) if old.sha256 in one] == []
    store.put(b"old")  # as an old backup of the photos does
    HANDLERS["sweep_photo_store"].begin(Workshop(engine, store), {}, NOW + timedelta(days=301))
    assert store.stat(old.sha256) is None
    assert [one for one in everywhere(store) if old.sha256 in one] == []
