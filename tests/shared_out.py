"""Shares the test files out among processes, and goes on when one of them dies.

pytest-xdist's own way to do it (3.8) waits for ever then: it gives files out again of which nothing
is left to run, and the test that ended the process once for each process there is.
"""

from typing import Any

import pytest
from xdist.scheduler import LoadFileScheduling
from xdist.workermanage import WorkerController


class ByFile(LoadFileScheduling):
    """A file's tests run in one process; what a lost one leaves, others take over.

    `died_in`: tests that have been given a second try after a process died in them.
    """

    def __init__(self, config: pytest.Config, log: Any = None) -> None:
        super().__init__(config, log)
        self.died_in: set[str] = set()

    def remove_node(self, node: WorkerController) -> str | None:
        """Forget a process; the test in which it died, or None if it was through with its own."""
        lost = self.assigned_work.pop(node)
        left = [
            (name, test) for name, unit in lost.items() for test, done in unit.items() if not done
        ]
        if not left:
            return None
        for name, test in left[1:]:
            self.workqueue.setdefault(name, {})[test] = False
        for other in self.assigned_work:
            self._reschedule(other)
        died_in: str = left[0][1]
        return died_in

    def mark_test_pending(self, item: str) -> None:
        """Have a test run again, by whoever is free."""
        self.workqueue.setdefault(self._split_scope(item), {})[item] = False
        for node in self.assigned_work:
            self._reschedule(node)

    def _reschedule(self, node: WorkerController) -> None:
        """Give a process so much that it can begin: it keeps its last test until it has a next."""
        if node not in self.registered_collections:  # it has just come, and is still collecting
            return
        while not node.shutting_down and self._pending_of(self.assigned_work[node]) <= 2:
            if self.workqueue:
                self._assign_work_unit(node)
            else:
                node.shutdown()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFile:
    """For whichever `--dist` was asked: it is always by file here."""
    return ByFile(config, log)


@pytest.hookimpl(trylast=True, optionalhook=True)
def pytest_handlecrashitem(crashitem: str, report: pytest.TestReport, sched: ByFile) -> None:
    """Let a test in which a process died run once more; the closing line counts it as a rerun."""
    if report.outcome == "failed" and crashitem not in sched.died_in:
        sched.died_in.add(crashitem)
        sched.mark_test_pending(crashitem)
        report.outcome = "rerun"
