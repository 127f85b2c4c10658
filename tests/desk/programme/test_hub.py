from collections.abc import Callable
from io import BytesIO

from sqlalchemy.orm import Session

from server.models.person import Person
from tests.databases import ON_SQLITE
from tests.desk.conftest import Desk, text_of
from tests.factories import Cast

DeskOf = Callable[[Person], Desk]
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer<<>>\n%%EOF\n"

pytestmark = ON_SQLITE


def test_a_clerk_enters_two_brands_corrects_one_and_asks_for_a_day(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    desk = desk_of(cast.office)
    empty = text_of(desk.get("/hub"))
    assert "还没有达到方案的要求 ：三项都共用的 0 家；方案要求至少 2 家。" in empty
    three = {"storage": "yes", "sorting": "yes", "delivery": "yes"}
    told = desk.done(
        "/hub", brand="中通", from_on="2023-05-01", evidence=(BytesIO(PDF), "合同.pdf"), **three
    )
    assert "已登记中通" in told
    desk.done("/hub", brand="圆通", from_on="2023-06-10", storage="yes", sorting="yes", delivery="")
    assert "还说不清是不是达到 ：三项都共用的 1 家，还不清楚的 1 家" in text_of(desk.get("/hub"))
    page = desk.get("/hub?replaces=2").get_data(as_text=True)
    assert 'name="because"' in page
    desk.done("/hub", replaces="2", brand="圆通", from_on="2023-06-10", because="问清楚了", **three)

    assert "已达到方案的要求 ：三项都共用的 2 家" in text_of(desk.get("/hub?day=2023-06-10"))
    assert "还没有达到方案的要求 ：三项都共用的 1 家" in text_of(desk.get("/hub?day=2023-06-09"))
    assert "改过的和登记有误的 · 1" in text_of(desk.get("/hub"))
    paper = desk.get("/hub/1/evidence")
    assert paper.data == PDF
    assert paper.headers["Content-Disposition"].startswith("attachment")


def test_a_day_that_cannot_be_is_refused_and_texts_come_back(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    desk = desk_of(cast.office)
    assert "还没有到" in text_of(desk.get("/hub?day=2099-01-01"))
    assert desk.get("/hub?day=昨天").status_code == 422
    answer = desk.post("/hub", brand="<b>中通", from_on="2023-05-01", until_on="2023-04-01")
    again = answer.get_data(as_text=True)
    assert "结束的日子比开始的日子还早" in again
    assert "&lt;b&gt;中通" in again
