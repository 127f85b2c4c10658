"""Machines of one house have the same keys, or are told so before a plate is signed."""

from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from server.errors import Conflict
from server.services.upkeep.keys import key_faults, marks_of, note_keys
from server.settings import Settings
from tests.factories import NOW


def test_a_machine_with_other_keys_is_told_and_writes_none_down(
    session: Session, settings: Settings
) -> None:
    assert key_faults(session, settings) == []
    note_keys(session, settings, now=NOW)
    assert key_faults(session, settings) == []
    for name, other in (
        ("CZT_PLAQUE_KEYS", replace(settings, plaque_keys=(("k1", b"p" * 16),))),
        ("CZT_TEXT_KEYS", replace(settings, text_keys=(b"8" * 32,))),
        ("CZT_SECRET_KEY", replace(settings, secret_key="made by itself")),
    ):
        [said] = key_faults(session, other)
        assert f"和别的机器不一样（{name}）" in said
        with pytest.raises(Conflict, match="--new-keys") as refused:
            note_keys(session, other, now=NOW)
        assert refused.value.code == "keys-differ"
        assert key_faults(session, settings) == []

    # A ring that still has the old key is the same house; afterwards its newest counts.
    ring = replace(settings, text_keys=(b"8" * 32, *settings.text_keys))
    note_keys(session, ring, now=NOW)
    assert key_faults(session, ring) == []
    assert len(key_faults(session, settings)) == 1
    note_keys(session, settings, now=NOW, anew=True)
    assert key_faults(session, settings) == []
    assert settings.text_keys[0].hex() not in str(marks_of(settings))
