"""Addresses that nobody types on purpose: no file outside, no fault of the house."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from server.models.person import Person
from tests.desk.conftest import Desk
from tests.factories import Cast

DeskOf = Callable[[Person], Desk]


@pytest.mark.parametrize("name", ["%00", "..%2fpages.py", "vendor/..%2f..%2fpyproject.toml", "%ff"])
def test_no_file_outside_the_desk_s_own_is_served(client: FlaskClient, name: str) -> None:
    assert client.get(f"/desk/static/{name}").status_code == 404


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/stations/2147483648", 404),
        ("/stations/99999999999999999999", 404),
        ("/people/99999999999999999999", 404),
        ("/stations/{station}/history?before=99999999999999999999", 200),
        ("/stations/{station}/photos?before=0001-01-01T00:00:00%2B14:00", 200),
        ("/plaques.pdf?station=99999999999999999999", 422),
        ("/history?before=99999999999999999999", 200),
    ],
)
def test_numbers_and_days_that_no_row_can_have_are_not_our_fault(
    cast: Cast, desk_of: DeskOf, path: str, status: int
) -> None:
    path = path.format(station=cast.c1.id)

    assert desk_of(cast.office).get(path).status_code == status
