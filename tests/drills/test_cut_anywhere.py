"""A net that breaks at any byte: between the phone's queue and gunicorn stands a proxy that cuts."""

import itertools
import os
import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from tests import databases
from tests.drills.cutting_proxy import Cut, CuttingProxy, Passed
from tests.drills.house import LONG, Installation, Web
from tests.drills.ledger import differences
from tests.drills.real_phone import RealPhone

SEED = int(os.environ.get("DRILL_SEED") or random.randrange(10**6))
pytestmark = [pytest.mark.drill, pytest.mark.timeout(3600 if LONG else 300)]
AT_MOST_AGAIN = 300 * 1024
LARGEST_PHOTO = 296 * 1024  # MOST_BYTES in web/camera/shrink.js
BREAKS_A_DAY = 8
PHOTOS_A_DAY = 5
CUTS = 1000 if LONG else 200
DAYS = 24  # in one go of Hypothesis; a go is repeated with the next seed until CUTS are made

places = st.one_of(
    st.integers(0, 500).map(lambda byte: {"byte": byte}),  # within the head
    st.integers(-400, -1).map(lambda byte: {"byte": byte}),  # shortly before the end
    st.just({"byte": 1 << 30}),  # all arrived, and nobody learns of it
    st.floats(0, 1).map(lambda share: {"share": share}),
)
cuts = st.builds(
    lambda way, place, abruptly: Cut(way, abruptly=abruptly, **place),
    st.sampled_from(["up", "down"]),
    places,
    st.booleans(),
)
breaks_of_a_day = st.lists(
    # How many requests pass before the next one breaks: else none would ever reach a photo.
    st.tuples(st.sampled_from([0, 1, 1, 2]), cuts),
    min_size=BREAKS_A_DAY,
    max_size=BREAKS_A_DAY,
).map(lambda pairs: [step for passing, cut in pairs for step in (*[None] * passing, cut)])
sizes = st.sampled_from([12_000, 90_000, LARGEST_PHOTO])


class Net:
    """One installation behind a proxy, and the phone in front."""

    def __init__(self, installation: Installation, proxy: CuttingProxy) -> None:
        self.installation, self.proxy = installation, proxy
        self.phone: RealPhone = installation.phone(0, proxy.address)
        self.costliest = 0

    def a_day(self, photo_sizes: list[int], breaks: list[Cut | None]) -> None:
        """Keep a day's records, and send them through a net with these breaks."""
        self.phone.check_in(photo_sizes[0])
        self.phone.count(len(photo_sizes))
        self.phone.note(*photo_sizes[1:])
        self.proxy.passed.clear()
        self.proxy.will_cut(breaks)

        for _ in range(3 * len(breaks) + 5):
            if not self.phone.held():
                break
            self.phone.sync()

        assert not self.phone.held(), self.phone.refused()
        assert not self.phone.photos_held()
        self.costliest = max(self.costliest, *self._sent_again())

    def _sent_again(self) -> list[int]:
        """What each cut of the day cost: the broken request, and announcing a broken photo anew."""
        costs = [0]
        for broken, following in itertools.pairwise([*self.proxy.passed, Passed("", 0, cut=False)]):
            if broken.cut:
                anew = broken.method == "PUT" and following.method == "POST"
                costs.append(broken.sent_bytes + (following.sent_bytes if anew else 0))
        return costs

    def differences(self) -> list[str]:
        """What the server has otherwise than the phone kept it."""
        return differences(self.installation.engine, self.installation.blobs, [self.phone.kept])


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def net(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path
) -> Iterator[Net]:
    home: Path = tmp_path_factory.mktemp("cut") / "home"
    url = None
    if request.param == "postgresql":
        engine = request.getfixturevalue("postgres_engine")
        databases.empty(engine)
        url = engine.url.render_as_string(hide_password=False)
    installation = Installation(home, url, template=sqlite_template)
    web = Web(installation, CZT_WEB_PROCESSES="1", CZT_WEB_THREADS="4")
    try:
        with CuttingProxy(web.address) as proxy:
            yield Net(installation, proxy)
    finally:
        web.stop()
        installation.engine.dispose()


def test_whatever_byte_the_net_breaks_at_nothing_is_lost_and_nothing_doubled(
    net: Net, capsys: pytest.CaptureFixture[str]
) -> None:
    engine = net.installation.engine.dialect.name
    wanted = CUTS if engine == "sqlite" or LONG else CUTS // 5
    days = DAYS if wanted == CUTS else DAYS // 4

    @settings(
        max_examples=days,
        deadline=None,
        database=None,
        phases=[Phase.generate],  # a smaller example would take minutes to find
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(
        st.lists(sizes, min_size=PHOTOS_A_DAY, max_size=PHOTOS_A_DAY),
        breaks_of_a_day,
    )
    def on_any_day(photo_sizes: list[int], breaks: list[Cut | None]) -> None:
        net.a_day(photo_sizes, breaks)

    # A day may be over before its last break comes, so days do not tell how many cuts they bring.
    for nth in itertools.count():
        seed(SEED + nth)(on_any_day)()
        if net.proxy.cuts >= wanted:
            break
        assert net.proxy.cuts >= days * (nth + 1), "the proxy hardly cuts anything"

    assert net.differences() == []
    assert net.costliest <= AT_MOST_AGAIN
    with capsys.disabled():
        print(
            f"\n  cut anywhere, {engine}, seed {SEED}: {net.proxy.cuts} cuts, {len(net.phone.kept.events)} "
            f"records and {len(net.phone.kept.photos)} photos, lost 0, doubled 0, "
            f"at most {net.costliest / 1024:.0f} KB sent again for one"
        )
