"""JSON comes compressed to phones that take it, and only JSON of the API."""

import gzip
import json
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.factories import Cast

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
LONG, SHORT = "/api/v1/openapi.json", "/api/v1/session"


def test_a_long_answer_is_compressed_for_whoever_takes_it(client: FlaskClient) -> None:
    plain = client.get(LONG)
    squeezed = client.get(LONG, headers={"Accept-Encoding": "gzip, deflate, br"})

    assert "Content-Encoding" not in plain.headers
    assert squeezed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(squeezed.data) == plain.data
    assert len(squeezed.data) * 4 < len(plain.data)
    assert int(squeezed.headers["Content-Length"]) == len(squeezed.data)
    for answer in (plain, squeezed):
        assert "Accept-Encoding" in answer.headers["Vary"]


@pytest.mark.parametrize("taken", ["", "identity", "br", "gzip;q=0", "nonsense;;q=x"])
def test_who_does_not_take_gzip_gets_none(client: FlaskClient, taken: str) -> None:
    answer = client.get(LONG, headers={"Accept-Encoding": taken})

    assert "Content-Encoding" not in answer.headers
    assert json.loads(answer.data)["openapi"]


def test_short_answers_and_pages_stay_as_they_are(
    client: FlaskClient, cast: Cast, signed_in: Any, at_desk: Any
) -> None:
    takes = {"Accept-Encoding": "gzip"}
    short = client.get(SHORT, headers=signed_in(cast.li) | takes)
    at_desk(cast.office)
    page = client.get("/desk/", headers=takes)

    assert (short.status_code, page.status_code) == (200, 200)
    assert "Content-Encoding" not in short.headers
    assert "Content-Encoding" not in page.headers
