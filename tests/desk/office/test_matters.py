"""问题清单 at the desk: registered, referred, handled by forms; shown again as typed; exported."""

import hashlib
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO

import openpyxl
import pytest
from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session

from server.http import clock
from server.models.matter import Matter, MatterPaper, MatterStage, MatterStep
from server.models.person import Person, Role
from server.services.county.matter_options import SETTINGS
from tests.databases import ON_SQLITE
from tests.desk.conftest import Desk, text_of
from tests.factories import TODAY, Cast, make_person
from tests.services.matters.brought import WORDS, answered, brought, referred

pytestmark = ON_SQLITE
DeskOf = Callable[[Person], Desk]


@pytest.fixture
def own(session: Session, cast: Cast) -> Person:
    return make_person(
        session, name="鹅城专干", role=Role.TOWNSHIP_OFFICER, township_code=cast.township.code
    )


def the_one(session: Session) -> Matter:
    session.expire_all()
    return session.scalars(select(Matter)).one()


def test_a_problem_from_the_hotline_to_its_end(
    session: Session, cast: Cast, own: Person, desk_of: DeskOf
) -> None:
    session.commit()
    office = desk_of(cast.office)
    today = clock.today().isoformat()
    told = office.done(
        "/matters/new", source="hotline", kind="delivery", heard_on=today, said_by="刘某",
        words=f"{WORDS}\n<b>急</b>", ref="12345-0701", station="ｃ１",
    )  # fmt: skip
    matter = the_one(session)
    assert matter.station_id == cast.c1.id
    assert "已登记，编号是问" in told
    assert "<b>急</b>" in told  # as text
    path = f"/matters/{matter.id}"
    office.done(f"{path}/refer", to=f"township:{cast.township.code}", due_on=today, note="请尽快")
    officer = desk_of(own)
    assert "问题等您办 1 件" in text_of(officer.get("/"))
    assert "快件到村三天了" in text_of(officer.get("/matters?state=mine"))
    officer.done(f"{path}/ask", due_on="2099-12-31", note="大雪封路")
    page = text_of(officer.get(path))
    assert "申请延到 2099年12月31日，还没有批" in page
    office = desk_of(cast.office)
    told = office.done(f"{path}/decide", what="grant", note="")
    assert f"原来的期限 {today} ，改为 2099-12-31" in told
    desk_of(own).done(f"{path}/answer", note="已送到家。")
    office = desk_of(cast.office)
    office.done(f"{path}/check", what="good", note="打电话问过，送到了")
    office.done(f"{path}/close", outcome="solved", note="")

    page = text_of(office.get(path))
    assert the_one(session).stage is MatterStage.CLOSED
    assert "已解决" in page
    assert page.count("鹅城专干") >= 2
    assert "快件到村三天了" not in text_of(office.get("/matters"))
    station = text_of(office.get(f"/stations/{cast.c1.id}"))
    assert "没有按地址投递 已办结" in station


def test_what_was_typed_comes_back_with_what_is_wrong_at_its_own_form(
    session: Session, cast: Cast, own: Person, desk_of: DeskOf
) -> None:
    matter = referred(session, cast)
    session.commit()
    desk = desk_of(own)

    shown = desk.post_and_go_on(
        f"/matters/{matter.id}/pass", move="pass", to="", due_on="2020-01-01", note="请" * 30
    )
    page = shown.get_data(as_text=True)

    assert (desk.answered, shown.status_code) == (303, 422)
    assert "请选择转给谁办。" in page
    assert page.count("请" * 30) == 1
    assert 'id="pass-due_on" name="due_on" type="date" value="2020-01-01"' in page
    assert "text-too-long" not in page
    long = desk.post_and_go_on(f"/matters/{matter.id}/answer", note="长" * 5000)
    assert "最多能记1000个字" in text_of(long)
    assert len(list(session.scalars(select(MatterStep)))) == 2


def test_pressing_twice_is_told_and_changes_nothing(
    session: Session, cast: Cast, own: Person, desk_of: DeskOf
) -> None:
    matter = referred(session, cast)
    session.commit()
    desk = desk_of(own)
    seal = desk.get(f"/matters/{matter.id}").get_data(as_text=True)
    seal = seal.split('name="seal" value="')[1].split('"')[0]

    desk.done(f"/matters/{matter.id}/answer", note="送到了", seal=seal)
    again = desk.post_and_go_on(f"/matters/{matter.id}/answer", note="送到了", seal=seal)

    assert again.status_code == 409
    assert "现在是“待核查”，不能再答复" in text_of(again)
    assert len(list(session.scalars(select(MatterStep)))) == 3


def test_who_has_no_turn_is_offered_no_form(
    session: Session, cast: Cast, own: Person, desk_of: DeskOf
) -> None:
    matter = answered(session, cast, own)
    clerk = make_person(session, role=Role.OPERATOR, operator_id=cast.c1.operator_id)
    session.commit()

    assert desk_of(clerk).get(f"/matters/{matter.id}").status_code == 404
    page = text_of(desk_of(own).get(f"/matters/{matter.id}"))
    assert "怎么核查的" not in page
    assert "怎么核查的" in text_of(desk_of(cast.office).get(f"/matters/{matter.id}"))
    refused = desk_of(own).post(f"/matters/{matter.id}/close", outcome="solved", note="")
    assert refused.status_code == 403


def test_the_table_holds_every_line_of_the_filter_as_text(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    brought(session, cast, words='=HYPERLINK("http://x")，没送到', ref="12345-1")
    brought(session, cast, words="别处", station=None)
    session.commit()
    desk = desk_of(cast.office)

    book = openpyxl.load_workbook(BytesIO(desk.get("/matters.xlsx?q=C0001").data))
    rows = list(book.worksheets[0].iter_rows(values_only=True))
    text = desk.get("/matters.csv").data.decode("utf-8-sig")

    assert [row[0] for row in rows[1:]] == ["问2023-0001"]
    assert rows[1][6] == '=HYPERLINK("http://x")，没送到'
    assert book.worksheets[0].cell(2, 7).data_type == "s"
    assert text.count("问2023-") == 2


def test_a_station_nobody_knows_is_asked_again_and_nonsense_filters_show_all(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    brought(session, cast)
    session.commit()
    desk = desk_of(cast.office)

    shown = desk.post_and_go_on(
        "/matters/new", source="office", kind="other", heard_on="2023-07-01", words="x",
        station="C9999",
    )  # fmt: skip
    listed = desk.get("/matters?state=x&source=y&township=z'&unit=operator:9999999999999&q=%25")

    assert "没有找到“C9999”这个站" in text_of(shown)
    assert listed.status_code == 200
    assert "没有这样的问题" in text_of(listed)
    assert "问2023-0001" in text_of(desk.get("/matters?state=x&source=y"))


def test_the_county_chooses_its_days_with_a_reason(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    desk = desk_of(cast.office)
    page = desk.get("/county/matters").get_data(as_text=True)
    seal = page.split('name="seal" value="')[1].split('"')[0]
    days = dict.fromkeys(SETTINGS, "4") | {"seal": seal, "reason": "专班会议"}

    bad = desk.post_and_go_on("/county/matters", **(days | {"handle_days": "0"}))
    told = desk.done("/county/matters", **days)

    assert "应为1到365之间的整数" in text_of(bad)
    assert "改好了" in told
    session.refresh(cast.county)
    assert brought(session, cast).due_on == TODAY + timedelta(days=4)

    # And who heads the 专班: a form of its own on the same page, shown again as typed.
    head = {"from_on": clock.today().isoformat(), "name": "张县长", "post": "副县长"}
    shown = desk.post_and_go_on("/county/matters/head", **head, reason="静政办发12号")
    assert "张县长没有账号，请写上电话" in text_of(shown)
    assert 'value="副县长"' in shown.text
    assert 'name="handle_days" value="4"' in shown.text
    told = desk.done("/county/matters/head", **head, phone="0350-6520001", reason="静政办发12号")
    assert "已记下：专班负责人是张县长" in told
    assert "亮红牌的报给专班负责人 张县长" in text_of(desk.get("/matters"))


def test_a_step_carries_papers_and_photos_without_what_the_camera_wrote(
    session: Session, cast: Cast, own: Person, desk_of: DeskOf
) -> None:
    session.commit()
    desk = desk_of(cast.office)
    taken = Image.new("RGB", (40, 20), "white")
    exif = taken.getexif()
    exif[0x010F], exif[0x0112] = "某某手机", 6  # the maker, and that it lies on its side
    photo = BytesIO()
    taken.save(photo, "JPEG", exif=exif)
    photo.seek(0)

    desk.done(
        "/matters/new", source="hotline", kind="delivery", heard_on=clock.today().isoformat(),
        words=WORDS, station="C0001",
        papers=[(BytesIO(b"%PDF-1.7\n%%EOF"), "来文<1>.pdf"), (photo, "门口.jpg")],
    )  # fmt: skip

    path = f"/matters/{the_one(session).id}"
    page = desk.get(path)
    kept = {one.file_kind: one for one in session.scalars(select(MatterPaper))}
    assert "来文 1.pdf" in text_of(page)
    assert f'title="SHA-256 {kept["jpeg"].file_sha256}"' in page.text
    assert "附 2 份材料" in text_of(desk.get("/matters"))
    assert kept["pdf"].file_sha256 in text_of(desk.get("/history"))
    out = desk.get(f"/matters/papers/{kept['jpeg'].id}")
    assert hashlib.sha256(out.get_data()).hexdigest() == kept["jpeg"].file_sha256
    with Image.open(BytesIO(out.get_data())) as bare:
        assert bare.size == (20, 40)  # upright, as it was seen
        assert not bare.getexif()
    assert out.headers["Content-Disposition"].startswith("attachment")

    # The other township neither sees it nor gets it by its number.
    assert desk_of(cast.officer).get(f"/matters/papers/{kept['pdf'].id}").status_code == 404

    # What is no paper, or too much, is refused at its own field, and no step is made of it.
    desk = desk_of(cast.office)
    steps = len(session.scalars(select(MatterStep)).all())
    many = [(BytesIO(b"%PDF-1.7\n%%EOF"), f"{n}.pdf") for n in range(6)]
    for files, said in (
        (many, "材料一次最多5份，您选了6份"),
        ([(BytesIO(b"MZ"), "a.pdf")], "材料只收PDF、JPG、PNG文件"),
    ):
        shown = desk.shown(f"{path}/note", note="补充", move="note", papers=files)
        assert said in text_of(shown)
        assert 'id="note-papers"' in shown.text
    session.expire_all()
    assert len(session.scalars(select(MatterStep)).all()) == steps
