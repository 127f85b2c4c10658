"""Four times as much as the house can serve, and floods: some are sent away, nobody waits, none is lost."""

import threading
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.models.phone_event import PhoneEvent
from tests import patience
from tests.drills.house import LONG, Installation, Web, status_of
from tests.drills.load import Load
from tests.drills.rush import (
    Answer,
    check_in_request,
    memory_of,
    p95,
    rush,
    sustained,
    widen_shares,
)

pytestmark = pytest.mark.drill
LASTS_S = 60.0 if LONG else 3.0
MOST_A_SECOND = 700.0  # the sender shares these cores, and takes its part
MORE_BYTES = 100 * 1024 * 1024


@pytest.fixture
def web(tmp_path: Path, sqlite_template: Path) -> Iterator[Web]:
    installation = Installation(tmp_path / "home", template=sqlite_template)
    widen_shares(installation)
    # One process: the sender, on the same cores, cannot send four times what two can take.
    web = Web(installation, CZT_WEB_PROCESSES="1")
    yield web
    web.stop()
    installation.engine.dispose()


def all_kept(web: Web, answers: list[Answer]) -> bool:
    """Whether every record that was called kept is there, once: its id is the key."""
    ids = {UUID(one.record) for one in answers if one.status == 200}
    with Session(web.installation.engine) as session:
        return ids <= set(session.scalars(sa.select(PhoneEvent.id)))


def test_four_times_too_much_is_shed_and_what_is_taken_is_answered_in_time(web: Web) -> None:
    token, phone = web.installation.token(0), web.installation.phone(0, web.address)

    def made() -> tuple[str, bytes]:
        return check_in_request(phone.station_id, token, odd=True)

    calm = sustained(web.address, made, callers=8, seconds=2.0)
    rate = min(len(calm) / 2.0 * 4, MOST_A_SECOND)
    before = memory_of(web)
    phone.check_in(20_000)
    watched: list[int | None] = []
    watcher = threading.Timer(
        LASTS_S / 2, lambda: watched.append(status_of(web.address, "/healthz"))
    )
    watcher.start()

    answers = rush(web.address, made, rate=rate, seconds=LASTS_S)

    watcher.join()
    taken = [one for one in answers if one.status == 200]
    sent_away = [one for one in answers if one.status != 200]
    print(
        f"\n  {len(calm) / 2.0:.0f}/s at ease, {rate:.0f}/s came: {len(taken) / LASTS_S:.0f}/s taken,"
        f" p95 {p95(taken):.2f} s, {len(sent_away)} sent away, p95"
        f" {p95(sent_away) if sent_away else 0:.2f} s, {(memory_of(web) - before) / 1e6:+.0f} MB"
    )
    assert {one.status for one in calm} == {200}
    assert {one.status for one in sent_away} <= {503}
    assert all(5 <= int(one.retry_after) <= 30 for one in sent_away)
    assert len(taken) >= len(calm) / 2.0 * LASTS_S / 4, "the rush is no reason to do nothing"
    assert p95(taken) <= patience.seconds(2.0)
    assert watched == [200]
    assert memory_of(web) - before < MORE_BYTES
    assert all_kept(web, calm + answers)
    assert phone.sync() == "done", "what waited on the phone goes through"


def test_floods_of_exports_and_photos_leave_check_ins_going(web: Web) -> None:
    token, phone = web.installation.token(0), web.installation.phone(0, web.address)
    enough, exports = threading.Event(), []
    host, port = web.address
    asked = urllib.request.Request(
        f"http://{host}:{port}/desk/export.xlsx",
        headers={"Cookie": f"czt_desk={web.installation.office}"},
    )

    def export() -> None:
        while not enough.is_set():
            with urllib.request.urlopen(asked, timeout=60) as answer:
                exports.append(len(answer.read()))

    takers = [threading.Thread(target=export) for _ in range(6)]
    with Load(web.installation, web.address, phones=4) as photos:
        for taker in takers:
            taker.start()
        answers = sustained(
            web.address,
            lambda: check_in_request(phone.station_id, token),
            callers=2,
            seconds=LASTS_S,
        )
        enough.set()
        for taker in takers:
            taker.join()
        photos.finish(60)

    print(
        f"\n  {len(answers)} check-ins beside {len(exports)} exports and {photos}: p95 {p95(answers):.2f} s"
    )
    assert {one.status for one in answers} == {200}
    assert p95(answers) <= patience.seconds(1.0)
    assert min(exports) > 1000
    assert all_kept(web, answers)
