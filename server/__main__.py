"""The command line: `python -m server NAME …` runs one of the modules in server/cli/."""

import argparse
import importlib
import os
import pkgutil
import sys
from collections.abc import Sequence

from server import cli
from server.collector import look_seldom
from server.errors import Problem, SealLost
from server.policy.document import StandardError


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; a problem a person can mend is one sentence and exit code 2.

    What it writes, database, photos and secrets, is for its own user alone.
    """
    os.umask(0o077)
    parser = argparse.ArgumentParser(prog="python -m server", description="村站通")
    commands = parser.add_subparsers(dest="command", required=True, metavar="命令")
    given = list(sys.argv[1:] if argv is None else argv)
    names = sorted(module.name for module in pkgutil.iter_modules(cli.__path__))
    module = given[0].replace("-", "_") if given else ""
    if module in names:
        names = [module]  # the others' imports would only cost time
    for name in names:
        importlib.import_module(f"{cli.__name__}.{name}").add_parser(commands)
    args = parser.parse_args(given)
    try:
        code: int = args.func(args)
    except (Problem, SealLost, StandardError) as problem:
        print(problem, file=sys.stderr)
        return 2
    except BrokenPipeError:  # `… | head` has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as error:
        trouble = _database_trouble(error)
        if trouble is None:
            raise
        print(trouble, file=sys.stderr)
        return 2
    return code


def _database_trouble(error: Exception) -> str | None:
    """A sentence when the database cannot be reached, opened or written; None for our own bugs."""
    faults = sys.modules.get("sqlalchemy.exc")  # not loaded for commands without a database
    if faults is None or type(error) not in {
        faults.OperationalError,
        faults.DatabaseError,  # SQLite: the file is no database
        faults.ArgumentError,  # the address cannot be read
    }:
        return None
    reason = str(getattr(error, "orig", error)).strip().splitlines()[0]
    return f"数据库用不了（{reason}）。请检查 CZT_DATABASE_URL、磁盘和数据库服务。"


if __name__ == "__main__":
    look_seldom()
    sys.exit(main())
