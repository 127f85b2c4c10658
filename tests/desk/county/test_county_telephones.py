"""乡镇电话: public office numbers, written at the desk, shown by phones bound or not."""

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from server.models.person import Person
from server.services.county.telephones import telephones_of
from tests.databases import ON_SQLITE
from tests.desk.conftest import Desk, text_of
from tests.factories import Cast

DeskOf = Callable[[Person], Desk]
pytestmark = ON_SQLITE


def form_of(desk: Desk, telephones: str, reason: str = "换了办公室") -> dict[str, str]:
    html = desk.get("/county/telephones").get_data(as_text=True)
    [seal] = re.findall(r'name="seal" value="(\w+)"', html)
    return {"seal": seal, "telephones": telephones, "reason": reason}


def public(client: FlaskClient, county: str) -> dict[str, object]:
    answer = client.get("/api/v1/public/telephones")
    [found] = [one for one in answer.json["counties"] if one["name"] == county]
    return dict(found)


def test_what_the_county_writes_is_what_every_phone_shows(
    session: Session, cast: Cast, client: FlaskClient, desk_of: DeskOf,
    signed_in: Callable[[Person], dict[str, str]],
) -> None:  # fmt: skip
    desk = desk_of(cast.office)
    cast.county.hotline = "0350-6520000"
    session.commit()
    before = client.get("/api/v1/keeper/home", headers=signed_in(cast.li)).json["help"]

    desk.done("/county/telephones", **form_of(desk, "\r\n鹅城镇 ｜ ０３５０-6521234转801 \r\n"))

    session.expire_all()
    assert list(telephones_of(cast.county).values()) == ["0350-6521234转801"]
    assert before == {"number": "0350-6520000", "of": "县里"}
    told = {"number": "0350-6521234转801", "of": "鹅城镇"}
    assert client.get("/api/v1/keeper/home", headers=signed_in(cast.li)).json["help"] == told
    assert client.get("/api/v1/session", headers=signed_in(cast.li)).json["help"] == told
    assert public(client, cast.county.name) == {
        "name": cast.county.name,
        "hotline": "0350-6520000",
        "townships": [told],
    }
    assert "鹅城镇｜0350-6521234转801" in text_of(desk.get("/county"))  # in the history


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("鹅城镇｜13812345678", "鹅城镇写的是手机号。这里的电话谁都看得到，请写办公电话。"),
        ("鹅城镇｜138-1234-5678", "鹅城镇写的是手机号"),
        ("鹅城镇｜1381234567", "手机号应是11位"),
        ("鹅城镇｜12345678", "看不懂"),
        ("鹅城镇｜待定", "看不懂"),
        ("不知镇｜0350-6521234", "没有“不知镇”这个乡镇"),
        ("鹅城镇｜打给老王", "鹅城镇的电话“打给老王”看不懂"),
        ("鹅城镇", "鹅城镇的电话“”看不懂"),
        ("鹅城镇｜0350-6521234\n鹅城镇｜0350-6521235", "鹅城镇写了两个电话"),
    ],
)
def test_what_may_not_be_public_or_is_no_number_is_refused_and_shown_as_typed(
    session: Session, cast: Cast, desk_of: DeskOf, typed: str, sentence: str
) -> None:
    desk = desk_of(cast.office)

    answer = desk.post("/county/telephones", **form_of(desk, typed))

    assert answer.status_code == 422
    assert sentence in text_of(answer)
    assert typed.splitlines()[0] in answer.get_data(as_text=True)
    session.expire_all()
    assert telephones_of(cast.county) == {}


def test_a_county_without_numbers_shows_its_hotline_and_nobodys_own_telephone(
    session: Session, cast: Cast, client: FlaskClient
) -> None:
    cast.li.phone = cast.office.phone = "13812345678"
    session.commit()
    answer = client.get("/api/v1/public/telephones").get_data(as_text=True)

    assert public(client, cast.county.name)["townships"] == []
    assert "13812345678" not in answer
