"""听一听: what a county recorded is kept with where each sentence lies, and what is wrong is said."""

import json
import wave
from array import array
from pathlib import Path

import pytest

from server.errors import NotFound
from server.services.county.voices import (
    FOLDER,
    LARGEST,
    PAGE,
    SOUND,
    sound_of,
    voice_faults,
    voice_of,
)
from tools.voice import main, sentences

COUNTY = "140926"


def wav(path: Path, seconds: float = 0.5, channels: int = 1) -> None:
    """A tone with a silence before and after it."""
    tone = [12000 if at // 20 % 2 else -12000 for at in range(int(22050 * seconds))]
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(22050)
        file.writeframes(array("h", [0] * 8000 + tone + [0] * 8000).tobytes())


def test_what_the_county_read_aloud_becomes_one_file_and_the_rest_gets_no_button(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    read, folder = tmp_path / "read", tmp_path / FOLDER / COUNTY
    read.mkdir()
    for key in ("check_in", "count"):
        wav(read / f"{key}.wav")

    assert main([str(folder), "--recordings", str(read)]) == 0

    voice = voice_of(tmp_path, COUNTY)
    assert voice is not None
    assert set(voice.sentences) == {"check_in", "count"}
    [first, second] = voice.sentences["check_in"], voice.sentences["count"]
    assert first[0] == 0
    assert first[1] == pytest.approx(0.6, abs=0.02), "without the silence around it"
    assert second[0] > first[0] + first[1] - 0.01
    assert not voice.placeholder
    assert sound_of(tmp_path, COUNTY) == (folder / SOUND).read_bytes()
    assert "no button: all_done" in capsys.readouterr().out
    assert voice_faults(tmp_path) == []
    assert voice_of(tmp_path, "411721") is None

    wav(read / "count.wav", channels=2)
    assert main([str(folder), "--recordings", str(read)]) == 2
    wav(read / "count.wav", seconds=120)
    assert main([str(folder), "--recordings", str(read)]) == 2
    assert voice_of(tmp_path, COUNTY) == voice, "what was there stays"


def test_a_machine_speaks_every_sentence_within_the_limit_and_the_check_says_that_it_is_one(
    tmp_path: Path,
) -> None:
    folder = tmp_path / FOLDER / COUNTY

    assert main([str(folder), "--placeholders"]) == 0

    voice = voice_of(tmp_path, COUNTY)
    assert voice is not None
    assert voice.placeholder
    assert set(voice.sentences) == set(sentences())
    assert all(1 < length < 6 for _, length in voice.sentences.values())
    assert 50_000 < len(sound_of(tmp_path, COUNTY)) <= LARGEST
    [said] = voice_faults(tmp_path)
    assert said.startswith("140926的“听一听”还是机器念的样音。")


def test_a_damaged_recording_is_none_and_the_check_says_so(tmp_path: Path) -> None:
    folder = tmp_path / FOLDER / COUNTY
    folder.mkdir(parents=True)
    for page, sound in (
        (None, b"x"),
        ("{", b"x"),
        (json.dumps({"sha256": "0" * 64, "placeholder": False, "sentences": {"a": [1]}}), b"x"),
        (json.dumps({"sha256": "0" * 64, "placeholder": False, "sentences": {}}), b"x"),
        (json.dumps({"sha256": "0" * 64, "placeholder": False, "sentences": {}}), None),
    ):
        for name, content in ((PAGE, page and page.encode()), (SOUND, sound)):
            (folder / name).unlink(missing_ok=True)
            if content is not None:
                (folder / name).write_bytes(content)

        [said] = voice_faults(tmp_path)
        assert "用不了" in said
        with pytest.raises(NotFound) as none:
            sound_of(tmp_path, COUNTY)
        assert none.value.code == "voice-none"
