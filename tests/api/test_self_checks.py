"""A phone tells what it can do; the office reads the newest of each phone."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from server.http import clock
from server.models.person import Person
from server.models.phone_help import SelfCheck
from server.services.intake.self_checks import newest_checks
from tests.factories import Cast

Call = Callable[..., Any]


def checked(*, ok: bool | None = True, device_id: str = "phone-1", **fields: Any) -> dict[str, Any]:
    return {
        "device_id": device_id,
        "device_label": "红米 Note 9 微信",
        "user_agent": "Mozilla/5.0 (Linux; Android 10)",
        "app_version": "0123456789ab",
        "made_at": "2026-07-03T01:02:03.000Z",
        "took_ms": 1234,
        "screen": {"width": 360, "height": 640, "ratio": 2},
        "checks": [
            {"key": "net", "label": "网络", "ok": True, "detail": "0.4 秒"},
            {"key": "camera", "label": "相机", "ok": ok, "detail": "没让用相机"},
        ],
    } | fields


def test_the_office_reads_the_newest_of_each_phone(
    session: Session, cast: Cast, call: Call
) -> None:
    call(cast.li, "/self-checks", checked(ok=False), status=201)
    receipt = call(cast.li, "/self-checks", checked(ok=None), status=201)
    call(cast.li, "/self-checks", checked(device_id="phone-2"), status=201)

    two, one = newest_checks(session, seen_by=cast.office, now=clock.now())

    assert [two.check.device_id, one.check.device_id] == ["phone-2", "phone-1"]
    assert one.check.id == receipt["id"]
    assert [two.verdict, one.verdict] == ["fine", "open"]
    assert (one.person.name, [s.code for s in one.stations]) == ("老李", ["C0001"])
    assert [(t.key, t.ok) for t in one.things] == [("net", True), ("camera", None)]


def test_a_township_sees_its_own_keepers_phones_only(
    session: Session, cast: Cast, call: Call
) -> None:
    call(cast.li, "/self-checks", checked(), status=201)
    now = clock.now()

    assert newest_checks(session, seen_by=cast.officer, now=now) == []
    cast.officer.township_code = cast.township.code
    assert len(newest_checks(session, seen_by=cast.officer, now=now)) == 1
    assert newest_checks(session, seen_by=cast.outsider, now=now) == []


def test_a_phone_that_cannot_stop_fills_no_table(session: Session, cast: Cast, call: Call) -> None:
    call(cast.zhao, "/self-checks", checked(), status=201)
    for _ in range(23):
        call(cast.li, "/self-checks", checked(), status=201)

    def kept(person: Person) -> int | None:
        return session.scalar(
            select(func.count()).select_from(SelfCheck).where(SelfCheck.person_id == person.id)
        )

    assert (kept(cast.li), kept(cast.zhao)) == (20, 1)


def test_what_an_odd_phone_says_beside_its_checks_never_blocks(
    session: Session, cast: Cast, call: Call
) -> None:
    odd = checked(user_agent="x" * 5000, screen={"a" * 999: 1}, took_ms="long", made_at=17, more=1)

    receipt = call(cast.li, "/self-checks", odd, status=201)

    kept = session.get_one(SelfCheck, receipt["id"])
    assert len(kept.user_agent) == 300
    assert kept.result["took_ms"] == "long"


@pytest.mark.parametrize("checks", [None, "all", [{"key": "net"}], [{}] * 31])
def test_checks_that_cannot_be_read_are_refused_in_words(
    cast: Cast, call: Call, unchanged: Callable[[], None], checks: Any
) -> None:
    unchanged()

    answer = call(cast.li, "/self-checks", checked(checks=checks), status=422)

    assert answer["code"] == "form-invalid"


def test_the_short_address_leads_into_the_app(client: FlaskClient) -> None:
    answer = client.get("/self-check")

    assert (answer.status_code, answer.location) == (302, "/app/#/self-check")
