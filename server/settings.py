"""What differs between one installation and another, read once from the environment."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Settings:
    """One installation's settings; every field has a default that works on an empty machine.

    `home` holds all that is not code: database, photos, secrets. `base_url` is what gets printed
    into QR codes, so it must be the address that villagers' phones reach.
    """

    home: Path
    database_url: str
    base_url: str
    host: str = "127.0.0.1"
    port: int = 8000
    web_processes: int = 2
    web_threads: int = 8
    standards: Path = ROOT / "standards"
    data: Path = ROOT / "data"
    font_dir: Path | None = None
    secure_cookies: bool = False
    max_body_bytes: int = 16 * 1024 * 1024
    max_photo_bytes: int = 15 * 1024 * 1024
    plaque_keys: tuple[tuple[str, bytes], ...] = field(default=(), repr=False)
    secret_key: str = field(default="", repr=False)

    @property
    def photos(self) -> Path:
        """Where the photo store keeps its bytes."""
        return self.home / "photos"


def _kept_secret(home: Path, name: str) -> str:
    """A secret made on first use and kept beside the database, readable by its owner only."""
    path = home / "secrets" / name
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = path.with_name(f"{name}.{os.getpid()}")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_hex(32))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(fresh, path)  # never overwrites: two starts at once agree on one secret
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return path.read_text().strip()


def settings_from(env: Mapping[str, str] = os.environ) -> Settings:
    """Settings from CZT_* variables.

    CZT_HOME, CZT_DATABASE_URL, CZT_BASE_URL, CZT_HOST, CZT_PORT, CZT_WEB_PROCESSES,
    CZT_WEB_THREADS, CZT_STANDARDS, CZT_FONT_DIR, CZT_SECURE_COOKIES (1), CZT_PLAQUE_KEYS
    ("id:hex,id:hex", the newest first; by default one key made on first start and kept).
    """
    home = Path(env.get("CZT_HOME", ROOT / "instance")).resolve()
    home.mkdir(parents=True, exist_ok=True)
    host, port = env.get("CZT_HOST", "127.0.0.1"), int(env.get("CZT_PORT", "8000"))
    keys = env.get("CZT_PLAQUE_KEYS") or f"k1:{_kept_secret(home, 'plaque-key')}"
    return Settings(
        home=home,
        database_url=env.get("CZT_DATABASE_URL", f"sqlite:///{home / 'cunzhantong.db'}"),
        base_url=env.get("CZT_BASE_URL", f"http://{host}:{port}").rstrip("/"),
        host=host,
        port=port,
        web_processes=int(env.get("CZT_WEB_PROCESSES", "2")),
        web_threads=int(env.get("CZT_WEB_THREADS", "8")),
        standards=Path(env.get("CZT_STANDARDS", ROOT / "standards")),
        font_dir=Path(env["CZT_FONT_DIR"]) if env.get("CZT_FONT_DIR") else None,
        secure_cookies=env.get("CZT_SECURE_COOKIES", "0") == "1",
        plaque_keys=tuple(
            (name, bytes.fromhex(value))
            for name, _, value in (pair.partition(":") for pair in keys.split(","))
        ),
        secret_key=env.get("CZT_SECRET_KEY") or _kept_secret(home, "session-key"),
    )
