"""What scenarios are made of: the list they stand in, the records they speak of, whose phone it is."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from server.models.person import SignIn
from tests.api.events import jpeg
from tests.miniapp.contract import Phone, Setting

Play = Callable[[Phone, Setting], None]
SCENARIOS: dict[str, Play] = {}
ONE, TWO, THREE = (jpeg(shade, 80) for shade in (40, 90, 150))


def scenario(play: Play) -> Play:
    """Take this one into the list, under its name as a sentence."""
    SCENARIOS[play.__name__] = play
    return play


def check_in(setting: Setting, method: str = "scan") -> dict[str, Any]:
    text = setting.plate if method == "scan" else "C0001"
    return {"method": method, "text": text, "position": None}


def counted(received: int, day: str = "2026-07-03", reason: str = "") -> dict[str, Any]:
    return {
        "day_on": day, "received": received, "sent": 1, "agri_sent": 0, "on_hand": 2,
        "by_brand": {}, "reason": reason,
    }  # fmt: skip


def li(phone: Phone, setting: Setting) -> None:
    """老李's phone, just bound."""
    phone.open()
    assert phone.bind(setting.code(setting.cast.li)) == {}


def end_all_sign_ins(setting: Setting) -> None:
    """The office signs every phone out."""
    for held in setting.session.query(SignIn):
        held.revoked_at = setting.now() - timedelta(minutes=1)
    setting.session.commit()
