"""手机一天最多交多少, and what the office reads when only the disk's reserve is left."""

import os
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from sqlalchemy.orm import Session

from server.models.person import Person
from server.services.intake.quotas import Quotas, quotas
from tests.databases import ON_SQLITE
from tests.desk.conftest import Desk
from tests.factories import Cast

pytestmark = ON_SQLITE
DeskOf = Callable[[Person], Desk]


def test_the_office_sets_what_a_phone_hands_in_a_day_with_a_reason(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    office = desk_of(cast.office)
    form = office.get("/county/phones").text
    assert "没有改过是 1000" in form
    sealed = form.split('name="seal" value="')[1].split('"')[0]
    numbers = {"records_a_day": "300", "photo_mb_a_day": "200", "seal": sealed}

    wrong = office.shown("/county/phones", **(numbers | {"records_a_day": "99"}), reason="会议决定")
    assert "应为100到20000之间的整数" in wrong.text
    office.done("/county/phones", **numbers, reason="会议决定")

    session.expire_all()
    assert quotas(cast.county) == Quotas(300, 200)
    assert "一个人一天最多传多少照片" in office.get("/county").text, "the history tells it"


def test_the_office_reads_at_its_first_page_that_photos_wait(
    cast: Cast, desk_of: DeskOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    office, words = desk_of(cast.office), "服务器的磁盘快满了"
    assert words not in office.get("/").text

    full = SimpleNamespace(f_bavail=1000, f_frsize=4096, f_blocks=10_000_000)
    monkeypatch.setattr(os, "statvfs", lambda _: full)

    assert words in office.get("/").text
