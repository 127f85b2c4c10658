"""Runs the benchmarks: `python -m bench` all of them, `python -m bench plaques` only one."""

import importlib
import pkgutil
import sys

import bench


def main(wanted: list[str]) -> int:
    """Run what is asked for; each benchmark prints its figures beside their ceilings."""
    names = sorted(
        module.name for module in pkgutil.iter_modules(bench.__path__) if module.name != "__main__"
    )
    unknown = set(wanted) - set(names)
    if unknown:
        print(f"no benchmark {', '.join(sorted(unknown))}; there are: {', '.join(names)}")
        return 2
    for name in wanted or names:
        module = importlib.import_module(f"bench.{name}")
        if hasattr(module, "main"):
            print(f"\n== {name}", flush=True)
            module.main()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
