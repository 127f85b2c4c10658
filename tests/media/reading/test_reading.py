"""Reading whole photos in the reading process, and what happens when it hangs or dies."""

import io
import json
import os
import platform
import random
import re
import resource
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFilter, ImageFont, ImageOps

from server.__main__ import main
from server.errors import Invalid
from server.media.processes.serving import RESTING_S
from server.media.reading.reading import (
    MEMORY_MB,
    Reader,
    ReaderBroken,
    SetAside,
    pack_lines,
    unpack_lines,
)
from server.policy.signs.held import Held, held
from server.policy.signs.hours_board import board_hours
from server.policy.signs.lines import plain_line
from server.policy.signs.match import match_sign
from server.policy.signs.placed import Outcome
from tools.boards import Face, hours_board, our_faces, sign_board
from tools.changed_photos import as_jpeg
from tools.sign_photos import photographed, sign_photos

OURS: list[Face] = our_faces()[:1]


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    reader = Reader()
    yield reader
    reader.close()


@pytest.fixture(scope="module")
def sign() -> tuple[bytes, str, str]:
    """A photo of a sign, its name and number."""
    dice = random.Random(1)
    board = sign_board(dice, OURS, layout="two")
    while board.number is None or board.shown != board.name:
        board = sign_board(dice, OURS, layout="two")
    while True:
        content, taken = photographed(dice, board)
        if taken["number_px"] > 20 and (taken["effect"], taken["blur"]) == ("none", "sharp"):
            return content, board.name, board.number


def test_a_signs_name_and_number_are_read_and_hold(
    reader: Reader, sign: tuple[bytes, str, str]
) -> None:
    content, name, number = sign
    reading = reader.read(content, "signboard")
    match = match_sign(reading.lines, names=[name], number=number, number_read=reading.number)
    assert match.outcome is Outcome.MATCHES
    neighbour = ("东" if name[0] != "东" else "西") + name[1:]
    wrong = match_sign(reading.lines, names=[neighbour], number=number)
    assert wrong.outcome is Outcome.DIFFERS
    assert 0 < reading.model_s < reading.took_s


def test_a_photo_held_upside_down_or_mirrored_is_read_all_the_same(
    reader: Reader, sign: tuple[bytes, str, str]
) -> None:
    content, name, number = sign
    image = Image.open(io.BytesIO(content))
    for how, wrongly in (
        (Held.TURNED, image.rotate(180)),
        (Held.MIRRORED, ImageOps.mirror(image)),
    ):
        reading = reader.read(as_jpeg(wrongly, 85), "signboard")
        assert held(reading.lines) is how
        match = match_sign(reading.lines, names=[name], number=number, number_read=reading.number)
        assert match.outcome is Outcome.MATCHES
        assert all(0 <= x <= image.width for quad in match.name.quads for x, _ in quad)


def test_an_hours_board_is_read(reader: Reader) -> None:
    dice = random.Random(5)
    board = hours_board(dice, OURS)
    while True:
        content, taken = photographed(dice, board)
        if taken["name_px"] > 24 and (taken["effect"], taken["blur"]) == ("none", "sharp"):
            break
    assert board_hours(reader.read(content, "hours_board").lines).as_json() == board.hours


def test_a_file_that_is_no_photo_is_refused_in_words(reader: Reader) -> None:
    with pytest.raises(Invalid) as refused:
        reader.read(b"not a photo")
    assert refused.value.code == "not-a-picture"
    assert "不是照片" in refused.value.message


def test_a_photo_that_takes_too_long_is_set_aside_and_the_next_is_read(
    sign: tuple[bytes, str, str],
) -> None:
    reader = Reader(limit_s=0.01)
    try:
        with pytest.raises(SetAside) as aside:
            reader.read(sign[0])
        assert aside.value.code == "slow"
        assert reader.pid is None
        reader.limit_s = 120
        assert reader.read(sign[0]).lines
    finally:
        reader.close()


def test_a_process_that_dies_over_a_photo_takes_nothing_with_it(
    sign: tuple[bytes, str, str],
) -> None:
    reader = Reader(limit_s=120)
    try:
        reader.read(sign[0])
        first = reader.pid
        assert first is not None

        def kill() -> None:
            time.sleep(0.1)
            os.kill(first, signal.SIGKILL)

        killer = threading.Thread(target=kill)
        killer.start()
        with pytest.raises(SetAside) as aside:
            reader.read(sign[0])
        killer.join()
        assert aside.value.code == "crashed"
        assert reader.read(sign[0]).lines
        assert reader.pid != first
    finally:
        reader.close()


def test_memory_has_a_bound(sign: tuple[bytes, str, str]) -> None:
    reader = Reader(limit_s=120)
    try:
        with pytest.raises(Invalid):
            reader.read(b"not a photo")  # the models are loaded, and nothing else was done
        first = reader.pid
        assert first is not None
        assert resource.prlimit(first, resource.RLIMIT_AS) == (MEMORY_MB * 2**20,) * 2
        # How much the models hold differs by machine: what they hold here is all it may have.
        held = int(Path(f"/proc/{first}/statm").read_text().split()[0]) * resource.getpagesize()
        resource.prlimit(first, resource.RLIMIT_AS, (held, held))
        with pytest.raises(SetAside) as aside:
            reader.read(sign[0])
        assert aside.value.code in ("memory", "crashed")
        assert reader.pid is None
        assert reader.read(sign[0]).lines
    finally:
        reader.close()


@pytest.mark.skipif(
    platform.libc_ver()[0] != "glibc"
    or tuple(map(int, platform.libc_ver()[1].split("."))) < (2, 35)
    or not Path("/sys/kernel/mm/transparent_hugepage").is_dir(),
    reason="this system has no large pages to ask for",
)
def test_the_reading_process_asks_for_its_memory_in_large_pages(
    reader: Reader, sign: tuple[bytes, str, str]
) -> None:
    """In pages of 4 kB, a sixth of the networks' time goes into fetching them."""
    reader.read(sign[0])

    flags = [
        line.split()[1:]
        for line in Path(f"/proc/{reader.pid}/smaps").read_text().splitlines()
        if line.startswith("VmFlags:")
    ]
    assert any("hg" in each for each in flags)


def test_what_the_networks_needed_goes_back_once_no_photo_follows(
    sign: tuple[bytes, str, str],
) -> None:
    reader = Reader(limit_s=120)

    def held_mb() -> float:
        pages = int(Path(f"/proc/{reader.pid}/statm").read_text().split()[1])
        return pages * resource.getpagesize() / 2**20

    try:
        with pytest.raises(Invalid):
            reader.read(b"not a photo")  # the models are loaded, and nothing else was done
        loaded = held_mb()
        assert reader.read(sign[0]).lines
        until = time.monotonic() + 30
        while held_mb() > loaded + 45 and time.monotonic() < until:
            time.sleep(RESTING_S / 5)
        assert held_mb() < loaded + 45  # the layers of one look need a hundred
        assert reader.read(sign[0]).lines
    finally:
        reader.close()


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="asks Linux for the peak")
def test_a_large_board_that_stays_unread_takes_no_more_memory_than_we_say() -> None:
    """Its closest look and every look again, at the size in which phones send photos."""
    picture = Image.new("RGB", (4000, 3000), (238, 238, 232))
    pen = ImageDraw.Draw(picture)
    for text, down, size in (
        ("营业时间", 500, 330),
        ("8:30-18:00", 1300, 330),
        ("每逢", 2300, 330),
    ):
        pen.text((2000, down), text, (40, 40, 40), ImageFont.truetype(OURS[0].path, size), "mm")
    small = picture.resize((500, 375)).filter(ImageFilter.GaussianBlur(1.5))
    content = as_jpeg(small.resize(picture.size, Image.Resampling.BICUBIC), 85)
    reader = Reader(limit_s=120)
    try:
        assert not board_hours(reader.read(content, "hours_board").lines)
        status = Path(f"/proc/{reader.pid}/status").read_text()
    finally:
        reader.close()
    peak = re.search(r"^VmHWM:\s+(\d+) kB", status, re.MULTILINE)
    assert peak is not None
    assert int(peak[1]) / 1024 < 400  # it takes 350; with a store that grows by and by, 620


def test_a_reading_process_that_cannot_start_is_the_houses_trouble_not_the_photos(
    sign: tuple[bytes, str, str],
) -> None:
    reader = Reader(limit_s=120, memory_mb=150)
    try:
        with pytest.raises(ReaderBroken, match="make setup"):
            reader.read(sign[0])
    finally:
        reader.close()


def test_lines_survive_the_wire_whole() -> None:
    lines = (plain_line("西庄村 C0007"), plain_line("8:00")._replace(vertical=True))
    assert unpack_lines(json.loads(json.dumps(pack_lines(lines)))) == lines


def test_importing_the_reader_loads_no_model() -> None:
    import subprocess
    import sys

    code = "import server.media.reading.reading, sys; print('cv2' in sys.modules, 'onnxruntime' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == ["False", "False"]


def test_the_command_reads_and_compares(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], sign: tuple[bytes, str, str]
) -> None:
    content, name, number = sign
    photo, text = tmp_path / "sign.jpg", tmp_path / "notes.txt"
    photo.write_bytes(content)
    text.write_text("no photo")
    asked = ["read", str(photo), str(text), "--json", "--name", name, "--number", number.lower()]
    assert main(asked) == 1
    read, refused = json.loads(capsys.readouterr().out)
    assert read["sign"]["name"] == name
    assert read["sign"]["number"] == number
    assert read["comparison"]["outcome"] == "matches"
    assert read["comparison"]["number"]["quads"]
    assert read["comparison"]["why"] == f"招牌名称与登记一致：{name}。编号与登记一致：{number}。"
    assert read["quality"]["dark"] is False
    assert refused["error"]["code"] == "not-a-picture"


def test_odd_files_are_told_apart_in_words_and_the_rest_is_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], sign: tuple[bytes, str, str]
) -> None:
    odd = tmp_path / os.fsdecode(b"\xff\xfe.jpg")
    odd.write_bytes(sign[0])
    (tmp_path / "empty.jpg").touch()
    (tmp_path / "heic.jpg").write_bytes(b"\0\0\0\x18ftypheic" + bytes(100))
    with (tmp_path / "film.mp4").open("wb") as film:
        film.truncate(2**33)  # holes on the disk, but memory if it were read
    names = ("empty.jpg", "heic.jpg", "film.mp4")
    files = [tmp_path / "missing.jpg", tmp_path, *(tmp_path / name for name in names), odd]
    assert main(["read", *map(str, files), "--json"]) == 1
    said = capsys.readouterr().out
    said.encode()
    *refused, read = json.loads(said)
    codes = [answer["error"]["code"] for answer in refused]
    assert codes == [
        "file-missing", "file-missing", "photo-empty", "photo-format", "photo-too-large",
    ]  # fmt: skip
    assert "文件夹" in refused[1]["error"]["message"]
    assert read["sign"]["name"] == sign[1]


def test_a_register_that_is_no_text_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    register = tmp_path / "names.txt"
    register.write_bytes("西庄村快递便民服务点".encode("gb18030"))
    assert main(["read", "photo.jpg", "--register", str(register)]) == 2
    assert "UTF-8" in capsys.readouterr().err


def test_the_generator_repeats_itself_for_a_seed() -> None:
    one, other = (list(sign_photos(2, seed=42, fonts=our_faces())) for _ in range(2))
    assert [photo.content for photo in one] == [photo.content for photo in other]
    assert one[0].label == other[0].label
    assert one[0].content != one[1].content
