"""Makes 听一听 for a county: one MP3 of all sentences, and the page that says where each lies.

`python -m tools.voice FOLDER --recordings WAVS` takes what somebody of the county has read aloud,
one WAV file a sentence, named as in miniapp/core/words/listening.js (check_in.wav …; 16 bit, one
channel); what was not recorded gets no button. `python -m tools.voice FOLDER --placeholders` lets a
machine (eSpeak NG) speak, and marks the page so: phones and `python -m server check` say it.
FOLDER is CZT_HOME/voices/<the county's code>. Both need requirements-dev.txt.
"""

import argparse
import ctypes
import hashlib
import json
import re
import sys
import wave
from array import array
from collections.abc import Callable
from pathlib import Path

from server.services.county.voices import LARGEST, PAGE, SOUND
from server.settings import ROOT

SENTENCES = ROOT / "miniapp/core/words/listening.js"
RATE, BIT_RATE = 16000, 16  # of the file, in Hz and kbit/s: two kilobytes a second
APART_S = 0.2
LATE_S = 0.1  # an MP3's sound comes so much later, at most
QUIET = 300  # of 32,768: what is quieter at either end is cut away
Speak = Callable[[str, str], tuple[bytes, int] | None]


def sentences() -> dict[str, str]:
    """Every sentence by its name, as the phone's words have it."""
    return dict(re.findall(r"^  (\w+): '([^']+)',$", SENTENCES.read_text("utf-8"), re.MULTILINE))


def recorded(folder: Path) -> Speak:
    """Takes a sentence from a folder of WAV files. Raises ValueError for one of another kind."""

    def speak(key: str, _text: str) -> tuple[bytes, int] | None:
        path = folder / f"{key}.wav"
        if not path.is_file():
            return None
        with wave.open(str(path)) as file:
            if (file.getnchannels(), file.getsampwidth()) != (1, 2):
                raise ValueError(f"{path.name}: 16 bit, one channel, please")
            return file.readframes(file.getnframes()), file.getframerate()

    return speak


def machine() -> Speak:
    """Lets eSpeak NG speak, which needs no net and sounds like the machine that it is."""
    import espeakng_loader  # a developer's tool: the server never loads it

    library = ctypes.CDLL(espeakng_loader.get_library_path())
    data = str(Path(espeakng_loader.get_data_path()).parent)
    rate: int = library.espeak_Initialize(2, 0, data.encode(), 0)  # 2: synchronous, no loudspeaker
    if rate <= 0 or library.espeak_SetVoiceByName(b"cmn"):
        raise OSError("eSpeak NG has no Mandarin voice here")
    library.espeak_SetParameter(1, 200, 0)  # 1: words a minute
    heard = bytearray()
    kind = ctypes.CFUNCTYPE(
        ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p
    )

    def listen(sound: "ctypes._Pointer[ctypes.c_short]", number: int, _events: int) -> int:
        if sound and number > 0:
            heard.extend(ctypes.string_at(sound, 2 * number))
        return 0

    called = kind(listen)
    library.espeak_SetSynthCallback(called)

    def speak(_key: str, text: str) -> tuple[bytes, int] | None:
        heard.clear()
        said = text.encode()
        library.espeak_Synth(said, len(said) + 1, 0, 1, 0, 1, None, None)  # 1: UTF-8
        library.espeak_Synchronize()
        # `called` is named here so that it lives as long as the library may call it.
        return (bytes(heard), rate) if called else None

    return speak


def trimmed(sound: bytes) -> bytes:
    """Without the silence at either end."""
    samples = array("h", sound)
    loud = [at for at, one in enumerate(samples) if abs(one) > QUIET]
    return samples[loud[0] : loud[-1] + 1].tobytes() if loud else b""


def resampled(sound: bytes, rate: int) -> bytes:
    """At the file's own rate: the sample next in time, good enough for speech."""
    samples = array("h", sound)
    return array(
        "h", (samples[at * rate // RATE] for at in range(len(samples) * RATE // rate))
    ).tobytes()


def make(folder: Path, speak: Speak, *, placeholder: bool) -> dict[str, list[float]]:
    """Write both files; gives where each sentence lies. Raises ValueError if it grows too large."""
    import lameenc

    places: dict[str, list[float]] = {}
    sound = bytearray()
    for key, text in sentences().items():
        said = speak(key, text)
        piece = trimmed(resampled(*said)) if said else b""
        if piece:
            places[key] = [
                round(len(sound) / 2 / RATE, 3),
                round(len(piece) / 2 / RATE + LATE_S, 3),
            ]
            sound += piece + bytes(2 * int(APART_S * RATE))
    encoder = lameenc.Encoder()
    encoder.set_bit_rate(BIT_RATE)
    encoder.set_in_sample_rate(RATE)
    encoder.set_channels(1)
    encoder.set_quality(2)
    encoder.silence()
    content = bytes(encoder.encode(bytes(sound)) + encoder.flush())
    if len(content) > LARGEST:
        raise ValueError(f"{len(content)} bytes, {LARGEST} at most: read faster, or fewer")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / SOUND).write_bytes(content)
    page = {
        "sha256": hashlib.sha256(content).hexdigest(),
        "placeholder": placeholder,
        "sentences": places,
    }
    (folder / PAGE).write_text(json.dumps(page, ensure_ascii=False, indent=1), encoding="utf-8")
    return places


def main(argv: list[str] | None = None) -> int:
    """Run from the command line; says what was made and what is missing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--recordings", type=Path, help="a folder of WAV files")
    source.add_argument("--placeholders", action="store_true", help="a machine speaks")
    args = parser.parse_args(argv)
    speak = machine() if args.placeholders else recorded(args.recordings)
    try:
        places = make(args.folder, speak, placeholder=args.placeholders)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    missing = [key for key in sentences() if key not in places]
    print(f"{len(places)} sentences, {(args.folder / SOUND).stat().st_size} bytes")
    if missing:
        print(f"not recorded, no button: {', '.join(missing)}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
