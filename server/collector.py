"""Keeps Python's collector of rubbish off what stays as long as the process: code and tables."""

import gc

YOUNG = 10_000
"""After how many new objects the young ones are looked through (Python: 700).

A page of a county makes some ten thousand, nearly all of which go without the collector.
"""


def look_seldom() -> None:
    """Say so to the collector before anything is loaded: code is no rubbish.

    At Python's own pace it looked some hundred times through what was being loaded, which took a
    sixth of the start.
    """
    gc.set_threshold(YOUNG, *gc.get_threshold()[1:])


def let_rest() -> None:
    """Take all that is loaded by now out of the collector's rounds; once, before the first answer.

    A full round looks at every object: of the 300,000 that a web process holds from its start none
    is ever rubbish, and looking took 0.2 s in the middle of somebody's page.
    """
    from sqlalchemy.orm import configure_mappers  # commands without a database never load it

    configure_mappers()  # else the first query does it, and what it makes would not rest
    gc.collect()
    gc.freeze()
    look_seldom()
