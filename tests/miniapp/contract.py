"""One phone, twice: as the web app in a browser and as the mini program in WeChat; and one house.

A scenario drives either through the same few verbs; what the house has stored afterwards is
compared. The clock of both and of the house is the world's, so that moments can be compared too.
"""

import json
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.db import Base
from server.models.inspection import Campaign
from server.models.person import Person
from server.models.station import Station
from tests.factories import Cast, make_bind_code
from tests.miniapp.web_app import WebApp
from tests.miniapp.weixin import Http, WeChat

BEGAN = datetime(2026, 7, 3, 0, 5, tzinfo=UTC)  # 8:05 in Beijing
SECOND, DAY = 1000, 24 * 3600 * 1000
SOON = 50  # enough to look, too short for the program to try anything again
PORTAL = {"status": 200, "headers": {"Content-Type": "text/html"}, "hex": b"<html>".hex()}
BUSY = {
    "status": 503,
    "headers": {"Content-Type": "application/problem+json", "Retry-After": "60"},
    "hex": b'{"code":"busy","detail":"..."}'.hex(),
}

# Names of one run of a program; what a secret or a clock of the house is made of.
NOT_COMPARED = {"sign_ins", "failed_tries", "killed_tries", "jobs", "alembic_version"}
UUID_TEXT = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
LABEL = re.compile(r"(?<=绑定了手机)（[^）]*）")  # what the phone calls itself
# The phone's own moments must be the same to the millisecond; the house's fall when the net lets it.
BY_THE_PHONE = {"device_at", "taken_at", "arrived_at", "finished_at", "signed_at"}
MADE_OF_NAMES = re.compile(r"(_sha256|^hash|^previous|token)$")
PHOTO_BYTES = {("photos", "sha256"), ("blobs", "sha256")}


@dataclass
class Setting:
    """The house in which a scenario is played: its people, its round, and its own clock."""

    session: Session
    cast: Cast
    campaign: Campaign
    plate: str
    now: Callable[[], datetime]

    def code(self, person: Person) -> str:
        """A fresh one-time code for this person."""
        number = self.session.scalar(sa.text("select count(*) from bind_codes")) or 0
        letters = f"ABCD{'EFGHJKMNPQRSTVWXYZ'[number]}234"
        written = make_bind_code(self.session, person, letters, self.now() - timedelta(hours=1))
        self.session.commit()
        return written


class Phone:
    """What every scenario can do with a phone, whichever program is on it."""

    def __init__(self, machine: WebApp | WeChat) -> None:
        self.machine = machine
        self.is_web = isinstance(machine, WebApp)

    @property
    def now_ms(self) -> int:
        """How much time has passed in this world."""
        return int(self.machine.context.eval("world.steady_ms"))

    def open(self) -> None:
        """Start the program, whatever was before."""
        if self.is_web:
            self.run(
                "browser.launch(); const app = browser.need('web/state'); globalThis.S = app.state;"
                "globalThis.P = app.phone; globalThis.V = browser.need('web/visits').visiting;"
                "globalThis.A = browser.need('web/core/answers');"
                "globalThis.D = browser.need('web/core/worked');"
                "globalThis.G = browser.need('web/core/signing'); await app.start();"
            )
        else:
            self.run(
                "weixin.launch(); globalThis.S = weixin.need('store').state;"
                "globalThis.P = weixin.need('platform/wx').phone;"
                "globalThis.V = weixin.need('visiting').visiting;"
                "globalThis.A = weixin.need('core/answers');"
                "globalThis.D = weixin.need('core/worked');"
                "globalThis.G = weixin.need('core/signing');"
            )

    def run(self, script: str, *, may_die: bool = False, ms: int = 3 * SECOND) -> Any:
        """What an async function with this body returns; S is the app's state, P its phone, V its visits."""
        return self.machine.run(script, may_die=may_die, ms=ms)

    def bind(self, code: str) -> Any:
        """Make the phone its person's; {} or {problem}."""
        return self.run(f"return S.bind({json.dumps(code)})")

    def keep(
        self,
        kind: str,
        station: Station,
        payload: dict[str, Any],
        photos: tuple[bytes, ...] = (),
        *,
        subject: str = "signboard",
        twice: bool = False,
        may_die: bool = False,
    ) -> Any:
        """Keep a record as a screen does; {item} or {problem}."""
        shots = ",".join(
            f"{{ subject: '{subject}', bytes: bytesOfHex('{one.hex()}'), size: {len(one)},"
            " taken_ms: world.wall() - 60000, camera: 'camera', notes: {} }"
            for one in photos
        )
        draft = (
            f"{{ kind: '{kind}', station_id: {station.id}, payload: {json.dumps(payload)},"
            f" photos: [{shots}] }}"
        )
        again = "draft.id = P.uuid();" if twice else ""
        more = "await S.keepRecord(Object.assign({}, draft));" if twice else ""
        return self.run(
            f"const draft = {draft}; {again} {more} return S.keepRecord(draft)",
            may_die=may_die,
        )

    def send(self) -> None:
        """Press 现在上传."""
        self.run("await S.send(true)")

    def wait(self, ms: int) -> None:
        """Let time pass with the program open."""
        self.machine.settle(ms)

    def net(self, *moods: Any, off: bool | None = None) -> None:
        """The moods of the next requests (world.js); or no net at all."""
        self.machine.context.eval(f"world.net.mood = {json.dumps(list(moods))};")
        if off is not None:
            which = "browser" if self.is_web else "weixin"
            self.run(f"{which}.wifi({json.dumps(not off)})")

    def slow_net(self, ms: int = 40) -> None:
        """Every answer, also that there is none, takes so long from now on."""
        self.machine.context.eval(f"world.net.delay_ms = {ms};")

    def kill(self) -> None:
        """End the program at once, whatever it is at."""
        self.machine.context.eval("world.die();")

    def dies_at_write(self, number: int) -> None:
        """End it just before so many more things are written down."""
        self.machine.context.eval(f"world.killAtWrite = world.writes + {number};")

    def full(self, *, is_so: bool = True) -> None:
        """No room for anything more; or room again."""
        if self.is_web:
            self.machine.context.eval(f"drive.full = {json.dumps(is_so)};")
        else:
            room = "0" if is_so else "FILES_LIMIT"
            self.machine.context.eval(f"disk.room = {room};")

    def clock_off_by(self, ms: int) -> None:
        """Somebody set the phone's clock wrong."""
        self.machine.context.eval(f"world.skew_ms = {ms};")

    def unsent(self) -> list[str]:
        """The states of what waits on the phone, oldest first."""
        found = self.run("return (await P.read()).items", ms=SOON)
        return [one["state"] for one in sorted(found, key=lambda one: one["seq"])]

    def why(self) -> str:
        """What the program says is the trouble with sending, as a word."""
        return str(self.run("return S.trouble.value", ms=SOON))


def make_phone(kind: str, http: Http) -> Phone:
    """A phone with the web app ("web") or the mini program ("native") on it."""
    return Phone(WebApp(http) if kind == "web" else WeChat(http))


def stored(session: Session, home: Path) -> dict[str, list[str]]:
    """All that the house keeps, by table, with names of one run only numbered.

    Rows are compared as text: identifiers that a phone made are counted in the order in which they
    stand, the house's own moments are cut to the minute, digests of names are left out. Photos are
    their bytes' SHA-256, and signed documents stand with every letter.
    """
    session.commit()
    rows: list[tuple[str, str]] = []
    for table in Base.metadata.sorted_tables:
        if table.name in NOT_COMPARED:
            continue
        for row in session.execute(sa.select(table)).mappings():
            fields = {key: _plain(table.name, key, value) for key, value in row.items()}
            rows.append((table.name, json.dumps(fields, ensure_ascii=False, default=str)))
    rows.sort(key=lambda one: (one[0], UUID_TEXT.sub("·", one[1])))
    seen: dict[str, str] = {}

    def name(match: re.Match[str]) -> str:
        return seen.setdefault(match[0], f"<{len(seen)}>")

    out: dict[str, list[str]] = {table.name: [] for table in Base.metadata.sorted_tables}
    for table_name, text in rows:
        out[table_name].append(LABEL.sub("", UUID_TEXT.sub(name, text)))
    out["files"] = sorted(path.name for path in home.rglob("*") if path.is_file())
    return out


def _plain(table: str, key: str, value: Any) -> Any:
    if value is None:
        return None
    if MADE_OF_NAMES.search(key) and (table, key) not in PHOTO_BYTES:
        return "…"
    by_the_phone = key in BY_THE_PHONE and (table, key) != ("photos", "arrived_at")
    if isinstance(value, datetime) and not by_the_phone:
        return value.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, bytes):
        return UUID_TEXT.sub("·", value.decode("utf-8", "replace"))
    return value


def fresh(template: Path, path: Path) -> None:
    """A copy of the prepared house in place of the last one."""
    for old in path.parent.glob(path.name + "*"):
        old.unlink()
    shutil.copy(template, path)
