"""Which connections to other machines go without TLS, or without knowing with whom one speaks."""

import os
from urllib.parse import urlsplit

from sqlalchemy.engine import make_url

from server.settings import Settings

DATABASE = (
    "数据库在另一台机器上，但没有要求加密并核对证书。请在 CZT_DATABASE_URL 后面加 "
    "?sslmode=verify-full&sslrootcert=证书文件。"
    "两台机器之间只有自己的网线，就把它的名字写进 CZT_OWN_LINE。"
)
STORE = (
    "照片明文传到另一台机器上的对象存储。请把 CZT_S3_ENDPOINT 换成 https:// 的地址。"
    "都在同一个机柜里，就把它的名字写进 CZT_OWN_LINE。"
)


def in_the_clear(settings: Settings) -> list[str]:
    """A sentence for each; none for this machine's own, a socket on it, or hosts of CZT_OWN_LINE.

    PostgreSQL's driver takes whatever the server offers unless it is told: `verify-full` alone
    knows with whom it speaks.
    """
    found, url = [], make_url(settings.database_url)
    told = {"sslmode": os.environ.get("PGSSLMODE"), **url.query}
    # As the driver takes them: an address goes before a name, PGHOST stands where neither is said.
    named = told.get("host") or url.host or os.environ.get("PGHOST") or ""
    addressed = told.get("hostaddr") or os.environ.get("PGHOSTADDR") or ""
    hosts = str(addressed or named).split(",")
    if (
        url.get_backend_name() == "postgresql"
        and not all(_is_own(one, settings) for one in hosts)
        and told["sslmode"] != "verify-full"
    ):
        found.append(DATABASE)
    if settings.s3 is not None:
        store = urlsplit(settings.s3.endpoint)
        if store.scheme == "http" and not _is_own(store.hostname or "", settings):
            found.append(STORE)
    return found


def _is_own(host: str, settings: Settings) -> bool:
    own = {"", "localhost", "127.0.0.1", "::1", *settings.own_line}
    return host in own or host.startswith("/")
