"""Judged photos as a labelled set: what people said is the label, never what the machine read."""

import errno
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from server.errors import Conflict
from server.media.blobs import FolderStore
from server.media.reading import hiding
from server.media.reading.hiding import Hidden, Hider, NotHidden
from server.media.reading.measured import likely_share
from server.media.reading.reading import Reader, Reading
from server.policy.standard.facts import Word
from server.services.review import judged as judging
from server.services.review import label_set
from server.services.review.decisions import decide
from server.services.review.judged import judged_photos
from server.services.review.label_set import make_set, measured_set
from server.services.review.reader_figures import (
    counted,
    figures_said,
    keep_figures,
    reminder,
    table,
)
from server.services.standing import statements
from tests.factories import NOW, TODAY, Cast
from tests.readings import NAME, written
from tests.reviews import ask_hours, ask_sign, make_photo


def judge(session: Session, cast: Cast, item: Any, decision: str, **more: Any) -> None:
    decide(session, item=item, decision=decision, by=cast.office, now=NOW, **more)


def labels_of(session: Session) -> dict[Any, dict[str, Any]]:
    return {one.photo.id: one.said for one in judged_photos(session, county="140926", most=50)}


def test_what_a_person_said_is_the_label_and_what_the_machine_read_never_is(
    session: Session, cast: Cast
) -> None:
    same, typed, taken_over, unclear = (
        ask_sign(session, station, number=("unreadable", ""))
        for station in (cast.c1, cast.c2, cast.c1, cast.c2)
    )
    board, other_board = ask_hours(session, cast.c1), ask_hours(session, cast.c2)
    judge(session, cast, same, "matches")
    judge(session, cast, taken_over, "differs")  # the name as the machine had read it
    judge(session, cast, typed, "differs", sign_text="杨家山村便民驿站", number_missing=True)
    judge(session, cast, unclear, "unclear")
    judge(session, cast, board, "matches")
    judge(session, cast, other_board, "differs")
    ask_sign(session, cast.c1)  # nobody has judged it

    assert labels_of(session) == {
        same.photo_id: {"name": cast.c1.name, "number": "C0001"},
        typed.photo_id: {"name": "杨家山村便民驿站", "number": None},
        board.photo_id: {"hours": cast.c1.hours},
    }


def test_an_inspector_s_record_on_site_labels_the_photo_of_that_day(
    session: Session, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(judging, "subject_read", lambda *_: "signboard")
    photo = make_photo(session, cast.c1, "clause", person_id=cast.office.id)
    another_day = make_photo(session, cast.c1, "clause", person_id=cast.office.id, days_ago=3)
    statements.say(
        session, station=cast.c1, fact="sign_text", value="马家沟村快递便民点",
        word=Word.INSPECTOR, on=TODAY, by=cast.office, now=NOW,
    )  # fmt: skip

    assert labels_of(session) == {photo.id: {"name": "马家沟村快递便民点"}}
    assert another_day.day_on != photo.day_on


class StubReader(Reader):
    """Reads what it is told of each file's bytes; nothing is started."""

    def __init__(self, reads: dict[bytes, Reading]) -> None:
        self.reads = reads

    def read(self, content: bytes, subject: str = "any") -> Reading:  # noqa: ARG002
        return self.reads[content]


def reading(*rows: str) -> Reading:
    return Reading(1280, 960, tuple(written(*rows)), None, 1, 0.1, 0.1)


def test_a_set_is_made_measured_looked_over_and_measured_again(
    session: Session, cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = FolderStore(tmp_path / "photos")
    store.begin()
    photos = [make_photo(session, cast.c1, content=b"photo %d" % n) for n in range(4)]
    for n, photo in enumerate(photos):
        judge(session, cast, ask_sign(session, cast.c1, photo), "matches")
        if n != 3:  # of one the file is lost
            store.put(b"photo %d" % n)

    def copy(content: bytes, *_: object, **__: object) -> Hidden:
        if content == b"photo 2":
            raise NotHidden("电话号码遮了几次还读得出来")
        return Hidden(b"hidden " + content, 1, 2, searched=True)

    monkeypatch.setattr(label_set, "hidden_copy", copy)
    reader = StubReader(
        {
            b"hidden photo 0": reading(NAME),
            b"hidden photo 1": reading("杨家山村快递便民服务点"),
        }
    )
    judged = judged_photos(session, county="140926", most=50)
    folder = tmp_path / "set"
    made = make_set(
        folder, judged, county="140926", brands=["兔喜"], blobs=store, reader=reader, hider=Hider()
    )

    assert (len(made.labels), made.faces, made.telephones) == (2, 2, 4)
    assert made.left_out == Counter({"照片库里没有这张照片": 1, "电话号码遮了几次还读得出来": 1})
    kept = json.loads((folder / "LABELS.json").read_text("utf-8"))
    assert {one["name"] for one in kept} == {cast.c1.name}
    assert set(kept[0]) == {"file", "kind", "name", "judged", "brands", "county"}
    assert "照片核查：相符" in (folder / "看一遍.html").read_text("utf-8")
    assert "逐张看过" not in (folder / "LABELS.json").read_text("utf-8")
    found, gone = measured_set(folder, county="140926", reader=reader)
    assert (sorted(one["name"] for one in found), gone) == (["right", "wrong"], [])

    with pytest.raises(Conflict, match="已经有东西"):
        make_set(
            folder, judged, county="140926", brands=[], blobs=store, reader=reader, hider=Hider()
        )
    wrong = next(one["file"] for one in kept if (folder / one["file"]).read_bytes()[-1:] == b"1")
    (folder / wrong).write_bytes(b"another picture")
    with pytest.raises(Conflict, match=f"{wrong} 和清单对不上"):
        measured_set(folder, county="140926", reader=reader)
    with pytest.raises(Conflict, match="样本是140926的，不是141125的"):
        measured_set(folder, county="141125", reader=reader)
    (folder / wrong).unlink()  # whoever looked it over did not want it
    assert measured_set(folder, county="140926", reader=reader) == ([{"name": "right"}], [wrong])
    next(path for path in folder.glob("*.jpg")).unlink()
    with pytest.raises(Conflict, match="一张照片也没有了"):
        measured_set(folder, county="140926", reader=reader)


def test_half_a_set_is_none_and_the_folder_is_free_again(
    session: Session, cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = FolderStore(tmp_path / "photos")
    store.begin()
    for n in range(2):
        photo = make_photo(session, cast.c1, content=b"photo %d" % n)
        judge(session, cast, ask_sign(session, cast.c1, photo), "matches")
        store.put(b"photo %d" % n)
    copies = iter([Hidden(b"hidden", 0, 0, searched=True)])

    def copy(*_: object, **__: object) -> Hidden:
        if left := next(copies, None):
            return left
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(label_set, "hidden_copy", copy)
    judged, folder = judged_photos(session, county="140926", most=50), tmp_path / "set"

    def make() -> None:
        make_set(
            folder, judged, county="140926", brands=[], blobs=store,
            reader=StubReader({}), hider=Hider(),
        )  # fmt: skip

    with pytest.raises(OSError, match="No space left"):
        make()
    assert list(folder.iterdir()) == []

    def aside(*_: object, **__: object) -> Hidden:
        raise NotHidden("遮挡程序没有做成")

    monkeypatch.setattr(label_set, "hidden_copy", aside)
    with pytest.raises(Conflict, match="一张也没有放进去：遮挡程序没有做成，2张"):
        make()
    assert list(folder.iterdir()) == []


def test_the_figures_are_kept_said_with_their_range_and_asked_for_once_they_are_due(
    session: Session, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.services.review.reader_figures.REMINDED_FROM", 2)
    for _ in range(2):
        assert reminder(session, "140926", "静乐县") == ""
        judge(session, cast, ask_sign(session, cast.c1), "matches")
    for _ in range(5):  # the newest tell nothing: the name was taken over from the machine
        judge(session, cast, ask_sign(session, cast.c1), "differs")
    assert "还没有量过机器识读" in reminder(session, "140926", "静乐县")
    assert figures_said(session, "140926") == ""

    counts = counted([{"name": "right", "number": "unread"}] * 95 + [{"name": "wrong"}] * 5)
    keep_figures(session, county="140926", counts=counts, photos=100, on=TODAY, now=NOW)

    said = figures_said(session, "140926")
    assert "100张有人判过的照片）：名称读对95.0%、读错5.0%；编号读对0.0%、读错0.0%。" in said
    assert reminder(session, "140926", "静乐县") == f"静乐县{said}"
    assert "95.0%（88.8%–97.8%）" in table(counts)
    assert figures_said(session, "141125") == ""


@pytest.mark.parametrize(
    ("hits", "of", "least", "most"),
    [(0, 100, 0.0, 0.037), (95, 100, 0.888, 0.978), (1, 1, 0.207, 1.0), (0, 0, 0.0, 1.0)],
)
def test_a_share_is_told_with_where_the_true_one_may_lie(
    hits: int, of: int, least: float, most: float
) -> None:
    assert likely_share(hits, of) == pytest.approx((least, most), abs=0.001)


def test_a_number_that_stays_legible_leaves_the_photo_out() -> None:
    class Blind(Hider):
        faces: Any = ()

        def copy_of(self, content: bytes, quads: Any) -> tuple[bytes, dict[str, Any]]:  # noqa: ARG002
            return content, {"faces": self.faces, "searched": True}

    reader = StubReader({b"photo": reading("电话13800001234")})
    with pytest.raises(NotHidden, match="还读得出来"):
        hiding.hidden_copy(b"photo", "signboard", reader=reader, hider=Blind())

    on_the_sign, beside = Blind(), Blind()
    on_the_sign.faces, beside.faces = [(0, 0, 60, 60)], [(0, 500, 60, 560)]
    reader = StubReader({b"photo": reading(NAME)})
    with pytest.raises(NotHidden, match="压着牌上的字"):
        hiding.hidden_copy(b"photo", "signboard", reader=reader, hider=on_the_sign)
    copy = hiding.hidden_copy(b"photo", "signboard", reader=reader, hider=beside)
    assert copy.faces == 1
