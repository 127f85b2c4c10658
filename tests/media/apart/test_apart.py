"""Foreign files are opened in a limited child process; what kills one is not opened again."""

import io
import os
import resource
import signal
import threading
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from PIL import Image

from server.errors import Invalid
from server.media.apart import opener as opening
from server.media.apart import pictures, tables
from server.media.apart.opener import Deed, NotOpened, Opener, OpenersBusy
from server.media.pictures import images
from server.media.pictures.header import MOST_SCANS, too_many_scans
from server.media.pictures.lookalike import compare
from server.media.pictures.prints import prints_of
from server.media.sheets import reading
from tests.killing import killed_while_asked
from tests.media.scenes import scene
from tests.sheets import Raw, Tab, day, formula, number, xlsx


def jpeg(image: Image.Image, **how: object) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=85, **how)
    return out.getvalue()


def plain(shade: int = 90, side: int = 640) -> bytes:
    return jpeg(Image.new("RGB", (side, side), (shade, 120, 80)))


def scan_bomb(scans: int) -> bytes:
    """A progressive JPEG whose last pass is drawn again and again."""
    whole = jpeg(Image.effect_noise((640, 480), 60).convert("RGB"), progressive=True)
    last = whole.rindex(b"\xff\xda")
    return whole[:-2] + whole[last:-2] * scans + whole[-2:]


@pytest.fixture
def opener() -> Iterator[Opener]:
    opener = Opener(children=1)
    yield opener
    opener.close()


def admitted(opener: Opener, content: bytes, cpu_s: float = 10) -> str:
    said, _ = opener.ask(Deed("admit", "photo", cpu_s), content)
    return str(said["format"])


def shown(opener: Opener, content: bytes, cpu_s: float = 10) -> bytes:
    deed = Deed("rendition", "photo", cpu_s)
    return opener.ask(deed, content, long_side=4000, stamp=[], quality=80)[1]


def test_apart_is_seen_what_is_seen_here() -> None:
    one, other = jpeg(scene(1)), jpeg(scene(1), progressive=True)
    assert pictures.admit(one) == images.admit(one)
    assert pictures.look_at_photo(one) == images.look_at_photo(one)
    assert pictures.rendition(one, 200, stamp=["村"]) == images.rendition(one, 200, stamp=["村"])
    assert pictures.thumbnail(one) == images.thumbnail(one)
    assert pictures.prints_of(one).packed == prints_of(one).packed
    assert (pictures.prints_of(one).mirrored == prints_of(one).mirrored).all()
    assert pictures.compare(one, other) == compare(one, other)
    assert pictures.compare(one, other).traces is not None

    cells: list[object] = ["甲", number(7), day(date(2026, 7, 3)), formula("A1", "")]
    content = xlsx(
        Tab([cells, [Raw('<c t="e"><v>#N/A</v></c>')]], merges=["A1:A2"], hidden_columns=[1]),
        Tab([["旧"]], name="旧", state="hidden"),
    )
    here, there = reading.open_book(content, "a.xlsx"), tables.open_book(content, "a.xlsx")
    assert there.names == here.names
    assert there.sheet(0) == here.sheet(0)
    assert there.sheet(0, most_lines=1) == here.sheet(0, most_lines=1)
    csv = "村,户\n宋家村,12\n".encode("gb18030")
    again = tables.open_book(csv, "a.csv").sheet(0)
    assert again == reading.open_book(csv, "a.csv").sheet(0)
    assert there.sheet(1).lines[0].cells == {0: "旧"}  # the child has opened another file since


def test_a_picture_drawn_in_a_hundred_passes_is_refused_unopened() -> None:
    honest = jpeg(scene(1), progressive=True)
    film = honest + b"\xff\xda\x00\x02" * 100  # what phones put behind a photo that moves
    assert images.admit(honest).format == images.admit(film).format == "JPEG"
    assert too_many_scans(scan_bomb(MOST_SCANS))
    with pytest.raises(Invalid) as refused:
        images.admit(scan_bomb(MOST_SCANS))
    assert refused.value.code == "photo-too-many-scans"


@pytest.mark.parametrize("how", ["slow", "memory", "crashed"])
def test_bytes_that_kill_are_refused_from_then_on_and_nothing_else_is_lost(
    opener: Opener, how: str
) -> None:
    bad, good = plain(1, 4000), plain(2)
    assert admitted(opener, good) == "JPEG"
    [child] = opener.idle
    first = child.pid
    assert first is not None
    if how == "memory":
        held = int(Path(f"/proc/{first}/statm").read_text().split()[0]) * resource.getpagesize()
        resource.prlimit(first, resource.RLIMIT_AS, (held, held))
        with pytest.raises(NotOpened) as aside:
            shown(opener, bad)
    elif how == "slow":  # the system ends by what its ticks saw, which is behind what was used
        with pytest.raises(NotOpened) as aside:
            for side in range(3000, 2000, -1):
                bad = plain(1, side)
                shown(opener, bad, cpu_s=-2)
    else:
        with killed_while_asked(first, signal.SIGSEGV), pytest.raises(NotOpened) as aside:
            admitted(opener, bad)
    assert "再拍一张" in aside.value.message

    with pytest.raises(NotOpened):
        admitted(opener, bad)
    assert child.pid is None  # nobody was started to try again
    assert admitted(opener, good) == "JPEG"
    assert child.pid != first


@pytest.mark.parametrize("what", [signal.SIGKILL, None], ids=["killed by the system", "hung"])
def test_who_met_a_busy_machine_is_not_charged(opener: Opener, what: signal.Signals | None) -> None:
    photo = plain(3)
    assert admitted(opener, plain(4)) == "JPEG"
    first = opener.idle[0].pid
    assert first is not None
    if what is None:
        os.kill(first, signal.SIGSTOP)
        with pytest.raises(OpenersBusy):
            opener.ask(Deed("admit", "photo", -3.2), photo)  # 0.4 seconds by the clock
    else:
        with killed_while_asked(first, what), pytest.raises(OpenersBusy):
            admitted(opener, photo)
    assert admitted(opener, photo) == "JPEG"


def test_a_child_knows_no_secret_writes_no_file_and_leaves_no_orphan(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CZT_SECRET_KEY", "for nobody else")
    opener = Opener()
    admitted(opener, plain())
    [child] = opener.idle
    assert child.pid is not None
    assert "CZT_" not in Path(f"/proc/{child.pid}/environ").read_text()
    assert resource.prlimit(child.pid, resource.RLIMIT_FSIZE) == (0, 0)
    assert resource.prlimit(child.pid, resource.RLIMIT_AS)[0] == opening.MEMORY_MB * 2**20
    opener.close()
    assert opener.idle == []


def test_one_warm_child_serves_one_after_the_other_and_a_second_only_beside_it() -> None:
    opener = Opener(children=2)
    photos = [plain(shade) for shade in range(5)]
    for photo in photos:
        admitted(opener, photo)
    assert len(opener.idle) == 1
    began = time.process_time()
    for photo in photos * 4:
        admitted(opener, photo)
    assert time.process_time() - began < 0.5  # what asking costs us, beside the decoding
    threads = [threading.Thread(target=admitted, args=(opener, one)) for one in photos]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(opener.idle) <= 2
    opener.close()


def test_a_large_table_may_be_opened_as_often_as_somebody_looks() -> None:
    """What is unpacked at once has a limit; looking six times is not six times as much."""
    rows = "<row r='2'>" + " " * (25 * 1024 * 1024) + "</row>"
    content = xlsx(Tab([["村"]], after=rows))
    for _ in range(6):
        assert len(tables.open_book(content, "a.xlsx").sheet(0).lines) == 1


def test_within_a_request_a_table_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    content = xlsx(Tab([["村"], ["宋家村"]]))
    with tables.read_once():
        first = tables.open_book(content, "a.xlsx")
        sheet = first.sheet(0)
        monkeypatch.setattr(tables, "shared_opener", lambda: pytest.fail("opened again"))
        assert tables.open_book(content, "a.xlsx").sheet(0) is sheet
    monkeypatch.undo()
    assert tables.open_book(content, "a.xlsx") is not first
