"""What docs/architecture.md says of the tables, held against the models."""

import re

import server.models
from server.db import Base
from server.settings import ROOT


def test_importing_the_models_brings_every_table() -> None:
    tables = [
        path
        for path in (ROOT / "server" / "models").glob("*.py")
        if "__tablename__" in path.read_text()
    ]

    assert {path.stem for path in tables} <= set(server.models.__all__)


def test_the_architecture_page_names_every_table_once() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    section = page.partition("## The tables")[2].partition("\n## ")[0]

    named = [
        name
        for row in section.splitlines()
        if row.startswith("|")
        for name in re.findall(r"`([a-z_]+)`", row.split("|")[2])
    ]

    assert server.models.__doc__  # importing the package fills the metadata
    assert sorted(named) == sorted(Base.metadata.tables)
