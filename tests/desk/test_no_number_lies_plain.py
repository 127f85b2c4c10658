"""A number goes in through every door that asks for one, and is nowhere to be read afterwards."""

import json
import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from server.models.complaint import Complaint
from server.models.kept_form import KeptForm
from server.models.person import Person
from server.models.phone_event import PhoneEvent
from server.models.proposal import Proposal
from server.models.request import KeeperRequest
from server.models.sheet_import import SheetImport
from server.settings import Settings
from tests.api.events import batch, item, jpeg, note, photo
from tests.complaining import fill_in
from tests.databases import everything
from tests.desk.conftest import Desk
from tests.factories import Cast, make_sign, token_of
from tests.proposals import own_officer, proposed

NUMBER = "13987654321"
SPELT = (NUMBER, "139-8765-4321")
DeskOf = Callable[[Person], Desk]


def test_no_number_can_be_read_where_it_lies(
    engine: Engine, session: Session, cast: Cast, desk_of: DeskOf, client: FlaskClient,
    signed_in: Callable[[Person], dict[str, str]], settings: Settings,
) -> None:  # fmt: skip
    plate = token_of(make_sign(session, cast.c1))
    officer = own_officer(session, cast)
    proposed(session, cast.c2, officer, head_phone=SPELT[1], reason="换了号")
    held = signed_in(cast.li)
    spoken = note(cast.c1.id, photo(jpeg()))
    spoken["payload"]["note"] = f"新号{NUMBER}"
    wish = item(
        "request", cast.c1.id,
        {"about": "handover", "hours": "", "name": f"李二 {NUMBER}", "note": f"打{SPELT[1]}",
         "taken_back": False},
    )  # fmt: skip
    answer = client.post("/api/v1/sync", json=batch(spoken, wish), headers=held)
    assert [one["result"] for one in answer.json["results"]] == ["ok", "ok"], answer.json
    told = fill_in(client, plate, words=f"件没送来，打{SPELT[1]}没人接", phone=NUMBER)
    assert told.status_code == 303, told.text

    office = desk_of(cast.office)
    office.done("/people", name="高翠平", role="keeper", phone=SPELT[1])
    office.post_and_go_on("/people", name="", role="keeper", phone=NUMBER)
    assert "kept=" in office.location, "a form that is not taken waits for its writer"
    _enter_list(office)

    session.expire_all()
    assert any(NUMBER in pair for pair in session.query(KeptForm).one().fields)
    assert session.query(Proposal).one().change["fields"][0]["new_value"] == NUMBER
    assert {one.payload.get("note") for one in session.query(PhoneEvent)} == {
        f"新号{NUMBER}", f"打{SPELT[1]}"
    }  # fmt: skip
    assert SPELT[1] in session.query(Complaint).one().words
    assert session.query(KeeperRequest).one().wish == f"李二 {NUMBER}"
    assert NUMBER in json.dumps(session.query(SheetImport).one().rows)
    session.rollback()
    lying = list(everything(engine))
    assert len(lying) > 40
    assert [row for row in lying if any(one in row for one in SPELT)] == []
    assert _files_with(settings.home) == []
    if engine.url.database and engine.dialect.name == "sqlite":
        assert _files_with(Path(engine.url.database).parent) == [], "the write-ahead log as well"


def _enter_list(office: Desk) -> None:
    """A list of keepers, previewed and entered."""
    listed = f"乡镇,村,站长姓名,手机号\n杜家村镇,舍科村,高翠平,{NUMBER}\n"
    answer = office.post("/people/list", file=(BytesIO(listed.encode()), "站长.csv"))
    page = office.client.get(answer.location).get_data(as_text=True)
    where = re.search(r'action="/desk(/people/list/\w+)"', page)
    mark = re.search(r'name="mark" value="(\w+)"', page)
    assert where is not None
    assert mark is not None
    office.done(where[1], mark=mark[1], file="站长.csv")


def _files_with(folder: Path) -> list[Any]:
    """Files beneath a folder in which a number stands in plain.

    A list that was uploaded waits a day as it came, for whoever brought it (docs/security.md).
    """
    return [
        path.name
        for path in folder.rglob("*")
        if path.is_file()
        and path.parent.name != "uploads"
        and any(one.encode() in path.read_bytes() for one in SPELT)
    ]
