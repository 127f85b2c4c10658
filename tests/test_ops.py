"""What `ops/` ships for a machine that serves: units, container, compose file, settings."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from server.services.upkeep.in_the_clear import in_the_clear
from server.settings import ROOT, settings_from

OPS = ROOT / "ops"
UNITS = sorted((OPS / "systemd").glob("*.service"))
WORST = 2.0  # of 10; the rest is what a service that answers the net needs


def commands(text: str) -> set[str]:
    """Which of `python -m server`'s commands a text starts."""
    return set(re.findall(r"-m server (\w+)", text))


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_a_unit_is_right_and_lets_the_house_do_little(unit: Path, tmp_path: Path) -> None:
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("no systemd on this machine")
    here = tmp_path / unit.name
    # `verify` looks whether the program is there: ours lies elsewhere.
    python = "/opt/cunzhantong/.venv/bin/python"
    here.write_text(unit.read_text().replace(python, sys.executable))

    said = subprocess.run(
        [program, "verify", str(here)], check=False, capture_output=True, text=True
    )
    level = subprocess.run(
        [program, "security", "--offline=true", f"--threshold={WORST * 10:.0f}", str(here)],
        check=False,
        capture_output=True,
        text=True,
    )

    assert (said.returncode, said.stderr) == (0, "")
    assert level.returncode == 0, level.stdout[-400:]


def test_every_unit_keeps_the_limits_that_photos_are_opened_under() -> None:
    assert len(UNITS) == 3
    for unit in UNITS:
        text = unit.read_text()
        # Foreign files are opened in children that set limits of their own.
        assert "~@privileged @resources" not in text
        assert "UMask=0077" in text
        assert "StateDirectoryMode=0700" in text
        assert "InaccessiblePaths=-/opt/cunzhantong/.git" in text
    assert commands("".join(unit.read_text() for unit in UNITS)) == {
        "run", "web", "worker", "migrate",
    }  # fmt: skip


def test_the_containers_migrate_first_write_only_to_data_and_open_no_port_but_the_proxys() -> None:
    whole = yaml.safe_load((OPS / "compose.yaml").read_text())
    services, image = whole["services"], (OPS / "Dockerfile").read_text()

    for name, command in (
        ("migrate", "migrate"),
        ("web", "web"),
        ("web-2", "web"),
        ("worker", "worker"),
    ):
        one = services[name]
        assert one["command"] == [command]
        assert one["volumes"] == ["data:/data"]
        assert "user" not in one, "the image's own"
    for name in ("web", "web-2", "worker"):
        waits = services[name]["depends_on"]["migrate"]["condition"]
        assert waits == "service_completed_successfully"
    for name, one in services.items():
        assert one["security_opt"] == ["no-new-privileges:true"], name
        if name != "db":  # its image changes to its own user by itself
            assert (one["read_only"], one["cap_drop"]) == (True, ["ALL"]), name
        assert "latest" not in one["image"], name
        for other, how in one.get("depends_on", {}).items():
            # Whoever is waited for in health says how it is, or its image does.
            if how["condition"] == "service_healthy":
                own = services[other].get("healthcheck")
                assert own or (services[other]["image"] == "cunzhantong" and "HEALTHCHECK" in image)
    assert [name for name, one in services.items() if "ports" in one] == ["caddy"]
    upstream = services["caddy"]["environment"]["CZT_UPSTREAM"]
    assert upstream == "web:8000 web-2:8000"
    assert "{$CZT_UPSTREAM:127.0.0.1:8000}" in (OPS / "Caddyfile").read_text()
    assert whole["networks"]["inside"]["internal"] is True
    assert {name for name, one in services.items() if one.get("networks") == ["inside"]} == {
        "db", "s3", "s3-sync",
    }  # fmt: skip
    named = {
        place.partition(":")[0] for one in services.values() for place in one.get("volumes", [])
    }
    assert {one for one in named if not one.startswith(".")} == set(whole["volumes"])
    # pg_dump refuses a server newer than itself: bookworm's is 15.
    assert services["db"]["image"] == "postgres:15-bookworm"
    assert "debian:bookworm" in image
    assert "${IMAGE:+postgresql-client}" in (OPS / "install.sh").read_text()
    assert "IMAGE=1 ops/install.sh system" in image
    assert image.index("ops/install.sh house") < image.index("USER cunzhantong")
    assert "EXPOSE 8000" in image


def test_the_containers_secrets_lie_in_files_of_those_who_read_them(tmp_path: Path) -> None:
    whole = yaml.safe_load((OPS / "compose.yaml").read_text())
    house = whole["services"]["web"]
    made = tmp_path / "secrets"
    for _ in range(2):  # the second time changes nothing
        subprocess.run([OPS / "secrets.sh", made], check=True)
        kept = {one.name: one.read_text() for one in made.iterdir()}
    assert {one.stat().st_mode & 0o777 for one in made.iterdir()} == {0o400}
    assert {Path(one["file"]).name for one in whole["secrets"].values()} == set(kept)
    for one in whole["services"].values():
        assert set(one.get("secrets", [])) <= set(whole["secrets"])
        for name, value in one.get("environment", {}).items():
            assert "PASSWORD" not in name or str(value).startswith("/run/secrets/"), name
    # The house reads these names, and knows the store by what the store knows.
    env = {**house["environment"], "CZT_HOME": str(tmp_path / "home")}
    assert env["CZT_S3_SECRET_FILE"] == "/run/secrets/s3-secret"
    env["CZT_S3_SECRET_FILE"] = str(made / "s3-secret")
    read = (ROOT / "server/settings.py").read_text()
    assert set(env) <= set(re.findall(r'"(CZT_[A-Z0-9_]+)"', read))
    settings = settings_from(env)
    assert settings.s3 is not None
    [known] = json.loads(kept["s3.json"])["identities"]
    assert known["credentials"] == [{"accessKey": settings.s3.key, "secretKey": settings.s3.secret}]
    assert kept["pgpass"] == f"db:5432:*:czt:{kept['db-password']}\n", "also the drill's database"
    assert settings.database_url == "postgresql+psycopg://czt@db/czt?passfile=/run/secrets/pgpass"
    assert in_the_clear(settings) == []
    uid = re.search(r"--uid (\d+)", (OPS / "Dockerfile").read_text())
    assert uid
    script = (OPS / "secrets.sh").read_text()
    assert f"chown {uid[1]}:{uid[1]} pgpass s3-secret" in script
    assert f"chown {whole['services']['s3']['user']} s3.json" in script


def test_the_same_source_is_compiled_to_the_same_bytes_whenever_that_is(tmp_path: Path) -> None:
    [command] = re.findall(r"-m (compileall [^\n]*?) server", (OPS / "install.sh").read_text())
    source, made = tmp_path / "one.py", []
    for moment in (1_600_000_000, 1_700_000_000):
        source.write_text('"""A module."""\n\nNUMBER = {1, 2, 3}\n')
        os.utime(source, (moment, moment))
        subprocess.run(
            [sys.executable, "-m", *command.split(), source.name], cwd=tmp_path, check=True
        )
        [compiled] = (tmp_path / "__pycache__").iterdir()
        made.append(compiled.read_bytes())

    assert made[0] == made[1]
    # A source that was changed since is what runs, whatever its moment says.
    source.write_text('print("changed")\n')
    os.utime(source, (1_700_000_000, 1_700_000_000))
    ask = [sys.executable, "-B", "-c", "import one"]
    said = subprocess.run(ask, cwd=tmp_path, check=True, capture_output=True, text=True)
    assert said.stdout == "changed\n"
    image = (OPS / "Dockerfile").read_text()
    for name in ("APT_SNAPSHOT", "SOURCE_DATE_EPOCH"):
        assert (
            image.index("FROM ${BASE}")
            < image.index(f"ARG {name}=")
            < image.index("ops/install.sh system \\")
        )


def test_the_settings_that_are_shipped_are_ones_that_the_house_reads() -> None:
    read = (ROOT / "server" / "settings.py").read_text()
    names = set(re.findall(r"CZT_[A-Z0-9_]+", (OPS / "env.example").read_text()))

    assert len(names) > 4
    assert {name for name in names if f'"{name}"' not in read} == set()
