"""Whether this machine has the keys of its house: several machines must share them.

A machine that made its own would sign plates that the others call forged, and seal accounts that
nobody can open.
"""

import hashlib
import hmac
from datetime import datetime

from sqlalchemy.orm import Session

from server.errors import Conflict
from server.services.common.house_notes import note_of, write_note
from server.services.upkeep.readiness import KEYS_DIFFER
from server.settings import Settings

NOTE = "keys"
NAMES = {
    "plaque": "CZT_PLAQUE_KEYS",
    "text": "CZT_TEXT_KEYS",
    "session": "CZT_SECRET_KEY",
}


def marks_of(settings: Settings) -> dict[str, list[str]]:
    """A mark of each key, the newest first; no key can be told from its mark."""
    keys = {
        "plaque": [key for _, key in settings.plaque_keys],
        "text": list(settings.text_keys),
        "session": [settings.secret_key.encode()],
    }
    return {
        kind: [
            hmac.digest(key, f"mark of {kind}".encode(), hashlib.sha256).hex()[:16] for key in of
        ]
        for kind, of in keys.items()
    }


def key_faults(session: Session, settings: Settings) -> list[str]:
    """What is said of keys that are not the house's; the house's may be an older one of a ring."""
    noted, ours = note_of(session, NOTE) or {}, marks_of(settings)
    return [
        KEYS_DIFFER.format(name=name)
        for kind, name in NAMES.items()
        if kind in noted and noted[kind] not in ours[kind]
    ]


def order_faults(session: Session, settings: Settings) -> list[str]:
    """What is said where this machine still seals by a key that the house has changed.

    It works, and so does not keep the machine from being ready; but its key cannot be let go.
    """
    noted, ours = (note_of(session, NOTE) or {}).get("text"), marks_of(settings)["text"]
    if noted not in ours[1:]:
        return []
    said = (
        "这台机器的 CZT_TEXT_KEYS 和登记的次序不一样：最前面的不是登记的那把。要换成这里最前面的，"
        "请运行 python -m server migrate；别处已经换了新的，请把新的放到最前面，再重新启动。"
    )
    return [said]


def note_keys(session: Session, settings: Settings, *, now: datetime, anew: bool = False) -> None:
    """Write down the newest keys as the house's; other ones only with `anew`.

    Raises Conflict keys-differ.
    """
    if not anew and (faults := key_faults(session, settings)):
        raise Conflict(
            "keys-differ",
            f"{faults[0]}钥匙真的丢了或换了，以后都用这台机器上的，请运行 "
            "python -m server migrate --new-keys。",
        )
    newest = {kind: marks[0] for kind, marks in marks_of(settings).items() if marks}
    if note_of(session, NOTE) != newest:
        write_note(session, NOTE, newest, now=now)
