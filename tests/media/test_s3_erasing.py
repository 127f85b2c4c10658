"""What is erased is gone from a bucket too: bytes, small pictures, what was set aside, versions."""

import secrets
from dataclasses import replace
from datetime import timedelta
from typing import Any, NoReturn

import pytest
from botocore.exceptions import ClientError
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from server.chores import HANDLERS, Workshop
from server.media.blobs import StoreFailed
from server.media.s3_store import S3Store
from server.models.phone_event import PhotoState
from server.services.retention.round import behind, go_round
from server.services.upkeep.readiness import VERSIONS_HIDDEN, hidden_versions, store_faults
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


@ON_SQLITE
def test_where_versions_may_be_hidden_no_photo_is_called_gone(
    engine: Engine,
    session: Session,
    cast: Cast,
    s3: S3Server,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store = S3Store(s3.settings(secrets.token_hex(6)), begun=True)
    store.begin()
    client = store._client()

    def denied(*_: object, **__: object) -> NoReturn:
        said: Any = {"Error": {"Code": "AccessDenied"}, "ResponseMetadata": {"HTTPStatusCode": 403}}
        raise ClientError(said, "asked")

    photo = make_photo(session, cast.c1, content=b"old", days_ago=800)
    make_photo(session, cast.c1, content=b"newest")
    store.put(b"old")
    session.commit()
    later = NOW + timedelta(days=300)
    assert hidden_versions(store) == []
    with monkeypatch.context() as without:
        without.setattr(client, "get_bucket_versioning", denied)
        assert hidden_versions(store) == [], "they can be listed all the same"
        without.setattr(client, "list_object_versions", denied)
        assert hidden_versions(store) == [VERSIONS_HIDDEN]
        assert store_faults(store) == [], "photos are taken as ever"
        with pytest.raises(StoreFailed):
            go_round(engine, store, county="140926", now=later)
        session.expire_all()
        assert (photo.state, store.stat(photo.sha256)) == (PhotoState.ERASING, None)
        assert any(
            "写明删了，原件还没有删掉" in said for said in behind(session, now=later + timedelta(3))
        )
    session.rollback()
    go_round(engine, store, county="140926", now=later)
    session.expire_all()
    assert photo.state is PhotoState.ERASED
