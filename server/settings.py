"""What differs between one installation and another, read once from the environment."""

import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path

from server.errors import Invalid
from server.wechat_settings import WeChatSettings, wechat_from

ROOT = Path(__file__).resolve().parent.parent
SHORTEST_KEY = 16
"""Bytes; below this a plate's signature could be guessed."""


@dataclass(frozen=True)
class S3Settings:
    """An S3-compatible store for photos and kept files, shared by several machines.

    `virtual`: the bucket stands in the host name (Aliyun OSS, Tencent COS), not in the path.
    """

    bucket: str
    prefix: str
    endpoint: str
    region: str
    key: str
    secret: str = field(repr=False)
    virtual: bool = False


@dataclass(frozen=True)
class Settings:
    """One installation's settings; every field has a default that works on an empty machine.

    `home` holds all that is not code: database, photos, secrets. `base_url` is what gets printed
    into QR codes, so it must be the address that villagers' phones reach. `proxies` says how many
    reverse proxies of our own stand in front: only so many entries of X-Forwarded-For are believed.
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
    desk_idle_min: int = 120
    hosts: tuple[str, ...] = ()
    proxies: int = 0
    max_body_bytes: int = 16 * 1024 * 1024
    max_photo_bytes: int = 15 * 1024 * 1024
    plaque_keys: tuple[tuple[str, bytes], ...] = field(default=(), repr=False)
    secret_key: str = field(default="", repr=False)
    text_keys: tuple[bytes, ...] = field(default=(), repr=False)
    metrics_token: str = field(default="", repr=False)
    slow_sql_ms: int = 1000
    s3: S3Settings | None = None
    own_line: tuple[str, ...] = ()
    wechat: WeChatSettings | None = None
    webhook_ports: tuple[int, ...] = (443,)
    webhook_intranet: tuple[IPv4Network | IPv6Network, ...] = ()
    webhook_ca: Path | None = None

    @property
    def photos(self) -> Path:
        """Where the photo store keeps its bytes."""
        return self.home / "photos"

    @property
    def metrics(self) -> Path:
        """Where all processes count together."""
        return self.home / "metrics"


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
    """Settings from CZT_* variables; raises Invalid setting-invalid, home-unwritable.

    CZT_HOME, CZT_DATABASE_URL, CZT_BASE_URL, CZT_HOST, CZT_PORT, CZT_WEB_PROCESSES,
    CZT_WEB_THREADS, CZT_STANDARDS, CZT_FONT_DIR, CZT_SECURE_COOKIES (1, or 0; by default 1 where
    CZT_BASE_URL is https), CZT_DESK_IDLE_MIN (minutes after which an untouched desk asks for the
    password again), CZT_HOSTS (host names beside that of CZT_BASE_URL), CZT_PROXIES (how many
    reverse proxies stand in front),
    CZT_METRICS_TOKEN (opens /metrics to other machines), CZT_SLOW_SQL_MS (statements that take as
    long are logged; 0: none), CZT_PLAQUE_KEYS
    ("id:hex,id:hex", the newest first; by default one key made on first start and kept),
    CZT_TEXT_KEYS (64 hex digits each, the newest first, commas or lines between; by default the
    file secrets/text-keys in the home folder, made on first start): they seal bank accounts and
    secrets.
    CZT_STORE (s3://bucket/prefix, with CZT_S3_ENDPOINT, CZT_S3_KEY, CZT_S3_SECRET or the file
    secrets/s3-secret, CZT_S3_REGION, CZT_S3_VIRTUAL=1): photos in an S3-compatible store; by
    default in the home folder. CZT_S3_SECRET_FILE: another place of that file.
    CZT_OWN_LINE: hosts that nobody else listens to, of which `check` asks no TLS.
    CZT_WECHAT_APPID with CZT_WECHAT_SECRET (or the file secrets/wechat-secret), CZT_WECHAT_API,
    CZT_WECHAT_PUSH_TOKEN, CZT_WECHAT_PUSH_KEY: the mini program; or CZT_WECHAT_FAKE=1 without them.
    Whither 数据推送 may go: CZT_WEBHOOK_PORTS (443), CZT_WEBHOOK_INTRANET (addresses or networks
    that are not public, such as 10.20.0.0/16; none by default), CZT_WEBHOOK_CA (a PEM file of CAs
    that are trusted beside the system's).
    """
    home = Path(env.get("CZT_HOME") or ROOT / "instance").absolute()
    try:
        home.mkdir(parents=True, exist_ok=True)
        keys = env.get("CZT_PLAQUE_KEYS") or f"k1:{_kept_secret(home, 'plaque-key')}"
        secret = env.get("CZT_SECRET_KEY") or _kept_secret(home, "session-key")
        texts = env.get("CZT_TEXT_KEYS") or _kept_secret(home, "text-keys")
    except OSError as error:
        raise Invalid(
            "home-unwritable",
            f"数据文件夹 {home} 用不了（{error.strerror}）。请检查 CZT_HOME 和文件夹的权限。",
        ) from error
    host, port = env.get("CZT_HOST", "127.0.0.1"), _number(env, "CZT_PORT", 8000, 0, 65535)
    base_url = _base_url(env.get("CZT_BASE_URL", f"http://{host}:{port}"))
    https = "1" if base_url.startswith("https://") else "0"
    return Settings(
        home=home,
        database_url=_database_url(env.get("CZT_DATABASE_URL") or _sqlite_in(home)),
        base_url=base_url,
        host=host,
        port=port,
        web_processes=_number(env, "CZT_WEB_PROCESSES", 2, 1, 64),
        web_threads=_number(env, "CZT_WEB_THREADS", 8, 1, 256),
        standards=standards_folder(env),
        font_dir=Path(env["CZT_FONT_DIR"]) if env.get("CZT_FONT_DIR") else None,
        secure_cookies=env.get("CZT_SECURE_COOKIES", https) == "1",
        desk_idle_min=_number(env, "CZT_DESK_IDLE_MIN", 120, 5, 720),
        hosts=_hosts(base_url, env.get("CZT_HOSTS", "")),
        proxies=_number(env, "CZT_PROXIES", 0, 0, 9),
        plaque_keys=_plaque_keys(keys),
        secret_key=secret,
        text_keys=text_keys_in(texts),
        metrics_token=_token(env, "CZT_METRICS_TOKEN"),
        slow_sql_ms=_number(env, "CZT_SLOW_SQL_MS", 1000, 0, 600_000),
        s3=_s3(env, home),
        own_line=tuple(re.split(r"[\s,]+", env.get("CZT_OWN_LINE", "").strip())),
        wechat=wechat_from(env, home),
        webhook_ports=_ports(env.get("CZT_WEBHOOK_PORTS", "")),
        webhook_intranet=_networks(env.get("CZT_WEBHOOK_INTRANET", "")),
        webhook_ca=_file(env, "CZT_WEBHOOK_CA"),
    )


def text_keys_in(text: str) -> tuple[bytes, ...]:
    """The keys that seal texts, the newest first; raises Invalid setting-invalid."""
    found = re.split(r"[\s,]+", text.strip())
    if not all(re.fullmatch(r"[0-9a-f]{64}", one) for one in found):
        raise Invalid(
            "setting-invalid",
            "CZT_TEXT_KEYS（或 secrets/text-keys）应为64位十六进制数，一行一个，最新的在前。",
        )
    return tuple(bytes.fromhex(one) for one in found)


def _ports(text: str) -> tuple[int, ...]:
    found = re.split(r"[\s,]+", text.strip()) if text.strip() else ["443"]
    if not all(one.isascii() and one.isdigit() and 0 < int(one[:6]) < 65536 for one in found):
        raise Invalid(
            "setting-invalid", "CZT_WEBHOOK_PORTS 应为1到65535的端口，多个用逗号隔开。请改正。"
        )
    return tuple(int(one) for one in found)


def _networks(text: str) -> tuple[IPv4Network | IPv6Network, ...]:
    try:
        return tuple(ip_network(one) for one in re.split(r"[\s,]+", text.strip()) if one)
    except ValueError as error:
        raise Invalid(
            "setting-invalid",
            "CZT_WEBHOOK_INTRANET 应为IP地址或网段，例如 10.20.0.0/16，多个用逗号隔开。请改正。",
        ) from error


def _file(env: Mapping[str, str], name: str) -> Path | None:
    if not env.get(name):
        return None
    path = Path(env[name]).absolute()
    if not path.is_file():
        raise Invalid("setting-invalid", f"{name} 指的文件 {path} 不存在。请改正。")
    return path


def standards_folder(env: Mapping[str, str] = os.environ) -> Path:
    """Where this installation's standards lie, for commands that need nothing else."""
    return Path(env.get("CZT_STANDARDS") or ROOT / "standards")


def _sqlite_in(home: Path) -> str:
    return f"sqlite:///{home / 'cunzhantong.db'}"


def _number(env: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    text = env.get(name, "").strip()
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and least <= int(text[:9]) <= most):
        raise Invalid(
            "setting-invalid", f"{name} 应为{least}到{most}的整数，写的是“{text[:40]}”。请改正。"
        )
    return int(text)


def _s3(env: Mapping[str, str], home: Path) -> S3Settings | None:
    """The store that CZT_STORE names, or None for the home folder; raises Invalid."""
    if not env.get("CZT_STORE", "").strip():
        return None
    store = re.fullmatch(r"s3://([a-z0-9][a-z0-9.-]{2,62})/?(.*)", env["CZT_STORE"].strip())
    if not store or not re.fullmatch(r"([A-Za-z0-9_.-]+/?)*", store[2]):
        raise Invalid("setting-invalid", "CZT_STORE 应写成 s3://桶名 或 s3://桶名/前缀。请改正。")
    endpoint = env.get("CZT_S3_ENDPOINT", "").strip().rstrip("/")
    if not re.fullmatch(r"https?://[^/\s?#@]+", endpoint):
        raise Invalid(
            "setting-invalid",
            "CZT_S3_ENDPOINT 应为对象存储的网址，例如 https://oss-cn-beijing.aliyuncs.com。请改正。",
        )
    kept, key = _file(env, "CZT_S3_SECRET_FILE"), env.get("CZT_S3_KEY", "").strip()
    kept = kept or home / "secrets" / "s3-secret"
    secret = env.get("CZT_S3_SECRET", "").strip()
    if not secret and kept.exists():
        secret = kept.read_text().strip()
    if not key or not secret:
        raise Invalid(
            "setting-invalid",
            "对象存储的账号不全：请设 CZT_S3_KEY 和 CZT_S3_SECRET（或文件 secrets/s3-secret）。",
        )
    region = env.get("CZT_S3_REGION", "").strip() or "us-east-1"
    prefix, virtual = store[2].strip("/"), env.get("CZT_S3_VIRTUAL", "0") == "1"
    return S3Settings(store[1], prefix, endpoint, region, key, secret, virtual)


def _token(env: Mapping[str, str], name: str) -> str:
    text = env.get(name, "").strip()
    if text and len(text) < SHORTEST_KEY:
        raise Invalid(
            "setting-invalid",
            f"{name} 太短，容易被猜中：至少{SHORTEST_KEY}个字符，或者不设。请改正。",
        )
    return text


def _base_url(text: str) -> str:
    url = text.rstrip("/")
    if not re.fullmatch(r"https?://[^/\s?#]+(/[^\s?#]*)?", url):
        raise Invalid(
            "setting-invalid",
            f"CZT_BASE_URL 应为 https:// 开头的网址，写的是“{text[:80]}”。请改正。",
        )
    return url


def _hosts(base_url: str, more: str) -> tuple[str, ...]:
    """The names this house answers to, on https; none where it is tried out by any address."""
    names = tuple(re.split(r"[\s,]+", more.strip())) if more.strip() else ()
    if not all(re.fullmatch(r"\.?[a-z0-9.-]+", name) for name in names):
        raise Invalid("setting-invalid", "CZT_HOSTS 应为域名，用逗号隔开。请改正。")
    if not names and not base_url.startswith("https://"):
        return ()
    own = base_url.partition("://")[2].partition("/")[0].rpartition("@")[2]
    return (re.sub(r":\d+$", "", own), "localhost", "127.0.0.1", *names)


def _database_url(url: str) -> str:
    # However hosting companies write it, psycopg 3 is the driver that is here.
    url = re.sub(r"^postgres(ql)?://", "postgresql+psycopg://", url)
    if not url.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise Invalid(
            "setting-invalid",
            "CZT_DATABASE_URL 应以 sqlite:/// 或 postgresql+psycopg:// 开头。请改正。",
        )
    return url


def _plaque_keys(text: str) -> tuple[tuple[str, bytes], ...]:
    """The key ring, newest first; an empty or short key would make forged plates look genuine."""
    ring = []
    for pair in text.split(","):
        name, _, value = pair.strip().partition(":")
        try:
            key = bytes.fromhex(value)
        except ValueError:
            key = b""
        if not name or len(key) < SHORTEST_KEY:
            raise Invalid(
                "setting-invalid",
                "CZT_PLAQUE_KEYS 应写成“名称:十六进制密钥”，多把用逗号隔开，"
                f"每把密钥至少{SHORTEST_KEY}字节（{2 * SHORTEST_KEY}位）。请改正。",
            )
        ring.append((name, key))
    return tuple(ring)
