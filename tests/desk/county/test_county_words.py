import re
from collections.abc import Callable

from sqlalchemy.orm import Session

from server.models.person import Person
from server.services.county.place_words import place_words
from tests.desk.conftest import Desk, text_of
from tests.factories import Cast

DeskOf = Callable[[Person], Desk]


def test_the_county_says_how_stations_of_other_places_are_called(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    desk = desk_of(cast.office)
    assert "站名的写法" in text_of(desk.get("/county"))

    page = desk.get("/county/words").get_data(as_text=True)
    seal = re.search(r'name="seal" value="([^"]+)"', page).group(1)
    answer = desk.post("/county/words", seal=seal, residents="社区快递点", reason="会议定")
    if answer.status_code == 303:
        answer = desk.client.get(answer.location)
    assert "要有一处“地名”" in text_of(answer)
    assert 'value="社区快递点"' in answer.get_data(as_text=True)
    told = desk.done("/county/words", seal=seal, residents="地名社区快递点", reason="会议定")

    assert "以后新登记的站照这样取名" in told
    session.expire_all()
    assert place_words(cast.county)["residents"] == "地名社区快递点"
