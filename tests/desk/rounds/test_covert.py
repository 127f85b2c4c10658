"""暗访 at the desk: shown as what it is, with no letter to be issued from it."""

from collections.abc import Callable

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from server.models.inspection import Inspection
from server.models.person import Person
from tests.api.events import batch
from tests.api.rounds import inspection, open_round, visit_of
from tests.databases import ON_SQLITE
from tests.desk.conftest import Desk, text_of
from tests.factories import Cast, make_sign_in

pytestmark = ON_SQLITE


def test_no_letter_is_issued_from_it_and_the_round_tells_it_apart(
    session: Session,
    cast: Cast,
    standards: object,
    client: FlaskClient,
    desk_of: Callable[[Person], Desk],
) -> None:
    campaign = open_round(session, cast, standards)  # type: ignore[arg-type]
    sent = inspection(
        cast.c1,
        visit_of(session, campaign, cast.c1),
        failing=["A3-42b"],
        outcome="covert",
        keeper_signature=[],
        keeper_name="",
    )
    phone = make_sign_in(session, cast.wang)
    session.commit()
    client.post("/api/v1/sync", json=batch(sent), headers=phone.headers)
    one = session.query(Inspection).one()
    desk = desk_of(cast.office)

    page = text_of(desk.get(f"/inspections/{one.id}"))
    assert "暗访，单独统计" in page
    assert "签发整改通知书" not in page
    assert "两份放在一起看" not in page
    assert desk.post(f"/inspections/{one.id}/notice").status_code in (404, 409, 422)
    assert "暗访，单独统计" in text_of(desk.get(f"/rounds/{campaign.id}"))
    results = text_of(desk.get(f"/rounds/{campaign.id}/results"))
    assert "暗访 1 次" in results
    assert "四（2）货架" in results
