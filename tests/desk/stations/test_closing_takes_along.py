"""What a closing takes along for good stands on the page that closes, and nothing more goes."""

from collections.abc import Callable
from typing import Any

from sqlalchemy.orm import Session

from server.http import clock
from server.media.blobs import FolderStore
from server.models.person import Person, Role
from server.models.rectification import RectificationState
from tests.databases import ON_SQLITE
from tests.desk.conftest import Desk, text_of
from tests.desk.held_rounds import hold
from tests.factories import Cast, make_person, make_rectification

DeskOf = Callable[[Person], Desk]
pytestmark = ON_SQLITE


def test_open_work_is_named_before_it_is_withdrawn_and_new_work_is_not_unseen(
    session: Session, cast: Cast, desk_of: DeskOf, blobs: FolderStore, standards: Any
) -> None:
    desk, path = desk_of(cast.office), f"/stations/{cast.c1.id}/closing"
    assert "同时撤销" not in text_of(desk.get(path))
    held = hold(desk.client, session, cast, blobs, standards)
    page = desk.get(path)
    said = "没办完的1项整改会同时撤销，恢复营业也不再恢复"
    assert said in text_of(page)

    before = page.get_data(as_text=True).split('name="seal" value="')[1].split('"')[0]
    more = make_rectification(session, held.inspection, clock.today(), rule_code="A3-41")
    session.commit()
    form = {"what": "close", "on": clock.today().isoformat(), "reason": "外出", "seal": before}
    refused = desk.post_and_go_on(path, **form)
    assert "您填写的时候，跟着停业撤销的整改变了" in text_of(refused)
    session.refresh(more)
    assert more.state is RectificationState.OPEN

    told = desk.done(path, what="close", on=clock.today().isoformat(), reason="外出")
    assert "没办完的2项整改同时撤销" in told
    session.refresh(more)
    assert more.state is RectificationState.WITHDRAWN
    # Sent once more, or by a colleague: it is closed, and not that something else changed.
    again = text_of(desk.post_and_go_on(path, **form))
    assert f"{cast.c1.name}已经停业，不用再办一次。" in again
    assert "整改变了" not in again


def test_whoever_accepts_a_proposed_closing_sees_what_goes_with_it(
    session: Session, cast: Cast, desk_of: DeskOf, blobs: FolderStore, standards: Any
) -> None:
    own = make_person(
        session, name="鹅城专干", role=Role.TOWNSHIP_OFFICER, township_code=cast.township.code,
        login="echeng",
    )  # fmt: skip
    session.commit()
    desk_of(own).done(
        f"/stations/{cast.c1.id}/closing", what="close", on="2023-07-01", reason="外出"
    )
    office = desk_of(cast.office)
    assert "同时撤销" not in text_of(office.get("/proposals"))
    hold(office.client, session, cast, blobs, standards)

    assert "没办完的1项整改会同时撤销" in text_of(office.get("/proposals"))
