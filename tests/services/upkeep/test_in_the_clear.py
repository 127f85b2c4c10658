"""A database or a store on another machine is spoken to by TLS, or `check` says that it is not."""

from pathlib import Path

import pytest

from server.cli.check import CHECKS
from server.services.upkeep.in_the_clear import DATABASE, STORE
from server.settings import settings_from


@pytest.mark.parametrize(
    ("url", "store", "said"),
    [
        ("postgresql://u:p@db.example.cn/czt", "", [DATABASE]),
        ("postgresql://u:p@db.example.cn/czt?sslmode=require", "", [DATABASE]),
        ("postgresql://u:p@/czt?host=/run/pg,10.0.0.5", "", [DATABASE]),
        ("postgresql://u:p@localhost/czt?hostaddr=10.0.0.5", "", [DATABASE]),
        ("postgresql://u:p@db.example.cn/czt?sslmode=verify-full", "", []),
        ("postgresql://u:p@/czt?host=/var/run/postgresql", "http://127.0.0.1:8333", []),
        ("postgresql://u:p@localhost/czt", "https://oss.example.cn", []),
        ("", "http://10.0.0.9:8333", [STORE]),
    ],
)
def test_what_goes_to_another_machine_in_the_clear_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str, store: str, said: list[str]
) -> None:
    monkeypatch.delenv("PGSSLMODE", raising=False)
    s3 = {"CZT_STORE": "s3://czt-photos", "CZT_S3_ENDPOINT": store}
    s3 |= {"CZT_S3_KEY": "k", "CZT_S3_SECRET": "s"}
    assert (
        CHECKS["到别的机器的连接"](
            settings_from(
                {
                    "CZT_HOME": str(tmp_path),
                    "CZT_DATABASE_URL": "postgresql://u@db/x",
                    "CZT_OWN_LINE": "s3, db",
                }
            )
        )
        == []
    )
    env = {"CZT_HOME": str(tmp_path), "CZT_DATABASE_URL": url, **(s3 if store else {})}

    assert CHECKS["到别的机器的连接"](settings_from(env)) == said


def test_where_the_url_names_no_host_the_drivers_own_setting_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = settings_from({"CZT_HOME": str(tmp_path), "CZT_DATABASE_URL": "postgresql:///czt"})
    assert CHECKS["到别的机器的连接"](settings) == []
    monkeypatch.setenv("PGHOST", "db.example.cn")
    assert CHECKS["到别的机器的连接"](settings) == [DATABASE]
