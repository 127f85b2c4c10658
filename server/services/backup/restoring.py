"""Restores a copy into an empty place, and holds what came out against what went in."""

import base64
import io
import json
import random
import secrets
import shutil
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pyrage
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from server.calendar import beijing_day
from server.db import open_engine
from server.errors import Conflict, Problem
from server.media.blobs import FolderStore
from server.models.chain import ChainLine
from server.models.county import County
from server.schema import head, newer, upgrade
from server.services.audit.anchors import Anchor, anchors_in
from server.services.audit.verifying import verify
from server.services.backup import databases
from server.services.backup import manifest as manifests
from server.services.backup.files import new_file, told, unseal, write_whole
from server.services.backup.manifest import DATABASE, SECRETS, Manifest
from server.services.backup.place import Place, alone, day_of, machine_key, note, there
from server.services.backup.taking import photo_file
from server.services.upkeep.sealed_numbers import lost_numbers
from server.services.upkeep.sealed_places import lost_by_hand
from server.settings import text_keys_in

TOLD = 20


@dataclass
class Report:
    """What restoring showed; times in seconds, `faults` in words, empty when all is well.

    `age_s` is what would be lost had the machine died now (RPO); `rto_s` how long restoring takes,
    where only some files were opened reckoned up to all of them by their bytes. `chains_held` is
    False where an older program made the copy, and what is restored was not upgraded to look.
    """

    name: str
    manifest: Manifest
    age_s: float = 0.0
    rto_s: float = 0.0
    photos_opened: int = 0
    chain_lines: int = 0
    chains_held: bool = False
    faults: list[str] = field(default_factory=list)


def newest(to: Path, name: str = "", *, now: datetime | None = None) -> Path:
    """The folder of one copy: the newest, or the named. Raises Conflict.

    One that is dated after `now` was made by a wrong clock, and is older than it says: such a copy
    is taken by its name only.
    """
    found = manifests.whole_copies(to / "sets")
    if name:
        found = [one for one in found if one.name == name]
    elif now is not None and found:
        ahead = ahead_of(to, now)
        found = [one for one in found if one.name not in ahead]
        if not found:
            raise Conflict(
                "backup-damaged",
                f"这里的备份日期都在今天以后（{'、'.join(ahead[:3])}），分不清哪一份最新。"
                "请核对这台机器的日期；日期是对的，就写明用哪一份（--copy 名称）。",
            )
    if not found:
        said = f"{to} 里没有备份 {name}。" if name else f"{to} 里没有一份做完的备份。"
        raise Conflict("backup-damaged", f"{said}请检查文件夹对不对、磁盘有没有接上。")
    return found[-1]


def ahead_of(to: Path, now: datetime) -> list[str]:
    """Names of copies dated later than tomorrow, the oldest first."""
    last = beijing_day(now) + timedelta(days=1)
    return [one.name for one in manifests.whole_copies(to / "sets") if day_of(one.name) > last]


def drill(
    place: Place,
    engine: Engine,
    *,
    now: datetime,
    key: pyrage.x25519.Identity | None = None,
    sample: int | None = None,
) -> Report:
    """Restore the newest copy into an empty place that is gone afterwards, and prove it.

    Without `key` the machine's own opens it; `sample` is how many files are opened, None for all.
    What goes wrong is also written down for `check`. Raises Conflict, Invalid.
    """
    try:
        there(place)
        folder = newest(place.to, now=now)
        with alone(place) as scratch, databases.empty_place(engine, scratch) as url:
            report = _restored(
                folder, place.to, url, scratch, key=key or machine_key(place.home), sample=sample
            )
            _held_against_the_living(report, engine)
    except Problem as trouble:
        _not_proved(place, trouble.message, now)
        raise
    report.age_s = (now - report.manifest.began_at).total_seconds()
    if report.faults:
        _not_proved(place, report.faults[0], now)
        return report
    proved = {"key_proved_at": now} if key is not None else {}
    note(
        place.home, drill_at=now, drill_rto_s=report.rto_s, drill_trouble="", drill_trouble_at=None,
        **proved,
    )  # fmt: skip
    return report


def _not_proved(place: Place, why: str, now: datetime) -> None:
    note(place.home, drill_trouble=f"备份演练没有通过：{why}", drill_trouble_at=now)


def restore(
    to: Path,
    home: Path,
    url: str,
    *,
    key: pyrage.x25519.Identity,
    name: str = "",
    now: datetime | None = None,
) -> Report:
    """Bring a copy back: database, files and keys into an empty home and an empty database.

    `now` tells which copies are dated by a wrong clock (`newest`).
    Raises Conflict (backup-not-empty, backup-damaged, backup-key, backup-engine, backup-failed).
    """
    folder = newest(to, name, now=now)
    with told(home):
        if home.exists() and any(home.iterdir()):
            raise Conflict(
                "backup-not-empty", f"{home} 里已有东西，没有覆盖。请换一个空文件夹（--into）。"
            )
        scratch = home / f"restoring-{secrets.token_hex(4)}"
        scratch.mkdir(parents=True, mode=0o700)
    store = FolderStore(home / "photos")
    try:
        store.begin()
        report = _restored(folder, to, url, scratch, key=key, store=store)
        bundle = io.BytesIO()
        unseal(folder / SECRETS, key, bundle)
        with told(home):
            _settings_back(home, json.loads(bundle.getvalue()))
            shutil.rmtree(scratch)
    except BaseException:
        for one in home.iterdir():  # it was empty, so that the next try may use it
            shutil.rmtree(one) if one.is_dir() else one.unlink()
        raise
    return report


def _settings_back(home: Path, said: dict[str, dict[str, str]]) -> None:
    """Keys to where the house looks for them; the environment as a list for the technician."""
    for file, content in said["files"].items():
        write_whole(home / "secrets" / Path(file).name, base64.b64decode(content))
    lines = "".join(f"{name}={value}\n" for name, value in said["environment"].items())
    write_whole(home / "environment.txt", lines.encode())


def _restored(
    folder: Path,
    to: Path,
    url: str,
    scratch: Path,
    *,
    key: pyrage.x25519.Identity,
    sample: int | None = None,
    store: FolderStore | None = None,
) -> Report:
    """Do it, into `store` where there is one; a fault is told and the rest goes on."""
    began_s = time.monotonic()
    report = Report(folder.name, manifests.read(folder))
    made = report.manifest
    if made.step > head():
        raise Conflict("database-newer", newer(made.step))
    for name in (DATABASE, SECRETS):
        manifests.proved(folder, made, name)
    sizes = manifests.photo_sizes(folder, made)
    plain = scratch / "database"
    with new_file(plain) as file:
        found = unseal(folder / DATABASE, key, file)
    if found.sha256 != made.database_sha256:
        raise Conflict("backup-damaged", f"备份 {folder.name} 里的数据库和清单对不上。")
    bundle = io.BytesIO()
    unseal(folder / SECRETS, key, bundle)
    databases.put_back(plain, url, engine_name=made.engine)
    own_keys = _text_keys(json.loads(bundle.getvalue()))
    _hold(report, url, set(sizes), keys=own_keys, upgraded=store is None)
    fixed_s, began_s = time.monotonic() - began_s, time.monotonic()
    opened = sorted(sizes)
    if sample is not None and sample < len(opened):
        opened = sorted(random.sample(opened, sample))
    for photo in opened:
        _open_photo(report, to, photo, key, store)
    missing = [one for one in sizes if not photo_file(to, one).is_file()]
    report.faults += [f"备份里少了照片 {one[:16]}…" for one in missing if one not in opened][:TOLD]
    opened_bytes = sum(sizes[one] for one in opened)
    share = made.photo_bytes / opened_bytes if opened_bytes else 1.0
    report.rto_s = fixed_s + (time.monotonic() - began_s) * share
    return report


def _text_keys(said: dict[str, dict[str, str]]) -> tuple[bytes, ...]:
    """The copy's own keys to what lies sealed in its database; none where it has none."""
    file = base64.b64decode(said["files"].get("text-keys", "")).decode()
    text = said["environment"].get("CZT_TEXT_KEYS") or file
    return text_keys_in(text) if text.strip() else ()


def _open_photo(
    report: Report,
    to: Path,
    photo: str,
    key: pyrage.x25519.Identity,
    store: FolderStore | None,
) -> None:
    """One file of the store out of the copy; its name says what it must be."""
    path, bytes_ = photo_file(to, photo), io.BytesIO()
    try:
        found = unseal(path, key, bytes_)
    except Conflict as wrong:
        report.faults.append(wrong.message)
        return
    if found.sha256 != photo:
        report.faults.append(f"备份里的照片 {photo[:16]}… 内容不对。")
        return
    report.photos_opened += 1
    if store is not None:
        bytes_.seek(0)
        store.put(bytes_, expected=photo)


def _hold(
    report: Report, url: str, photos: set[str], *, keys: tuple[bytes, ...], upgraded: bool
) -> None:
    """Hold the restored database against the manifest, itself, its chains, and the copy's keys.

    What an older program made is `upgraded` for it in a drill; what is restored stays as that
    program reads it, and `audit verify` does the rest once it was upgraded.
    """
    made = report.manifest
    engine = open_engine(url, keys)
    try:
        report.faults += databases.faults(engine)
        with engine.connect() as connection:
            found = databases.facts(connection, day=beijing_day(made.began_at))
        for table, rows in made.tables.items():
            if found.tables.get(table, 0) != rows:
                report.faults.append(
                    f"表 {table} 恢复出{found.tables.get(table, 0)}行，备份时有{rows}行。"
                )
        if made.step != head():
            if not upgraded:
                return
            upgrade(engine)  # its chains are held against the heads of then, as anchors
            with engine.connect() as connection:
                found = databases.facts(connection, day=beijing_day(made.began_at))
        elif found.heads != made.heads:
            report.faults.append("恢复出来的存证链尾和备份清单里的不一样。")
        if lost := found.keys - photos - set(made.absent):
            report.faults.append(f"有{len(lost)}个文件，数据库提到了，备份里没有。")
        with Session(engine) as session:
            sealed = lost_numbers(session) + lost_by_hand(session)
            if sealed:
                report.faults.append(f"有{sealed}处加密保存的内容，备份里的钥匙打不开。")
            _verify_chains(report, session, contents=not sealed)
        report.chains_held = True
    except Problem as wrong:
        report.faults.append(f"恢复出来的数据库升级不了：{wrong.message}")
    except DBAPIError as error:
        report.faults.append(f"恢复出来的数据库读不了（{error.orig}）。")
    finally:
        engine.dispose()


def _verify_chains(report: Report, session: Session, *, contents: bool) -> None:
    anchors = _anchors(report.manifest)
    for county in session.scalars(sa.select(County.code).order_by(County.code)):
        checked = verify(session, county=county, anchors=anchors, contents=contents)
        report.chain_lines += checked.lines
        report.faults += [f"{county}：{one}" for one in checked.faults[:TOLD]]


def _held_against_the_living(report: Report, engine: Engine) -> None:
    """The running house must still have each line at which the copy's chains end."""
    with Session(engine) as session:
        for one in _anchors(report.manifest):
            kept = session.scalar(
                sa.select(ChainLine.hash).where(
                    ChainLine.county == one.county, ChainLine.seq == one.seq
                )
            )
            if kept != one.hash:
                report.faults.append(
                    f"{one.county}存证第{one.seq}行，备份里的和现在的不一样：有一边被改写过。"
                )


def _anchors(made: Manifest) -> list[Anchor]:
    return anchors_in("\n".join(made.heads), source="备份清单")
