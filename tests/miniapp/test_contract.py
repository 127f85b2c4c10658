"""The web app and the mini program do the same: what the house stores is compared, row by row."""

import json
import traceback
from typing import Any

import pytest

from tests.miniapp import scenarios, scenarios_of_rounds
from tests.miniapp.conftest import Stage
from tests.miniapp.contract import Phone, Setting
from tests.miniapp.playing import ONE, SCENARIOS, TWO, Play, li


def test_both_clients_leave_the_same_behind(stage: Stage) -> None:
    """Every scenario, cuts and kills included; 30 of them are promised."""
    assert len(SCENARIOS) >= 30, (scenarios, scenarios_of_rounds)
    differing: dict[str, Any] = {}
    for name, play in SCENARIOS.items():
        kind = "web"
        try:
            web = stage(kind, play)
            kind = "native"
            native = stage(kind, play)
        except AssertionError as error:
            differing[name] = [kind, *traceback.format_exception(error)[-2:]]
            continue
        if web != native:
            differing[name] = [
                {"web": sorted(set(web[table]) - set(native[table]))}
                | {"native": sorted(set(native[table]) - set(web[table]))}
                for table in web
                if web[table] != native[table]
            ]
    assert not differing, json.dumps(differing, ensure_ascii=False, indent=1)[:6000]


@pytest.mark.parametrize("kind", ["web", "native"])
def test_a_phone_that_dies_at_any_write_has_kept_all_of_a_record_or_nothing(
    stage: Stage, kind: str
) -> None:
    """Killed before the first thing is written down, before the second … until none is left."""
    outcomes = set()

    def dying_at(number: int) -> Play:
        def dies(phone: Phone, setting: Setting) -> None:
            li(phone, setting)
            phone.net(off=True)
            phone.dies_at_write(number)
            said = phone.keep("photo_note", setting.cast.c1, {"note": ""}, (ONE, TWO), may_die=True)
            phone.kill()
            phone.open()
            kept = phone.unsent()
            assert kept == ["waiting"] or (not kept and said is None), (number, kept, said)
            outcomes.add((bool(kept), bool(said)))
            phone.net(off=False)
            phone.send()
            assert phone.unsent() == []

        return dies

    number = 0
    while (True, True) not in outcomes:  # until it lived on after having said that it is kept
        number += 1
        assert number < 40, "it dies for ever"
        left = stage(kind, dying_at(number))
        assert len(left["photos"]) in (0, 2), left["photos"]
        assert len(left["files"]) == len(left["photos"]), left["files"]
    assert (False, False) in outcomes, outcomes
    assert number > 2, "it was never killed within a record"
