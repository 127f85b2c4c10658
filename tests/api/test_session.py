"""A phone becomes somebody's by a one-time code, and stops being so at once."""

import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from server.http import clock
from server.models.person import Person
from server.services.people.sign_ins import make_bind_code, revoke_devices
from server.settings import Settings
from tests.factories import Cast

Headers = Callable[[Person], dict[str, str]]


def bind(client: FlaskClient, code: str, device_id: str = "device-0001") -> Any:
    return client.post(
        "/api/v1/session/bind",
        json={"code": code, "device_id": device_id, "device_label": "红米 Note 9"},
    )


@pytest.fixture
def code(session: Session, cast: Cast) -> str:
    return make_bind_code(session, person=cast.li, by=cast.office, now=clock.now())


def test_a_keeper_binds_a_phone_with_the_code_on_the_slip(
    client: FlaskClient, cast: Cast, code: str
) -> None:
    answer = bind(client, code)

    assert answer.status_code == 201
    assert answer.json["person"] == {
        "id": cast.li.id,
        "name": "老李",
        "role": "keeper",
        "role_label": "站长",
    }
    assert answer.json["county"]["name"] == "静乐县"
    assert [station["code"] for station in answer.json["stations"]] == ["C0001"]
    headers = {"Authorization": f"Bearer {answer.json['token']}"}
    assert client.get("/api/v1/session", headers=headers).json["person"]["name"] == "老李"


def test_a_code_may_be_typed_in_lower_case_without_its_hyphen(
    client: FlaskClient, code: str
) -> None:
    assert bind(client, f" {code.replace('-', '').lower()} ").status_code == 201


def test_a_bound_phone_may_ask_whether_a_code_was_its_own_and_learns_nothing_else(
    client: FlaskClient, session: Session, cast: Cast, code: str, signed_in: Headers
) -> None:
    def own(person: Person, asked: str) -> bool:
        answer = client.post(
            "/api/v1/session/slip", json={"code": asked}, headers=signed_in(person)
        )
        assert answer.status_code == 200
        return bool(answer.json["own"])

    unused = make_bind_code(session, person=cast.zhao, by=cast.office, now=clock.now())
    before = own(cast.li, code)
    bind(client, code)

    assert not before  # on its slip still, and good for a phone
    assert own(cast.li, code)
    assert own(cast.li, code.lower().replace("-", ""))
    assert not own(cast.zhao, code)
    assert not own(cast.li, unused)
    assert not own(cast.li, "ZZZZ-9999")


def test_a_used_code_makes_no_second_phone(client: FlaskClient, code: str) -> None:
    bind(client, code)

    answer = bind(client, code, device_id="device-0002")

    assert (answer.status_code, answer.json["code"]) == (409, "bind-code-used")
    assert "一个码只能用一次" in answer.json["detail"]


def test_a_phone_whose_answer_was_lost_may_send_its_code_again(
    client: FlaskClient, code: str
) -> None:
    first = bind(client, code)
    second = bind(client, code)

    assert second.status_code == 201
    old = {"Authorization": f"Bearer {first.json['token']}"}
    assert client.get("/api/v1/session", headers=old).status_code == 401


def test_a_lost_phone_cannot_come_back_with_its_old_code(
    client: FlaskClient, session: Session, cast: Cast, code: str
) -> None:
    bind(client, code)
    revoke_devices(session, person=cast.li, by=cast.office, now=clock.now())

    assert bind(client, code).json["code"] == "bind-code-used"


def test_an_expired_code_says_to_fetch_a_new_one(
    client: FlaskClient, session: Session, cast: Cast
) -> None:
    old = make_bind_code(
        session, person=cast.li, by=cast.office, now=clock.now() - timedelta(hours=73)
    )

    answer = bind(client, old)

    assert (answer.status_code, answer.json["code"]) == (422, "bind-code-expired")


def test_a_newer_code_withdraws_the_older(
    client: FlaskClient, session: Session, cast: Cast, code: str
) -> None:
    newer = make_bind_code(session, person=cast.li, by=cast.office, now=clock.now())

    assert bind(client, code).json["code"] == "bind-code-expired"
    assert bind(client, newer).status_code == 201


def test_guessing_codes_is_stopped_after_ten_tries(
    client: FlaskClient, cast: Cast, code: str
) -> None:
    for _ in range(10):
        assert bind(client, "WRNG-WRNG").status_code == 404

    answer = bind(client, code)

    assert (answer.status_code, answer.json["code"]) == (429, "too-many-tries")
    assert 0 < int(answer.headers["Retry-After"]) <= 901


def test_one_wrong_slip_does_not_shut_out_the_village_behind_the_same_address(
    client: FlaskClient, session: Session, cast: Cast, code: str
) -> None:
    for number in range(5):  # five phones, each until it is told to wait
        for _ in range(10):
            assert bind(client, "WRNG-WRNG", device_id=f"phone-000{number}").status_code == 404
        assert bind(client, code, device_id=f"phone-000{number}").status_code == 429
    assert bind(client, code, device_id="of-the-neighbour").status_code == 201

    newer = make_bind_code(session, person=cast.li, by=cast.office, now=clock.now())
    for number in range(10):  # a guesser with ever new names has sixty, whoever it is
        bind(client, "WRNG-WRNG", device_id=f"guesser-{number}")
    assert bind(client, newer, device_id="of-another").status_code == 429


def test_a_switched_off_person_is_signed_out_at_once(
    client: FlaskClient, session: Session, cast: Cast, signed_in: Headers
) -> None:
    headers = signed_in(cast.li)
    cast.li.active = False

    assert client.get("/api/v1/session", headers=headers).status_code == 401


def test_signing_out_ends_the_token(client: FlaskClient, cast: Cast, signed_in: Headers) -> None:
    headers = signed_in(cast.li)

    assert client.delete("/api/v1/session", headers=headers).status_code == 204
    assert client.get("/api/v1/session", headers=headers).status_code == 401


def test_no_answer_tells_a_phone_number(
    client: FlaskClient, session: Session, cast: Cast, signed_in: Headers
) -> None:
    cast.li.phone = "13812345678"

    answer = client.get("/api/v1/keeper/home", headers=signed_in(cast.li))

    assert b"13812345678" not in answer.data


@pytest.mark.parametrize(("proxies", "other_village"), [(1, 404), (0, 429)])
def test_behind_our_proxy_one_village_s_typing_shuts_nobody_else_out(
    settings: Settings, session: Session, cast: Cast, proxies: int, other_village: int
) -> None:
    from server.http.database import db
    from wsgi import create_app

    session.commit()
    app = create_app(replace(settings, proxies=proxies))
    client = app.test_client()

    def guess(source: str) -> int:
        # What stands before the proxy's own entry was written by the caller and counts nothing.
        return client.post(
            "/api/v1/session/bind",
            json={"code": "0000-0000", "device_id": secrets.token_hex(8), "device_label": "x"},
            headers={"X-Forwarded-For": f"1.2.3.{secrets.randbelow(250)}, {source}"},
        ).status_code

    assert [guess("203.0.113.5") for _ in range(61)] == [404] * 60 + [429]
    assert guess("203.0.113.6") == other_village
    with app.app_context():
        db.engine.dispose()


def test_a_whole_ipv6_network_counts_as_one_source(client: FlaskClient, cast: Cast) -> None:
    def guess(last: int) -> int:
        return client.post(
            "/api/v1/session/bind",
            json={"code": "0000-0000", "device_id": secrets.token_hex(8), "device_label": "x"},
            environ_base={"REMOTE_ADDR": f"2001:db8:0:1::{last:x}"},
        ).status_code

    assert [guess(last) for last in range(61)] == [404] * 60 + [429]
