"""Limits of tests: never below those of a calm machine, later on a busy one, and never endless."""

import time

import pytest
import pytest_timeout

from tests import conftest, patience


@pytest.mark.parametrize(
    ("measured_s", "load", "cores", "wanted"),
    [
        (patience.CALM_S / 4, 0.1, 2, 1.0),  # a fast machine waits as long as the limit says
        (patience.CALM_S * 3, 0.1, 2, 3.0),
        (patience.CALM_S, 13.0, 2, 6.5),  # many programs for each core
        (patience.CALM_S * 4, 5.0, 2, 4.0),
        (patience.CALM_S * 500, 900.0, 2, patience.MOST),
    ],
)
def test_the_greater_of_both_views_counts(
    measured_s: float, load: float, cores: int, wanted: float
) -> None:
    assert patience.factor(measured_s, load, cores) == pytest.approx(wanted)


def test_a_busy_machine_gives_up_later(monkeypatch: pytest.MonkeyPatch) -> None:
    began = time.monotonic() - 10
    monkeypatch.setattr(patience, "slower", lambda: 1.0)
    calm = patience.is_over(began, 8)
    monkeypatch.setattr(patience, "slower", lambda: 2.0)

    assert calm
    assert not patience.is_over(began, 8)
    assert patience.is_over(began, 4.9)
    assert patience.ms(15_000) == 30_000


def test_this_machine_is_looked_at() -> None:
    assert 1.0 <= patience.slower() <= patience.MOST


def test_every_tests_own_limit_stretches_before_it_is_looked_for(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    item = request.node
    before = pytest_timeout._get_item_settings(item).timeout
    monkeypatch.setattr(patience, "slower", lambda: 3.0)

    assert next(conftest.pytest_runtest_protocol(item)) is None

    assert pytest_timeout._get_item_settings(item).timeout == 3 * before
    impls = item.config.hook.pytest_runtest_protocol.get_hookimpls()
    order = [impl.plugin for impl in impls if impl.hookwrapper]  # the last one comes first
    ours = item.config.pluginmanager.get_plugin(conftest.__file__)
    assert order.index(ours) > order.index(pytest_timeout)
