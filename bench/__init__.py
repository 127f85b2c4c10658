"""Measures what the house costs and how right it is, each figure beside its ceiling."""

import os

from tests.factories import TEXT_KEYS

os.environ["CZT_TEXT_KEYS"] = TEXT_KEYS[0].hex()  # of every house that a bench begins
