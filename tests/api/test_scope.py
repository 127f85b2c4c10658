"""Every route of the phones' door × every person: who gets what, and 外县 sees nothing."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from server.models.person import Person
from server.services.people.sign_ins import revoke_devices
from tests.api.events import batch, count
from tests.factories import NOW, Cast

# What each person gets who asks for something of 老李's station C0001 in 静乐县, 鹅城镇.
# 镇干 works in another township, 运营 for another operator; 外县 and 外站 belong to 西平县.
PEOPLE = ("nobody", "老李", "小赵", "王督导", "县办", "镇干", "运营", "财政", "外县", "外站")
TABLE = """
GET    /api/v1/session                            401 200 200 200 200 200 200 200 200 200
DELETE /api/v1/session                            401 204 204 204 204 204 204 204 204 204
POST   /api/v1/session/slip                       401 200 200 200 200 200 200 200 200 200
POST   /api/v1/session/bind                       404 404 404 404 404 404 404 404 404 404
POST   /api/v1/wechat/session                     404 404 404 404 404 404 404 404 404 404
POST   /api/v1/wechat/bind                        404 404 404 404 404 404 404 404 404 404
GET    /api/v1/wechat/templates                   401 200 200 200 200 200 403 403 200 200
GET    /api/v1/wechat/push                        404 404 404 404 404 404 404 404 404 404
POST   /api/v1/wechat/push                        404 404 404 404 404 404 404 404 404 404
POST   /api/v1/wechat/subscriptions               401 404 404 404 404 404 403 403 404 404
GET    /api/v1/keeper/home                        401 200 200 403 403 403 403 403 403 200
GET    /api/v1/keeper/history                     401 200 200 403 403 403 403 403 403 200
GET    /api/v1/keeper/photos/<uuid:photo_id>/thumb 401 200 404 403 403 403 403 403 403 404
GET    /api/v1/keeper/photos/<uuid:photo_id>/view 401 200 404 403 403 403 403 403 403 404
GET    /api/v1/keeper/questions                   401 200 200 403 403 403 403 403 403 200
GET    /api/v1/keeper/subsidies                   401 200 200 403 403 403 403 403 403 200
GET    /api/v1/keeper/voice                       401 404 404 403 403 403 403 403 403 404
GET    /api/v1/keeper/inspections                 401 200 200 403 403 403 403 403 403 200
GET    /api/v1/keeper/inspections/<uuid:inspection_id> 401 200 404 403 403 403 403 403 403 404
GET    /api/v1/keeper/inspections/<uuid:inspection_id>/copy.pdf 401 200 404 403 403 403 403 403 403 404
POST   /api/v1/keeper/inspections/<uuid:inspection_id>/confirm 401 200 404 403 403 403 403 403 403 404
POST   /api/v1/sync                               401 200 200 200 200 200 403 403 200 200
PUT    /api/v1/photos/<uuid:photo_id>             401 200 404 404 404 404 403 403 404 404
POST   /api/v1/photos/<uuid:photo_id>/withdrawn   401 200 404 404 404 404 403 403 404 404
POST   /api/v1/self-checks                        401 201 201 201 201 201 201 201 201 201
GET    /api/v1/rounds/mine                        401 403 403 200 200 200 403 403 200 403
GET    /api/v1/rounds/<int:campaign_id>/package   401 403 403 200 200 200 403 403 404 403
GET    /api/v1/rounds/stations/<int:station_id>/package 401 403 403 200 200 404 403 403 404 403
GET    /api/v1/rounds/inspections/<uuid:inspection_id> 401 403 403 200 200 404 403 403 404 403
GET    /api/v1/rounds/inspections/<uuid:inspection_id>/copy.pdf 401 403 403 200 200 404 403 403 404 403
GET    /api/v1/rounds/rectifications              401 403 403 200 200 200 403 403 200 403
POST   /api/v1/rounds/rectifications/<int:rectification_id>/accept 401 403 403 200 409 403 403 403 404 403
POST   /api/v1/rounds/rectifications/<int:rectification_id>/return 401 403 403 409 409 403 403 403 404 403
GET    /api/v1/inspector/stations                 401 403 403 200 200 200 403 403 200 403
GET    /api/v1/inspector/scan                     401 403 403 200 200 404 403 403 403 403
GET    /api/v1/inspector/photos/<uuid:photo_id>/thumb 401 403 403 200 200 404 403 403 404 403
GET    /api/v1/inspector/photos/<uuid:photo_id>/view 401 403 403 200 200 404 403 403 404 403
GET    /api/v1/public/telephones                  200 200 200 200 200 200 200 200 200 200
GET    /api/v1/public/stations/<token>            200 200 200 200 200 200 200 200 200 200
GET    /api/v1/feed                               403 403 403 403 403 403 403 403 403 403
GET    /api/open/v1/stations                       401 401 401 401 401 401 401 401 401 401
GET    /api/open/v1/events                         401 401 401 401 401 401 401 401 401 401
GET    /api/open/v1/findings                       401 401 401 401 401 401 401 401 401 401
GET    /api/open/v1/counts                         401 401 401 401 401 401 401 401 401 401
GET    /api/open/v1/subsidies                      401 401 401 401 401 401 401 401 401 401
GET    /api/v1/openapi.json                       200 200 200 200 200 200 200 200 200 200
GET    /api/v1/docs/                              200 200 200 200 200 200 200 200 200 200
GET    /api/v1/docs/<name>                        200 200 200 200 200 200 200 200 200 200
GET    /api/problems                              200 200 200 200 200 200 200 200 200 200
GET    /s/                                        302 302 302 302 302 302 302 302 302 302
GET    /s/<token>                                 200 200 200 200 200 200 200 200 200 200
GET    /s/county/<code>                           200 200 200 200 200 200 200 200 200 200
GET    /s/<token>/complain                        200 200 200 200 200 200 200 200 200 200
POST   /s/<token>/complain                        422 422 422 422 422 422 422 422 422 422
GET    /s/receipt/<form>                          404 404 404 404 404 404 404 404 404 404
GET    /s/complaint                               200 200 200 200 200 200 200 200 200 200
POST   /s/complaint                               404 404 404 404 404 404 404 404 404 404
GET    /s/complaint/<ticket>                      404 404 404 404 404 404 404 404 404 404
POST   /s/complaint/<ticket>                      404 404 404 404 404 404 404 404 404 404
GET    /s/<name>.txt                              404 404 404 404 404 404 404 404 404 404
GET    /<name>.txt                                404 404 404 404 404 404 404 404 404 404
GET    /s/public.css                              200 200 200 200 200 200 200 200 200 200
GET    /self-check                                302 302 302 302 302 302 302 302 302 302
GET    /app                                       302 302 302 302 302 302 302 302 302 302
GET    /app/                                      200 200 200 200 200 200 200 200 200 200
GET    /app/<path:path>                           404 404 404 404 404 404 404 404 404 404
GET    /healthz                                   200 200 200 200 200 200 200 200 200 200
GET    /readyz                                    503 503 503 503 503 503 503 503 503 503
GET    /metrics                                   200 200 200 200 200 200 200 200 200 200
GET    /                                          302 302 302 302 302 302 302 302 302 302
"""
# The code on a plate is public, and so is what it opens; documentation names example stations.
# Metrics name counties by their code; only this machine reads them (tests/test_metrics.py).
OPEN = ("/api/v1/public/", "/s/", "/api/v1/docs", "/api/v1/openapi.json", "/app", "/metrics")
OURS = ("静乐", "马家沟", "杨家山", "舍科", "鹅城", "杜家村", "老李", "小赵", "140926")


def rows() -> Iterator[tuple[str, str, dict[str, int]]]:
    for line in TABLE.strip().splitlines():
        method, rule, *cells = line.split()
        yield method, rule, dict(zip(PEOPLE, map(int, cells), strict=True))


def ask(
    client: FlaskClient, world: dict[str, Any], method: str, rule: str, headers: dict[str, str]
) -> Any:
    """Ask for something of 老李's station."""
    path = (
        rule.replace("<uuid:photo_id>", world["photo_id"])
        .replace("<uuid:inspection_id>", world["inspection_id"])
        .replace("<int:campaign_id>", world["campaign_id"])
        .replace("<int:station_id>", str(world["station_id"]))
        .replace("<int:rectification_id>", world["rectification_id"])
        .replace("<token>", world["token"])
        .replace("<code>", "140926")
        .replace("<name>.txt", "x.txt")
        .replace("<name>", "start.js")
        .replace("<path:path>", "secret.key")
    )
    how: dict[str, Any] = {}
    if rule.endswith("/sync"):
        how["json"] = batch(count(world["station_id"]))
    elif rule.endswith(("/confirm", "/accept", "/return")):
        how["json"] = {"agree": True, "reason": "照片看不清", "note": "看过了"}
    elif rule.endswith("/withdrawn"):
        how["json"] = {"reason": "lost"}
    elif rule.endswith("/self-checks"):
        how["json"] = {"device_id": "device-0001", "checks": []}
    elif rule.endswith("/subscriptions"):
        how["json"] = {"answers": []}
    elif rule.startswith("/api/v1/wechat/"):
        how["json"] = {"code": "ABCD-EFGH", "js_code": "of wx.login", "device_id": "device-0001"}
    elif rule.endswith(("/bind", "/slip")):
        how["json"] = {"code": "ABCD-EFGH", "device_id": "device-0001"}
    elif rule.endswith("/scan"):
        how["query_string"] = {"text": world["token"]}
    elif method == "PUT":
        how["data"] = world["content"]
    return client.open(path, method=method, headers=headers, **how)


@pytest.mark.parametrize(
    ("method", "rule", "expected"), list(rows()), ids=[f"{m} {rule}" for m, rule, _ in rows()]
)
def test_everybody_gets_exactly_what_is_theirs(
    client: FlaskClient,
    world: dict[str, Any],
    signed_in: Callable[[Person], dict[str, str]],
    method: str,
    rule: str,
    expected: dict[str, int],
) -> None:
    found = {}
    for name in PEOPLE:
        headers = {} if name == "nobody" else signed_in(world["people"][name])
        answer = ask(client, world, method, rule, headers)
        found[name] = answer.status_code
        if name.startswith("外") and not rule.startswith(OPEN):
            leaks = [word for word in OURS if word in answer.get_data(as_text=True)]
            # A scanned foreign plate may say whose it is: that stands on the plate itself.
            assert leaks in ([], ["静乐"] if rule.endswith("/scan") else []), (name, leaks)

    assert found == expected


def test_the_table_knows_every_route(app: Flask) -> None:
    routes = {
        (method, rule.rule)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if not rule.rule.startswith("/desk")
    }

    assert routes == {(method, rule) for method, rule, _ in rows()}


def test_what_a_stranger_sends_for_a_station_is_not_kept(
    client: FlaskClient, world: dict[str, Any], signed_in: Callable[[Person], dict[str, str]]
) -> None:
    for name in ("小赵", "外站"):
        headers = signed_in(world["people"][name])
        answer = client.post(
            "/api/v1/sync", json=batch(count(world["station_id"])), headers=headers
        )
        assert answer.json["results"][0]["code"] == "station-not-yours"


def test_a_revoked_phone_is_out_at_its_next_request(
    client: FlaskClient,
    session: Session,
    cast: Cast,
    signed_in: Callable[[Person], dict[str, str]],
) -> None:
    headers = signed_in(cast.li)
    assert client.get("/api/v1/keeper/home", headers=headers).status_code == 200

    revoke_devices(session, person=cast.li, by=cast.office, now=NOW)

    assert client.get("/api/v1/keeper/home", headers=headers).status_code == 401


def test_a_desk_token_opens_no_phone_route(
    client: FlaskClient, cast: Cast, at_desk: Callable[[Person], Any]
) -> None:
    held = at_desk(cast.office)

    assert client.get("/api/v1/inspector/stations", headers=held.headers).status_code == 401
