"""What is held of a person, taken as a file: by themselves, and by the office for them."""

import json
from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.models.history import HistoryLine
from server.models.person import Person
from server.services.people import passwords
from tests.databases import ON_SQLITE
from tests.desk.conftest import Desk, text_of
from tests.factories import PASSWORD, Cast

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
    assert "下载文件" not in text_of(office.get(path))

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
