import re
from collections.abc import Callable
from io import BytesIO

from sqlalchemy.orm import Session

from server.models.person import Person
from tests.databases import ON_SQLITE
from tests.desk.conftest import Desk, text_of
from tests.factories import Cast

DeskOf = Callable[[Person], Desk]
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer<<>>\n%%EOF\n"


@ON_SQLITE
def test_a_clerk_chooses_a_model_tells_of_it_and_ends_it(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    desk, here = desk_of(cast.office), f"/stations/{cast.c1.id}/model"
    seen = re.search(r'name="seen" value="(\w+)"', desk.get(here).text)
    assert seen
    form = {"on": "2023-07-03", "reason": "送货到户", "seen": seen[1]}
    assert "请写明县里知道这个情况、打算怎么办" in text_of(
        desk.shown(here, **form, acknowledged="")
    )
    moved = text_of(desk.shown(here, **(form | {"seen": "别的"}), acknowledged="下月补齐"))
    assert "请看过现在的情况再办" in moved
    desk.done(here, **form, acknowledged="下月补齐")
    assert "已经是样板" in text_of(desk.get(here))
    assert "样板" in text_of(desk.get(f"/stations/{cast.c1.id}"))
    told = desk.done(
        "/showcase", told_on="2023-07-04", medium="县融媒体中心", title="<b>快递进村</b>",
        link="https://example.cn/1", codes="C0001", paper=(BytesIO(PDF), "报道.pdf"),
    )  # fmt: skip
    assert "已记下这次宣传" in told
    page = desk.get("/showcase").get_data(as_text=True)
    assert "&lt;b&gt;快递进村&lt;/b&gt;" in page
    assert desk.get("/showcase/1/paper").data == PDF
    desk.done("/showcase/models/1/end", on="2023-07-05", reason="换了站长")
    assert "2023年7月5日 起取消" in text_of(desk.get("/showcase"))
    desk.done("/showcase/1/mistaken", reason="登了两次")
    assert "登记有误：登了两次" in text_of(desk.get("/showcase"))
