"""A web process takes what it loaded out of the collector's rounds before it answers anybody."""

import subprocess
import sys

ASKED = """
import gc
import desk, server.gunicorn_conf as conf
conf.post_worker_init(None)
print(gc.get_freeze_count(), *gc.get_threshold())
"""


def test_what_a_web_process_loaded_is_never_looked_through_again() -> None:
    told = subprocess.run(
        [sys.executable, "-c", ASKED], capture_output=True, text=True, check=True
    ).stdout.split()
    resting, young, *_ = map(int, told)

    assert resting > 30_000
    assert young == 10_000
