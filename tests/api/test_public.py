"""What a villager sees who scans the plate."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from server.models.sign import SignState
from server.policy.hours import parse_hours
from tests.factories import Cast, make_sign, token_of


@pytest.fixture
def token(session: Session, cast: Cast) -> str:
    return token_of(make_sign(session, cast.c1))


def test_the_page_says_who_when_what_and_whom_to_call(client: FlaskClient, token: str) -> None:
    answer = client.get(f"/s/{token}")

    assert answer.status_code == 200
    for words in (
        "马家沟村快递便民服务点",
        "C0001",
        "周一至周日 <b>08:00–18:00</b>",
        "寄件",
        "取件投递",
        "0350-1234567",
        "2023年5月8日在邮政管理部门备案",
    ):
        assert words in answer.text


def test_the_page_tells_seasons_market_days_and_closed_days(
    client: FlaskClient, session: Session, cast: Cast, token: str
) -> None:
    cast.c1.hours = parse_hours(
        "夏季5-10月 7:30-12:00 14:30-19:30；冬季11-4月 8:30-17:30；逢集 7:00-次日1:00；春节休息"
    )
    session.commit()

    text = client.get(f"/s/{token}").text

    for words in (
        "夏季（5月至10月）每天 <b>07:30–12:00</b> <b>14:30–19:30</b>",
        "冬季（11月至4月）每天 <b>08:30–17:30</b>",
        "逢集 <b>07:00–次日01:00</b>",
        "春节 <b>休息</b>",
    ):
        assert words in text


def test_the_page_works_without_scripts(client: FlaskClient, token: str) -> None:
    text = client.get(f"/s/{token}").text

    assert "<script" not in text
    assert "style=" not in text


def test_neither_page_nor_json_holds_anything_personal(client: FlaskClient, token: str) -> None:
    for path in (f"/s/{token}", f"/api/v1/public/stations/{token}"):
        text = client.get(path).text
        for personal in ("李福来", "13800001234", "老李", "38.3558"):
            assert personal not in text


def test_the_json_tells_the_same(client: FlaskClient, token: str) -> None:
    answer = client.get(f"/api/v1/public/stations/{token}")

    assert answer.json["name"] == "马家沟村快递便民服务点"
    assert answer.json["filing"] == {"filed": True, "on": "2023-05-08"}


def test_a_forged_code_is_refused_with_a_warning(client: FlaskClient, token: str) -> None:
    forged = token[:-1] + ("0" if token[-1] != "0" else "1")

    page = client.get(f"/s/{forged}")

    assert page.status_code == 404
    assert "没有找到这个站点" in page.text
    assert "银行卡" in page.text
    assert client.get(f"/api/v1/public/stations/{forged}").json["code"] == "sign-unknown"


@pytest.mark.parametrize("state", [SignState.LOST, SignState.REPLACED, SignState.RETIRED])
def test_a_plate_out_of_use_is_gone_and_says_where_the_new_one_is(
    client: FlaskClient, session: Session, cast: Cast, state: SignState
) -> None:
    token = token_of(make_sign(session, cast.c1, state))

    page = client.get(f"/s/{token}")

    assert page.status_code == 410
    assert "扫新牌上的码" in page.text
    answer = client.get(f"/api/v1/public/stations/{token}")
    assert (answer.status_code, answer.json["code"]) == (410, "sign-retired")


def test_a_typed_number_opens_no_public_page(client: FlaskClient, token: str) -> None:
    assert client.get("/s/C0001").status_code == 404


def test_knowing_the_code_opens_nothing_more(client: FlaskClient, token: str) -> None:
    as_credential = {"Authorization": f"Bearer {token}"}

    assert client.get("/api/v1/keeper/home", headers=as_credential).status_code == 401


def test_demonstration_data_is_marked(client: FlaskClient, cast: Cast, token: str) -> None:
    assert "演示数据" not in client.get(f"/s/{token}").text

    cast.county.demo = True

    assert "演示数据" in client.get(f"/s/{token}").text


def test_a_county_without_a_hotline_still_says_where_to_go(
    client: FlaskClient, session: Session, cast: Cast
) -> None:
    page = client.get(f"/s/{token_of(make_sign(session, cast.foreign))}")

    assert "乡镇政府" in page.text
    assert "tel:" not in page.text.replace("tel:12305", "")


def test_wechats_proof_files_are_served_beside_the_codes(
    client: FlaskClient, tmp_path: Path
) -> None:
    folder = tmp_path / "home" / "wx_verify"
    folder.mkdir(parents=True)
    (folder / "a1B2c3.txt").write_text("proof")
    (tmp_path / "home" / "secret.txt").write_text("secret")

    assert client.get("/s/a1B2c3.txt").text == "proof"
    assert client.get("/a1B2c3.txt").text == "proof"
    assert client.get("/s/..%2fsecret.txt").status_code == 404
    assert client.get("/s/missing.txt").status_code == 404
