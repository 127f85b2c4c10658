"""No act at the desk decides over what its page showed without saying what that was."""

import inspect
import re
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from desk.frame.marks import UNMARKED
from server.media.blobs import FolderStore
from server.models.history import HistoryLine
from server.models.kept_form import KeptForm
from server.models.person import Person
from server.settings import ROOT
from tests.databases import ON_SQLITE
from tests.desk.act_matrix import ACTS, WHY_NONE
from tests.desk.addresses import addresses
from tests.desk.conftest import Desk, text_of
from tests.desk.held_rounds import hold
from tests.factories import Cast

pytestmark = ON_SQLITE
DeskOf = Callable[[Person], Desk]
NOT_REACHED = ("-unknown", "-unreadable", "-gone", "not-your-page")
PAGES = ROOT / "desk/templates/desk"


def acts(app: Flask) -> dict[str, Any]:
    """Every view of the desk that a form may be sent to."""
    return {
        rule.endpoint: app.view_functions[rule.endpoint]
        for rule in app.url_map.iter_rules()
        if "POST" in (rule.methods or ()) and rule.rule.startswith("/desk")
    }


def test_every_act_says_what_its_form_carries_or_why_it_need_not(app: Flask) -> None:
    found = {name: " ".join(getattr(view, "carries", ())) for name, view in acts(app).items()}

    assert {name: row for name, row in ACTS.items() if row not in WHY_NONE} == {
        name: carried for name, carried in found.items() if carried
    }
    assert set(ACTS) == set(found), "a new act needs its row in tests/desk/act_matrix.py"


def test_what_an_act_asks_for_is_asked_where_its_form_is_shown_again(app: Flask) -> None:
    without = [
        name
        for name, view in acts(app).items()
        if getattr(view, "carries", ())
        and "answering" not in inspect.unwrap(view).__code__.co_names
    ]
    assert without == []


def test_no_page_carries_a_mark_that_its_act_does_not_ask_for(app: Flask) -> None:
    """A hidden seal that nobody reads guards nothing."""
    wanted = {name: set(getattr(view, "carries", ())) for name, view in acts(app).items()}
    unread = []
    for path in sorted(PAGES.glob("*.html")):
        for form in re.findall(r"<form\b.*?</form>", path.read_text("utf-8"), re.DOTALL):
            to = re.search(r"<form[^>]*action=\"\{\{ url_for\('(desk_\w+\.\w+)'", form)
            marks = set(re.findall(r'type="hidden" name="((?:\w+_)?seal|seen(?:_\w+)?)"', form))
            if to and "-" not in str(marks) and not marks <= wanted.get(to[1], set()):
                unread.append((path.name, to[1], marks))
    assert unread == []


def test_a_form_without_its_mark_is_shown_again_and_nothing_is_done(
    app: Flask, client: FlaskClient, session: Session, cast: Cast, blobs: FolderStore,
    standards: Any, desk_of: DeskOf,
) -> None:  # fmt: skip
    hold(desk_of(cast.office).client, session, cast, blobs, standards)
    desk = desk_of(cast.office)
    client.goes_on = False  # type: ignore[attr-defined]
    before = session.scalar(sa.select(sa.func.count(HistoryLine.id)))
    asked = set()
    for rule, method, address in addresses(app, cast):
        view = app.view_functions[rule.endpoint]
        if method != "POST" or not getattr(view, "carries", ()) or "/desk" not in rule.rule:
            continue
        when = getattr(view, "carries_when", None)
        form = dict([when]) if when else {}
        answer = desk.bare(address.removeprefix("/desk"), note="到现场看过", **form)
        if answer.status_code == 303 and "kept=" in answer.location:
            kept = session.scalars(sa.select(KeptForm).order_by(KeptForm.id.desc())).first()
            assert kept is not None
            if kept.problem["code"].endswith(NOT_REACHED):
                continue  # the first of it, or its day, is not there, or it is for another role
            assert (rule.endpoint, kept.problem["code"]) == (rule.endpoint, UNMARKED)
            assert ["note", "到现场看过"] in [list(one) for one in kept.fields]
            asked.add(rule.endpoint)
        else:
            assert answer.status_code in (403, 404), (rule.endpoint, answer.status_code)
    assert len(asked) > 30
    assert session.scalar(sa.select(sa.func.count(HistoryLine.id))) == before


def test_nothing_typed_is_lost_and_the_page_comes_with_what_stands(
    cast: Cast, desk_of: DeskOf
) -> None:
    desk = desk_of(cast.office)
    where = f"/stations/{cast.c1.id}/counts/2023-07-03"
    form = {"received": "7", "sent": "3", "agri_sent": "0", "on_hand": "1", "reason": "补报"}

    desk.client.goes_on = False
    kept = desk.bare(where, **form)
    page = desk.client.get(kept.location)

    assert page.status_code == 409
    assert "还没有办。您填的都在，请看一下现在的内容，再点一次" in text_of(page)
    assert 'value="7"' in page.text
    [seal] = re.findall(r'name="seal" value="(\w+)"', page.text)
    desk.client.goes_on = True
    assert "件数已补报" in desk.done(where, **form, seal=seal)


@pytest.mark.parametrize("mark", ["", "7b7d", "zz"])
def test_a_mark_of_another_time_is_no_mark(cast: Cast, desk_of: DeskOf, mark: str) -> None:
    answer = desk_of(cast.office).bare(
        f"/stations/{cast.c1.id}/counts/2023-07-03", received="7", sent="3", agri_sent="0",
        on_hand="1", reason="补报", seal=mark,
    )  # fmt: skip
    assert answer.status_code == 409
    assert "看不出" in text_of(answer)
