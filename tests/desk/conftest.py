"""A desk whose templates may not name what is not there, and a small reader of its pages."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import StrictUndefined
from sqlalchemy.orm import Session

from server.models.person import Person
from tests.factories import Pass

# The services beneath run on both engines in tests/services, every page in test_scope.py; the
# rest of the desk's tests are about words and forms.
ON_SQLITE = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)


@pytest.fixture(autouse=True)
def _strict_templates(app: Flask) -> None:
    app.jinja_env.undefined = StrictUndefined


def text_of(answer: Any) -> str:
    """A page's words, without tags and idle blanks."""
    plain = re.sub(
        r"<(script|style)\b.*?</\1>", " ", answer.get_data(as_text=True), flags=re.DOTALL
    )
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", plain)))


class Desk:
    """One person at the desk: opens pages, sends forms with the page's token."""

    def __init__(self, client: FlaskClient, sign_in: Callable[[Person], Pass], who: Person) -> None:
        self.client, self.held = client, sign_in(who)

    def get(self, path: str) -> Any:
        return self.client.get(f"/desk{path}")

    def post(self, path: str, **form: Any) -> Any:
        return self.client.post(f"/desk{path}", data={"csrf": self.held.csrf, **form})

    def done(self, path: str, **form: Any) -> str:
        """Send a form that must succeed; gives the words of the page it leads to."""
        answer = self.post(path, **form)
        assert answer.status_code == 303, text_of(answer)
        return text_of(self.client.get(answer.location))


@pytest.fixture
def desk_of(
    client: FlaskClient, at_desk: Callable[[Person], Pass], session: Session
) -> Callable[[Person], Desk]:
    """`desk_of(cast.office)` sits that person down at the desk."""
    return lambda who: Desk(client, at_desk, who)
