"""A run of tests comes to its end, and says so, also when one of its processes dies."""

import os
import subprocess
import sys
from pathlib import Path

CONFTEST = """
from tests.shared_out import pytest_handlecrashitem, pytest_xdist_make_scheduler
"""
QUICK = """
import pytest

@pytest.mark.parametrize("n", range(4))
def test_quick(n):
    pass
"""
DEADLY = """
import os
from pathlib import Path

import pytest

@pytest.mark.parametrize("n", range(4))
def test_deadly(n):
    if n == 1:
        os.abort()

def test_once():
    been = Path(__file__).with_name("been")
    if not been.exists():
        been.touch()
        os.abort()
"""


def test_a_process_that_dies_takes_no_other_test_with_it(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text(CONFTEST)
    (tmp_path / "test_deadly.py").write_text(DEADLY)
    for n in range(3):
        (tmp_path / f"test_quick_{n}.py").write_text(QUICK)
    told = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "xdist", "-n", "2", "--dist", "loadfile",
         "-p", "no:faulthandler", "-c", "/dev/null", "--rootdir", str(tmp_path), str(tmp_path)],
        env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_ADDOPTS": ""},
        capture_output=True, text=True, check=False, timeout=120, cwd=Path(__file__).parents[1],
    )  # fmt: skip
    assert told.returncode == 1
    assert "1 failed, 16 passed, 2 rerun" in told.stdout, told.stdout + told.stderr
    assert "crashed while running" in told.stdout
