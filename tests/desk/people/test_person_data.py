"""What is held of a person, taken as a file: by themselves, and by the office for them."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Page, expect
from sqlalchemy import select, update
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from server.errors import Conflict
from server.models.history import HistoryLine
from server.models.person import Keeping, Person
from server.services.erasing.running import go_on, unfinished
from server.services.intake.unsent_files import Head
from server.services.intake.unsent_imports import owner_of
from server.services.people import passwords
from server.settings import Settings
from tests.databases import ON_SQLITE
from tests.desk.conftest import Desk, text_of
from tests.factories import NOW, PASSWORD, Cast
from tests.journey.pictures import Pictures

DeskOf = Callable[[Person], Desk]
pytestmark = ON_SQLITE


def test_a_copy_needs_the_own_password_and_is_told_in_the_history(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    cast.li.phone = "13800005555"
    passwords.set_password(session, person=cast.office, password=PASSWORD)
    session.commit()
    office, path = desk_of(cast.office), f"/people/{cast.li.id}/data"
    assert path in office.get(f"/people/{cast.li.id}").get_data(as_text=True)
    assert office.get(f"{path}/copy.json").status_code == 403
    assert "请输您自己登录工作台用的密码" in text_of(office.post_and_go_on(path, old="not this"))
    page = text_of(office.get(path))
    assert "下载文件" not in page
    assert cast.li.name in page
    assert "138****5555" in page
    assert "13800005555" not in page

    assert "下载文件" in office.done(path, old=PASSWORD)
    taken = office.get(f"{path}/copy.json")
    assert json.loads(taken.data)["本人"]["phone"] == "13800005555"
    assert taken.headers["Content-Disposition"].startswith("attachment")
    other = office.get(f"/people/{cast.zhao.id}/data/copy.json")
    assert other.status_code == 403, "asked for one, not for another"
    said = session.scalars(select(HistoryLine.summary).order_by(HistoryLine.id.desc())).first()
    assert f"人员{cast.li.id}号的个人信息" in (said or "")

    assert "下载文件" in office.done("/account/data", old=PASSWORD)
    own = json.loads(office.get("/account/data/copy.json").data)
    assert own["本人"]["name"] == cast.office.name


def test_a_person_is_erased_by_a_form_that_says_first_what_goes_and_what_stays(
    engine: Engine, session: Session, cast: Cast, desk_of: DeskOf, client: FlaskClient,
    signed_in: Callable[[Person], dict[str, str]], settings: Settings,
) -> None:  # fmt: skip
    passwords.set_password(session, person=cast.office, password=PASSWORD)
    phone = signed_in(cast.li)
    office, path = desk_of(cast.office), f"/people/{cast.li.id}/data"
    told = text_of(office.get(path))
    assert "现在还不能删" in told
    assert "请先停用账号" in told
    assert "会计凭证" not in told

    name = cast.li.name
    cast.li.active = False
    session.execute(update(Keeping).where(Keeping.person_id == cast.li.id).values(until_at=NOW))
    session.commit()
    told = text_of(office.get(path))
    for said in ("会删掉", "法律要求留着", "存证链", "备份"):
        assert said in told
    why = {"reason": "本人申请，看过身份证"}
    assert "请输您自己登录" in text_of(office.post_and_go_on(f"{path}/erase", old="wrong", **why))
    old = settings.home / "cunzhantong.db"  # the house moved to PostgreSQL, or was updated
    if engine.dialect.name == "sqlite":
        old = Path(f"{engine.url.database}.before-0001")
    old.touch()
    done = office.done(f"{path}/erase", old=PASSWORD, **why)
    old.unlink()
    assert "这台机器上还有以前的旧库" in done
    assert f"已删除的人员 P-{cast.li.id}" in done
    assert "还在删别处写到的" in done
    assert name not in done
    assert f"140926 {cast.li.id} 2023-04-11" in done, "the line to keep elsewhere"
    [key] = unfinished(engine)
    go_on(engine, key, now=NOW)
    session.expire_all()

    for page in ("/people", f"/people/{cast.li.id}", path, "/history", f"/stations/{cast.c1.id}",
                 f"/stations/{cast.c1.id}/keepers", f"/stations/{cast.c1.id}/history"):  # fmt: skip
        answer = office.get(page)
        assert answer.status_code == 200, page
        assert name not in text_of(answer), page
    assert "已经按本人要求删除" in text_of(
        office.post_and_go_on(f"{path}/erase", old=PASSWORD, **why)
    )
    switched = office.post_and_go_on(f"/people/{cast.li.id}/switch", active="1")
    assert "请当新的人登记" in text_of(switched)

    # The phone keeps what it has not sent, is told so, and its rescue file is refused in words.
    answer = client.get("/api/v1/keeper/home", headers=phone)
    assert (answer.status_code, answer.json["code"]) == (401, "sign-in-needed")
    assert "手机里没交的内容都还在" in answer.json["detail"]
    head = Head(
        county="140926", person_id=cast.li.id, person_name=name, device_id="phone-1",
        device_label="", made_at=NOW, clock_offset_ms=0,
    )  # fmt: skip
    with pytest.raises(Conflict, match="已经按本人要求删除"):
        owner_of(session, head=head, county="140926")


@pytest.mark.browser
@pytest.mark.pictures
def test_what_is_held_of_a_person_fits_both_screens(
    session: Session, cast: Cast, open_desk: Callable[..., Page], address: str, tmp_path: Path
) -> None:
    cast.zhao.active, cast.zhao.phone = False, "13900006666"
    cast.zhao.name = "赵小妹"
    cast.c2.head_name, cast.c2.head_phone = "李二", "13700008888"
    session.execute(update(Keeping).where(Keeping.person_id == cast.zhao.id).values(until_at=NOW))
    session.commit()
    pictures = Pictures(tmp_path / "pictures", from_demonstration=False)
    page = open_desk()
    page.goto(f"{address}/people/{cast.zhao.id}/data")
    expect(page.get_by_role("button", name="删除赵小妹的个人信息")).to_be_visible()
    pictures.take(page, "desk-person-data.png")
    page.set_viewport_size({"width": 360, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") == 360
