"""Where copies go and what became of them: the target folder, its keys, the last run and drill."""

import fcntl
import json
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyrage
from sqlalchemy.orm import Session

from server.calendar import BEIJING
from server.errors import Conflict, Invalid
from server.services.backup.carrying import try_remote
from server.services.backup.files import told, write_whole
from server.services.common.house_notes import note_of, write_note

MARK = "czt-backup.json"
"""Stands in the target: a disk that is not mounted has none, and nothing is written beneath it."""
MACHINE_KEY = "backup-drill-key"
NOTE = "copies"


@dataclass(frozen=True)
class Place:
    """One installation's target. `recipients` are age public keys: the office's and the drill's.

    `remote`: where rclone carries it on to, or empty.
    """

    home: Path
    to: Path
    recipients: tuple[str, ...]
    remote: str = ""

    @property
    def sets(self) -> Path:
        """One folder a copy; those that end in `.part` are not whole."""
        return self.to / "sets"

    @property
    def scratch(self) -> Path:
        """Where unsealed copies lie for minutes, beside the data that they are copies of."""
        return self.home / "backup" / "scratch"


@dataclass(frozen=True)
class State:
    """When it last went well, and what went wrong since; moments in UTC, troubles are sentences.

    A copy made after a drill that failed has not been restored, and a drill that passed has carried
    nothing away: neither takes back what is said of the other. `key_proved_at`: when the office's
    own key last opened a copy; the drill of the worker uses the machine's.
    """

    backup_at: datetime | None = None
    drill_at: datetime | None = None
    drill_rto_s: float | None = None
    key_proved_at: datetime | None = None
    trouble: str = ""
    trouble_at: datetime | None = None
    drill_trouble: str = ""
    drill_trouble_at: datetime | None = None


def set_up(home: Path, to: Path, *, public_key: str = "", remote: str = "") -> str:
    """Begin a target in an empty folder; the answer is the office's secret key, shown once.

    With `public_key` (age1…) the office made its own, and the answer is empty. Raises Conflict
    backup-place, backup-remote, Invalid backup-key.
    """
    to = to.absolute()
    if to == home or home in to.parents:
        raise Conflict(
            "backup-place",
            f"{to} 就在数据文件夹里，磁盘坏了会一起丢。请换到另一块磁盘或另一台机器的共享文件夹。",
        )
    if remote:
        try_remote(home, remote)
    with told(to):
        to.mkdir(parents=True, exist_ok=True)
        if any(one.name != "lost+found" for one in to.iterdir()):
            raise Conflict(
                "backup-place",
                f"{to} 里已有东西。备份要从空文件夹开始（换钥匙也一样）；原有的没有动。",
            )
    secret = ""
    if public_key:
        recipient_of(public_key)
    else:
        made = pyrage.x25519.Identity.generate()
        secret, public_key = str(made), str(made.to_public())
    machine = pyrage.x25519.Identity.generate()
    recipients = [public_key, str(machine.to_public())]
    with told(home):
        write_whole(home / "secrets" / MACHINE_KEY, str(machine).encode())
    with told(to):
        write_whole(to / MARK, json.dumps({"recipients": recipients}, indent=1).encode())
    with told(home):
        setup = {"to": str(to), "recipients": recipients, "remote": remote}
        write_whole(home / "backup" / "setup.json", json.dumps(setup, indent=1).encode())
    keep_state(home, State())
    return secret


def place_of(home: Path) -> Place | None:
    """This installation's target, or None where none was set up. Raises Conflict."""
    path = home / "backup" / "setup.json"
    with told(path):
        if not path.exists():
            return None
        try:
            said = json.loads(path.read_text())
            return Place(home, Path(said["to"]), tuple(said["recipients"]), said["remote"])
        except (ValueError, KeyError, TypeError) as error:
            raise Conflict(
                "backup-place", f"{path} 读不出来。请用 python -m server backup init 重新设置。"
            ) from error


def there(place: Place) -> None:
    """Raise Conflict backup-place where the target is not what was set up."""
    with told(place.to):
        if not (place.to / MARK).is_file():
            raise Conflict(
                "backup-place",
                f"备份的地方 {place.to} 不在：磁盘可能没有接上或没有挂上。接好以后会自动再备份。",
            )
        mark = (place.to / MARK).read_text()
    if not all(one in mark for one in place.recipients):
        raise Conflict(
            "backup-place",
            f"{place.to} 是另一处安装的备份，没有写入。"
            "请用 python -m server backup init 另设一处。",
        )


def recipient_of(public_key: str) -> pyrage.x25519.Recipient:
    """An age public key. Raises Invalid backup-key."""
    try:
        return pyrage.x25519.Recipient.from_str(public_key.strip())
    except pyrage.RecipientError as error:
        raise Invalid("backup-key", "公钥应是 age1 开头的一行。请检查是否抄全。") from error


def identity_in(text: str) -> pyrage.x25519.Identity:
    """The secret key in a key file; lines that begin with # are remarks. Raises Invalid."""
    lines = [one.strip() for one in text.splitlines()]
    for line in lines:
        if line and not line.startswith("#"):
            try:
                return pyrage.x25519.Identity.from_str(line)
            except pyrage.IdentityError as error:
                raise Invalid(
                    "backup-key", "私钥应是 AGE-SECRET-KEY-1 开头的一行。请检查是否抄全。"
                ) from error
    raise Invalid("backup-key", "私钥文件是空的。请放入 AGE-SECRET-KEY-1 开头的那一行。")


def machine_key(home: Path) -> pyrage.x25519.Identity:
    """The drill's own key. Raises Conflict, Invalid."""
    path = home / "secrets" / MACHINE_KEY
    with told(path):
        return identity_in(path.read_text())


@contextmanager
def alone(place: Place) -> Iterator[Path]:
    """An empty scratch folder while no other backup or drill runs here. Raises Conflict."""
    lock = place.home / "backup" / "lock"
    with lock.open("w") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise Conflict("backup-busy", "另一次备份或演练正在进行。请等它做完再运行。") from error
        shutil.rmtree(place.scratch, ignore_errors=True)  # of one that was killed
        place.scratch.mkdir(parents=True, mode=0o700)
        try:
            yield place.scratch
        finally:
            shutil.rmtree(place.scratch, ignore_errors=True)


def state_of(home: Path) -> State:
    """What is known of the last runs; unreadable is the same as unknown."""
    try:
        return state_in(json.loads((home / "backup" / "state.json").read_text()))
    except (OSError, ValueError):
        return State()


def state_in(said: Any) -> State:
    """A state as it was written down; unreadable is the same as unknown."""
    try:
        moments = {k: v and datetime.fromisoformat(v) for k, v in said.items() if k.endswith("_at")}
        return State(**{**said, **moments})
    except (AttributeError, ValueError, TypeError):
        return State()


def as_said(state: State) -> dict[str, Any]:
    """A state as JSON."""
    return {k: v.isoformat() if isinstance(v, datetime) else v for k, v in asdict(state).items()}


def keep_state(home: Path, state: State) -> None:
    """Write down what is known of the last runs."""
    with told(home):
        content = json.dumps(as_said(state), ensure_ascii=False).encode()
        write_whole(home / "backup" / "state.json", content)


def tell_others(session: Session, home: Path, *, now: datetime) -> None:
    """Let the house's other machines, and its gauges, know how this one's copies stand."""
    write_note(session, NOTE, as_said(state_of(home)), now=now)


def told_by_others(session: Session) -> State | None:
    """How the copies stand as the machine told that makes them; None where none does."""
    said = note_of(session, NOTE)
    return None if said is None else state_in(said)


def note(home: Path, **changed: Any) -> None:
    """Change some of what is known of the last runs."""
    keep_state(home, replace(state_of(home), **changed))


def fresh_name(now: datetime) -> str:
    """The name of a new copy, in Beijing time: sorts by time, never taken twice."""
    moment = now.astimezone(BEIJING).replace(tzinfo=None).isoformat(timespec="milliseconds")
    return f"{moment.replace(':', '')}-{secrets.token_hex(2)}"


def day_of(name: str) -> date:
    """The Beijing day of a copy, by its name."""
    return date.fromisoformat(name[:10])


def settings_in(env: dict[str, str] | os._Environ[str] = os.environ) -> dict[str, str]:
    """What the environment says to the house, keys too."""
    return {name: value for name, value in sorted(env.items()) if name.startswith("CZT_")}
