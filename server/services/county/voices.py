"""听一听: the sentences that a county has recorded, one file with the places where each lies.

They lie in CZT_HOME/voices/<the county's code>: voice.json and the MP3 that it names, made by
`tools/voice.py` from the county's own recordings, or as placeholders that say so.
"""

import hashlib
import json
from pathlib import Path
from typing import Any, NamedTuple

from server.errors import NotFound

LARGEST = 200 * 1024
FOLDER, PAGE, SOUND = "voices", "voice.json", "voice.mp3"


class Voice(NamedTuple):
    """A recording: `sentences` by name where each begins and how long it lasts, in seconds.

    `placeholder` says that a machine spoke it, until somebody of the county does.
    """

    version: str
    placeholder: bool
    sentences: dict[str, list[float]]
    sound: Path


def voice_of(home: Path, county: str) -> Voice | None:
    """The county's recording; None where there is none, or its page cannot be read."""
    page = home / FOLDER / county / PAGE
    try:
        told: Any = json.loads(page.read_text(encoding="utf-8"))
        sentences = {
            str(key): [float(start), float(length)]
            for key, (start, length) in told["sentences"].items()
        }
        version, placeholder = str(told["sha256"]), bool(told["placeholder"])
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None
    sound = page.with_name(SOUND)
    return Voice(version, placeholder, sentences, sound) if sound.is_file() else None


def sound_of(home: Path, county: str) -> bytes:
    """The recording itself. Raises NotFound voice-none, also where it is not what its page says."""
    voice = voice_of(home, county)
    content = _content(voice) if voice else None
    if content is None:
        raise NotFound("voice-none", "县里还没有录音。字太小的话，可以在“我的”里选特大。")
    return content


def voice_faults(home: Path) -> list[str]:
    """What is wrong with the recordings, and which of them a machine still speaks."""
    found = []
    for folder in sorted(one for one in (home / FOLDER).glob("*") if one.is_dir()):
        voice = voice_of(home, folder.name)
        if voice is None or _content(voice) is None:
            found.append(
                f"{folder.name}的“听一听”用不了：{PAGE}和{SOUND}不全、对不上，或超过200 KB，"
                "手机上不显示。请用 tools/voice.py 重做一遍。"
            )
        elif voice.placeholder:
            found.append(
                f"{folder.name}的“听一听”还是机器念的样音。请找本县的人录一遍，"
                "用 tools/voice.py 换上。"
            )
    return found


def _content(voice: Voice) -> bytes | None:
    try:
        if voice.sound.stat().st_size > LARGEST:
            return None
        content = voice.sound.read_bytes()
    except OSError:
        return None
    return content if hashlib.sha256(content).hexdigest() == voice.version else None
