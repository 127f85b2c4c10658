"""The office takes in what a phone saved: as if it had come by itself, and only once."""

import io
import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from server.media.blobs import FolderStore
from server.models.history import HistoryLine
from server.models.person import Person, Role
from server.models.phone_event import ParcelCount, PhoneEvent, Photo, PhotoState
from server.models.phone_help import UnsentImport
from tests.api.events import check_in, count, jpeg, note
from tests.api.events import photo as announced
from tests.databases import ON_SQLITE
from tests.desk.conftest import Desk, text_of, token_in
from tests.factories import Cast, make_person, make_sign, make_sign_in, token_of
from tests.unsent_file import file_of, head, photo, record

DeskOf = Callable[[Person], Desk]


@pytest.fixture
def desk(session: Session, cast: Cast, desk_of: DeskOf) -> Desk:
    make_sign_in(session, cast.li)
    return desk_of(cast.office)


def preview(desk: Desk, content: bytes, name: str = "村站通-没交的-老李.txt") -> Any:
    return desk.shown("/unsent/preview", file=(io.BytesIO(content), name))


def take_in(desk: Desk, content: bytes) -> str:
    seen = preview(desk, content)
    assert seen.status_code == 200, text_of(seen)
    return desk.done("/unsent/import", token=token_in(seen), filename="老李.txt")


def ascii_file(person: Person, *lines: dict[str, Any], **fields: Any) -> bytes:
    """The same with everything escaped that is no ASCII, as phones may write it."""
    return b"".join(json.dumps(line).encode() + b"\n" for line in [head(person, **fields), *lines])


def a_day(session: Session, cast: Cast) -> tuple[list[dict[str, Any]], dict[str, Any], bytes]:
    """A check-in with a photo and a lost one, a count; the photo as announced and its bytes."""
    content = jpeg()
    shot, lost = announced(content), announced(jpeg(90), "shelves")
    opened = check_in(cast.c1.id, token_of(make_sign(session, cast.c1)), photos=[shot, lost])
    lines = [record(opened), photo(shot, opened, content), photo(lost, opened, None)]
    return [*lines, record(count(cast.c1.id))], shot, content


def test_a_phones_file_comes_in_whole_and_only_once(
    session: Session, cast: Cast, desk: Desk, blobs: FolderStore
) -> None:
    lines, shot, content = a_day(session, cast)
    file = file_of(cast.li, *lines)

    seen = text_of(preview(desk, file))
    assert session.scalar(select(func.count()).select_from(PhoneEvent)) == 0
    words = take_in(desk, file)

    assert "老李的 2 条记录、1 张照片" in seen
    assert "签到 1" in seen
    assert "件数 1" in seen
    assert "新收下 2 条记录、1 张照片" in words
    assert "手机上没有了 1" in words
    assert {e.person_id for e in session.scalars(select(PhoneEvent))} == {cast.li.id}
    kept = session.get_one(Photo, UUID(shot["id"]))
    assert kept.state is PhotoState.KEPT
    with blobs.open(kept.sha256) as stored:
        assert stored.read() == content
    [line] = session.scalars(select(HistoryLine).where(HistoryLine.action == "unsent-imported"))
    assert (line.station_id, line.person_id) == (cast.c1.id, cast.office.id)
    assert "由县办导入老李手机存出的文件：2 条记录、1 张照片" in line.summary

    again = preview(desk, file)
    assert "这些早就收到了，不用导入" in text_of(again)
    words = desk.done("/unsent/import", token=token_in(again), filename="老李.txt")

    assert "新收下 0 条记录、0 张照片；2 条早就收到过，0 条没收下" in words
    assert session.scalar(select(func.count()).select_from(PhoneEvent)) == 2
    assert session.scalar(select(func.count()).select_from(UnsentImport)) == 2
    assert len(list(session.scalars(select(HistoryLine)))) == 1


def test_a_files_name_without_end_hinders_no_record(
    session: Session, cast: Cast, desk: Desk
) -> None:
    lines, *_ = a_day(session, cast)
    seen = preview(desk, file_of(cast.li, *lines))

    words = desk.done("/unsent/import", token=token_in(seen), filename="老" * 500)

    assert "新收下 2 条记录、1 张照片" in words
    [line] = session.scalars(select(HistoryLine).where(HistoryLine.action == "unsent-imported"))
    [made] = session.scalars(select(UnsentImport))
    assert line.reason == made.file_name == "老" * 120


@ON_SQLITE
def test_what_the_phone_itself_sent_meanwhile_is_the_same(
    session: Session, cast: Cast, desk: Desk
) -> None:
    from tests.api.events import batch

    lines, _, _ = a_day(session, cast)
    headers = make_sign_in(session, cast.li).headers
    sent = [line["record"] for line in lines if "record" in line]
    desk.client.post("/api/v1/sync", json=batch(*sent), headers=headers)

    words = take_in(desk, file_of(cast.li, *lines))

    assert "2 条早就收到过" in words
    assert "新收 1" in words  # the photo, which had not come


@ON_SQLITE
def test_a_refused_record_is_told_with_its_reason_and_harms_no_other(
    session: Session, cast: Cast, desk: Desk
) -> None:
    content = jpeg()
    shot = announced(content)
    foreign = note(cast.c2.id, shot)
    bad = count(cast.c1.id, received="很多")
    lines = [record(foreign, "attention"), photo(shot, foreign, content), record(bad)]

    words = take_in(desk, file_of(cast.li, *lines, record(count(cast.c1.id))))

    assert "新收下 1 条记录、0 张照片；0 条早就收到过，2 条没收下" in words
    assert "这个站点现在不归您管" in words
    assert "请填数字，例如 12" in words
    assert session.scalar(select(func.count()).select_from(ParcelCount)) == 1


@ON_SQLITE
def test_a_photo_that_was_changed_on_its_way_is_not_kept(
    session: Session, cast: Cast, desk: Desk
) -> None:
    content = jpeg()
    shot = announced(content)
    taken = note(cast.c1.id, shot)
    file = file_of(cast.li, record(taken), photo(shot, taken, content[:-9] + b"otherwise"))

    words = take_in(desk, file)

    assert "新收下 1 条记录、0 张照片" in words
    assert "这张照片在文件里坏了" in words
    assert session.get_one(Photo, UUID(shot["id"])).state is PhotoState.ANNOUNCED


@ON_SQLITE
def test_a_cut_file_gives_what_is_whole_and_says_where_it_broke(
    session: Session, cast: Cast, desk: Desk
) -> None:
    lines, _, _ = a_day(session, cast)
    file = file_of(cast.li, *lines)
    cut = file[: file.index(b'"photo"') + 500]

    seen = text_of(preview(desk, cut))
    words = take_in(desk, cut)

    assert "文件从第 3 行起断了或坏了" in seen
    assert "新收下 1 条记录、0 张照片" in words
    assert "文件从第 3 行起断了" in words
    assert "不完整" in text_of(desk.get("/unsent"))


@ON_SQLITE
def test_nobody_is_put_records_into_the_hand_that_were_not_on_their_phone(
    session: Session, cast: Cast, desk: Desk, desk_of: DeskOf
) -> None:
    of_li = file_of(cast.li, record(count(cast.c1.id)))
    stranger = make_person(session, cast.other_county, name="外站", role=Role.KEEPER)
    make_sign_in(session, stranger)

    other_phone = preview(desk, file_of(cast.li, device_id="phone-9"))
    abroad = preview(desk, file_of(stranger, county="140926"))
    nobody = preview(desk, file_of(cast.li, person={"id": 999_999, "name": "谁"}))
    elsewhere = preview(desk_of(cast.outsider), of_li)

    assert (other_phone.status_code, "从来没有绑定过老李" in text_of(other_phone)) == (409, True)
    for answer in (abroad, nobody, elsewhere):
        assert (answer.status_code, "不在本县的人员里" in text_of(answer)) == (404, True)
    assert session.scalar(select(func.count()).select_from(PhoneEvent)) == 0


@ON_SQLITE
def test_a_phone_that_knows_no_county_any_more_is_known_by_person_and_phone(
    session: Session, cast: Cast, desk: Desk
) -> None:
    signed_out = file_of(cast.li, record(count(cast.c1.id)), county="")

    assert "新收下 1 条记录" in take_in(desk, signed_out)


@ON_SQLITE
def test_an_inspectors_clock_in_the_file_corrects_what_was_saved(
    session: Session, cast: Cast, desk: Desk
) -> None:
    """The head's offset stands in where a record has none; without either it is not verified."""
    without = count(cast.c1.id, clock_offset_ms=None)
    file = file_of(cast.li, record(without), clock_offset_ms=60_000)
    lost = count(cast.c1.id, clock_offset_ms=None)

    take_in(desk, file)
    take_in(desk, file_of(cast.li, record(lost), clock_offset_ms=None))

    assert session.get_one(PhoneEvent, UUID(without["id"])).time_verified
    assert not session.get_one(PhoneEvent, UUID(lost["id"])).time_verified


@ON_SQLITE
@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 some table", b'{"what": "x"}\n'])
def test_other_files_are_refused_in_words(desk: Desk, content: bytes) -> None:
    answer = preview(desk, content)

    assert answer.status_code == 422
    assert "不是村站通手机存出的文件" in text_of(answer)


@ON_SQLITE
def test_a_file_beyond_the_limit_is_refused_in_words(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = desk.client.application
    view = app.view_functions["desk_unsent.preview"]
    monkeypatch.setattr(view, "most_body_bytes", 3 * 1024 * 1024)
    monkeypatch.setitem(app.config, "MAX_CONTENT_LENGTH", 1024 * 1024)  # of usual bodies

    def send(megabytes: int) -> Any:
        parts = (
            ("csrf", "", desk.held.csrf),
            ("file", '; filename="x"', "x" * megabytes * 1024**2),
        )
        body = "".join(
            f'--cut\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n{value}\r\n'
            for name, more, value in parts
        )
        return desk.client.post(
            "/desk/unsent/preview",
            data=f"{body}--cut--\r\n".encode(),
            content_type="multipart/form-data; boundary=cut",
        )

    fits, too_large = send(2), send(4)

    assert fits.status_code == 422  # read, and no file of ours
    assert (too_large.status_code, "上限 3 MB" in text_of(too_large)) == (413, True)


@ON_SQLITE
def test_words_that_no_database_keeps_are_no_trouble(
    session: Session, cast: Cast, desk: Desk
) -> None:
    half_a_face = "\ud83d"  # what is left of an emoji cut in the middle
    odd = count(cast.c1.id) | {"id": f"1{half_a_face}", "kind": f"count{half_a_face}\0"}
    stray = {"id": "0" * 32, "of": "", "sha256": "", "size": 0, "missing": True}
    heads = [
        {"made_at": "0001-01-01T00:00:00+23:59", "device_label": f"红米\0{half_a_face}"},
        {"made_at": "9999-12-31T23:59:59Z"},
    ]

    told = [take_in(desk, ascii_file(cast.li, **fields)) for fields in heads]
    told.append(take_in(desk, ascii_file(cast.li, record(odd, why={"message": half_a_face}))))
    told.append(take_in(desk, ascii_file(cast.li, {"photo": stray})))

    assert ["新收下 0 条" in words for words in told] == [True] * 4
    assert "1 条没收下" in told[2]
    assert preview(desk, ascii_file(cast.li, device_id=half_a_face)).status_code == 409


@ON_SQLITE
def test_what_the_real_phone_writes_is_what_the_office_reads(
    session: Session, cast: Cast, desk: Desk
) -> None:
    from tests.app.quick import Core
    from tests.app.rescued import EXPORT, WRITE

    ids = "phone.uuid = () => '00000000-0000-4000-8000-' + ('0'.repeat(11) + ++n).slice(-12);"
    kept = EXPORT.replace("makePhone(server);", f"makePhone(server); let n = 0; {ids}")
    lines = Core().run(f"{kept} {WRITE} return lines;")
    first = json.loads(lines[0])
    first["person"]["id"] = cast.li.id
    make_sign_in(session, cast.li, device_id=first["device_id"])
    file = "".join(line + "\n" for line in [json.dumps(first), *lines[1:]]).encode()

    seen = text_of(preview(desk, file))

    assert "3 条记录、3 张照片" in seen
    assert "看不懂" not in seen
    assert "断了" not in seen
    assert "对不上" not in seen
