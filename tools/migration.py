"""Writes the next numbered migration from the difference between models and migrations."""

import sys
import tempfile
from pathlib import Path

from alembic import command
from alembic.script import ScriptDirectory

from server.db import open_engine
from server.schema import FOLDER, config_for, upgrade


def main(message: str) -> None:
    """Compare against a fresh SQLite database brought to the newest step."""
    with tempfile.TemporaryDirectory() as folder:
        engine = open_engine(f"sqlite:///{Path(folder) / 'fresh.db'}")
        steps = list(ScriptDirectory(str(FOLDER)).walk_revisions())
        if steps:
            upgrade(engine)
        command.revision(
            config_for(engine), message, autogenerate=True, rev_id=f"{len(steps) + 1:04d}"
        )


if __name__ == "__main__":
    main(" ".join(sys.argv[1:]))
