"""What `ops/` ships for a machine that serves: units, container, compose file, settings."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from server.settings import ROOT

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
    services = yaml.safe_load((OPS / "compose.yaml").read_text())["services"]

    for name in ("migrate", "web", "worker"):
        one = services[name]
        assert one["command"] == [name]
        assert one["read_only"] is True
        assert one["cap_drop"] == ["ALL"]
        assert one["volumes"] == ["data:/data"]
    for name in ("web", "worker"):
        waits = services[name]["depends_on"]["migrate"]["condition"]
        assert waits == "service_completed_successfully"
    assert [name for name, one in services.items() if "ports" in one] == ["caddy"]
    upstream = services["caddy"]["environment"]["CZT_UPSTREAM"]
    assert upstream == "web:8000"
    assert "{$CZT_UPSTREAM:127.0.0.1:8000}" in (OPS / "Caddyfile").read_text()
    image = (OPS / "Dockerfile").read_text()
    assert image.index("ops/install.sh house") < image.index("USER cunzhantong")
    assert "EXPOSE 8000" in image


def test_the_settings_that_are_shipped_are_ones_that_the_house_reads() -> None:
    read = (ROOT / "server" / "settings.py").read_text()
    names = set(re.findall(r"CZT_[A-Z0-9_]+", (OPS / "env.example").read_text()))

    assert len(names) > 4
    assert {name for name in names if f'"{name}"' not in read} == set()
