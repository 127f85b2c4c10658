"""What a test costs is what its children cost too."""

import subprocess
import sys

from tests.costs import processor_s

BUSY = "import time\nwhile time.process_time() < 0.5: pass\nprint('done', flush=True)\ninput()"


def test_a_child_is_counted_while_it_lives_and_after() -> None:
    before = processor_s()
    with subprocess.Popen(
        [sys.executable, "-c", BUSY], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "done\n"
        living = processor_s() - before
        child.communicate("\n")
    gone = processor_s() - before

    assert living >= 0.45
    assert gone >= 0.45
