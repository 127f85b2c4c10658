"""Runs the benchmarks: `python -m bench` all of them, `python -m bench plaques` only one.

With `--keep` the figures of a whole run are written to bench/results.md, with the machine and the
day; a run that one is not proud to sign (other work on the machine) is better not kept.
"""

import importlib
import io
import os
import pkgutil
import platform
import sys
import time
from contextlib import redirect_stdout
from pathlib import Path
from typing import TextIO

import bench

RESULTS = Path(__file__).with_name("results.md")


class Both(io.TextIOBase):
    """Writes to the screen as it comes, and remembers it."""

    def __init__(self, screen: TextIO) -> None:
        self.screen = screen
        self.kept: list[str] = []

    def write(self, text: str) -> int:
        """Show and keep."""
        self.kept.append(text)
        return self.screen.write(text)

    def flush(self) -> None:
        """Show at once."""
        self.screen.flush()


def main(wanted: list[str]) -> int:
    """Run what is asked for; each benchmark prints its figures beside their ceilings."""
    keep = "--keep" in wanted
    wanted = [name for name in wanted if name != "--keep"]
    names = sorted(
        module.name for module in pkgutil.iter_modules(bench.__path__) if module.name != "__main__"
    )
    unknown = set(wanted) - set(names)
    if unknown:
        print(f"no benchmark {', '.join(sorted(unknown))}; there are: {', '.join(names)}")
        return 2
    if keep and wanted:
        print("only the figures of a whole run are kept")
        return 2
    load = os.getloadavg()[0]
    figures: dict[str, str] = {}
    for name in wanted or names:
        module = importlib.import_module(f"bench.{name}")
        if not hasattr(module, "main"):
            continue
        print(f"\n== {name}", flush=True)
        both = Both(sys.stdout)
        with redirect_stdout(both):
            module.main()
        figures[name] = "".join(both.kept).strip("\n")
    if keep:
        RESULTS.write_text(_page(figures, load), encoding="utf-8")
        print(f"\nkept in {RESULTS.relative_to(Path.cwd())}")
    return 0


def _page(figures: dict[str, str], load: float) -> str:
    """All figures as one page, with what they were measured on."""
    parts = "".join(f"\n## {name}\n\n```\n{text}\n```\n" for name, text in figures.items())
    return (
        "# What was measured\n\n"
        f"`make bench KEEP=1`, {time.strftime('%Y-%m-%d')}, on {_processor()}, "
        f"{os.cpu_count()} cores, {_memory_gb()} GB, {platform.system()}, Python "
        f"{platform.python_version()}; load before the run {load:.1f}. Each figure stands beside "
        "its ceiling, measured in the same run.\n" + parts
    )


def _processor() -> str:
    """What /proc says the processor is; the kind of machine where it says nothing."""
    with Path("/proc/cpuinfo").open(encoding="utf-8") as lines:
        for line in lines:
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.machine()


def _memory_gb() -> int:
    return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
